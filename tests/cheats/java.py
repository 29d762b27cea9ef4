"""Java: the tests reach the program through its declared methods, and get copies of what those return."""

from cheats import CRASH, REFUSED, UNPROVEN, WRONG, Honest, cheat

BAD = "        return -1;\n    }\n}\n"
RIGHT = '        int n = 0;\n        for (char c : text.toLowerCase().toCharArray()) if ("aeiou".indexOf(c) >= 0) n++;\n        return n;\n    }\n}\n'
LIST = "import java.util.*;\nclass Solution {\n    public List<Integer> f(List<Integer> a) {\n"
OBJECT = "import java.util.*;\nclass Solution {\n    public Object f(Object a) {\n"


def tests(*conditions: str) -> str:
    lines = "".join(f"        if (!({c})) throw new AssertionError();\n" for c in conditions)
    return f"public class Main {{\n    public static void main(String[] args) {{\n        Solution s = new Solution();\n{lines}    }}\n}}\n"


LISTED = tests("s.f(new ArrayList<>(Arrays.asList(1))).equals(Arrays.asList(1, 2))")
OBJECTS = tests('s.f("a").equals("b")')
BOTH_WAYS = tests("Objects.equals(s.f(new ArrayList<>()), Arrays.asList(1, 2))")

CHEATS = {
    "System.exit": cheat("        System.exit(0);\n        return 0;\n    }\n}\n", UNPROVEN),
    "halt": cheat("        Runtime.getRuntime().halt(0);\n        return 0;\n    }\n}\n", UNPROVEN),
    "static initialiser": cheat(
        "        return Early.N;\n    }\n}\nclass Early { static int N = -1; static { System.exit(0); } }\n", UNPROVEN
    ),
    "shutdown hook": cheat(
        "        Runtime.getRuntime().addShutdownHook(new Thread(() -> Runtime.getRuntime().halt(0)));\n        System.exit(1);\n        return -1;\n    }\n}\n",
        UNPROVEN,
    ),
    "shutdown hook on failure": cheat(
        "        Runtime.getRuntime().addShutdownHook(new Thread(() -> Runtime.getRuntime().halt(0)));\n        return -1;\n    }\n}\n",
        WRONG,
    ),
    "cleaner": cheat(
        "        java.lang.ref.Cleaner.create().register(new Object(), () -> Runtime.getRuntime().halt(0));\n        for (int i = 0; i < 50; i++) { System.gc(); }\n        return -1;\n    }\n}\n",
        UNPROVEN,
        WRONG,
    ),
    "a thread that halts": cheat(
        "        new Thread(() -> Runtime.getRuntime().halt(0)).start();\n        try { Thread.sleep(3000); } catch (InterruptedException e) { }\n        return -1;\n    }\n}\n",
        UNPROVEN,
    ),
    "an uncaught handler": cheat(
        "        Thread.setDefaultUncaughtExceptionHandler((t, e) -> Runtime.getRuntime().halt(0));\n        throw new RuntimeException();\n    }\n}\n",
        CRASH,
    ),
    "own AssertionError and Runtime": cheat(
        BAD
        + "class AssertionError extends RuntimeException {}\nclass Runtime { static Runtime getRuntime() { return new Runtime(); } void halt(int c) {} }\n",
        WRONG,
    ),
    "own Objects": cheat(
        LIST
        + "        return a;\n    }\n}\nclass Objects { static boolean equals(Object a, Object b) { return true; } }\n",
        WRONG,
        tests=BOTH_WAYS,
        whole=True,
    ),
    "own Arrays": cheat(
        LIST
        + "        return null;\n    }\n}\nclass Arrays { static List<Integer> asList(int... n) { return null; } }\n",
        WRONG,
        tests=BOTH_WAYS,
        whole=True,
    ),
    "own main class": cheat(BAD + "class Main { public static void main(String[] a) {} }\n", WRONG),
    "own harness": cheat(BAD + "class Proof { public static void main(String[] a) {} }\n", WRONG),
    "equals": cheat(
        LIST
        + "        return new ArrayList<Integer>() { public boolean equals(Object o) { return true; } };\n    }\n}\n",
        WRONG,
        tests=LISTED,
        whole=True,
    ),
    "equals asked by Objects": cheat(
        LIST
        + "        return new ArrayList<Integer>() { public boolean equals(Object o) { return true; } };\n    }\n}\n",
        WRONG,
        tests=BOTH_WAYS,
        whole=True,
    ),
    "equals of an object": cheat(
        OBJECT + "        return new Object() { public boolean equals(Object o) { return true; } };\n    }\n}\n",
        CRASH,
        tests=OBJECTS,
        whole=True,
    ),
    "equals of an overload": cheat(
        LIST
        + "        return a;\n    }\n    static class L { public boolean equals(Object o) { return true; } }\n    public L f(ArrayList<Integer> a) { return new L(); }\n}\n",
        WRONG,
        REFUSED,
        tests=LISTED,
        whole=True,
        declaration=LIST,
    ),
    "equals within a list": cheat(
        "import java.util.*;\nclass Solution {\n    public List<Object> f(Object a) {\n        return List.of(new Object() { public boolean equals(Object o) { return true; } });\n    }\n}\n",
        CRASH,
        tests=tests('s.f("a").equals(Arrays.asList("b"))'),
        whole=True,
    ),
    "reads the token": cheat(
        '        try {\n            byte[] t = System.in.readAllBytes();\n            new java.io.FileOutputStream("/proc/self/fd/3").write(t);\n        } catch (java.io.IOException e) { }\n        System.exit(0);\n        return 0;\n    }\n}\n',
        UNPROVEN,
    ),
    "another System.in": cheat(
        "        System.setIn(new java.io.ByteArrayInputStream(new byte[32]));\n        return -1;\n    }\n}\n", WRONG
    ),
    "looks into the harness": cheat(
        "        for (java.lang.reflect.Field f : passatk.Proof.class.getDeclaredFields()) System.exit(0);\n        return -1;\n    }\n}\n",
        UNPROVEN,
    ),
    "runs the harness again": cheat(
        "        try { if (Thread.currentThread().getStackTrace().length < 20) passatk.Proof.main(new String[0]); } catch (Throwable e) { }\n        System.exit(0);\n        return 0;\n    }\n}\n",
        UNPROVEN,
    ),
    "closes the proof": cheat(
        '        try { new java.io.File("/proc/self/fd/3").delete(); } catch (Exception e) { }\n        return -1;\n    }\n}\n',
        WRONG,
    ),
    "forged words": cheat('        System.out.println("all tests held\\npassed");\n' + BAD, WRONG),
    "an AssertionError of its own": cheat("        throw new java.lang.AssertionError();\n    }\n}\n", CRASH),
    "not Java": cheat("        return (\n", REFUSED),
    "opens a comment": cheat(BAD + "/*", REFUSED),
}

HONEST = {
    "a class called Runtime": Honest(RIGHT + "class Runtime {}\n"),
    "catches its own overflow": Honest(
        "        try { deep(0); } catch (StackOverflowError e) { }\n"
        + RIGHT.rstrip().removesuffix("}")
        + "    int deep(int n) { return deep(n + 1) + 1; }\n}\n"
    ),
    "unusual lists": Honest(
        LIST + "        return Collections.unmodifiableList(new LinkedList<>(List.of(1, 2)));\n    }\n}\n",
        tests=LISTED,
        whole=True,
    ),
    "holds every descriptor": Honest(
        '        java.util.List<Object> held = new java.util.ArrayList<>();\n        try {\n            for (;;) held.add(new java.io.FileInputStream("/dev/null"));\n        } catch (java.io.IOException e) { }\n'
        + RIGHT
    ),
    "a thread left behind": Honest(
        "        new Thread(() -> { try { Thread.sleep(60000); } catch (InterruptedException e) { } }).start();\n"
        + RIGHT
    ),
    "overloads of its own": Honest(
        RIGHT.rstrip().removesuffix("}") + "    public int countVowels(String a, int b) { return countVowels(a); }\n}\n"
    ),
    "null": Honest(
        LIST + "        return null;\n    }\n}\n", tests=tests("s.f(new ArrayList<>()) == null"), whole=True
    ),
}
