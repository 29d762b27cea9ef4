package passatk;

import java.util.Random;
import java.util.Set;

/** Makes Math.random and the order of Set.of and Map.of those of a seed, where this Java has them where we look. */
final class Order {
    static void fix(long seed) {
        try {
            java.lang.reflect.Field field = sun.misc.Unsafe.class.getDeclaredField("theUnsafe");
            field.setAccessible(true);
            sun.misc.Unsafe unsafe = (sun.misc.Unsafe) field.get(null);
            Math.random(); // makes the generator
            field = Class.forName("java.lang.Math$RandomNumberGeneratorHolder").getDeclaredField("randomNumberGenerator");
            Object base = unsafe.staticFieldBase(field);
            ((Random) unsafe.getObject(base, unsafe.staticFieldOffset(field))).setSeed(seed);
            Set.of(1, 2); // initialises what follows
            Class<?> collections = Class.forName("java.util.ImmutableCollections");
            field = collections.getDeclaredField("SALT32L");
            unsafe.putLong(unsafe.staticFieldBase(field), unsafe.staticFieldOffset(field), seed);
            field = collections.getDeclaredField("REVERSE");
            unsafe.putBoolean(unsafe.staticFieldBase(field), unsafe.staticFieldOffset(field), seed % 2 == 0);
        } catch (ReflectiveOperationException | RuntimeException another) {
            // another Java: they stay as they are
        }
    }
}
