// Loaded before other libraries: random bytes from /dev/urandom, the sandbox's own. The system call is refused there, and
// libsodium accepts no other file in its place than a device.
#include <cstddef>
#include <fcntl.h>
#include <sys/types.h>
#include <unistd.h>

#define SEEN extern "C" __attribute__((visibility("default")))

SEEN ssize_t getrandom(void *into, size_t size, unsigned) {
    const int file = open("/dev/urandom", O_RDONLY | O_CLOEXEC);
    if (file < 0) return -1;
    size_t used = 0;
    for (ssize_t got = 1; used < size && got > 0; used += got > 0 ? got : 0) got = read(file, (char *)into + used, size - used);
    close(file);
    return used;
}

SEEN int getentropy(void *into, size_t size) { return getrandom(into, size, 0) == (ssize_t)size ? 0 : -1; }
