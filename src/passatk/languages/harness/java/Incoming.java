package passatk;

import java.lang.reflect.Array;
import java.lang.reflect.InvocationTargetException;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.util.*;

/** One message that is being read, checked against the types that it should have. */
final class Incoming {
    private final byte[] bytes;
    private int at;
    private int interned;

    Incoming(byte[] bytes) {
        this.bytes = bytes;
    }

    int at() {
        return at;
    }

    byte[] bytes() {
        return bytes;
    }

    void end() {
        if (at != bytes.length) throw new Broken("more than one message in one");
    }

    private void need(int size) {
        if (size < 0 || size > bytes.length - at) throw new Broken("a message that ends too soon");
    }

    int one() {
        need(1);
        return bytes[at++] & 255;
    }

    long whole(int width) {
        need(width);
        long number = 0;
        for (int i = 0; i < width; i++) number |= (bytes[at + i] & 255L) << 8 * i;
        at += width;
        return number;
    }

    /** A number of bytes, or of values, which have one byte each at least. */
    private int count() {
        int count = (int) whole(4);
        need(count);
        return count;
    }

    String text() {
        int length = count(), start = at;
        at += length;
        boolean plain = true;
        for (int i = start; i < at; i++) plain &= bytes[i] >= 0;
        if (plain) return new String(bytes, start, length, StandardCharsets.ISO_8859_1);
        char[] chars = new char[length];
        int made = 0;
        for (int i = start; i < at; ) {
            int c = bytes[i++] & 255;
            int more = c < 128 ? 0 : c < 194 ? 4 : c < 224 ? 1 : c < 240 ? 2 : c < 245 ? 3 : 4;
            if (more > at - i) throw new Broken("a text that is not UTF-8");
            if (more > 0) c &= 63 >> more;
            for (int j = 0; j < more; j++) {
                int next = bytes[i++];
                if ((next & 192) != 128) throw new Broken("a text that is not UTF-8");
                c = c << 6 | next & 63;
            }
            if ((more == 2 && c < 2048) || (more == 3 && (c < 65536 || c > 0x10ffff))) {
                throw new Broken("a text that is not UTF-8");
            }
            if (c < 65536) {
                chars[made++] = (char) c;
            } else {
                chars[made++] = Character.highSurrogate(c);
                chars[made++] = Character.lowSurrogate(c);
            }
        }
        return new String(chars, 0, made);
    }

    /** Tests and programs may compare texts by identity: literals are the same on both sides, and no others. */
    private String letters(int sign, Type type) {
        if (sign != 's') is('S', sign, type);
        String text = text();
        boolean literal = sign == 'S' && text.length() <= Outgoing.MOST_SHARED && interned++ < Outgoing.MOST_INTERNED;
        return literal ? text.intern() : text;
    }

    /** A text that may be null. */
    String words() {
        need(4);
        boolean none = (bytes[at] & bytes[at + 1] & bytes[at + 2] & bytes[at + 3]) == -1;
        if (!none) return text();
        at += 4;
        return null;
    }

    boolean atEnd() {
        return at == bytes.length;
    }

    Object value(Type type, int depth) {
        if (depth > Outgoing.MOST_DEPTH) throw new Broken("values nested more than 1,000 deep");
        int sign = one();
        if (sign == 'n') {
            if (type.primitive()) throw wrong(sign, type);
            return type.sign == '?' ? Optional.empty() : type.sign == '1' ? OptionalInt.empty()
                : type.sign == '2' ? OptionalLong.empty() : type.sign == '3' ? OptionalDouble.empty() : null;
        }
        switch (type.sign) {
            case 'Z': case 'z':
                if (sign != 't' && sign != 'f') throw wrong(sign, type);
                return sign == 't';
            case 'B': case 'b': return (byte) within(sign, type, Byte.MIN_VALUE, Byte.MAX_VALUE);
            case 'S': case 's': return (short) within(sign, type, Short.MIN_VALUE, Short.MAX_VALUE);
            case 'I': case 'i': return (int) within(sign, type, Integer.MIN_VALUE, Integer.MAX_VALUE);
            case 'J': case 'j': return within(sign, type, Long.MIN_VALUE, Long.MAX_VALUE);
            case 'C': case 'c': return (char) within(sign, type, 0, Character.MAX_VALUE);
            case 'F': case 'f': is('e', sign, type); return Float.intBitsToFloat((int) whole(4));
            case 'D': case 'd': is('d', sign, type); return Double.longBitsToDouble(whole(8));
            case 't': return letters(sign, type);
            case 'N': return big(sign, type);
            case 'M': is('s', sign, type); return decimal();
            case 'W': is('s', sign, type); return new StringBuilder(text());
            case '[': return array(sign, type, depth);
            case 'l': case 'a': case 'k': case 'v': case 'K': case 'A': case 'Q': case 'x': return list(sign, type, depth);
            case 'e': case 'h': case 'g': case 'r': return set(sign, type, depth);
            case 'm': case 'H': case 'G': case 'T': return map(sign, type, depth);
            case '?': case '1': case '2': case '3': return optional(sign, type, depth);
            case 'y': case 'p': return tuple(sign, type, depth);
            case 'o': return open(sign, type, depth);
            default: throw wrong(sign, type);
        }
    }

    private static Broken wrong(int sign, Type type) {
        String found = sign > 32 && sign < 127 ? String.valueOf((char) sign) : Integer.toString(sign);
        String wanted = type.sign == 'V' ? "nothing" : type.raw().getSimpleName();
        return new Broken("a value that begins with ".concat(found).concat(" where there should be ").concat(wanted));
    }

    private static void is(char wanted, int sign, Type type) {
        if (sign != wanted) throw wrong(sign, type);
    }

    private long within(int sign, Type type, long low, long high) {
        is('i', sign, type);
        long number = whole(8);
        if (number < low || number > high) {
            throw new Broken(Long.toString(number).concat(" is no ").concat(type.raw().getSimpleName()));
        }
        return number;
    }

    private BigInteger big(int sign, Type type) {
        if (sign == 'i') return BigInteger.valueOf(whole(8));
        is('I', sign, type);
        int length = count();
        byte[] backwards = new byte[length];
        for (int i = length - 1; i >= 0; i--) backwards[i] = bytes[at++];
        BigInteger number = length == 0 ? BigInteger.ZERO : new BigInteger(backwards);
        if (number.bitLength() < 64 || number.bitLength() / 8 + 1 != length) {
            throw new Broken("an integer that takes more bytes than it needs");
        }
        return number;
    }

    private BigDecimal decimal() {
        try {
            return new BigDecimal(text());
        } catch (NumberFormatException none) {
            throw new Broken("a text that is no BigDecimal");
        }
    }

    private Object array(int sign, Type type, int depth) {
        Class<?> element = type.parts[0].raw();
        if (element == byte.class) {
            is('b', sign, type);
            int length = count();
            at += length;
            return Arrays.copyOfRange(bytes, at - length, at);
        }
        is('l', sign, type);
        int length = count();
        Object made = Array.newInstance(element, length);
        for (int i = 0; i < length; i++) Array.set(made, i, value(type.parts[0], depth + 1));
        return made;
    }

    private Object list(int sign, Type type, int depth) {
        boolean any = type.sign == 'l' && "FUVW".indexOf(sign) >= 0;
        if (sign != 'l' && !any) throw wrong(sign, type);
        int length = count();
        Object[] values = new Object[length];
        boolean nulls = false;
        for (int i = 0; i < length; i++) nulls |= (values[i] = value(type.parts[0], depth + 1)) == null;
        if (sign == 'U' && nulls) throw new Broken("null in a list that has none");
        List<Object> fixed = Arrays.asList(values);
        switch (sign) {
            case 'F': return fixed;
            case 'U': return List.of(values);
            case 'V': return Collections.unmodifiableList(fixed);
            case 'W': return copies(values);
            default: return list(type, fixed);
        }
    }

    private static Object copies(Object[] values) {
        for (Object value : values) if (!Objects.deepEquals(value, values[0])) throw new Broken("copies that differ");
        if (values.length == 0) return Collections.emptyList();
        return values.length == 1 ? Collections.singletonList(values[0]) : Collections.nCopies(values.length, values[0]);
    }

    private static Object list(Type type, List<Object> fixed) {
        switch (type.sign) {
            case 'x': return Collections.unmodifiableCollection(fixed);
            case 'Q': return new PriorityQueue<>(fixed);
            case 'k': return new LinkedList<>(fixed);
            case 'A': return new ArrayDeque<>(fixed);
            case 'v': return new Vector<>(fixed);
            case 'K':
                Stack<Object> stack = new Stack<>();
                stack.addAll(fixed);
                return stack;
            default: return new ArrayList<>(fixed);
        }
    }

    private Object set(int sign, Type type, int depth) {
        boolean fixed = type.sign == 'e' && sign == 'Q';
        if (!fixed) is('q', sign, type);
        int length = count();
        Object[] values = new Object[length];
        for (int i = 0; i < length; i++) values[i] = value(type.parts[0], depth + 1);
        List<Object> all = Arrays.asList(values);
        Set<Object> made = type.sign == 'r' ? new TreeSet<>(Ranks.of(values))
            : type.sign == 'g' ? new LinkedHashSet<>() : new HashSet<>();
        made.addAll(all);
        if (!sameOrder(made.iterator(), values)) made = new LinkedHashSet<>(all);
        if (made.size() != length) throw new Broken("a set that has a value twice");
        return fixed ? Collections.unmodifiableSet(made) : made;
    }

    private Object map(int sign, Type type, int depth) {
        boolean fixed = type.sign == 'm' && sign == 'M';
        if (!fixed) is('m', sign, type);
        int length = count();
        need(2 * length);
        Object[] keys = new Object[length], values = new Object[length];
        for (int i = 0; i < length; i++) {
            keys[i] = value(type.parts[0], depth + 1);
            values[i] = value(type.parts[1], depth + 1);
        }
        Map<Object, Object> made = type.sign == 'T' ? new TreeMap<>(Ranks.of(keys))
            : type.sign == 'G' ? new LinkedHashMap<>() : new HashMap<>();
        for (int i = 0; i < length; i++) made.put(keys[i], values[i]);
        if (!sameOrder(made.keySet().iterator(), keys)) {
            made = new LinkedHashMap<>();
            for (int i = 0; i < length; i++) made.put(keys[i], values[i]);
        }
        if (made.size() != length) throw new Broken("a map that has a key twice");
        return fixed ? Collections.unmodifiableMap(made) : made;
    }

    private static boolean sameOrder(Iterator<Object> found, Object[] wanted) {
        for (Object one : wanted) if (!found.hasNext() || found.next() != one) return false;
        return true;
    }

    private static final Type INT = Type.of("I"), LONG = Type.of("J"), DOUBLE = Type.of("D");

    private Object optional(int sign, Type type, int depth) {
        is('o', sign, type);
        switch (type.sign) {
            case '1': return OptionalInt.of((Integer) value(INT, depth + 1));
            case '2': return OptionalLong.of((Long) value(LONG, depth + 1));
            case '3': return OptionalDouble.of((Double) value(DOUBLE, depth + 1));
            default:
                Object held = value(type.parts[0], depth + 1);
                if (held == null) throw new Broken("an optional filled with null");
                return Optional.of(held);
        }
    }

    private Object tuple(int sign, Type type, int depth) {
        is('p', sign, type);
        if (count() != type.parts.length) throw new Broken("a tuple of another length");
        Object[] values = new Object[type.parts.length];
        for (int i = 0; i < values.length; i++) values[i] = value(type.parts[i], depth + 1);
        if (type.sign == 'y') return new AbstractMap.SimpleEntry<>(values[0], values[1]);
        try {
            return Type.tuple(values.length).getMethod("fromArray", Object[].class).invoke(null, (Object) values);
        } catch (InvocationTargetException | NoSuchMethodException | IllegalAccessException error) {
            throw new Broken("a tuple that cannot be made");
        }
    }

    private Object open(int sign, Type type, int depth) {
        is('a', sign, type);
        Type named = Type.named(text());
        if (named == null) throw new Broken("a value of a type that is not known");
        boolean optional = "?123".indexOf(named.sign) >= 0;
        if (at < bytes.length && bytes[at] == 'n' && !optional) throw new Broken("null with a type");
        return value(named, depth + 1);
    }
}
