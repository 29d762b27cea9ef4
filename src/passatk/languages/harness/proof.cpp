// Tests in one process with the program: reads the token before anything else runs, and gives it after the tests' main
// has returned 0. By syscall(), as programs have functions and variables called `read` and `write`.
#include <stdio.h>
#include <sys/syscall.h>
#include <unistd.h>

static char token[32];

static void take_token(int, char **, char **) {
    for (long used = 0, got = 1; used < 32 && got > 0; used += got) got = syscall(SYS_read, 0, token + used, 32 - used);
}

__attribute__((section(".preinit_array"), used)) static void (*const take)(int, char **, char **) = take_token;

namespace passatk_wall {
void failed(const char *words, int line) {
    fflush(nullptr);
    fprintf(stderr, "main.cpp:%d: Assertion `%s' failed.\n", line, words);
    syscall(SYS_exit_group, 65);
}
}  // namespace passatk_wall

extern "C" int __real_main(int, char **);

extern "C" int __wrap_main(int argc, char **argv) {
    const int code = __real_main(argc, argv);
    return code == 0 && syscall(SYS_write, 3, token, 32) != 32 ? 1 : code;
}
