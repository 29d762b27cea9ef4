// The examiner's side: runs one task's tests against the program, and says how they went.
#include <exception>
#include <new>
#include <stdexcept>
#include <typeinfo>
#include <fcntl.h>
#include <fenv.h>
#include <signal.h>
#include <stdio.h>
#include <sys/time.h>
#include <time.h>
#include "wall_codec.cpp"
#include "wall_examiner.h"

namespace passatk_wall {

static char token[33];
static bool said = false;
static bool answered = false;
static bool rethrown = false;  // what the program threw is under way in the tests
static unsigned char *room = nullptr;

// One line, then the end: safe in a signal handler.
[[noreturn]] static void say(const char *kind, const char *words, const char *more = "") {
    if (!said) {
        said = true;
        char line[1024];
        Size used = 0;
        for (const char *part : {kind, words[0] ? " " : "", words, more})
            for (; *part && used < sizeof line - 1; part++)
                line[used++] = static_cast<unsigned char>(*part) < ' ' ? ' ' : *part;
        line[used++] = '\n';
        whole(SYS_write, 3, line, used);
        fcntl(5, F_SETFL, O_NONBLOCK);
        whole(SYS_write, 5, "\1\0\0\0E", 5);
    }
    for (;;) _exit(0);
}

void broken(const char *words, const char *more) { say("broken", words, more); }
void cannot_send(const char *words) { say("error", "a value that cannot be sent: ", words); }

void failed(const char *words, int line) {
    char place[40];
    snprintf(place, sizeof place, "line %d: ", line);
    say("failed", place, words);
}

void expect_numbers() { feenableexcept(FE_INVALID); }

static void on_signal(int number, siginfo_t *about, void *) {
    if (number == SIGFPE && about->si_code == FPE_FLTINV) say("failed", "the tests met a value that is not a number");
    say("error", "the tests could not go on with what was returned: ", strsignal(number));
}

static void on_leave(int code, void *) {
    if (!said) say("failed", "the tests left early", code ? ", with an exit code that is not 0" : "");
}

// --- calls

static unsigned long long next_number() {
    static unsigned long long number = strtoull(token + 16, nullptr, 16);
    return ++number;
}

Call::Call(unsigned which, unsigned count) : in(nullptr, 0), number(next_number()), seen() {
    rethrown = false;
    out.put('C');
    out.number(number, 8);
    out.number(which, 2);
    out.number(count, 1);
}

struct Words : std::exception {
    std::string words;
    explicit Words(const std::string &given) : words(given) {}
    const char *what() const noexcept override { return words.c_str(); }
};
struct Unknown {};

[[noreturn]] static void rethrow(In &in) {
    const std::string name = Codec<std::string>::take(in), words = Codec<std::string>::take(in);
    in.finish();
    rethrown = true;
#define PASSATK_CLASS(NAME) if (name == #NAME) throw NAME(words);
#define PASSATK_BARE_CLASS(NAME) if (name == #NAME) throw NAME();
#include "wall_exceptions.h"
    if (name == "std::exception") throw Words(words);
    if (name == "int") throw atoi(words.c_str());
    if (name == "char" && words.size() == 1) throw words[0];
    if (name == "const char*") throw kept(words.data(), words.size());
    if (name == "std::string") throw words;
    throw Unknown();
}

void Call::ask() {
    Size size;
    if (!send(5, out) || !receive(4, room, size)) say("ended", "");
    in = In(room, size);
    const char kind = in.sign();
    if (kind != 'R' && kind != 'X') broken("a message that is no answer");
    in.expect(kind);
    if (in.number(8) != number) broken("an answer to a question that was not asked");
    answered = true;
    if (kind == 'X') rethrow(in);
}

unsigned Call::changes() { return static_cast<unsigned>(in.number(1)); }

unsigned Call::place(unsigned count) {
    const unsigned found = static_cast<unsigned>(in.number(1));
    if (found >= count || seen[found / 64] >> found % 64 & 1)
        broken("a changed argument that is none, or for the second time");
    seen[found / 64] |= 1ULL << found % 64;
    return found;
}

static void run(int (*tests)()) {
    int code = 0;
    try {
        code = tests();
    } catch (const std::exception &thrown) {
        say(rethrown ? "raised" : "error", thrown.what());
    } catch (...) {
        say(rethrown ? "raised" : "error", "something that is no exception");
    }
    if (code) say("failed", "the tests returned something else than 0");
    if (!answered) say("error", "the tests called nothing");
    say("passed", token);
}

}  // namespace passatk_wall

// Tests seed by the clocks, and draw the same for every program: each clock begins at one instant, and goes on by a
// millisecond whenever somebody looks.
extern "C" int clock_gettime(clockid_t, timespec *now) noexcept {
    static long looks = 0;
    looks++;
    *now = {1700000000 + looks / 1000, looks % 1000 * 1000000};
    return 0;
}

extern "C" time_t time(time_t *given) noexcept {
    timespec now;
    clock_gettime(CLOCK_REALTIME, &now);
    if (given) *given = now.tv_sec;
    return now.tv_sec;
}

extern "C" int gettimeofday(timeval *given, void *) noexcept {
    timespec now;
    clock_gettime(CLOCK_REALTIME, &now);
    *given = {now.tv_sec, now.tv_nsec / 1000};
    return 0;
}

extern "C" clock_t clock() noexcept {
    timespec now;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
    return now.tv_nsec / 1000;
}

int main(int, char **argv) {
    using namespace passatk_wall;
    if (!whole(SYS_read, 0, token, 32)) return 1;
    signal(SIGPIPE, SIG_IGN);
    static unsigned char stack[1 << 16];
    stack_t other = {};
    other.ss_sp = stack;
    other.ss_size = sizeof stack;
    sigaltstack(&other, nullptr);
    struct sigaction action = {};
    action.sa_sigaction = on_signal;
    action.sa_flags = SA_ONSTACK | SA_SIGINFO;
    for (int number : {SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGABRT, SIGTRAP}) sigaction(number, &action, nullptr);
    on_exit(on_leave, nullptr);
    for (const Task *task = tasks; task->name; task++)
        if (strcmp(task->name, argv[1]) == 0) run(task->run);
    return 1;
}
