package passatk;

import java.util.Random;
import java.util.Set;

/** Makes Math.random and the order of Set.of and Map.of the same every time, where this Java has them where we look. */
final class Order {
    static void fix() {
        try {
            java.lang.reflect.Field field = sun.misc.Unsafe.class.getDeclaredField("theUnsafe");
            field.setAccessible(true);
            sun.misc.Unsafe unsafe = (sun.misc.Unsafe) field.get(null);
            Math.random(); // makes the generator
            field = Class.forName("java.lang.Math$RandomNumberGeneratorHolder").getDeclaredField("randomNumberGenerator");
            Object base = unsafe.staticFieldBase(field);
            ((Random) unsafe.getObject(base, unsafe.staticFieldOffset(field))).setSeed(1);
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
