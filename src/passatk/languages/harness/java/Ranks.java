package passatk;

import java.util.*;

/** The order of a program's own comparator, which stays behind: values in the order they came, others behind them. */
final class Ranks implements Comparator<Object> {
    private final Map<Object, Integer> places = new HashMap<>();

    private Ranks(Object[] sorted) {
        for (Object one : sorted) places.put(one, places.size());
    }

    /** What sorts these as they are: null for the natural order. */
    static Comparator<Object> of(Object[] sorted) {
        if (rising(sorted, 1)) return null;
        return rising(sorted, -1) ? Collections.reverseOrder() : new Ranks(sorted);
    }

    @SuppressWarnings("unchecked")
    private static boolean rising(Object[] sorted, int way) {
        for (int i = 0; i < sorted.length; i++) {
            if (!(sorted[i] instanceof Comparable)) return false;
            if (i == 0) continue;
            if (sorted[i].getClass() != sorted[0].getClass()) return false;
            if (Integer.signum(((Comparable<Object>) sorted[i - 1]).compareTo(sorted[i])) != -way) return false;
        }
        return true;
    }

    @Override
    public int compare(Object one, Object other) {
        return Integer.compare(place(one), place(other));
    }

    private int place(Object one) {
        return places.getOrDefault(one, Integer.MAX_VALUE);
    }
}
