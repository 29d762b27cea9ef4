package passatk;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Launches Main.main; gives the token when it returns, so an early exit is not a pass. In a package of its own: */
/** classes of the program that are called like Java's own do not reach here. No field holds the token. */
public class Proof {
    public static void main(String[] args) throws Throwable {
        byte[] token = System.in.readNBytes(32);
        // opened before the tests: what they leave open may be all that is allowed
        java.io.OutputStream proof = new java.io.FileOutputStream("/proc/self/fd/3");
        repeatRandomness();
        java.lang.reflect.Method tests = Class.forName("Main").getMethod("main", String[].class);
        tests.setAccessible(true);
        try {
            tests.invoke(null, (Object) new String[0]);
        } catch (java.lang.reflect.InvocationTargetException thrown) {
            Throwable cause = thrown.getCause();
            if (!(cause instanceof AssertionError)) throw cause;
            cause.printStackTrace();
            System.err.flush();
            Runtime.getRuntime().halt(65);
            throw cause;
        }
        proof.write(token);
        System.out.flush();
        Runtime.getRuntime().halt(0);
    }

    /** What the tests see of a value of the program's: collections are copied into Java's own, whose equals is honest. */
    public static Object plain(Object value) {
        if (value == null) return null;
        if (value instanceof List) {
            List<Object> copy = new ArrayList<>();
            for (Object part : (List<?>) value) copy.add(plain(part));
            return copy;
        }
        if (value instanceof Set) {
            Set<Object> copy = new LinkedHashSet<>();
            for (Object part : (Set<?>) value) copy.add(plain(part));
            return copy;
        }
        if (value instanceof Map) {
            Map<Object, Object> copy = new LinkedHashMap<>();
            for (Map.Entry<?, ?> part : ((Map<?, ?>) value).entrySet()) {
                copy.put(plain(part.getKey()), plain(part.getValue()));
            }
            return copy;
        }
        if (value instanceof Optional) return ((Optional<?>) value).map(Proof::plain);
        if (value.getClass().isArray()) {
            if (value instanceof Object[]) for (Object part : (Object[]) value) plain(part);
            return value;
        }
        if (value.getClass().getClassLoader() == null) return value; // Java's own
        throw new AssertionError("the program gave an object of its own " + value.getClass() + ", not a plain value");
    }

    /** Math.random and the order of Set.of and Map.of are the same every time, where this Java has them where we look. */
    private static void repeatRandomness() {
        try {
            java.lang.reflect.Field field = sun.misc.Unsafe.class.getDeclaredField("theUnsafe");
            field.setAccessible(true);
            sun.misc.Unsafe unsafe = (sun.misc.Unsafe) field.get(null);
            Math.random(); // makes the generator
            field = Class.forName("java.lang.Math$RandomNumberGeneratorHolder").getDeclaredField("randomNumberGenerator");
            Object base = unsafe.staticFieldBase(field);
            ((java.util.Random) unsafe.getObject(base, unsafe.staticFieldOffset(field))).setSeed(1);
            Set.of(1, 2); // initialises what follows
            Class<?> collections = Class.forName("java.util.ImmutableCollections");
            field = collections.getDeclaredField("SALT32L");
            unsafe.putLong(unsafe.staticFieldBase(field), unsafe.staticFieldOffset(field), 1);
            field = collections.getDeclaredField("REVERSE");
            unsafe.putBoolean(unsafe.staticFieldBase(field), unsafe.staticFieldOffset(field), false);
        } catch (ReflectiveOperationException | RuntimeException another) {
            // another Java: they stay as they are
        }
    }
}
