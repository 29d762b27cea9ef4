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

    private final Class<?> owner;
    private final List<List<Method>> methods = new ArrayList<>();
    private final Type[][] types;
    private final boolean[] exactly;
    private final List<Object> instances = new ArrayList<>();
    private Object instance;
    private int spoken;

    private Serve(Class<?> owner, int count) {
        this.owner = owner;
        types = new Type[count][];
        exactly = new boolean[count];
    }

    /**
     * ORDER CLASS [METHOD SIGNATURE;HOW]..., ORDER being a seed, or empty where no order can be seen. HOW says of the
     * tests: `.` they call it without an object, `+` they make objects, `!` they expect no checked exceptions but
     * those named behind it, `=` they would tell a number from the same one of another class.
     */
    public static void main(String[] arguments) throws IOException {
        Wire wire = new Wire(new FileInputStream(Wire.descriptor(3)), new FileOutputStream(Wire.descriptor(4)));
        if (!arguments[0].isEmpty()) Order.fix(Long.parseLong(arguments[0]));
        Serve serve = null;
        try {
            Class<?> owner = Class.forName(arguments[1], false, ClassLoader.getSystemClassLoader());
            serve = new Serve(owner, (arguments.length - 2) / 2);
            for (int i = 0; i < serve.types.length; i++) serve.find(i, arguments[2 + 2 * i], arguments[3 + 2 * i]);
        } catch (ClassNotFoundException absent) {
            refuse("there is no class ".concat(arguments[1]));
        }
        byte[] message;
        while ((message = wire.read()) != null && message.length > 0 && message[0] == 'C') {
            wire.write(serve.answer(new Incoming(message)));
        }
        try {
            System.out.flush();
            Runtime.getRuntime().halt(0);
        } catch (Throwable forbidden) {
            // the program has another stream, or rules of its own: it ends with its last thread
        }
    }

    private static void refuse(String words) {
        System.err.println("error: ".concat(words));
        System.out.flush();
        Runtime.getRuntime().halt(NOT_COMPILED);
    }

    private void find(int which, String name, String asked) {
        types[which] = Type.signature(asked);
        String how = asked.substring(asked.indexOf(';') + 1);
        exactly[which] = how.indexOf('=') >= 0;
        methods.add(Lookup.fitting(owner, name, types[which], how));
        if (methods.get(which).isEmpty()) {
            refuse("class ".concat(owner.getName()).concat(" has no method ").concat(name).concat(" as it is declared"));
        }
        for (Method method : methods.get(which)) method.setAccessible(true);
        if (how.indexOf('+') >= 0 && !constructible(how)) {
            refuse("tests cannot make objects of class ".concat(owner.getName()));
        }
    }

    private boolean constructible(String how) {
        try {
            Constructor<?> constructor = owner.getDeclaredConstructor();
            return (constructor.getModifiers() & Modifier.PRIVATE) == 0 && (owner.getModifiers() & Modifier.ABSTRACT) == 0
                && !Lookup.throwsUnexpected(constructor, how);
        } catch (NoSuchMethodException absent) {
            return false;
        }
    }

    private Outgoing answer(Incoming call) {
        call.one();
        long number = call.whole(8);
        int which = (int) call.whole(2);
        int count = call.one();
        try {
            if (which == types.length) {
                instance = made();
                instances.add(instance);
                return nothing(number);
            }
            if (which == types.length + 1) {
                instance = instances.get((Integer) call.value(Type.of("I"), 0));
                return nothing(number);
            }
            Type[] signature = types[which];
            Object[] arguments = new Object[count];
            int[] ends = new int[count + 1];
            ends[0] = call.at();
            boolean open = false;
            for (int i = 0; i < count; i++) {
                arguments[i] = call.value(signature[i], 0);
                ends[i + 1] = call.at();
                open |= signature[i].sign == 'o';
            }
            List<Method> fitting = methods.get(which);
            Method method = open ? Lookup.taking(fitting, signature, arguments) : fitting.get(0);
            Object[] given = Lookup.given(method, signature, arguments);
            if (!Modifier.isStatic(method.getModifiers()) && instance == null) instance = made();
            Object value = method.invoke(instance, given);
            Type type = signature[count];
            if (type.sign == 'V') return changes(number, signature, arguments, call.bytes(), ends);
            Outgoing answer = new Outgoing('R', number);
            answer.value(type, exactly[which] ? value : fitted(type, value), 0);
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

    /** A number of another type than the declared one, as that one: tests compare them with `==`. */
    private static Object fitted(Type type, Object value) {
        char sign = Character.toUpperCase(type.sign);
        if ("BSIJCFDbsijcfd".indexOf(type.sign) < 0 || value == null) return value;
        Object number = value instanceof Character ? (Object) (int) (Character) value : value;
        if (!(number instanceof Number)) return value;
        double real = ((Number) number).doubleValue();
        if (sign == 'D') return real;
        if (sign == 'F') return number instanceof Double && (float) real != real ? value : (Object) (float) real;
        long whole = ((Number) number).longValue();
        if ((number instanceof Double || number instanceof Float) && whole != real) return value;
        switch (sign) {
            case 'C': return whole == (char) whole ? (Object) (char) whole : value;
            case 'B': return whole == (byte) whole ? (Object) (byte) whole : value;
            case 'S': return whole == (short) whole ? (Object) (short) whole : value;
            case 'I': return whole == (int) whole ? (Object) (int) whole : value;
            default: return whole;
        }
    }

    private Outgoing exception(long number, Throwable error) {
        try {
            if (spoken++ == 0) {
                error.printStackTrace();
            } else if (spoken <= MOST_SPOKEN) {
                System.err.println(error);
            }
        } catch (Throwable another) {
            // it says nothing then
        }
        Outgoing answer = new Outgoing('X', number);
        Raised.write(answer, error);
        return answer;
    }
}
