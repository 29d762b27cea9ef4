package passatk;

/** Bytes that are no message or no value of their type, or a value that cannot be sent. */
final class Broken extends Error {
    Broken(String words) {
        super(words, null, false, false);
    }
}
