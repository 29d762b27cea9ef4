// Wraps the tests' main (ld --wrap=main): reads the token before static constructors, gives it after main returned 0.
#include <unistd.h>

static char token[32];

__attribute__((constructor(101))) static void take_token() {
    for (long got = 0; got < 32;) {
        long n = read(0, token + got, 32 - got);
        if (n <= 0) break;
        got += n;
    }
}

extern "C" int __real_main(int, char **);

extern "C" int __wrap_main(int argc, char **argv) {
    int code = __real_main(argc, argv);
    if (code == 0 && write(3, token, 32) != 32) return 1;
    return code;
}
