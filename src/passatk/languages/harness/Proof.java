package passatk;

/** Launches Main.main; gives the token when it returns, so an early exit is not a pass. In a package of its own: */
/** classes of the program that are called like Java's own do not reach here. */
public class Proof {
    public static void main(String[] args) throws Throwable {
        byte[] token = System.in.readNBytes(32);
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
        try (java.io.OutputStream proof = new java.io.FileOutputStream("/proc/self/fd/3")) {
            proof.write(token);
        }
    }
}
