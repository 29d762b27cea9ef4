/** Launches Main.main; gives the token when it returns, so an early exit is not a pass. */
public class PassatkProof {
    private static byte[] take() throws java.io.IOException {
        return System.in.readNBytes(32);
    }

    public static void main(String[] args) throws Throwable {
        byte[] token = take();
        try {
            Main.main(new String[0]);
        } catch (AssertionError error) {
            error.printStackTrace();
            System.err.flush();
            Runtime.getRuntime().halt(65);
        }
        try (java.io.OutputStream proof = new java.io.FileOutputStream("/proc/self/fd/3")) {
            proof.write(token);
        }
    }
}
