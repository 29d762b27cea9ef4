package passatk;

import java.util.*;
import java.util.stream.*;

/** Run once, when a toolchain is found: what it loads is in the archive that both sides start from. */
public final class Train {
    private Train() {}

    public static void main(String[] arguments) throws Exception {
        Class.forName("passatk.Asking");
        Class.forName("passatk.Examiner");
        Class.forName("passatk.Surroundings");
        Class.forName("passatk.Raised");
        Class.forName("passatk.Serve");
        Class.forName("passatk.Wire");
        List<Object> values = new ArrayList<>(Arrays.asList(1, 2L, 3.0, 'c', "text", true, 1.5f, List.of(), Map.of("a", 1)));
        Outgoing writer = new Outgoing('R', 1);
        writer.value(Type.of("lo"), values, 0);
        java.io.ByteArrayOutputStream made = new java.io.ByteArrayOutputStream();
        writer.send(made);
        Incoming reader = new Incoming(Arrays.copyOfRange(made.toByteArray(), 13, made.size()));
        if (Lookup.fitting(Train.class, "usual", Type.signature("([t)t"), "=").isEmpty()) throw new AssertionError();
        if (reader.value(Type.of("lo"), 0).hashCode() == arguments.length) throw new AssertionError();
        Train.class.getMethod("usual", String[].class).invoke(null, (Object) new String[] {"b", "a"});
    }

    /** What programs usually use of the library. */
    public static String usual(String[] words) throws Exception {
        Map<String, Integer> counts = new HashMap<>();
        for (String word : words) counts.put(word, counts.getOrDefault(word, 0) + 1);
        for (String word : words) counts.merge(word, 1, Integer::sum);
        List<String> sorted = new ArrayList<>(new TreeMap<>(counts).keySet());
        Collections.sort(sorted, (a, b) -> b.compareTo(a));
        sorted.sort(Comparator.comparing(String::length));
        int total = sorted.stream().mapToInt(String::length).sum() + IntStream.range(0, 9).filter(i -> i % 2 == 0).sum();
        String joined = sorted.stream().map(String::toUpperCase).filter(w -> !w.isEmpty()).collect(Collectors.joining(","));
        List<Integer> numbers = Stream.of(3, 1, 2).sorted(Comparator.reverseOrder()).collect(Collectors.toList());
        String text = joined + total + ' ' + numbers + 1.5 + 2L + true;
        text = "x" + text;
        text += total;
        text = text + joined;
        char[] chars = text.toCharArray();
        Arrays.sort(chars);
        StringBuilder built = new StringBuilder(new String(chars)).reverse().append(1).append(2.5).append('c');
        Deque<Integer> stack = new ArrayDeque<>(new LinkedList<>(numbers));
        Set<Character> seen = new LinkedHashSet<>(new HashSet<>(text.chars().mapToObj(c -> (char) c).collect(Collectors.toSet())));
        String[] parts = "a b  c".split("\\s+");
        return String.format("%d %s %.2f", stack.size(), built, 1.5) + seen + String.join("", parts)
            + Optional.of(1).map(x -> x + 1).get() + text.replaceAll("[a-z]+", "") + Integer.toString(3, 2) + Math.pow(2, 3)
            + Integer.parseInt("12") + Arrays.toString(new int[] {1}) + new Random(1).nextInt(3) + Arrays.stream(new int[] {1}).max();
    }
}
