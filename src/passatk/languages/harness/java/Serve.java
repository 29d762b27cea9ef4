package passatk;

import java.io.FileInputStream;
import java.io.FileOutputStream;
import java.io.IOException;
import java.lang.reflect.Constructor;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.util.*;

/** The program's side of the conversation: answers calls of the declared methods. */
public final class Serve {
    private static final int NOT_COMPILED = 64, MOST_SPOKEN = 10;
    private static final String WIDENING = "BSIJFD";

    private final Class<?> owner;
    private final Method[] methods;
    private final Type[][] types;
    private Object instance;
    private int spoken;

    private Serve(Class<?> owner, int count) {
        this.owner = owner;
        methods = new Method[count];
        types = new Type[count][];
    }

    /** ORDER CLASS [METHOD SIGNATURE]..., ORDER being a seed, or empty where no order can be seen. */
    public static void main(String[] arguments) throws IOException {
        Wire wire = new Wire(new FileInputStream(Wire.descriptor(3)), new FileOutputStream(Wire.descriptor(4)));
        if (!arguments[0].isEmpty()) Order.fix(Long.parseLong(arguments[0]));
        Serve serve = null;
        try {
            Class<?> owner = Class.forName(arguments[1], false, ClassLoader.getSystemClassLoader());
            serve = new Serve(owner, (arguments.length - 2) / 2);
            for (int i = 0; i < serve.methods.length; i++) {
                serve.types[i] = Type.signature(arguments[3 + 2 * i]);
                serve.methods[i] = serve.find(arguments[2 + 2 * i], serve.types[i]);
            }
        } catch (ClassNotFoundException absent) {
            refuse("there is no class ".concat(arguments[1]));
        }
        byte[] message;
        while ((message = wire.read()) != null && message.length > 0 && message[0] == 'C') {
            wire.write(serve.answer(new Incoming(message)));
        }
        System.out.flush();
        Runtime.getRuntime().halt(0);
    }

    private static void refuse(String words) {
        System.err.println("error: ".concat(words));
        System.out.flush();
        Runtime.getRuntime().halt(NOT_COMPILED);
    }

    private Method find(String name, Type[] signature) {
        Method best = null;
        int least = Integer.MAX_VALUE;
        for (Class<?> here = owner; here != null && here != Object.class; here = here.getSuperclass()) {
            for (Method method : here.getDeclaredMethods()) {
                if (method.isBridge() || !method.getName().equals(name)) continue;
                int distance = distance(method, signature);
                if (distance >= 0 && distance < least) {
                    best = method;
                    least = distance;
                }
            }
        }
        if (best == null) {
            refuse("class ".concat(owner.getName()).concat(" has no method ").concat(name).concat(" as it is declared"));
        }
        best.setAccessible(true);
        return best;
    }

    /** How far a method is from the declared one; negative: the declared arguments or result do not fit. */
    private static int distance(Method method, Type[] signature) {
        Class<?>[] parameters = method.getParameterTypes();
        if (parameters.length != signature.length - 1) return -1;
        int sum = 0;
        for (int i = 0; i < parameters.length; i++) {
            int one = distance(parameters[i], signature[i]);
            if (one < 0) return -1;
            sum += one;
        }
        return gives(method.getReturnType(), signature[parameters.length]) ? sum : -1;
    }

    private static int distance(Class<?> parameter, Type declared) {
        Class<?> raw = declared.raw();
        if (parameter == raw) return 0;
        if (parameter.isAssignableFrom(raw)) return 1;
        int from = WIDENING.indexOf(declared.primitive() ? declared.sign : Character.toUpperCase(declared.sign));
        boolean number = declared.primitive() || "zbsijcfd".indexOf(declared.sign) >= 0;
        if (number) {
            char sign = Character.toUpperCase(declared.sign);
            Class<?> boxed = Type.of(String.valueOf(Character.toLowerCase(sign))).raw();
            if (parameter.isAssignableFrom(boxed)) return 1;
            if (parameter == Type.of(String.valueOf(sign)).raw()) return 1;
            for (int to = sign == 'C' ? 2 : from + 1; (from >= 0 || sign == 'C') && to < WIDENING.length(); to++) {
                if (parameter == Type.of(WIDENING.substring(to, to + 1)).raw()) return 1 + to;
            }
            return -1;
        }
        if ("lakqvKAehgrmHGT".indexOf(declared.sign) < 0) return -1;
        return raw.isAssignableFrom(parameter) && copied(parameter, null) != null ? 20 : -1;
    }

    /** An empty collection of a class, or one with the content of `value`; null for a class that is not Java's own. */
    @SuppressWarnings({"unchecked", "rawtypes"})
    private static Object copied(Class<?> wanted, Object value) {
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

    private static boolean gives(Class<?> result, Type declared) {
        if (declared.sign == 'V') return true;
        if (result == void.class) return false;
        Class<?> raw = declared.raw();
        if (raw.isAssignableFrom(result) || result.isAssignableFrom(raw)) return true;
        if ("BSIJCFD".indexOf(declared.sign) >= 0) {
            return result != boolean.class && (result.isPrimitive() || Number.class.isAssignableFrom(result)
                || result == Character.class);
        }
        if ("Zzbsijcfd".indexOf(declared.sign) < 0) return false;
        return Type.of(String.valueOf(Character.toUpperCase(declared.sign))).raw() == result
            || Type.of(String.valueOf(Character.toLowerCase(declared.sign))).raw() == result;
    }

    private Outgoing answer(Incoming call) {
        call.one();
        long number = call.whole(8);
        int which = (int) call.whole(2);
        int count = call.one();
        try {
            if (which == methods.length) {
                instance = made();
                return nothing(number);
            }
            Method method = methods[which];
            Type[] signature = types[which];
            Class<?>[] parameters = method.getParameterTypes();
            Object[] arguments = new Object[count];
            int[] ends = new int[count + 1];
            ends[0] = call.at();
            for (int i = 0; i < count; i++) {
                arguments[i] = call.value(signature[i], 0);
                ends[i + 1] = call.at();
                if (arguments[i] != null && !parameters[i].isPrimitive() && !parameters[i].isInstance(arguments[i])) {
                    arguments[i] = copied(parameters[i], arguments[i]);
                }
            }
            if (!Modifier.isStatic(method.getModifiers()) && instance == null) instance = made();
            Object value = method.invoke(instance, arguments);
            Type type = signature[count];
            if (type.sign == 'V') return changes(number, signature, arguments, call.bytes(), ends);
            Outgoing answer = new Outgoing('R', number);
            answer.value(type, fitted(type, value), 0);
            answer.put(0);
            return answer;
        } catch (InvocationTargetException error) {
            return exception(number, error.getCause());
        } catch (Throwable error) {
            return exception(number, error);
        }
    }

    private Object made() throws ReflectiveOperationException {
        Constructor<?> constructor = owner.getDeclaredConstructor();
        constructor.setAccessible(true);
        return constructor.newInstance();
    }

    private static Outgoing nothing(long number) {
        Outgoing answer = new Outgoing('R', number);
        answer.put('n');
        answer.put(0);
        return answer;
    }

    private static Outgoing changes(long number, Type[] signature, Object[] arguments, byte[] sent, int[] ends) {
        Outgoing answer = nothing(number);
        answer.cut(answer.size() - 1);
        Outgoing changed = new Outgoing('R', number);
        int count = 0;
        boolean[] differs = new boolean[arguments.length];
        for (int i = 0; i < arguments.length; i++) {
            int start = changed.size();
            changed.value(signature[i], arguments[i], 0);
            differs[i] = !changed.same(start, sent, ends[i], ends[i + 1] - ends[i]);
            if (differs[i]) count++;
            changed.cut(start);
        }
        answer.put(count);
        for (int i = 0; i < arguments.length; i++) {
            if (!differs[i]) continue;
            answer.put(i);
            answer.value(signature[i], arguments[i], 0);
        }
        return answer;
    }

    /** A number of another primitive type than the declared one, as that one. */
    private static Object fitted(Type type, Object value) {
        if ("BSIJCFD".indexOf(type.sign) < 0 || value == null) return value;
        if (type.sign == 'C') return value;
        Object number = value instanceof Character ? (Object) (int) (Character) value : value;
        if (!(number instanceof Number)) return value;
        double real = ((Number) number).doubleValue();
        if (type.sign == 'D') return real;
        if (type.sign == 'F') return number instanceof Double && (float) real != real ? value : (Object) (float) real;
        long whole = ((Number) number).longValue();
        if ((number instanceof Double || number instanceof Float) && whole != real) return value;
        switch (type.sign) {
            case 'B': return whole == (byte) whole ? (Object) (byte) whole : value;
            case 'S': return whole == (short) whole ? (Object) (short) whole : value;
            case 'I': return whole == (int) whole ? (Object) (int) whole : value;
            default: return whole;
        }
    }

    private Outgoing exception(long number, Throwable error) {
        Class<?> standard = error.getClass();
        String words = "";
        try {
            while (standard.getClassLoader() != null) standard = standard.getSuperclass();
            words = standard == error.getClass() ? error.getMessage() : error.toString();
            if (spoken++ == 0) {
                error.printStackTrace();
            } else if (spoken <= MOST_SPOKEN) {
                System.err.println(error);
            }
        } catch (Throwable another) {
            // its class has to do
        }
        if (words == null) words = "";
        Outgoing answer = new Outgoing('X', number);
        answer.text(error instanceof Broken ? "java.lang.IllegalStateException" : standard.getName());
        answer.text(words.length() > 2000 ? words.substring(0, 2000) : words);
        return answer;
    }
}
