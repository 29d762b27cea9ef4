package passatk;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.util.*;

/** A declared type, written by `java_wall.py` with one letter for each class, then its parts. */
final class Type {
    static final Type[] NONE = {};
    static final int TUPLES = 10;

    final char sign;
    final Type[] parts;
    private Class<?> raw;

    private Type(char sign, Type[] parts) {
        this.sign = sign;
        this.parts = parts;
    }

    /** `(` parameters `)` result: the result is the last. */
    static Type[] signature(String text) {
        int[] at = {1};
        List<Type> found = new ArrayList<>();
        while (text.charAt(at[0]) != ')') found.add(parse(text, at));
        at[0]++;
        found.add(parse(text, at));
        return found.toArray(NONE);
    }

    static Type of(String text) {
        return parse(text, new int[] {0});
    }

    private static Type parse(String text, int[] at) {
        char sign = text.charAt(at[0]++);
        int count = "[lakvKAQxehgr?".indexOf(sign) >= 0 ? 1 : "mHGTy".indexOf(sign) >= 0 ? 2 : 0;
        if (sign == 'p') count = text.charAt(at[0]++) - '0' + 1;
        if (count == 0) return new Type(sign, NONE);
        Type[] parts = new Type[count];
        for (int i = 0; i < count; i++) parts[i] = parse(text, at);
        return new Type(sign, parts);
    }

    boolean primitive() {
        return "ZBSIJCFD".indexOf(sign) >= 0;
    }

    /** What a variable of this type can hold, without its parts. */
    Class<?> raw() {
        if (raw == null) raw = found();
        return raw;
    }

    private Class<?> found() {
        switch (sign) {
            case 'Z': return boolean.class;
            case 'B': return byte.class;
            case 'S': return short.class;
            case 'I': return int.class;
            case 'J': return long.class;
            case 'C': return char.class;
            case 'F': return float.class;
            case 'D': return double.class;
            case 'V': return void.class;
            case 'z': return Boolean.class;
            case 'b': return Byte.class;
            case 's': return Short.class;
            case 'i': return Integer.class;
            case 'j': return Long.class;
            case 'c': return Character.class;
            case 'f': return Float.class;
            case 'd': return Double.class;
            case 't': return String.class;
            case 'N': return BigInteger.class;
            case 'M': return BigDecimal.class;
            case '[': return java.lang.reflect.Array.newInstance(parts[0].raw(), 0).getClass();
            case 'l': return List.class;
            case 'a': return ArrayList.class;
            case 'k': return LinkedList.class;
            case 'v': return Vector.class;
            case 'K': return Stack.class;
            case 'A': return ArrayDeque.class;
            case 'Q': return PriorityQueue.class;
            case 'x': return Collection.class;
            case 'W': return StringBuilder.class;
            case 'e': return Set.class;
            case 'h': return HashSet.class;
            case 'g': return LinkedHashSet.class;
            case 'r': return TreeSet.class;
            case 'm': return Map.class;
            case 'H': return HashMap.class;
            case 'G': return LinkedHashMap.class;
            case 'T': return TreeMap.class;
            case '?': return Optional.class;
            case '1': return OptionalInt.class;
            case '2': return OptionalLong.class;
            case '3': return OptionalDouble.class;
            case 'y': return Map.Entry.class;
            case 'p': return tuple(parts.length);
            default: return Object.class;
        }
    }

    private static final String[] TUPLE_NAMES = {
        "Unit", "Pair", "Triplet", "Quartet", "Quintet", "Sextet", "Septet", "Octet", "Ennead", "Decade"
    };

    static Class<?> tuple(int size) {
        try {
            return Class.forName("org.javatuples.".concat(TUPLE_NAMES[size - 1]));
        } catch (ClassNotFoundException absent) {
            throw new Broken("a tuple where there are no tuples");
        }
    }

    private static final String[][] NAMES = {
        {"Boolean", "z"}, {"Byte", "b"}, {"Short", "s"}, {"Integer", "i"}, {"Long", "j"}, {"Character", "c"},
        {"Float", "f"}, {"Double", "d"}, {"String", "t"}, {"BigInteger", "N"}, {"BigDecimal", "M"}, {"List", "lo"},
        {"Set", "eo"}, {"SortedSet", "ro"}, {"Map", "moo"}, {"SortedMap", "Too"}, {"Optional", "?o"},
        {"OptionalInt", "1"}, {"OptionalLong", "2"}, {"OptionalDouble", "3"}, {"Entry", "yoo"}, {"LinkedList", "ko"},
        {"Deque", "Ao"}, {"PriorityQueue", "Qo"}, {"Collection", "xo"}, {"StringBuilder", "W"},
    };
    private static final String[][] ELEMENTS = {
        {"boolean", "Z"}, {"byte", "B"}, {"short", "S"}, {"int", "I"}, {"long", "J"}, {"char", "C"}, {"float", "F"},
        {"double", "D"}, {"Object", "o"}, {"Boolean", "z"}, {"Byte", "b"}, {"Short", "s"}, {"Integer", "i"},
        {"Long", "j"}, {"Character", "c"}, {"Float", "f"}, {"Double", "d"}, {"String", "t"}, {"BigInteger", "N"},
        {"List", "lo"}, {"Set", "eo"}, {"Map", "moo"}, {"Optional", "?o"},
    };

    /** The type that a value of an open type says it has; null where there is none of that name. */
    static Type named(String name) {
        int dimensions = 0;
        while (name.endsWith("[]") && dimensions < 200) {
            name = name.substring(0, name.length() - 2);
            dimensions++;
        }
        String found = among(dimensions > 0 ? ELEMENTS : NAMES, name);
        for (int size = 1; found == null && dimensions == 0 && size <= TUPLES; size++) {
            if (TUPLE_NAMES[size - 1].equals(name)) {
                found = "p".concat(String.valueOf((char) ('0' + size - 1))).concat("oooooooooo".substring(0, size));
            }
        }
        if (found == null) return null;
        Type type = of(found);
        for (; dimensions > 0; dimensions--) type = new Type('[', new Type[] {type});
        return type;
    }

    private static String among(String[][] table, String name) {
        for (String[] row : table) if (row[0].equals(name)) return row[1];
        return null;
    }

    /** What a value of an open type is sent as; null where no other process has its class. */
    static String nameOf(Object value) {
        Class<?> own = value.getClass();
        if (own.isArray()) {
            Class<?> element = own;
            String marks = "";
            for (; element.isArray(); element = element.getComponentType()) marks = marks.concat("[]");
            String name = element.getSimpleName();
            boolean known = (element.isPrimitive() || element.getClassLoader() == null) && among(ELEMENTS, name) != null;
            return known ? name.concat(marks) : null;
        }
        if (value instanceof SortedSet) return "SortedSet";
        if (value instanceof Set) return "Set";
        if (value instanceof SortedMap) return "SortedMap";
        if (value instanceof Map) return "Map";
        if (value instanceof LinkedList) return "LinkedList";
        if (value instanceof List) return "List";
        if (value instanceof PriorityQueue) {
            return ((PriorityQueue<?>) value).comparator() == null ? "PriorityQueue" : null;
        }
        if (value instanceof Queue) return "Deque";
        if (value instanceof Collection) return "Collection";
        if (value instanceof Map.Entry) return "Entry";
        if (own.getSuperclass() != null && own.getSuperclass().getName().equals("org.javatuples.Tuple")) {
            return own.getSimpleName();
        }
        if (value instanceof Iterable) return "Collection";
        String name = own.getSimpleName();
        return own.getClassLoader() == null && among(NAMES, name) != null ? name : null;
    }
}
