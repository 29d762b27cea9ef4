package passatk;

import java.lang.reflect.Constructor;
import java.util.Objects;

/** Exceptions as they cross: the nearest class that both sides have, the words, and in the same way the cause. */
final class Raised {
    private static final int MOST_CAUSES = 3, MOST_WORDS = 2000;
    private static final String[] STANDARD = {
        "java.lang.", "java.util.", "java.io.", "java.math.", "java.time.", "java.text.", "java.security.", "java.nio.",
        "java.net."
    };
    private static final Class<?>[][] WAYS = {
        {String.class, Throwable.class}, {String.class}, {Object.class}, {}, {Throwable.class},
        {String.class, int.class}, {String.class, CharSequence.class, int.class}, {String.class, CharSequence.class}
    };

    private Raised() {}

    static void write(Outgoing answer, Throwable error) {
        Throwable one = error;
        for (int i = 0; one != null && i <= MOST_CAUSES; i++) {
            Class<?> nearest = one.getClass();
            String words = null;
            Throwable cause = null;
            try {
                while (!standard(nearest.getName()) || nearest.getClassLoader() != null) nearest = nearest.getSuperclass();
                words = one.getMessage();
                cause = one.getCause();
            } catch (Throwable another) {
                // its class has to do
            }
            answer.text(one instanceof Broken ? "java.lang.IllegalStateException" : nearest.getName());
            answer.words(words == null || words.length() <= MOST_WORDS ? words : words.substring(0, MOST_WORDS));
            one = cause;
        }
    }

    private static boolean standard(String name) {
        for (String start : STANDARD) if (name.startsWith(start)) return true;
        return false;
    }

    static Throwable read(Incoming answer) {
        return read(answer, 0);
    }

    private static Throwable read(Incoming answer, int depth) {
        if (depth > MOST_CAUSES) throw new Broken("an exception with too many causes");
        String name = answer.text(), words = answer.words();
        Throwable cause = answer.atEnd() ? null : read(answer, depth + 1);
        try {
            Class<?> found = standard(name) && name.length() < 200 ? Class.forName(name, false, null) : null;
            if (found != null && Throwable.class.isAssignableFrom(found)) return made(found, words, cause);
        } catch (ClassNotFoundException | LinkageError absent) {
            // it becomes one without a class of its own
        }
        return made(RuntimeException.class, words == null ? name : name.concat(": ").concat(words), cause);
    }

    /** One of this class, with these words if it can have them; or of the nearest above it that can be made. */
    private static Throwable made(Class<?> wanted, String words, Throwable cause) {
        for (Class<?> kind = wanted; kind != Object.class; kind = kind.getSuperclass()) {
            Throwable other = null;
            for (Class<?>[] way : WAYS) {
                Throwable made = made(kind, way, words, cause);
                if (made == null) continue;
                if (Objects.equals(made.getMessage(), words)) return made;
                if (other == null) other = made;
            }
            if (other != null) return other;
        }
        throw new Broken("an exception that cannot be made");
    }

    /** Null where there is no such constructor, or its cause is another. */
    private static Throwable made(Class<?> kind, Class<?>[] way, String words, Throwable cause) {
        for (Constructor<?> constructor : kind.getConstructors()) {
            Class<?>[] parameters = constructor.getParameterTypes();
            boolean fits = parameters.length == way.length;
            Object[] given = new Object[parameters.length];
            for (int i = 0; fits && i < way.length; i++) {
                given[i] = way[i] == Throwable.class ? cause : way[i] == int.class ? (Object) (-1) : i == 0 ? words : "";
                fits = way[i].isAssignableFrom(parameters[i]) && (way[i] != Object.class || parameters[i] == Object.class)
                    && (given[i] == null || parameters[i] == int.class || parameters[i].isInstance(given[i]));
            }
            try {
                Throwable made = fits ? (Throwable) constructor.newInstance(given) : null;
                if (made == null) continue;
                made.getMessage();
                return made.getCause() == cause ? made : made.initCause(cause);
            } catch (ReflectiveOperationException | RuntimeException | LinkageError error) {
                // there is another way
            }
        }
        return null;
    }
}
