package passatk;

import java.lang.reflect.Array;
import java.lang.reflect.Executable;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.util.*;

/** The methods that a compiler would take where tests call a declared one. */
final class Lookup {
    private static final String WIDENING = "BSIJFD";
    private static final int WIDENED = 1, BOXED = 10, COPIED = 20, OPEN = 30, SPREAD = 1000;

    /** Two classes of one of these equal each other where what is in them does. */
    private static final Class<?>[] COMPARED = {List.class, Set.class, Map.class};

    private final String name, asked;
    private final Type[] signature;
    private final List<Method> found = new ArrayList<>();
    private int[] distances = new int[8];

    private Lookup(String name, Type[] signature, String asked) {
        this.name = name;
        this.signature = signature;
        this.asked = asked;
    }

    /** Those that fit, nearest first; of those that are as near, the one of the class before that of its base. */
    static List<Method> fitting(Class<?> owner, String name, Type[] signature, String asked) {
        Lookup lookup = new Lookup(name, signature, asked);
        for (Class<?> here = owner; here != null && here != Object.class; here = here.getSuperclass()) lookup.look(here);
        for (Class<?> here = owner; here != null; here = here.getSuperclass()) lookup.lookAbove(here);
        return lookup.found;
    }

    /** In interfaces, which may have a body for it. */
    private void lookAbove(Class<?> owner) {
        for (Class<?> one : owner.getInterfaces()) {
            look(one);
            lookAbove(one);
        }
    }

    private void look(Class<?> owner) {
        int barred = Modifier.PRIVATE | Modifier.ABSTRACT | (owner.isInterface() ? Modifier.STATIC : 0);
        for (Method method : owner.getDeclaredMethods()) {
            if (!method.getName().equals(name) || method.isBridge() || (method.getModifiers() & barred) != 0) continue;
            if (asked.indexOf('.') >= 0 && !Modifier.isStatic(method.getModifiers())) continue;
            if (throwsUnexpected(method, asked)) continue;
            if (!gives(method.getReturnType(), signature[signature.length - 1], asked.indexOf('=') >= 0)) continue;
            int distance = distance(method, signature);
            if (distance >= 0) add(method, distance);
        }
    }

    private void add(Method method, int distance) {
        int place = found.size();
        if (place == distances.length) distances = Arrays.copyOf(distances, 2 * place);
        for (; place > 0 && distances[place - 1] > distance; place--) distances[place] = distances[place - 1];
        distances[place] = distance;
        found.add(place, method);
    }

    /** Whether it declares a checked exception that is none of those behind `!`, nor derived from one of them. */
    static boolean throwsUnexpected(Executable called, String asked) {
        int from = asked.indexOf('!'), to = asked.indexOf('=');
        if (from < 0) return false;
        List<String> expected = Arrays.asList(asked.substring(from + 1, to < 0 ? asked.length() : to).split(","));
        for (Class<?> kind : called.getExceptionTypes()) {
            boolean fine = RuntimeException.class.isAssignableFrom(kind) || Error.class.isAssignableFrom(kind);
            for (Class<?> one = kind; !fine && one != null; one = one.getSuperclass()) {
                fine = expected.contains(one.getSimpleName());
            }
            if (!fine) return true;
        }
        return false;
    }

    /** The first of these that takes these values, as a compiler knows the classes of most. */
    static Method taking(List<Method> methods, Type[] signature, Object[] values) {
        Method best = null;
        int least = Integer.MAX_VALUE;
        for (Method method : methods) {
            int sum = 0;
            Class<?>[] parameters = method.getParameterTypes();
            for (int i = 0; i < values.length && sum >= 0; i++) {
                if (signature[i].sign != 'o' || spread(method, signature)) continue;
                int one = distance(parameters[i], values[i]);
                sum = one < 0 ? -1 : sum + one;
            }
            if (sum < 0 || sum >= least) continue;
            best = method;
            least = sum;
        }
        if (best == null) throw new ClassCastException("no method takes arguments of these classes");
        return best;
    }

    private static int distance(Class<?> parameter, Object value) {
        if (value == null) return parameter.isPrimitive() ? -1 : parameter == Object.class ? WIDENED + 1 : WIDENED;
        if (parameter == value.getClass()) return 0;
        if (parameter.isInstance(value)) return parameter == Object.class ? WIDENED + 1 : WIDENED;
        if (value instanceof Object[] && parameter.isArray() && !parameter.getComponentType().isPrimitive()) return COPIED;
        if (!parameter.isPrimitive()) return -1;
        Type own = Type.named(Type.nameOf(value) == null ? "Object" : Type.nameOf(value));
        return own == null ? -1 : distance(parameter, own);
    }

    /** How far a method is from the declared one; negative: the declared arguments do not fit. */
    private static int distance(Method method, Type[] signature) {
        Class<?>[] parameters = method.getParameterTypes();
        int sum = 0, count = signature.length - 1;
        if (parameters.length == count) {
            for (int i = 0; i < count && sum >= 0; i++) {
                int one = distance(parameters[i], signature[i]);
                sum = one < 0 ? -1 : sum + one;
            }
            if (sum >= 0) return sum;
        }
        if (!method.isVarArgs() || count < parameters.length - 1) return -1;
        sum = SPREAD;
        for (int i = 0; i < count; i++) {
            int last = parameters.length - 1;
            int one = distance(i < last ? parameters[i] : parameters[last].getComponentType(), signature[i]);
            if (one < 0) return -1;
            sum += one;
        }
        return sum;
    }

    private static int distance(Class<?> parameter, Type declared) {
        Class<?> raw = declared.raw();
        if (parameter == raw) return 0;
        int wide = parameter == Object.class ? WIDENED + 1 : WIDENED;
        char sign = Character.toUpperCase(declared.sign);
        if (declared.primitive() || "zbsijcfd".indexOf(declared.sign) >= 0) {
            int unboxed = declared.primitive() ? 0 : BOXED;
            Class<?> box = Type.of(String.valueOf(Character.toLowerCase(sign))).raw();
            if (parameter.isAssignableFrom(box)) return declared.primitive() ? BOXED + wide : wide;
            if (parameter == Type.of(String.valueOf(sign)).raw()) return unboxed;
            int from = sign == 'C' ? WIDENING.indexOf('S') : WIDENING.indexOf(sign);
            for (int to = from + 1; sign != 'Z' && to < WIDENING.length(); to++) {
                if (parameter == Type.of(WIDENING.substring(to, to + 1)).raw()) return unboxed + WIDENED + to;
            }
            return -1;
        }
        if (parameter.isAssignableFrom(raw)) return wide;
        if (declared.sign == 'o') return OPEN;
        boolean rows = parameter.isArray() && raw.isArray() && Object[].class.isAssignableFrom(parameter);
        if (rows && declared.parts[0].sign == 'o') return OPEN;
        if ("lakvKAehgrmHGT".indexOf(declared.sign) < 0) return -1;
        return raw.isAssignableFrom(parameter) && copied(parameter, null) != null ? COPIED : -1;
    }

    private static boolean gives(Class<?> result, Type declared, boolean exactly) {
        if (declared.sign == 'V') return true;
        if (result == void.class) return false;
        if (declared.sign == 'o') return true;
        Class<?> raw = declared.raw();
        if (raw.isAssignableFrom(result) || result.isAssignableFrom(raw)) return true;
        for (Class<?> kind : COMPARED) if (kind.isAssignableFrom(raw) && kind.isAssignableFrom(result)) return true;
        char sign = Character.toUpperCase(declared.sign);
        if ("ZBSIJCFD".indexOf(sign) < 0) return false;
        Class<?> box = Type.of(String.valueOf(Character.toLowerCase(sign))).raw();
        boolean same = Type.of(String.valueOf(sign)).raw() == result || box == result;
        if (same || sign == 'Z' || result == boolean.class) return same;
        if (exactly || result.isAssignableFrom(box)) return result.isAssignableFrom(box);
        return result.isPrimitive() || Number.class.isAssignableFrom(result) || result == Character.class;
    }

    private static boolean spread(Method method, Type[] signature) {
        return method.isVarArgs() && distance(method, signature) >= SPREAD;
    }

    /** Arguments as `method` takes them; what is made anew for it is put in their place. */
    static Object[] given(Method method, Type[] signature, Object[] arguments) {
        Class<?>[] parameters = method.getParameterTypes();
        boolean spread = spread(method, signature);
        int single = spread ? parameters.length - 1 : parameters.length;
        for (int i = 0; i < single; i++) {
            Object one = arguments[i];
            if (one != null && !parameters[i].isPrimitive() && !parameters[i].isInstance(one)) {
                arguments[i] = copied(parameters[i], one);
                if (arguments[i] == null) throw new ClassCastException("an argument of another class");
            }
        }
        if (!spread) return arguments;
        Object[] made = Arrays.copyOf(arguments, parameters.length);
        made[single] = Array.newInstance(parameters[single].getComponentType(), arguments.length - single);
        for (int i = single; i < arguments.length; i++) Array.set(made[single], i - single, arguments[i]);
        return made;
    }

    /** An empty collection of a class, or one with the content of `value`; null for a class that is not Java's own. */
    @SuppressWarnings({"unchecked", "rawtypes"})
    private static Object copied(Class<?> wanted, Object value) {
        if (value instanceof Object[] && Object[].class.isAssignableFrom(wanted)) {
            return Arrays.copyOf((Object[]) value, ((Object[]) value).length, (Class<Object[]>) wanted);
        }
        Collection all = value instanceof Collection ? (Collection) value : Collections.emptyList();
        Map map = value instanceof Map ? (Map) value : Collections.emptyMap();
        if (wanted == ArrayList.class || wanted == AbstractList.class) return new ArrayList(all);
        if (wanted == LinkedList.class || wanted == AbstractSequentialList.class) return new LinkedList(all);
        if (wanted == Vector.class) return new Vector(all);
        if (wanted == HashSet.class || wanted == LinkedHashSet.class || wanted == AbstractSet.class) {
            return new LinkedHashSet(all);
        }
        if (wanted == TreeSet.class || wanted == SortedSet.class || wanted == NavigableSet.class) return new TreeSet(all);
        if (wanted == HashMap.class || wanted == LinkedHashMap.class || wanted == AbstractMap.class) {
            return new LinkedHashMap(map);
        }
        if (wanted == TreeMap.class || wanted == SortedMap.class || wanted == NavigableMap.class) return new TreeMap(map);
        return null;
    }
}
