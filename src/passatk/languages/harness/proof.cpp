// Wraps the tests' main (ld --wrap=main): reads the token before any constructor, gives it after main returned 0 and no
// assertion of the tests failed. Linked first, so that its initialiser runs first.
#include <stdio.h>
#include <unistd.h>

static char token[32];
static int failures = 0;

static void take_token(int, char **, char **) {
    for (long got = 0; got < 32;) {
        long n = read(0, token + got, 32 - got);
        if (n <= 0) break;
        got += n;
    }
}

__attribute__((section(".preinit_array"), used)) static void (*const take)(int, char **, char **) = take_token;

extern "C" void passatk_failed_MARK(const char *text, int line) {
    failures++;
    fprintf(stderr, "main.cpp:%d: Assertion `%s' failed.\n", line, text);
    fflush(NULL);
    _exit(65);
}

extern "C" int __real_main(int, char **);

extern "C" int __wrap_main(int argc, char **argv) {
    int code = __real_main(argc, argv);
    if (code == 0 && failures == 0 && write(3, token, 32) != 32) return 1;
    return failures == 0 ? code : 65;
}
