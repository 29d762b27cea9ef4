"""Java: the tests reach the program through its declared methods, and get copies of what those return."""

from cheats import CRASH, REFUSED, UNPROVEN, WRONG, Cheat, Honest, cheat
from passatk.records import Status

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


def told(*conditions: str, pre: str = "") -> str:
    """Tests of `s`, a new Solution, that must all hold after the statements `pre`."""
    lines = "".join(f"        if (!({c})) throw new AssertionError();\n" for c in conditions)
    return (
        "import java.util.*;\npublic class Main {\n    public static void main(String[] args) throws Exception {\n"
        f"        final Solution s = new Solution();\n        {pre}\n{lines}    }}\n}}\n"
    )


def head(method: str) -> str:
    return f"import java.util.*;\nclass Solution {{\n    public {method} {{\n"


def body(members: str) -> str:
    return f"import java.util.*;\nclass Solution {{\n    {members}\n}}\n"


def _bad(method: str, members: str, *conditions: str, allowed: tuple[Status, ...] = (WRONG,), pre: str = "") -> Cheat:
    return cheat(body(members), *allowed, tests=told(*conditions, pre=pre), whole=True, declaration=head(method))


def _good(method: str, members: str, *conditions: str, pre: str = "") -> Honest:
    return Honest(body(members), tests=told(*conditions, pre=pre), whole=True, declaration=head(method))


def _caught(kind: str, condition: str = "true") -> str:
    return f"boolean ok = false; try {{ s.f(-1); }} catch ({kind} e) {{ ok = {condition}; }}"


SORTED = "s.f(Arrays.asList(2, 1, 2)).equals(Arrays.asList(1, 2))"
ONE = "s.f(1) == 1"
BAD_CLASS = "class Bad extends Exception { }\n"
PAIR_CLASS = "class Pair<A, B> { A a; public boolean equals(Object o) { return false; } }\n"
INT, LISTS = "int f(int a)", "List<Integer> f(List<Integer> a)"

# another kind of container or number than the declared one
CHEATS |= {
    "a set where a list is wanted": _bad(
        LISTS, "public Object f(List<Integer> a) { return new TreeSet<>(a); }", SORTED, allowed=(CRASH,)
    ),
    "values of a map where a list is wanted": _bad(
        LISTS,
        "public Collection<Integer> f(List<Integer> a) { Map<Integer, Integer> m = new TreeMap<>(); for (int x : a) m.put(x, x); return m.values(); }",
        SORTED,
        allowed=(CRASH,),
    ),
    "a set where a collection is declared": _bad(
        "Collection<Integer> f(List<Integer> a)",
        "public Collection<Integer> f(List<Integer> a) { return new TreeSet<>(a); }",
        SORTED,
    ),
    "a list where a set is wanted": _bad(
        "Set<Integer> f(List<Integer> a)",
        "public Object f(List<Integer> a) { return Arrays.asList(2, 1); }",
        "s.f(Arrays.asList(2, 1, 2)).equals(new HashSet<>(Arrays.asList(1, 2)))",
        allowed=(CRASH,),
    ),
    "deques within a list of lists": _bad(
        "List<List<Integer>> f(int a)",
        "public List<List<Integer>> f(int a) { List r = new ArrayList(); r.add(new ArrayDeque<>(List.of(1, 2))); return r; }",
        "s.f(1).equals(List.of(List.of(1, 2)))",
        allowed=(CRASH,),
    ),
    "an ArrayDeque equals nothing": _bad(
        "Deque<Integer> f(int a)",
        "public Deque<Integer> f(int a) { return new ArrayDeque<>(List.of(1, 2)); }",
        "s.f(1).equals(new LinkedList<>(List.of(1, 2)))",
    ),
    "a sorted set in another order": _bad(
        "TreeSet<Integer> f(List<Integer> a)",
        "public TreeSet<Integer> f(List<Integer> a) { TreeSet<Integer> t = new TreeSet<>(Comparator.comparing((Integer x) -> x == 3 ? 1 : x == 2 ? 2 : x - 1)); t.addAll(a); return t; }",
        's.f(Arrays.asList(2, 1, 3)).toString().equals("[1, 2, 3]")',
    ),
    "a linked map as HashMap, backwards": _bad(
        "HashMap<String, Integer> f(int a)",
        'public HashMap<String, Integer> f(int a) { HashMap<String, Integer> m = new LinkedHashMap<>(); m.put("b", 1); m.put("a", 1); return m; }',
        's.f(1).keySet().iterator().next().equals("a")',
    ),
    "a double where an Integer is compared": _bad(
        INT, "public double f(int a) { return 3.0; }", "Objects.equals(s.f(1), 3)", allowed=(REFUSED,)
    ),
    # what cannot be changed
    "changes an argument that is Map.of": _bad(
        "int f(Map<String, Integer> a)",
        'public int f(Map<String, Integer> a) { a.remove("a"); return a.size(); }',
        's.f(Map.of("a", 1, "b", 2)) == 1',
        allowed=(CRASH,),
    ),
    "changes an argument that is Set.of": _bad(
        "int f(Set<String> a)",
        'public int f(Set<String> a) { a.remove("a"); return a.size(); }',
        's.f(Set.of("a", "b")) == 1',
        allowed=(CRASH,),
    ),
    "changes Map.of within a list of objects": _bad(
        "int f(List<Object> a)",
        'public int f(List<Object> a) { ((Map) a.get(0)).put("seen", 1); return a.size(); }',
        "s.f(new ArrayList<>(Arrays.asList(Map.of()))) == 1",
        allowed=(CRASH,),
    ),
    "returns Map.of, which the tests change": _bad(
        "Map<String, Integer> f(int a)",
        'public Map<String, Integer> f(int a) { return Map.of("a", 1); }',
        "m.size() == 2",
        pre='Map<String, Integer> m = s.f(1); m.put("b", 2);',
        allowed=(CRASH,),
    ),
    "returns nCopies, which the tests change": _bad(
        LISTS,
        "public List<Integer> f(List<Integer> a) { return Collections.nCopies(2, 1); }",
        "m.size() == 3",
        pre="List<Integer> m = s.f(null); m.add(3);",
        allowed=(CRASH,),
    ),
    # what happens to arguments, objects and output
    "changes its argument and throws": _bad(
        "void f(List<Integer> a)",
        "public void f(List<Integer> a) { a.clear(); throw new IllegalStateException(); }",
        "l.size() == 1",
        pre="List<Integer> l = new ArrayList<>(List.of(1)); try { s.f(l); } catch (IllegalStateException e) { }",
    ),
    "one object's state in another": _bad(
        INT,
        "int n; public int f(int a) { return n += a; }",
        "p.f(1) == 1",
        "q.f(1) == 2",
        pre="Solution p = new Solution(), q = new Solution();",
    ),
    "prints where nothing may be printed": _bad(
        INT,
        'public int f(int a) { System.out.print("hi"); return a; }',
        "b.size() == 0",
        pre="java.io.ByteArrayOutputStream b = new java.io.ByteArrayOutputStream(); System.setOut(new java.io.PrintStream(b)); s.f(1);",
    ),
    "a subclass where the exact class is asked": _bad(
        INT,
        "static class Bad extends IllegalArgumentException { } public int f(int a) { if (a < 0) throw new Bad(); return a; }",
        "ok",
        pre=_caught("RuntimeException", "e.getClass() == IllegalArgumentException.class"),
    ),
    "compares texts by identity": _bad(
        "boolean f(String a, String b)",
        "public boolean f(String a, String b) { return a == b; }",
        "s.f(x, y)",
        pre='String x = new String("ab"), y = new String("ab");',
    ),
    # no compiler would take these with their tests
    "a private method": _bad(INT, "private int f(int a) { return a; }", ONE, allowed=(REFUSED,)),
    "a private constructor": _bad(
        INT, "private Solution() { } public int f(int a) { return a; }", ONE, allowed=(REFUSED,)
    ),
    "a checked exception that is not declared": cheat(
        body("public int f(int a) throws Exception { return a; }"),
        REFUSED,
        tests=told(ONE).replace(" throws Exception", ""),
        whole=True,
        declaration=head(INT),
    ),
    "no static method where one is declared": cheat(
        body("public int f(int a) { return a; }"),
        REFUSED,
        tests=told("Solution.f(1) == 1"),
        whole=True,
        declaration=head("static int f(int a)"),
    ),
    "a copy of a text where the same object is asked": _bad(
        "String f(String a)", "public String f(String a) { return new String(a); }", 's.f("ab") == "ab"'
    ),
    "a text that is made where a literal is asked": _bad(
        "String f(int a)", 'public String f(int a) { return "a" + a; }', 's.f(1) == "a1"'
    ),
    "a prompt's exception that the tests catch": cheat(
        body("public int f(int a) throws Bad { throw new IllegalStateException(); }") + BAD_CLASS,
        WRONG,
        CRASH,
        tests=told("ok", pre=_caught("Bad")),
        whole=True,
        declaration=head("int f(int a) throws Bad").replace("class S", BAD_CLASS + "class S"),
    ),
    "a pair of the prompt's own": cheat(
        body("public Pair<Integer, Integer> f(int a) { return new Pair<>(); }") + PAIR_CLASS,
        WRONG,
        tests=told("s.f(1).equals(s.f(1))"),
        whole=True,
        declaration=head("Pair<Integer, Integer> f(int a)").replace("class S", PAIR_CLASS + "class S"),
    ),
    "a field of the prompt's class": cheat(
        body("int count = 1; public int f(int a) { return a; }"),
        WRONG,
        tests=told(ONE, "s.count == 2"),
        whole=True,
        declaration="import java.util.*;\nclass Solution {\n    int count = 2;\n    public int f(int a) {\n",
    ),
}

# other ways
CHEATS |= {
    "answers in a message of its own": _bad(
        INT,
        'public int f(int a) throws Exception { new java.io.FileOutputStream("/proc/self/fd/4").write(new byte[] {1, 0, 0, 0, 69}); return -1; }',
        ONE,
        allowed=(CRASH,),
    ),
    "another process answers": _bad(
        INT,
        'public int f(int a) throws Exception { new ProcessBuilder("sh", "-c", "printf passed >/proc/$PPID/fd/4").start(); return -1; }',
        ONE,
        allowed=(WRONG, CRASH),
    ),
    "throws ThreadDeath": _bad(INT, "public int f(int a) { throw new ThreadDeath(); }", ONE, allowed=(CRASH,)),
    "throws InvocationTargetException": _bad(
        "int f(int a) throws Exception",
        "public int f(int a) throws Exception { throw new java.lang.reflect.InvocationTargetException(null); }",
        ONE,
        allowed=(CRASH,),
    ),
    "an exception whose words lie": _bad(
        INT,
        'static class E extends RuntimeException { public String toString() { return "x\\npassed"; } } public int f(int a) { throw new E(); }',
        ONE,
        allowed=(CRASH,),
    ),
    "throws the harness's error": _bad(
        INT,
        'public int f(int a) { sneak(); return 0; } <T extends Throwable> void sneak() throws T { try { java.lang.reflect.Constructor<?> c = Class.forName("passatk.Broken").getDeclaredConstructor(String.class); c.setAccessible(true); throw (T) c.newInstance("passed"); } catch (ReflectiveOperationException e) { } }',
        ONE,
        allowed=(CRASH,),
    ),
    "closes its pipe and ends well": _bad(
        INT,
        'public int f(int a) throws Exception { new java.io.FileOutputStream("/proc/self/fd/4").close(); Runtime.getRuntime().halt(0); return 0; }',
        ONE,
        allowed=(UNPROVEN,),
    ),
    "a map that has a key twice": _bad(
        "Map<String, Integer> f(int a)",
        'public Map<String, Integer> f(int a) { Map<String, Integer> m = new IdentityHashMap<>(); m.put(new String("a"), 1); m.put(new String("a"), 1); return m; }',
        "s.f(1).size() == 1",
        allowed=(CRASH, WRONG),
    ),
    "a boxed Float among Doubles": _bad(
        "List<Double> f(int a)",
        "public List<Double> f(int a) { List l = new ArrayList(); l.add(1.0f); return l; }",
        "s.f(1).equals(List.of(1.0))",
        allowed=(CRASH, WRONG),
    ),
    "static state": _bad(
        INT,
        "static int n; public int f(int a) { return n += a; }",
        "p.f(1) == 1",
        "q.f(1) == 1",
        pre="Solution p = new Solution(), q = new Solution();",
    ),
}

# right ones, of which each needs the wall to keep something
HONEST |= {
    "emptyList, sorted by the tests": _good(
        LISTS,
        "public List<Integer> f(List<Integer> a) { return Collections.emptyList(); }",
        "r.isEmpty()",
        pre="List<Integer> r = s.f(Arrays.asList(1)); Collections.sort(r);",
    ),
    "singletonList, sorted by the tests": _good(
        LISTS,
        "public List<Integer> f(List<Integer> a) { return Collections.singletonList(1); }",
        "r.size() == 1",
        pre="List<Integer> r = s.f(Arrays.asList(1)); Collections.sort(r);",
    ),
    "unmodifiableList, asked for null": _good(
        LISTS,
        "public List<Integer> f(List<Integer> a) { return Collections.unmodifiableList(new ArrayList<>(a)); }",
        "!s.f(Arrays.asList(1)).contains(null)",
    ),
    "Stream.toList, asked for null": _good(
        LISTS,
        "public List<Integer> f(List<Integer> a) { return a.stream().toList(); }",
        "s.f(Arrays.asList(1)).indexOf(null) == -1",
    ),
    "sorts an emptyList": _good(
        LISTS,
        "public List<Integer> f(List<Integer> a) { Collections.sort(a); return a; }",
        "s.f(Collections.emptyList()).isEmpty()",
    ),
    "looks for null in a singletonList": _good(
        "boolean f(List<Integer> a)",
        "public boolean f(List<Integer> a) { return a.contains(null); }",
        "!s.f(Collections.singletonList(1))",
    ),
    "a set where a collection is declared and a set wanted": _good(
        "Collection<Integer> f(List<Integer> a)",
        "public Collection<Integer> f(List<Integer> a) { return new TreeSet<>(a); }",
        "s.f(Arrays.asList(2, 1)).equals(new HashSet<>(Arrays.asList(1, 2)))",
    ),
    "a TreeMap by length": _good(
        "TreeMap<String, Integer> f(List<String> a)",
        "public TreeMap<String, Integer> f(List<String> a) { TreeMap<String, Integer> t = new TreeMap<>(Comparator.comparing(String::length)); for (String x : a) t.put(x, x.length()); return t; }",
        's.f(Arrays.asList("aaa", "b", "cc")).toString().equals("{b=1, cc=2, aaa=3}")',
    ),
    "a linked map as HashMap": _good(
        "HashMap<String, Integer> f(List<String> a)",
        "public HashMap<String, Integer> f(List<String> a) { HashMap<String, Integer> t = new LinkedHashMap<>(); for (String x : a) t.put(x, x.length()); return t; }",
        's.f(Arrays.asList("zaaa", "b")).toString().equals("{zaaa=4, b=1}")',
    ),
    "a PriorityQueue, polled by the tests": _good(
        "Queue<Integer> f(int a)",
        "public Queue<Integer> f(int a) { Queue<Integer> q = new PriorityQueue<>(); for (int i : new int[] {1, 5, 2, 9, 6, 3}) q.add(i); return q; }",
        "q.poll() == 1 && q.poll() == 2 && q.poll() == 3 && q.poll() == 5",
        pre="Queue<Integer> q = s.f(1);",
    ),
    "an exception of its own, with a message": _good(
        INT,
        'static class Bad extends IllegalArgumentException { Bad(String m) { super(m); } } public int f(int a) { if (a < 0) throw new Bad("negative"); return a; }',
        "ok",
        pre=_caught("IllegalArgumentException", '"negative".equals(e.getMessage())'),
    ),
    "PatternSyntaxException is an IllegalArgumentException": _good(
        INT,
        'public int f(int a) { if (a < 0) java.util.regex.Pattern.compile("("); return a; }',
        "ok",
        pre=_caught("IllegalArgumentException"),
    ),
    "DateTimeParseException is a DateTimeException": _good(
        INT,
        'public int f(int a) { if (a < 0) java.time.LocalDate.parse("x"); return a; }',
        "ok",
        pre=_caught("java.time.DateTimeException"),
    ),
    "a wrong format is an IllegalArgumentException": _good(
        INT,
        'public int f(int a) { if (a < 0) String.format("%d", "x"); return a; }',
        "ok",
        pre=_caught("IllegalArgumentException"),
    ),
    "UncheckedIOException": _good(
        INT,
        'public int f(int a) { if (a < 0) throw new java.io.UncheckedIOException("x", new java.io.IOException()); return a; }',
        "ok",
        pre=_caught("java.io.UncheckedIOException"),
    ),
    "CompletionException of join": _good(
        INT,
        "public int f(int a) { if (a < 0) java.util.concurrent.CompletableFuture.supplyAsync(() -> { throw new IllegalStateException(); }).join(); return a; }",
        "ok",
        pre=_caught("java.util.concurrent.CompletionException"),
    ),
    "the cause of an exception": _good(
        INT,
        'public int f(int a) { if (a < 0) throw new IllegalStateException("x", new IllegalArgumentException()); return a; }',
        "ok",
        pre=_caught("IllegalStateException", "e.getCause() instanceof IllegalArgumentException"),
    ),
    "an exception with an empty message": _good(
        INT,
        'public int f(int a) { if (a < 0) throw new IllegalArgumentException(""); return a; }',
        "ok",
        pre=_caught("IllegalArgumentException", "e.getMessage().isEmpty()"),
    ),
    "a default method of an interface": Honest(
        "interface F { default int f(int a) { return a; } }\nclass Solution implements F { }\n",
        tests=told(ONE),
        whole=True,
        declaration=head(INT),
    ),
    "varargs": _good("int f(int a, int b)", "public int f(int... a) { return a[0] + a[1]; }", "s.f(1, 2) == 3"),
    "overloads in place of Object": _good(
        "Object f(Object a)",
        "public Object f(String a) { return a; } public Object f(Integer a) { return a + 1; }",
        's.f("x").equals("x")',
        "s.f(1).equals(2)",
    ),
    "widening before boxing": _good(
        INT, "public int f(long a) { return (int) a; } public int f(Integer a) { return -1; }", ONE
    ),
    "a private namesake in its base": Honest(
        "class Base { private int f(int a) { return -1; } }\nclass Solution extends Base { public int f(long a) { return (int) a; } }\n",
        tests=told(ONE),
        whole=True,
        declaration=head(INT),
    ),
    "an int where a char is declared": _good("char f(int a)", "public int f(int a) { return 'b'; }", "s.f(1) == 'b'"),
    "a float where a Double is declared": _good(
        "Double f(int a)", "public float f(int a) { return 1.5f; }", "s.f(1) == 1.5"
    ),
    "a StringBuilder as CharSequence": _good(
        "CharSequence f(int a)",
        'public CharSequence f(int a) { return new StringBuilder("a"); }',
        's.f(1).toString().equals("a")',
    ),
    "an Iterable that is a lambda": _good(
        "Iterable<Integer> f(int a)",
        "public Iterable<Integer> f(int a) { return () -> List.of(1, 2).iterator(); }",
        "x == 3",
        pre="int x = 0; for (int y : s.f(1)) x += y;",
    ),
    "two objects with a state": _good(
        INT,
        "int n; public int f(int a) { return n += a; }",
        "p.f(1) == 1",
        "q.f(5) == 5",
        "p.f(1) == 2",
        pre="Solution p = new Solution(), q = new Solution();",
    ),
    "changes its argument before it throws": _good(
        "void f(List<Integer> a)",
        "public void f(List<Integer> a) { a.clear(); throw new IllegalStateException(); }",
        "l.isEmpty()",
        pre="List<Integer> l = new ArrayList<>(List.of(1)); try { s.f(l); } catch (IllegalStateException e) { }",
    ),
    "prints what the tests capture": _good(
        "void f(int a)",
        'public void f(int a) { System.out.print("hi" + a); }',
        'b.toString().equals("hi1")',
        pre="java.io.ByteArrayOutputStream b = new java.io.ByteArrayOutputStream(); System.setOut(new java.io.PrintStream(b)); s.f(1);",
    ),
    "literals and arguments compared by identity": _good(
        "String f(String a)",
        'public String f(String a) { return a == "x" ? "y" : a; }',
        's.f("x") == "y"',
        's.f("z") == "z"',
    ),
    "bounded type variables": Honest(
        body(
            "public <T extends Comparable<T>> boolean f(T a, T[] b, Number c) { return a.compareTo(b[0]) > c.intValue(); }"
        ),
        tests=told("s.f(2, new Integer[] {1}, 0)", 's.f("b", new String[] {"a"}, 0L)'),
        whole=True,
        declaration=head("<T extends Comparable<T>> boolean f(T a, T[] b, Number c)"),
    ),
    "an exception without words": _good(
        INT,
        "public int f(int a) { if (a < 0) throw new IllegalStateException(); return a; }",
        "ok",
        pre=_caught("IllegalStateException", "e.getMessage() == null && e.getCause() == null"),
    ),
    "queues and collections": _good(
        "Collection<Integer> f(Queue<Integer> a)",
        "public Collection<Integer> f(Queue<Integer> a) { a.poll(); return a; }",
        "s.f(new LinkedList<>(List.of(1, 2))).equals(List.of(2))",
        "!s.f(new ArrayDeque<>(List.of(1, 2))).equals(List.of(2))",
        "s.f(new PriorityQueue<>(List.of(2, 1))).contains(2)",
    ),
    "a prompt's exception": Honest(
        body("public int f(int a) throws Bad { throw new Bad(); }") + BAD_CLASS,
        tests=told("ok", pre=_caught("Bad")),
        whole=True,
        declaration=head("int f(int a) throws Bad").replace("class S", BAD_CLASS + "class S"),
    ),
}

# strange ones
HONEST |= {
    "all kinds of lists and maps": _good(
        "List<Object> f(int a)",
        'public List<Object> f(int a) { List<Object> l = new ArrayList<>(); l.add(Collections.synchronizedList(new ArrayList<>(List.of(a)))); l.add(new java.util.concurrent.CopyOnWriteArrayList<>(List.of(a))); l.add(new java.util.concurrent.ConcurrentHashMap<>(Map.of(a, a))); l.add(new AbstractMap<String, Integer>() { public Set<Map.Entry<String, Integer>> entrySet() { return Set.of(Map.entry("a", 1)); } }); return l; }',
        's.f(1).equals(List.of(List.of(1), List.of(1), Map.of(1, 1), Map.of("a", 1)))',
    ),
    "entries and arrays": _good(
        "Map<Character, List<int[]>> f(char[][] a)",
        "public Map<Character, List<int[]>> f(char[][] a) { return Map.of(a[0][0], List.of(new int[] {1})); }",
        "s.f(new char[][] {{'x'}}).get('x').get(0)[0] == 1",
    ),
    "nulls in Stream.toList": _good(
        "List<String> f(int a)",
        'public List<String> f(int a) { return java.util.stream.Stream.of("a", null).toList(); }',
        's.f(1).equals(Arrays.asList("a", null))',
        "s.f(1).contains(null)",
    ),
    "zeros and NaN in a set": _good(
        "Set<Double> f(int a)",
        "public Set<Double> f(int a) { return new HashSet<>(Arrays.asList(0.0, -0.0, Double.NaN)); }",
        "s.f(1).size() == 3",
    ),
    "halves of characters": _good(
        "String f(String a)",
        'public String f(String a) { return a + "\\ud83d"; }',
        's.f("\\ud83d\\ude00").length() == 3',
        's.f("\\ude00\\ud83d").equals("\\ude00\\ud83d\\ud83d")',
    ),
    "a method that is generic, static, and wider": _good(
        LISTS,
        "static <T extends Comparable<T>> List<T> f(final Collection<? extends T> a) { List<T> r = new ArrayList<>(a); Collections.sort(r); return r; }",
        "s.f(Arrays.asList(2, 1)).equals(List.of(1, 2))",
    ),
    "a generic base": Honest(
        "abstract class Base<T> { public int f(T a) { return g(a); } abstract int g(T a); }\nclass Solution extends Base<String> { int g(String a) { return a.length(); } }\n",
        tests=told('s.f("a") == 1'),
        whole=True,
        declaration=head("int f(String a)"),
    ),
    "a record": Honest(
        "record Solution() { public int f(int a) { return a; } }\n", tests=told(ONE), whole=True, declaration=head(INT)
    ),
    "classes called as those of java.lang and java.util": Honest(
        "class String { }\nclass Integer { }\nclass Map { }\nclass Objects { }\nclass Solution { public int f(int a) { return a; } static class java { } static class passatk { } }\n",
        tests=told(ONE),
        whole=True,
        declaration=head(INT),
    ),
    "CRLF and a public class": Honest(
        body("public int f(int a) { return a; // x\n    }").replace("class S", "public class S").replace("\n", "\r\n"),
        tests=told(ONE),
        whole=True,
        declaration=head(INT),
    ),
    "quotes, text blocks, public in a text": _good(
        INT,
        'char a = \'"\', b = \'\\\'\', c = \'\\u0041\'; /* " */ // \'\n    String t = """\n    public class X { "" \\""" package a;\n    """; public int f(int a) { return a; }',
        ONE,
    ),
    "closes its streams and reads the end": _good(
        INT,
        "public int f(int a) throws java.io.IOException { Scanner c = new Scanner(System.in); while (c.hasNextLine()) c.nextLine(); System.out.close(); System.err.close(); System.in.close(); return a; }",
        ONE,
    ),
    "deep recursion": _good(
        INT, "int g(int n) { return n == 0 ? 0 : 1 + g(n - 1); } public int f(int a) { return g(50000) - 49999; }", ONE
    ),
    "a busy daemon": _good(
        INT,
        "public int f(int a) { Thread t = new Thread(() -> { while (true) Thread.onSpinWait(); }); t.setDaemon(true); t.start(); return a; }",
        ONE,
    ),
    "an exception whose message throws": _good(
        INT,
        "static class E extends RuntimeException { public String getMessage() { throw new E(); } } public int f(int a) { throw new E(); }",
        "ok",
        pre=_caught("RuntimeException"),
    ),
    "overflows its stack as the tests expect": _good(
        INT, "public int f(int a) { return a < 0 ? f(a) : a; }", "ok", pre=_caught("StackOverflowError")
    ),
}

# what the tests send, what compilers write, and what else real programs declare
CHEATS |= {
    "an object that cannot be sent, where its exception is expected": _bad(
        "Object f(Object a)",
        "public Object f(Object a) { return a; }",
        "s.f(1).equals(1)",
        "ok",
        pre="class Own { } boolean ok = false; try { s.f(new Own()); } catch (ClassCastException e) { ok = true; }",
        allowed=(CRASH,),
    ),
    "a list nested too deep to be sent, where its exception is expected": _bad(
        "int f(List<Object> a)",
        "public int f(List<Object> a) { return 1; }",
        "s.f(List.of()) == 1",
        "ok",
        pre="List<Object> l = new ArrayList<>(); for (int i = 0; i < 2000; i++) l = new ArrayList<>(List.of(l)); boolean ok = false; try { s.f(l); } catch (IllegalArgumentException e) { ok = true; }",
        allowed=(CRASH,),
    ),
    "a class in a file of too long a name": cheat(
        BAD + "class " + "A" * 200 + " { class " + "B" * 50 + " { } }\nclass " + "\u540d" * 100 + " { }\n", REFUSED
    ),
}
HONEST |= {
    "public annotation types and annotated classes": Honest(
        RIGHT
        + "public @interface Mark { }\npublic @Deprecated class Old { }\npublic abstract @Mark() class Older { }\n"
    ),
    "a package with blanks and a comment": Honest(
        "/* a */ package /* b */ com . example ; // c\n" + body("public int f(int a) { return a; }"),
        tests=told(ONE),
        whole=True,
        declaration=head(INT),
    ),
    "copies of an array": _good(
        "List<int[]> f(int a)",
        "public List<int[]> f(int a) { return Collections.nCopies(2, new int[] {a}); }",
        "s.f(1).get(1)[0] == 1",
    ),
    "an Object where an int is declared": _good(INT, "public Object f(int a) { return a; }", ONE, "s.f(2) == 2"),
    "a Comparable where an int is compared by equals": _good(
        INT, "public Comparable<Integer> f(int a) { return a; }", "Objects.equals(s.f(1), 1)"
    ),
    "lists of many classes": _good(
        "List<List<Integer>> f(int a)",
        "public List<List<Integer>> f(int a) { return List.of(new LinkedList<>(List.of(0, a)).subList(1, 2), Collections.checkedList(new Vector<>(List.of(a)), Integer.class), new AbstractSequentialList<Integer>() { public int size() { return 1; } public ListIterator<Integer> listIterator(int i) { return List.of(a).listIterator(i); } }, new ArrayList<>() {{ add(a); }}); }",
        "s.f(1).equals(Collections.nCopies(4, List.of(1)))",
    ),
    "many constants and classes": Honest(
        RIGHT
        + 'class K { static final String A = "'
        + "x" * 1000
        + '", B = '
        + " + ".join(["A"] * 64)
        + "; }\n"
        + "".join(f'class K{i} {{ String a = K.B + "{i}"; }}\n' for i in range(300))
    ),
}

_DOUBLE = "double f(double a)"
_ROOT = told(
    "true",
    pre="for (double x : new double[] {2, 3}) if (Math.abs(s.f(x) * s.f(x) - x * s.f(x)) > 1e-4) throw new AssertionError();",
)
_FAR = "if (Math.abs(d - 1) > 1e-6) throw new AssertionError();"

# numbers that are none, of which each comparison is false
CHEATS |= {
    "NaN, which is not further than a tolerance": cheat(
        body("public double f(double a) { return Double.NaN; }"),
        WRONG,
        tests=_ROOT,
        whole=True,
        declaration=head(_DOUBLE),
    ),
    "infinity, of which the tests make NaN": cheat(
        body("public double f(double a) { return Double.POSITIVE_INFINITY; }"),
        WRONG,
        tests=_ROOT,
        whole=True,
        declaration=head(_DOUBLE),
    ),
    "a number so large that the tests make NaN of it": cheat(
        body("public double f(double a) { return 1e300; }"), WRONG, tests=_ROOT, whole=True, declaration=head(_DOUBLE)
    ),
    "NaN in a list": _bad(
        "List<Double> f(int a)",
        "public List<Double> f(int a) { return List.of(Double.NaN); }",
        "true",
        pre=f"for (double d : s.f(1)) {_FAR}",
    ),
    "NaN in a box": _bad("Float f(int a)", "public Float f(int a) { return Float.NaN; }", "!(s.f(1) > 2)"),
    "NaN in a changed argument": _bad(
        "void f(double[] a)",
        "public void f(double[] a) { a[0] = Double.NaN; }",
        "true",
        pre=f"double[] one = {{1}}; s.f(one); double d = one[0]; {_FAR}",
    ),
    "NaN, whose failure the tests catch": _bad(
        _DOUBLE,
        "public double f(double a) { return Double.NaN; }",
        "true",
        pre="try { if (s.f(1) > 2) throw new AssertionError(); } catch (Throwable t) { }",
    ),
}
HONEST |= {
    "NaN, which is asked for": _good(
        _DOUBLE,
        "public double f(double a) { return Math.sqrt(a); }",
        "Double.isNaN(s.f(-1))",
        "Math.abs(s.f(4) - 2) < 1e-9",
    ),
    "NaN, which the tests make": _good(
        _DOUBLE, "public double f(double a) { return a / a; }", "Double.compare(s.f(0), 0.0 / 0) == 0"
    ),
    "infinity, which no test makes NaN of": _good(
        _DOUBLE, "public double f(double a) { return a * 1e308; }", "s.f(10) > 1e308", "Math.abs(s.f(-10)) > 1e308"
    ),
    "the absolute value of each kind of number": _good(
        "List<Object> f(int a)",
        "public List<Object> f(int a) { return List.of(a, (long) a, (float) a, (double) a); }",
        "Math.abs((Integer) s.f(-1).get(0)) == 1 && Math . abs((long) s.f(-1).get(1)) == 1L",
        "Math.abs((Float) s.f(-1).get(2)) == 1f && java.lang.Math.abs((double) s.f(-1).get(3)) == 1.0",
        "Math.abs((short) -1) == 1 && 1 / Math.abs(-0.0f) > 0 && Math.max(1, Math.abs(-3)) == 3",
    ),
}

# what becomes of parts of arguments, and of a program's own surroundings
HONEST |= {
    "changes a list in a map": _good(
        "void f(Map<String, List<Integer>> a)",
        'public void f(Map<String, List<Integer>> a) { a.get("a").add(1); a.put("b", new ArrayList<>()); }',
        "l.size() == 1 && m.size() == 2",
        pre='List<Integer> l = new ArrayList<>(); Map<String, List<Integer>> m = new HashMap<>(); m.put("a", l); s.f(m);',
    ),
    "changes what is in lists and maps that cannot be changed": _good(
        "void f(Map<String, List<Integer>> a, List<List<Integer>> b, List<int[]> c)",
        'public void f(Map<String, List<Integer>> a, List<List<Integer>> b, List<int[]> c) { a.get("a").add(1); b.get(0).clear(); c.get(0)[0] = 2; }',
        "l.equals(List.of(1)) && m.isEmpty() && n[0] == 2",
        pre='List<Integer> l = new ArrayList<>(), m = new ArrayList<>(List.of(1)); int[] n = {1}; s.f(Map.of("a", l), List.of(m), List.of(n));',
    ),
    "changes lists, sets and maps within others": _good(
        "void f(List<List<Integer>> a, Map<String, Set<Integer>> b, List<Map<String, Integer>> c)",
        'public void f(List<List<Integer>> a, Map<String, Set<Integer>> b, List<Map<String, Integer>> c) { a.get(0).add(9); b.get("a").add(9); c.get(0).put("b", 9); }',
        'l.equals(List.of(1, 9)) && m.equals(Set.of(1, 9)) && n.equals(Map.of("a", 1, "b", 9))',
        pre='List<Integer> l = new LinkedList<>(List.of(1)); Set<Integer> m = new HashSet<>(List.of(1)); Map<String, Integer> n = new HashMap<>(Map.of("a", 1)); List<List<Integer>> a = new ArrayList<>(); a.add(l); Map<String, Set<Integer>> b = new HashMap<>(); b.put("a", m); s.f(a, b, Arrays.asList(n));',
    ),
    "changes the order of a map": _good(
        "void f(LinkedHashMap<String, Integer> a)",
        'public void f(LinkedHashMap<String, Integer> a) { a.put("a", a.remove("a")); }',
        'm.toString().equals("{b=2, a=1}")',
        pre='LinkedHashMap<String, Integer> m = new LinkedHashMap<>(); m.put("a", 1); m.put("b", 2); s.f(m);',
    ),
    "has no streams": _good(INT, "public int f(int a) { System.setOut(null); System.setErr(null); return a; }", ONE),
    "a stream that cannot be flushed": _good(
        INT,
        "public int f(int a) { System.setOut(new java.io.PrintStream(System.out) { public void flush() { throw new IllegalStateException(); } }); return a; }",
        ONE,
    ),
    "forbids itself to exit": _good(
        INT,
        "public int f(int a) { try { System.setSecurityManager(new SecurityManager() { public void checkExit(int s) { throw new SecurityException(); } public void checkPermission(java.security.Permission p) { } }); } catch (UnsupportedOperationException e) { } return a; }",
        ONE,
    ),
    "texts as bytes": _good(
        "int f(String a)", "public int f(String a) { return a.getBytes().length; }", 's.f("\u00e9") == 2'
    ),
    "odd characters in comments": Honest(
        "        // \u201d \u2014 \u200b \u2028 \u202e \U0001f600 don't \" {\n        /* it's { */\n" + RIGHT + "\x1a"
    ),
    "a class with a type variable": Honest(
        "class Solution<T> { public int f(T a) { return (Integer) a; } }\n",
        tests=told(ONE),
        whole=True,
        declaration=head(INT),
    ),
}

_ECHO = body("public int f(int a) { return a; }")


def _ending(tests: str, last: str) -> str:
    """`tests` with `last` as the last statement of their main."""
    return f"{tests.rstrip().removesuffix('}').rstrip().removesuffix('}')}        {last}\n    }}\n}}\n"


_CAPTURED = (
    "java.io.ByteArrayOutputStream b = new java.io.ByteArrayOutputStream(); System.setOut(new java.io.PrintStream(b));"
)
_COUNTED = _ending(told("true", pre="int bad = s.f(1) == 1 ? 0 : 1;"), "System.exit(bad);")
_FINALLY = _ending(told("true"), "try { if (s.f(1) != 1) throw new AssertionError(); } finally { System.exit(0); }")
_SWALLOWED = _ending(
    told("true"),
    "try { if (s.f(1) != 1) fail(); } catch (Throwable t) { }\n    }\n    static void fail() {\n        System.exit(1);",
)
_IMPORTING = told(ONE, 'Stream.of(1).count() == 1 && """\n    import x.Y;\n    """.contains("x.Y")').replace(
    "import java.util.*;",
    "/*\nimport org.junit.Test;\n*/\nimport java.util.*; import java.util.stream.*; // all\nimport /* of\n*/ java.util\n    .function.*;",
)
_SEVEN = body("public int f(int a) { return 7; }")
_COUNTER = "class Counter {\n    private int n;\n    public void inc() { n++; }\n    public int get() {\n"
_TWICE = told("c.get() == 2", pre="Counter c = new Counter(); c.inc(); c.inc();").replace(
    "final Solution s = new Solution();", ""
)
_WITHIN = "class Outer {\n    static class Solution {\n        public int f(int a) {\n"

# tests of one's own: what they import, how they end, what they share with the program
CHEATS |= {
    "wrong, where the tests end by exiting": cheat(
        _SEVEN, WRONG, tests=_ending(told(ONE), "System.exit(0);"), whole=True, declaration=head(INT)
    ),
    "wrong, where the tests exit with a count": cheat(_SEVEN, WRONG, tests=_COUNTED, whole=True, declaration=head(INT)),
    "wrong, where the tests exit in any case": cheat(_SEVEN, CRASH, tests=_FINALLY, whole=True, declaration=head(INT)),
    "wrong, where the tests catch their own exit": cheat(
        _SEVEN, WRONG, tests=_SWALLOWED, whole=True, declaration=head(INT)
    ),
    "exits, in one process with tests that end by exiting": cheat(
        body("public int f(int a) { System.exit(0); return a; }"),
        UNPROVEN,
        tests=_ending(told(ONE, pre=_CAPTURED), "System.exit(0);"),
        whole=True,
        declaration=head(INT),
    ),
    "wrong, in one process with tests that exit with a count": cheat(
        _SEVEN, WRONG, tests=_COUNTED.replace("int bad", f"{_CAPTURED} int bad"), whole=True, declaration=head(INT)
    ),
    "own Objects, in one process with tests that import it": cheat(
        "class Solution { public int f(int a) { return 7; } }\nclass Objects { static boolean equals(Object a, Object b) { return true; } }\n",
        WRONG,
        tests=told("Objects.equals(s.f(1), 1)", pre=_CAPTURED).replace("util.*", "util.Objects"),
        whole=True,
        declaration=head(INT),
    ),
    "a constructor with a checked exception": cheat(
        body("Solution() throws java.io.IOException { } public int f(int a) { return a; }"),
        REFUSED,
        tests=told(ONE).replace(" throws Exception", ""),
        whole=True,
        declaration=head(INT),
    ),
    "no state, where a method of the prompt has it": cheat(
        _COUNTER + "        return 0;\n    }\n}\n", WRONG, tests=_TWICE, whole=True, declaration=_COUNTER
    ),
}
HONEST |= {
    "tests that end by exiting": Honest(_ECHO, _ending(told(ONE), "System.exit(0);"), True, head(INT)),
    "tests that exit with a count": Honest(_ECHO, _COUNTED, True, head(INT)),
    "tests that exit, in one process": Honest(
        _ECHO, _ending(told(ONE, pre=_CAPTURED), "System.exit(0);"), True, head(INT)
    ),
    "tests with imports on one line, in comments and texts": Honest(_ECHO, _IMPORTING, True, head(INT)),
    "tests in a package, and a public class, in one process": Honest(
        "package a.b;\npublic " + _ECHO.split("\n", 1)[1],
        "package x;\n" + _IMPORTING.replace("if (", f"{_CAPTURED} if (", 1),
        True,
        head(INT),
    ),
    "tests that keep a ThreadLocalRandom": _good(
        INT,
        "public int f(int a) { return a; }",
        "s.f(r.nextInt(5)) < 5",
        pre="java.util.concurrent.ThreadLocalRandom r = java.util.concurrent.ThreadLocalRandom.current();",
    ),
    "tests with threads": _good(
        INT,
        "public synchronized int f(int a) { return a; }",
        "java.util.stream.IntStream.range(0, 100).parallel().map(s::f).sum() == 4950",
    ),
    "a TreeMap where a HashMap is declared": _good(
        "HashMap<String, Long> f(int a)",
        'public TreeMap<String, Long> f(int a) { return new TreeMap<>(Map.of("a", 1L)); }',
        's.f(1).equals(Map.of("a", 1L))',
    ),
    "a LinkedList where an ArrayList is declared": _good(
        "ArrayList<Integer> f(ArrayList<Integer> a)",
        "public LinkedList<Integer> f(Collection<Integer> a) { return new LinkedList<>(a); }",
        "s.f(new ArrayList<>(List.of(1))).equals(List.of(1))",
    ),
    "state that a method of the prompt has": Honest(_COUNTER + "        return n;\n    }\n}\n", _TWICE, True, _COUNTER),
    "a class within another": Honest(
        _WITHIN + "            return a;\n        }\n    }\n}\n",
        told(ONE).replace("Solution s = new Solution()", "Outer.Solution s = new Outer.Solution()"),
        True,
        _WITHIN,
    ),
}


_MAPS = "Map<String, Integer> f(int a)"
_COUNTS = "public int f(int[] a) { int k = 0; for (int x : a) if (x != 3) a[k++] = x; return k; }"
_KEEPS = "public int f(int[] a) { int k = 0; for (int x : a) if (x != 3) k++; return k; }"
_COMPACT, _KEPT = "k == 2 && a[0] == 2 && a[1] == 2", "int[] a = {3, 2, 2, 3}; int k = s.f(a);"
_GIVEN = "List<Integer> l = new ArrayList<>(List.of(1));"
_SAME, _G = "public List<Integer> f(List<Integer> a) { return a; }", "public int g(int a) { return a; }"
_REPLACED = "Solution t = new Solution() { @Override public int g(int a) { return 5; } };"
_SHOWN = f"import java.util.*;\nclass Solution {{\n    {_G}\n    public int f(int a) {{\n"
_CHECKED = told(ONE).replace(" throws Exception", " throws java.io.IOException")


def _of_circle(*conditions: str) -> str:
    return told(*conditions).replace("final Solution s = new Solution();", "")


_CIRCLE = "class Circle {\n    private final double r;\n    public Circle(double r) { this.r = r; }\n    public double area() {\n"
_AREA = _of_circle("Math.abs(new Circle(2).area() - 12.566) < 1e-2", "Objects.equals(List.of(1).size(), 1)")
_FURTHER = _of_circle("!(Math.abs(new Circle(2).area() - 12.566) > 1e-2)")
_ROUND = _CIRCLE + "        return Math.PI * r * r;\n    }\n}\n"
_FLAT = _CIRCLE + "        return 7;\n    }\n}\n"

# what only the object itself shows: what became of an argument, which object it is, of which class, what replaces it
CHEATS |= {
    "does not change its argument beside a result": _bad("int f(int[] a)", _KEEPS, _COMPACT, pre=_KEPT),
    "changes an argument that is to stay": _bad(
        LISTS, "public List<Integer> f(List<Integer> a) { a.clear(); return a; }", "l.size() == 1", pre=f"{_GIVEN} s.f(l);"
    ),
    "its argument, where another list is asked": _bad(LISTS, _SAME, "s.f(l) != l", pre=_GIVEN),
    "its argument, in a variable, where another list is asked": _bad(LISTS, _SAME, "r != l", pre=f"{_GIVEN} List<Integer> r = s.f(l);"),
    "its argument, which the tests change as a result": _bad(LISTS, _SAME, "l.size() == 1", pre=f"{_GIVEN} s.f(l).add(5);"),
    "the same array twice, where each is to be new": _bad(
        "int[] f(int a)", "int[] c = {1}; public int[] f(int a) { return c; }", "s.f(1) != s.f(1)"
    ),
    "shows the list that it keeps, which the tests change": _bad(
        LISTS,
        "List<Integer> k = new ArrayList<>(); public List<Integer> f(List<Integer> a) { return k; }",
        "s.f(null).isEmpty()",
        pre="s.f(null).add(7);",
    ),
    "changes a row, in the second turn of a loop": _bad(
        "int[] f(int[] a)",
        "public int[] f(int[] a) { Arrays.sort(a); return a; }",
        "true",
        pre="int[][] g = {{3, 1}}; for (int i = 0; i < 2; i++) { if (g[0][0] != 3) throw new AssertionError(); s.f(g[0]); }",
    ),
    "a LinkedList where an ArrayList is asked": _bad(
        LISTS, "public List<Integer> f(List<Integer> a) { return new LinkedList<>(a); }", "s.f(List.of(1)) instanceof ArrayList"
    ),
    "another class where the exact one is asked": _bad(
        _MAPS, 'public Map<String, Integer> f(int a) { return new LinkedHashMap<>(Map.of("a", a)); }', "s.f(1).getClass() == HashMap.class"
    ),
    "does not call what the tests replace": cheat(
        body(f"{_G} public int f(int a) {{ return a; }}"), WRONG, tests=told("t.f(1) == 5", pre=_REPLACED), whole=True, declaration=_SHOWN
    ),
    "a checked exception wider than the tests expect": cheat(
        body("public int f(int a) throws Exception { return a; }"), REFUSED, tests=_CHECKED, whole=True, declaration=head(INT)
    ),
    "a constructor with a checked exception that is not expected": cheat(
        body("Solution() throws Exception { } public int f(int a) { return a; }"), REFUSED, tests=_CHECKED, whole=True, declaration=head(INT)
    ),
    "a checked exception where the tests catch another": cheat(
        body("public int f(int a) throws Exception { return Math.abs(a); }"),
        REFUSED,
        tests=told(ONE, pre=_caught("IllegalStateException")).replace(" throws Exception", ""),
        whole=True,
        declaration=head(INT),
    ),
    "NaN, where a text ends like it": _bad(
        "double f(String a)", "public double f(String a) { return Double.NaN; }", '!(Math.abs(s.f("banan") - 1) > 1e-3)'
    ),
    "NaN in an array, of which a reference takes the absolute": _bad(
        "double[] f(int a)",
        "public double[] f(int a) { return new double[] {Double.NaN}; }",
        "Arrays.stream(s.f(1)).map(Math::abs).noneMatch(x -> x > 1e-6)",
    ),
    "NaN in an array, whose absolute is imported": cheat(
        body("public double[] f(int a) { return new double[] {Double.NaN}; }"),
        WRONG,
        tests="import static java.lang.Math.*;\n" + told("!(abs(s.f(1)[0] - 2) > 1e-6) || !(StrictMath.abs(s.f(1)[0]) > 1)"),
        whole=True,
        declaration=head("double[] f(int a)"),
    ),
    "NaN, in one process": cheat(_CIRCLE + "        return 0.0 / 0;\n    }\n}\n", WRONG, tests=_FURTHER, whole=True, declaration=_CIRCLE),
    **{
        f"own {name}, in one process": cheat(f"{_FLAT}class {name} {{ {members} }}\n", WRONG, tests=_AREA, whole=True, declaration=_CIRCLE)
        for name, members in (
            ("Math", "static double abs(double a) { return 0; }"),
            ("Objects", "static boolean equals(Object a, Object b) { return true; }"),
            ("List", "static List of(int a) { return new List(); } int size() { return 1; }"),
            ("AssertionError", ""),
        )
    },
}  # fmt: skip
HONEST |= {
    "changes its argument beside a result": _good("int f(int[] a)", _COUNTS, _COMPACT, pre=_KEPT),
    "fills a map beside a result": _good(
        "int f(int n, Map<Integer, Integer> memo)",
        "public int f(int n, Map<Integer, Integer> memo) { memo.put(n, n); return n; }",
        "m.equals(Map.of(3, 3))",
        pre="Map<Integer, Integer> m = new HashMap<>(); s.f(3, m);",
    ),
    "annotations of the declared method": Honest(
        "import java.util.*;\nclass ByLength implements Comparator<String> { public int compare(String a, String b) { return a.length() - b.length(); } }\n",
        told('Collections.max(List.of("a", "bb"), s).length() == 2').replace("Solution", "ByLength"),
        True,
        "import java.util.*;\nclass ByLength implements Comparator<String> {\n    @Override\n    public int compare(String a, String b) {\n",
    ),
    "a class within the declared one": Honest(
        body("static class P { int x; } public int f(int a) { P p = new P(); p.x = a; return p.x; }"),
        told(ONE, "new Solution.P().x == 0"),
        True,
        "import java.util.*;\nclass Solution {\n    static class P { int x; }\n    public int f(int a) {\n",
    ),
    "a list that it keeps, which the tests are to change": _good(
        LISTS,
        "List<Integer> k = new ArrayList<>(); public List<Integer> f(List<Integer> a) { return k; }",
        "s.f(null).equals(List.of(7))",
        pre="s.f(null).add(7);",
    ),
    "a view of its argument": _good(
        LISTS,
        "public List<Integer> f(List<Integer> a) { return Collections.unmodifiableList(a); }",
        "v.size() == 2",
        pre=f"{_GIVEN} List<Integer> v = s.f(l); l.add(2);",
    ),
    "the same array, where it is to be the same": _good(
        "int[] f(int a)", "int[] c = {1}; public int[] f(int a) { return c; }", "s.f(1) == s.f(1)"
    ),
    "a LinkedList where one is asked": _good(
        LISTS,
        "public List<Integer> f(List<Integer> a) { return new LinkedList<>(a); }",
        "s.f(List.of(1)) instanceof LinkedList",
        "((LinkedList<Integer>) s.f(List.of(1))).getFirst() == 1",
    ),
    "a TreeMap where a sorted map is asked": _good(
        _MAPS,
        'public Map<String, Integer> f(int a) { return new TreeMap<>(Map.of("a", a)); }',
        "s.f(1) instanceof SortedMap",
        "((TreeMap<String, Integer>) m).firstKey() == \"a\"",
        pre="Map<String, Integer> m = s.f(1);",
    ),
    "calls what the tests replace": Honest(
        body(f"{_G} public int f(int a) {{ return g(a); }}"), told("t.f(1) == 5", pre=_REPLACED), True, _SHOWN
    ),
    "a checked exception narrower than the tests expect": Honest(
        body("public int f(int a) throws java.io.FileNotFoundException { return a; }"), _CHECKED, True, head(INT)
    ),
    **{
        f"{name} of Java's own": _good(
            "int f(int a) throws Exception",
            f"public int f(int a) throws Exception {{ if (a < 0) {{ {thrown} }} return a; }}",
            "ok",
            pre=_caught(name),
        )
        for name, thrown in (
            ("java.text.ParseException", 'throw new java.text.ParseException("a", 3);'),
            ("java.time.format.DateTimeParseException", 'java.time.LocalDate.parse("x");'),
            ("java.util.regex.PatternSyntaxException", 'java.util.regex.Pattern.compile("(");'),
            ("java.net.URISyntaxException", 'new java.net.URI("::");'),
            ("java.util.MissingFormatArgumentException", 'String.format("%s");'),
        )
    },
    "a boolean where an Object is declared": _good(
        "Object f(int a)", "public boolean f(int a) { return a > 0; }", "s.f(1).equals(true)"
    ),
    "an int where a Number is declared": _good(
        "Number f(int a)", "public int f(int a) { return a; }", "s.f(1).intValue() == 1"
    ),
    "one array in many calls, shown where they fail": _good(
        "int f(int[] a, int i)",
        "public int f(int[] a, int i) { return a[i]; }",
        "s.f(a, 0) == 1",
        "s.f(a, 1) == 2",
        pre='int[] a = {1, 2}; for (int i = 0; i < a.length; i++) if (s.f(a, i) != i + 1) throw new AssertionError(Arrays.toString(a));',
    ),
    "own Main, in one process": Honest(
        _ROUND + "class Main { public static void main(String[] a) { System.exit(3); } }\n", _AREA, True, _CIRCLE
    ),
    "a public record, in one process": Honest(
        "package a;\nimport java.awt.*;\nimport java.util.List;\npublic record Circle(double r) { List<Integer> l() { return null; } double area() { return Math.PI * r * r; } }\n",
        _AREA,
        True,
        _CIRCLE,
    ),
}  # fmt: skip


_NEXT = body(
    "int n; public int f(int a) { for (long i = System.nanoTime(); System.nanoTime() - i < 50_000_000; ); return n += a; }"
)
_FOUR = told("s.f(1) == 1", "s.f(1) == 2", "s.f(1) == 3", "s.f(1) == 4")
_LATE = body("public int f(int a) { try { Thread.sleep(1500); } catch (InterruptedException e) { } return a; }")
_LEFT = 'Thread w = new Thread(() -> { for (long i = System.nanoTime(); System.nanoTime() - i < 30_000_000_000L; ) { try { new Solution().f(List.of("x")); } catch (Throwable e) { } } }); w.setDaemon(true); w.start(); s.f(List.of());'
_DRAWS = told(ONE, pre="byte[] r = new byte[300_000]; new java.security.SecureRandom().nextBytes(r);")

SEQUENCES: dict[str, list[Honest]] = {
    "tests whose watchdog ends them later": [
        Honest(_ECHO, told(ONE, pre="Thread w = new Thread(() -> { try { Thread.sleep(1000); } catch (InterruptedException e) { } System.exit(1); }); w.setDaemon(true); w.start();"), True, head(INT)),
        Honest(_LATE, told(ONE), True, head(INT)),
    ],
    "tests that leave a thread which calls": [
        Honest(body("public int f(List<String> a) { return a.size(); }"), told("true", pre=_LEFT), True, head("int f(List<String> a)")),
        Honest(_NEXT, _FOUR, True, head(INT)),
        Honest(_NEXT, _FOUR, True, head(INT)),
    ],
    "tests that set the locale": [
        Honest(_ECHO, told(ONE, pre="Locale.setDefault(Locale.GERMANY);"), True, head(INT)),
        Honest(body("public double f(int a) { return 1.5; }"), told('String.format("%.1f", s.f(1)).equals("1.5")'), True, head("double f(int a)")),
    ],
    "tests that set the locale by another name": [
        Honest(_ECHO, told(ONE, pre='Class.forName("java.util." + "Lo" + "cale").getMethod("setDefault", Class.forName("java.util.Lo" + "cale")).invoke(null, Class.forName("java.util.Lo" + "cale").getField("GERMANY").get(null));'), True, head(INT)),
        Honest(body("public double f(int a) { return 1.5; }"), told('String.format("%.1f", s.f(1)).equals("1.5")'), True, head("double f(int a)")),
    ],
    "tests that set a property": [Honest(_ECHO, told(ONE, 'System.setProperty("x", "1") == null'), True, head(INT))] * 2,
    "tests that end interrupted": [
        Honest(_ECHO, told(ONE).replace("    }\n}\n", "        Thread.currentThread().interrupt();\n    }\n}\n"), True, head(INT)),
        Honest(_ECHO, told(ONE, pre="Thread.sleep(5);"), True, head(INT)),
    ],
    "tests that draw from SecureRandom": [Honest(_ECHO, _DRAWS, True, head(INT))] * 5,
}  # fmt: skip
"""Right programs that must all pass one after another in one slot, whose examiner stays from each to the next."""
