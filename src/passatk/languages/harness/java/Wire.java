package passatk;

import java.io.*;

/** Two pipes on which messages go. */
final class Wire {
    static final int MOST_BYTES = 16 << 20;

    private final InputStream in;
    private final OutputStream out;

    Wire(InputStream in, OutputStream out) {
        this.in = in;
        this.out = out;
    }

    /** Where a pipe that was given to this process can be opened; what it opened by itself would be emptied by that. */
    static String descriptor(int number) {
        String path = "/proc/self/fd/".concat(Integer.toString(number));
        if (new File(path).isFile()) throw new IllegalStateException("nobody gave descriptor ".concat(Integer.toString(number)));
        return path;
    }

    /** The next message; null at the end of the pipe. */
    byte[] read() throws IOException {
        byte[] head = new byte[4];
        if (!fill(in, head)) return null;
        int size = (head[0] & 255) | (head[1] & 255) << 8 | (head[2] & 255) << 16 | (head[3] & 255) << 24;
        if (size < 0 || size > MOST_BYTES) throw new Broken("a message of more than 16 MiB");
        byte[] body = new byte[size];
        return fill(in, body) ? body : null;
    }

    /** Whether there were as many bytes. */
    static boolean fill(InputStream in, byte[] bytes) throws IOException {
        for (int at = 0; at < bytes.length; ) {
            int count = in.read(bytes, at, bytes.length - at);
            if (count < 0) return false;
            at += count;
        }
        return true;
    }

    void write(Outgoing message) throws IOException {
        message.send(out);
    }
}
