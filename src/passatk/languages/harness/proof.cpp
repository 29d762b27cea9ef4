// Wraps the tests' main (ld --wrap=main): reads the token before any constructor, gives it after main returned 0 and no
// assertion of the tests failed. It asks the kernel itself, so a program's own `read`, `write` or `_exit` is not asked.
#include <stdio.h>
#include <sys/syscall.h>

static long ask(long number, long a, const void *b, long c) {
#if defined(__x86_64__)
    long result;
    asm volatile("syscall" : "=a"(result) : "a"(number), "D"(a), "S"(b), "d"(c) : "rcx", "r11", "memory");
    return result;
#elif defined(__aarch64__)
    register long x8 asm("x8") = number;
    register long x0 asm("x0") = a;
    register long x1 asm("x1") = (long)b;
    register long x2 asm("x2") = c;
    asm volatile("svc 0" : "+r"(x0) : "r"(x8), "r"(x1), "r"(x2) : "memory");
    return x0;
#else
#error "not known how to ask the kernel on this processor"
#endif
}

static char token[32];
static int failures = 0;

static void take_token(int, char **, char **) {
    for (long got = 0; got < 32;) {
        long n = ask(SYS_read, 0, token + got, 32 - got);
        if (n <= 0) break;
        got += n;
    }
}

__attribute__((section(".preinit_array"), used)) static void (*const take)(int, char **, char **) = take_token;

static void say(const char *text) {
    long length = 0;
    while (text[length]) length++;
    ask(SYS_write, 2, text, length);
}

extern "C" void passatk_failed(const char *text, const char *line) {
    failures++;
    fflush(NULL);
    say("main.cpp:");
    say(line);
    say(": Assertion `");
    say(text);
    say("' failed.\n");
    for (;;) ask(SYS_exit_group, 65, 0, 0);
}

// std::random_device's value, for a program that uses it: the same ones every time
extern "C" unsigned _ZNSt13random_device9_M_getvalEv(void *) {
    static unsigned long long state = 11;
    state = state * 6364136223846793005ULL + 1442695040888963407ULL;
    return state >> 32;
}

extern "C" int __real_main(int, char **);

extern "C" int __wrap_main(int argc, char **argv) {
    int code = __real_main(argc, argv);
    if (code == 0 && failures == 0 && ask(SYS_write, 3, token, 32) != 32) return 1;
    return failures == 0 ? code : 65;
}
