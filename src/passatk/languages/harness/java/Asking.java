package passatk;

import java.io.IOException;
import java.lang.reflect.Array;
import java.util.*;

/** The examiner's side of the conversation: what stands for the program in the tests calls here. */
public final class Asking {
    /** What tests draw from where they name no seed. */
    public static final Random RANDOM = new Random(42);

    static Wire wire;
    static long number;
    static int answered;
    private static int objects;
    /** The one of them that the program was last asked for. */
    private static int object;
    /** The line that decides, where something other than the tests did. */
    static String decided;
    static Throwable raised;
    private static boolean numbers;
    private static Type[][] signatures = {};

    private Asking() {}

    /** Another examination: nothing is left of the one before. */
    static void begin(Wire pipes, long first) {
        wire = pipes;
        number = first;
        answered = 0;
        objects = 0;
        decided = null;
        raised = null;
        numbers = false;
        signatures = new Type[0][];
        RANDOM.setSeed(42);
    }

    /** From here on NaN fails: tests that compare it with `>` or `<` would take it for near enough. */
    public static void expectNumbers() {
        numbers = true;
    }

    private static boolean isNaN(Object value) {
        return value instanceof Number && Double.isNaN(((Number) value).doubleValue());
    }

    public static int abs(int number) {
        return Math.abs(number);
    }

    public static long abs(long number) {
        return Math.abs(number);
    }

    public static float abs(float number) {
        return (float) abs((double) number);
    }

    /** Of what tests computed with a result: infinity may have become NaN. */
    public static double abs(double number) {
        if (Double.isNaN(number)) throw decide("failed ", "the tests computed NaN of what it returned");
        return Math.abs(number);
    }

    /** Where tests end by exiting. */
    public static void end(int code) {
        if (code != 0) throw decide("failed ", "its tests exited with ".concat(Integer.toString(code)));
    }

    public static double random() {
        return RANDOM.nextDouble();
    }

    public static void shuffle(List<?> list) {
        Collections.shuffle(list, RANDOM);
    }

    public static void shuffle(List<?> list, Random random) {
        Collections.shuffle(list, random);
    }

    /** Function `which` of the program; throws what it throws. */
    public static synchronized Object call(int which, String signature, Object[] arguments) {
        Type[] types = types(which, signature);
        if (decided != null) throw new Broken(decided);
        Outgoing call = new Outgoing('C', ++number);
        try {
            call.whole(which, 2);
            call.put(arguments.length);
            for (int i = 0; i < arguments.length; i++) call.value(types[i], arguments[i], 0);
        } catch (Broken | RuntimeException unsent) {
            // decided here: it must not look like an exception of the program, which tests may expect
            throw decide("error an argument that cannot be sent: ", unsent.getMessage());
        }
        byte[] message;
        try {
            wire.write(call);
            message = wire.read();
        } catch (IOException closed) {
            message = null;
        } catch (Broken broken) {
            throw decide("broken ", broken.getMessage());
        }
        if (message == null) throw decide("ended", "");
        Throwable thrown;
        try {
            Incoming answer = new Incoming(message);
            int kind = answer.one();
            if (kind != 'R' && kind != 'X') throw new Broken("a message that is no answer");
            if (answer.whole(8) != number) throw new Broken("an answer to another call");
            if (kind == 'R') {
                Object value = result(answer, types, arguments);
                if (numbers && isNaN(value)) throw decide("failed ", "it returned NaN, where the tests expect a number");
                return value;
            }
            thrown = Raised.read(answer);
            answered++;
            raised = thrown;
        } catch (Broken broken) {
            throw decide("broken ", broken.getMessage());
        } catch (RuntimeException | OutOfMemoryError error) {
            throw decide("broken a value that cannot be made: ", error.toString());
        }
        throw Asking.<RuntimeException>unchecked(thrown);
    }

    /** The program makes a new object of the class, as the tests do: its number. */
    public static synchronized int make(int which) {
        silently(which, "()V");
        object = objects++;
        return object;
    }

    /** Function `which` of an object of the program; `chooser` is the function that says which object. */
    public static synchronized Object callOf(int chooser, int wanted, int which, String signature, Object[] arguments) {
        if (wanted != object) silently(chooser, "(I)V", wanted);
        object = wanted;
        return call(which, signature, arguments);
    }

    /** A call that is none of the tests. */
    private static void silently(int which, String signature, Object... arguments) {
        int before = answered;
        call(which, signature, arguments);
        answered = before;
    }

    private static Type[] types(int which, String signature) {
        if (which >= signatures.length) signatures = Arrays.copyOf(signatures, which + 1);
        if (signatures[which] == null) signatures[which] = Type.signature(signature);
        return signatures[which];
    }

    private static Object result(Incoming answer, Type[] types, Object[] arguments) {
        Type type = types[types.length - 1];
        Object value = null;
        if (type.sign == 'V') {
            if (answer.one() != 'n') throw new Broken("a value of a function that returns nothing");
        } else {
            value = answer.value(type, 0);
        }
        int count = answer.one(), last = -1;
        if (count > 0 && type.sign != 'V') throw new Broken("changed arguments beside a value");
        Object[] changed = new Object[arguments.length];
        boolean[] sent = new boolean[arguments.length];
        for (int i = 0; i < count; i++) {
            int place = answer.one();
            if (place <= last || place >= arguments.length) throw new Broken("a changed argument that there is not");
            last = place;
            changed[place] = answer.value(types[place], 0);
            sent[place] = true;
        }
        answer.end();
        for (int i = 0; i < sent.length; i++) if (sent[i]) change(arguments[i], changed[i]);
        answered++;
        return value;
    }

    /** Makes `old` what the program made of it. */
    @SuppressWarnings("unchecked")
    private static void change(Object old, Object now) {
        if (old == null || now == null) throw new Broken("null as a changed argument");
        if (old.getClass().isArray()) {
            int length = Array.getLength(old);
            if (old.getClass() != now.getClass() || Array.getLength(now) != length) {
                throw new Broken("an array of another length or class as a changed argument");
            }
            if (!(old instanceof Object[])) {
                System.arraycopy(now, 0, old, 0, length);
                return;
            }
            Object[] parts = (Object[]) old;
            for (int i = 0; i < length; i++) parts[i] = changed(parts[i], Array.get(now, i));
        } else if (old instanceof List && now instanceof List) {
            List<Object> list = (List<Object>) old, wanted = (List<Object>) now;
            if (list.size() != wanted.size()) {
                list.clear();
                list.addAll(wanted);
                return;
            }
            ListIterator<Object> at = list.listIterator();
            for (Object part : wanted) {
                Object before = at.next(), after = changed(before, part);
                if (!Objects.equals(before, after)) at.set(after); // a list that cannot be changed may have one that can
            }
        } else if (old instanceof Collection && now instanceof Collection) {
            ((Collection<Object>) old).clear();
            ((Collection<Object>) old).addAll((Collection<Object>) now);
        } else if (old instanceof Map && now instanceof Map) {
            Map<Object, Object> map = (Map<Object, Object>) old, made = new LinkedHashMap<>();
            ((Map<Object, Object>) now).forEach((key, part) -> made.put(key, changed(map.get(key), part)));
            if (new ArrayList<>(map.entrySet()).equals(new ArrayList<>(made.entrySet()))) return;
            map.clear();
            map.putAll(made);
        } else if (!old.equals(now)) {
            throw new Broken("a changed argument that nothing can change");
        }
    }

    /** A part that was changed: the same object, where it can be; Java's own that cannot be changed are not Cloneable. */
    private static Object changed(Object old, Object now) {
        if (!(old instanceof Cloneable && now instanceof Cloneable)) return now;
        boolean array = old.getClass().isArray() && old.getClass() == now.getClass()
            && Array.getLength(old) == Array.getLength(now);
        boolean alike = old instanceof List && now instanceof List || old instanceof Set && now instanceof Set
            || old instanceof Map && now instanceof Map;
        if (!array && !alike) return now;
        change(old, now);
        return old;
    }

    /** What decided first stays. */
    private static Broken decide(String kind, String words) {
        if (decided == null) decided = kind.concat(words);
        return new Broken(decided);
    }

    @SuppressWarnings("unchecked")
    private static <T extends Throwable> T unchecked(Throwable thrown) throws T {
        throw (T) thrown;
    }
}
