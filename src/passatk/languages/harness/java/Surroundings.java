package passatk;

import java.util.*;

/** What an examination may leave behind in its process, as it is at one moment. */
final class Surroundings {
    private final Set<Thread> threads = new HashSet<>();
    private final List<Object> settings = new ArrayList<>();

    Surroundings() {
        ThreadGroup group = Thread.currentThread().getThreadGroup();
        while (group.getParent() != null) group = group.getParent();
        Thread[] found = new Thread[2 * group.activeCount() + 8];
        group.enumerate(found);
        threads.addAll(Arrays.asList(found));
        Properties properties = (Properties) System.getProperties().clone();
        properties.remove("user.timezone"); // it is set when somebody first asks for the time zone
        settings.add(properties);
        settings.add(Locale.getDefault());
        for (Locale.Category category : Locale.Category.values()) settings.add(Locale.getDefault(category));
        settings.addAll(Arrays.asList(System.in, System.out, System.err, Thread.getDefaultUncaughtExceptionHandler()));
    }

    /** Whether a later moment has no thread and no setting that there was not. */
    boolean still(Surroundings later) {
        return settings.equals(later.settings) && threads.containsAll(later.threads);
    }
}
