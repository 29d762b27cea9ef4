package passatk;

import java.io.*;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.nio.charset.StandardCharsets;

/** Runs one examiner: `main` of the class Main in the package that is called like it. */
public final class Examiner {
    private static final int TOKEN_BYTES = 32, NUMBER_BYTES = 8, MOST_WORDS = 300;

    private Examiner() {}

    /** NAME [order]: with the latter, Math.random and Set.of are the same every time. */
    public static void main(String[] arguments) throws IOException {
        byte[] token = new byte[TOKEN_BYTES], drawn = new byte[NUMBER_BYTES];
        Wire.fill(new FileInputStream(FileDescriptor.in), token);
        OutputStream verdict = Wire.writing(3);
        Asking.wire = new Wire(4, 5);
        try (InputStream source = new FileInputStream("/dev/urandom")) {
            Wire.fill(source, drawn);
        }
        for (byte one : drawn) Asking.number = Asking.number << 8 | one & 255;
        if (arguments.length > 1) Order.fix();
        String line = said(arguments[0].concat(".Main"));
        if (line.equals("passed")) line = "passed ".concat(new String(token, StandardCharsets.ISO_8859_1));
        verdict.write(line.concat("\n").getBytes(StandardCharsets.UTF_8));
        try {
            Asking.wire.write(new Outgoing('E', 0));
        } catch (IOException gone) {
            // the program has ended by itself
        }
        System.out.flush();
        Runtime.getRuntime().halt(0);
    }

    private static String said(String name) {
        Throwable thrown = null;
        try {
            Method tests = Class.forName(name).getMethod("main", String[].class);
            tests.setAccessible(true);
            tests.invoke(null, (Object) new String[0]);
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
