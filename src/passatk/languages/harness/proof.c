// For programs that are linked with their tests: takes the token before any initialiser of theirs, and gives it when the
// tests have come to their end and call this by a name that the program cannot know.
#define _GNU_SOURCE
#include <sys/syscall.h>
#include <unistd.h>

static char token[32];

static void take_token(int count, char **arguments, char **environment) {
    (void)count, (void)arguments, (void)environment;
    for (long used = 0, got = 1; used < 32 && got > 0; used += got) got = syscall(SYS_read, 0, token + used, 32 - used);
}

__attribute__((section(".preinit_array"), used)) static void (*const take)(int, char **, char **) = take_token;

// OCaml's unit is 1
long passatk_PASSATK_MARK_give(void) { return syscall(SYS_write, 3, token, 32) == 32 ? 1 : 0; }
