package passatk;

import java.io.*;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.nio.charset.StandardCharsets;
import java.nio.file.*;

/**
 * Runs examiners, one after another, each with classes of its own: `main` of the class Main in the package of its name.
 * Each line on its input is one: PID TOKEN SAID ANSWERS CALLS WORDS FOLDER/NAME, by descriptors of the process PID.
 * With an argument it runs only one; it also ends where tests left something behind for the next ones.
 */
public final class Examiner {
    private static final int TOKEN_BYTES = 32, MOST_WORDS = 300, OPENED = 3;

    private Examiner() {}

    public static void main(String[] arguments) throws IOException {
        BufferedReader asked = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
        OutputStream opened = new FileOutputStream(Wire.descriptor(OPENED));
        Surroundings before = new Surroundings();
        boolean stays = true;
        for (String line = asked.readLine(); stays && line != null; line = asked.readLine()) {
            String[] words = line.split(" ", 7);
            String folder = "/proc/".concat(words[0]).concat("/fd/");
            try (InputStream token = new FileInputStream(folder.concat(words[1]));
                    OutputStream said = new FileOutputStream(folder.concat(words[2]));
                    InputStream answers = new FileInputStream(folder.concat(words[3]));
                    OutputStream calls = new FileOutputStream(folder.concat(words[4]))) {
                opened.write('o');
                examine(Paths.get(words[6]), token, said, new Wire(answers, calls));
            }
            Thread.interrupted();
            stays = arguments.length == 0 && before.still(new Surroundings());
        }
        Runtime.getRuntime().halt(0);
    }

    private static void examine(Path tests, InputStream source, OutputStream said, Wire wire) throws IOException {
        byte[] raw = new byte[TOKEN_BYTES];
        Wire.fill(source, raw);
        String token = new String(raw, StandardCharsets.ISO_8859_1);
        Asking.begin(wire, Long.parseUnsignedLong(token.substring(TOKEN_BYTES / 2), 16));
        Order.fix(1);
        String line = said(tests);
        if (line.equals("passed")) line = "passed ".concat(token);
        said.write(line.concat("\n").getBytes(StandardCharsets.UTF_8));
        try {
            wire.write(new Outgoing('E', 0));
        } catch (IOException gone) {
            // the program has ended by itself
        }
    }

    /** Classes of one examination, below a folder. */
    private static final class Classes extends ClassLoader {
        private final Path folder;

        Classes(Path folder) {
            super(Examiner.class.getClassLoader());
            this.folder = folder;
        }

        @Override
        protected Class<?> findClass(String name) throws ClassNotFoundException {
            try {
                byte[] code = Files.readAllBytes(folder.resolve(name.replace('.', '/').concat(".class")));
                return defineClass(name, code, 0, code.length);
            } catch (IOException absent) {
                throw new ClassNotFoundException(name, absent);
            }
        }
    }

    private static String said(Path tests) {
        Throwable thrown = null;
        try {
            String name = tests.getFileName().toString().concat(".Main");
            Method main = new Classes(tests.getParent()).loadClass(name).getMethod("main", String[].class);
            main.setAccessible(true);
            main.invoke(null, (Object) new String[0]);
        } catch (InvocationTargetException found) {
            thrown = found.getCause();
        } catch (ReflectiveOperationException | LinkageError | RuntimeException found) {
            thrown = found;
        }
        if (Asking.decided != null) return line(Asking.decided, "");
        if (thrown == null) {
            return Asking.answered > 0 ? "passed" : "error the tests asked nothing of the program";
        }
        for (Throwable one = thrown; one != null; one = one.getCause()) {
            if (one == Asking.raised) return line("raised ", one.toString());
        }
        Throwable inner = thrown instanceof ExceptionInInitializerError ? thrown.getCause() : thrown;
        if (inner instanceof AssertionError) return line("failed ", place(inner));
        return line("error ", place(thrown));
    }

    private static String place(Throwable thrown) {
        String words = thrown.toString();
        StackTraceElement[] trace = thrown.getStackTrace();
        return trace.length == 0 ? words : words.concat(" in ").concat(trace[0].getMethodName());
    }

    private static String line(String kind, String words) {
        StringBuilder made = new StringBuilder(kind);
        made.append(words);
        if (made.length() > MOST_WORDS) made.setLength(MOST_WORDS);
        for (int i = 0; i < made.length(); i++) {
            char c = made.charAt(i);
            if (c < ' ' || c == 127 || Character.isSurrogate(c)) made.setCharAt(i, ' ');
        }
        return made.toString();
    }
}
