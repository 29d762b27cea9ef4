// Loaded before libc: the first who asks for the time is an interpreter that wants a seed, and gets the same one always.
#include <ctime>

extern "C" __attribute__((visibility("default"))) time_t time(time_t *into) {
    static bool asked = false;
    timespec now{1, 0};
    if (asked) clock_gettime(CLOCK_REALTIME, &now);
    asked = true;
    if (into) *into = now.tv_sec;
    return now.tv_sec;
}
