package passatk;

import java.io.IOException;
import java.io.OutputStream;
import java.lang.reflect.Array;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.util.*;

/** One message that is being written. */
final class Outgoing {
    static final int MOST_DEPTH = 1000;
    static final int MOST_SHARED = 100, MOST_INTERNED = 10_000;

    private byte[] bytes = new byte[256];
    private int size = 4;
    private int asked;

    Outgoing(char kind, long number) {
        put(kind);
        if (kind != 'E') whole(number, 8);
    }

    void send(OutputStream out) throws IOException {
        int length = size - 4;
        for (int i = 0; i < 4; i++) bytes[i] = (byte) (length >> 8 * i);
        out.write(bytes, 0, size);
    }

    int size() {
        return size;
    }

    boolean same(int start, byte[] other, int from, int length) {
        return size - start == length && Arrays.equals(bytes, start, size, other, from, from + length);
    }

    void cut(int end) {
        size = end;
    }

    private void room(int more) {
        if (more > Wire.MOST_BYTES + 4 - size) throw new Broken("more than 16 MiB in one message");
        if (size + more > bytes.length) bytes = Arrays.copyOf(bytes, Math.max(size + more, 2 * bytes.length));
    }

    void put(int one) {
        room(1);
        bytes[size++] = (byte) one;
    }

    void whole(long number, int width) {
        room(width);
        for (int i = 0; i < width; i++) bytes[size++] = (byte) (number >> 8 * i);
    }

    /** `S` where a text is the same object as a literal of its letters, `s` where it is not. */
    private void letters(String text) {
        // of a copy, as a text that is the first of its letters would become the literal
        boolean literal = text.length() <= MOST_SHARED && asked++ < MOST_INTERNED && new String(text).intern() == text;
        put(literal ? 'S' : 's');
        text(text);
    }

    /** A text that may be null. */
    void words(String text) {
        if (text == null) whole(-1, 4);
        else text(text);
    }

    void text(String text) {
        int length = text.length();
        whole(0, 4);
        int start = size;
        room(length);
        for (int i = 0; i < length; i++) {
            int c = text.charAt(i);
            if (c < 128) {
                put(c);
                continue;
            }
            if (Character.isHighSurrogate((char) c) && i + 1 < length && Character.isLowSurrogate(text.charAt(i + 1))) {
                c = Character.toCodePoint((char) c, text.charAt(++i));
                put(240 | c >> 18);
                put(128 | c >> 12 & 63);
            } else if (c < 2048) {
                put(192 | c >> 6);
                put(128 | c & 63);
                continue;
            } else {
                put(224 | c >> 12);
            }
            put(128 | c >> 6 & 63);
            put(128 | c & 63);
        }
        count(start, size - start);
    }

    private void count(int behind, int number) {
        for (int i = 0; i < 4; i++) bytes[behind - 4 + i] = (byte) (number >> 8 * i);
    }

    void integer(long number) {
        put('i');
        whole(number, 8);
    }

    void value(Type type, Object value, int depth) {
        if (depth > MOST_DEPTH) throw new Broken("values nested more than 1,000 deep");
        if (value == null) {
            if (type.primitive() || "?123".indexOf(type.sign) >= 0) throw new NullPointerException("null was returned");
            put('n');
            return;
        }
        switch (type.sign) {
            case 'Z': case 'z': put((Boolean) value ? 't' : 'f'); return;
            case 'B': case 'b': integer((Byte) value); return;
            case 'S': case 's': integer((Short) value); return;
            case 'I': case 'i': integer((Integer) value); return;
            case 'J': case 'j': integer((Long) value); return;
            case 'C': case 'c': integer((Character) value); return;
            case 'F': case 'f': put('e'); whole(Float.floatToRawIntBits((Float) value), 4); return;
            case 'D': case 'd': put('d'); whole(Double.doubleToRawLongBits((Double) value), 8); return;
            case 't': letters((String) value); return;
            case 'N': big((BigInteger) value); return;
            case 'M': put('s'); text(((BigDecimal) value).toString()); return;
            case 'W': put('s'); text(((StringBuilder) value).toString()); return;
            case '[': array(type.parts[0], type.raw().cast(value), depth); return;
            case 'l': many(kindOf((List<?>) value), type.parts[0], (List<?>) value, depth); return;
            case 'a': case 'k': case 'v': case 'K': many('l', type.parts[0], (List<?>) value, depth); return;
            case 'A': case 'Q': many('l', type.parts[0], (Queue<?>) value, depth); return;
            case 'x': many('l', type.parts[0], (Iterable<?>) value, depth); return;
            case 'e': many(fixed(value) ? 'Q' : 'q', type.parts[0], (Set<?>) value, depth); return;
            case 'h': case 'g': case 'r': many('q', type.parts[0], (Set<?>) value, depth); return;
            case 'm': map(fixed(value) ? 'M' : 'm', type, (Map<?, ?>) value, depth); return;
            case 'H': case 'G': case 'T': map('m', type, (Map<?, ?>) value, depth); return;
            case '?': case '1': case '2': case '3': optional(type, value, depth); return;
            case 'y': case 'p': tuple(type, value, depth); return;
            case 'o': open(value, depth); return;
            default: throw new Broken("a value where there is none");
        }
    }

    private void big(BigInteger number) {
        if (number.bitLength() < 64) {
            integer(number.longValue());
            return;
        }
        byte[] backwards = number.toByteArray();
        put('I');
        whole(backwards.length, 4);
        for (int i = backwards.length - 1; i >= 0; i--) put(backwards[i]);
    }

    private void array(Type element, Object value, int depth) {
        if (value instanceof byte[]) {
            byte[] raw = (byte[]) value;
            put('b');
            whole(raw.length, 4);
            room(raw.length);
            System.arraycopy(raw, 0, bytes, size, raw.length);
            size += raw.length;
            return;
        }
        int length = Array.getLength(value);
        put('l');
        whole(length, 4);
        for (int i = 0; i < length; i++) value(element, Array.get(value, i), depth + 1);
    }

    /** `l`, or another kind of list where it is one of Java's own that cannot be changed, or its length cannot. */
    private static char kindOf(List<?> list) {
        if (!fixed(list)) return list.getClass().getName().equals("java.util.Arrays$ArrayList") ? 'F' : 'l';
        String name = list.getClass().getName();
        if (name.startsWith("java.util.Collections$Unmodifiable")) return 'V';
        if (name.startsWith("java.util.Collections")) return 'W';
        try {
            list.contains(null);
            return 'V';
        } catch (NullPointerException refused) {
            return 'U';
        }
    }

    /** Whether it is a list, set or map of Java's own that cannot be changed. */
    private static boolean fixed(Object value) {
        if (value instanceof ArrayList || value instanceof HashSet || value instanceof HashMap) return false;
        if (value.getClass().getClassLoader() != null) return false;
        String name = value.getClass().getName();
        if (name.startsWith("java.util.ImmutableCollections$")) return true;
        if (!name.startsWith("java.util.Collections$")) return false;
        String kind = name.substring("java.util.Collections$".length());
        return kind.startsWith("Unmodifiable") || kind.startsWith("Empty") || kind.startsWith("Singleton")
            || kind.equals("CopiesList");
    }

    private void many(char kind, Type element, Iterable<?> values, int depth) {
        put(kind);
        whole(0, 4);
        int start = size, count = 0;
        for (Object value : values) {
            value(element, value, depth + 1);
            count++;
        }
        count(start, count);
    }

    private void map(char kind, Type type, Map<?, ?> map, int depth) {
        put(kind);
        whole(0, 4);
        int start = size, count = 0;
        for (Map.Entry<?, ?> entry : map.entrySet()) {
            value(type.parts[0], entry.getKey(), depth + 1);
            value(type.parts[1], entry.getValue(), depth + 1);
            count++;
        }
        count(start, count);
    }

    private static final Type INT = Type.of("I"), LONG = Type.of("J"), DOUBLE = Type.of("D");

    private void optional(Type type, Object value, int depth) {
        Object held;
        Type part;
        if (type.sign == '?') {
            held = ((Optional<?>) value).orElse(null);
            part = type.parts[0];
        } else if (type.sign == '1') {
            OptionalInt own = (OptionalInt) value;
            held = own.isPresent() ? own.getAsInt() : null;
            part = INT;
        } else if (type.sign == '2') {
            OptionalLong own = (OptionalLong) value;
            held = own.isPresent() ? own.getAsLong() : null;
            part = LONG;
        } else {
            OptionalDouble own = (OptionalDouble) value;
            held = own.isPresent() ? own.getAsDouble() : null;
            part = DOUBLE;
        }
        put(held == null ? 'n' : 'o');
        if (held != null) value(part, held, depth + 1);
    }

    private void tuple(Type type, Object value, int depth) {
        put('p');
        whole(type.parts.length, 4);
        if (type.sign == 'y') {
            Map.Entry<?, ?> entry = (Map.Entry<?, ?>) value;
            value(type.parts[0], entry.getKey(), depth + 1);
            value(type.parts[1], entry.getValue(), depth + 1);
            return;
        }
        if (value.getClass() != Type.tuple(type.parts.length)) throw new ClassCastException("another tuple was returned");
        int at = 0;
        for (Object part : (Iterable<?>) value) value(type.parts[at++], part, depth + 1);
    }

    private void open(Object value, int depth) {
        String name = Type.nameOf(value);
        if (name == null) {
            throw new ClassCastException("an object of ".concat(value.getClass().getName()).concat(" cannot be sent"));
        }
        put('a');
        text(name);
        value(Type.named(name), value, depth + 1);
    }
}
