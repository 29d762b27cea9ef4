package passatk;

import java.io.*;
import java.net.URI;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.*;
import javax.tools.*;

/** Stays and compiles: sources in, classes or what is wrong with them out. What is not clean is not for this one. */
public class Compiler {
    static final int COMPILED = 0, REFUSED = 1, UNCLEAR = 2;
    static final int LONGEST_NAME = 255;
    static final long STACK_BYTES = 400_000; // less than the ordinary compiler has: what fits here fits there

    static class Source extends SimpleJavaFileObject {
        final String path, text;

        Source(String path, String text) {
            super(URI.create("memory:///" + path), Kind.SOURCE);
            this.path = path;
            this.text = text;
        }

        @Override public CharSequence getCharContent(boolean ignoreEncodingErrors) { return text; }
        @Override public String getName() { return path; }
    }

    static class Made extends SimpleJavaFileObject {
        final ByteArrayOutputStream bytes = new ByteArrayOutputStream();

        Made(String path) { super(URI.create("memory:///" + path), Kind.CLASS); }

        @Override public OutputStream openOutputStream() { return bytes; }
    }

    static class Files extends ForwardingJavaFileManager<StandardJavaFileManager> {
        final Map<String, Made> made = new TreeMap<>();

        Files(StandardJavaFileManager platform) { super(platform); }

        @Override public JavaFileObject getJavaFileForOutput(
                Location location, String name, JavaFileObject.Kind kind, FileObject sibling) {
            String path = name.replace('.', '/') + ".class";
            return made.computeIfAbsent(path, Made::new);
        }

        @Override public void flush() {}
        @Override public void close() {}

        /** Whether a file can have each of these names. */
        boolean writable() {
            for (String path : made.keySet()) {
                if (path.getBytes(StandardCharsets.UTF_8).length > LONGEST_NAME) return false;
            }
            return true;
        }
    }

    final JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
    final StandardJavaFileManager platform = compiler.getStandardFileManager(null, Locale.ROOT, StandardCharsets.UTF_8);
    int code;
    String words;
    Files files;

    void compile(List<Source> sources) {
        code = UNCLEAR;
        words = "";
        files = new Files(platform);
        DiagnosticCollector<JavaFileObject> found = new DiagnosticCollector<>();
        List<String> options = List.of("-proc:none", "-nowarn", "-implicit:none");
        Writer said = new StringWriter();
        if (compiler.getTask(said, files, found, options, null, sources).call()) {
            code = files.writable() ? COMPILED : UNCLEAR;
            return;
        }
        StringBuilder all = new StringBuilder();
        for (Diagnostic<? extends JavaFileObject> one : found.getDiagnostics()) {
            if (one.getKind() != Diagnostic.Kind.ERROR) continue;
            code = REFUSED;
            all.append(one).append('\n');
        }
        words = all.toString();
    }

    public static void main(String[] arguments) throws Exception {
        DataInputStream in = new DataInputStream(new BufferedInputStream(System.in));
        DataOutputStream out = new DataOutputStream(new BufferedOutputStream(new FileOutputStream(FileDescriptor.out)));
        Compiler one = new Compiler();
        one.platform.setLocation(StandardLocation.CLASS_PATH, List.of(new File(arguments[0])));
        while (true) {
            int count;
            try {
                count = in.readInt();
            } catch (EOFException closed) {
                return;
            }
            List<Source> sources = new ArrayList<>();
            for (int i = 0; i < count; i++) {
                String path = new String(in.readNBytes(in.readInt()), StandardCharsets.UTF_8);
                ByteBuffer text = ByteBuffer.wrap(in.readNBytes(in.readInt()));
                sources.add(new Source(path, StandardCharsets.UTF_8.newDecoder().decode(text).toString()));
            }
            Thread thread = new Thread(null, () -> one.compile(sources), "compiler", STACK_BYTES);
            thread.setUncaughtExceptionHandler((ignored, error) -> one.code = UNCLEAR);
            thread.start();
            thread.join();
            out.writeInt(one.code);
            write(out, one.words.getBytes(StandardCharsets.UTF_8));
            boolean compiled = one.code == COMPILED;
            out.writeInt(compiled ? one.files.made.size() : 0);
            if (compiled) {
                for (Map.Entry<String, Made> made : one.files.made.entrySet()) {
                    write(out, made.getKey().getBytes(StandardCharsets.UTF_8));
                    write(out, made.getValue().bytes.toByteArray());
                }
            }
            out.flush();
        }
    }

    static void write(DataOutputStream out, byte[] bytes) throws IOException {
        out.writeInt(bytes.length);
        out.write(bytes);
    }
}
