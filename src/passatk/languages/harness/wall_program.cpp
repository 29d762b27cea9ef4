// The program's side: in place of its main (ld --wrap=main), answers calls until nothing more is asked.
#include <exception>
#include <new>
#include <stdexcept>
#include <typeinfo>
#include <stdio.h>
#include "wall_codec.cpp"

// made for each problem, behind the program
extern "C" void passatk_serve(unsigned which, passatk_wall::In &in, passatk_wall::Out &out);
extern "C" const bool passatk_catches;  // the tests may expect what it throws

namespace passatk_wall {

static void leave(const char *words, const char *more) {
    fflush(nullptr);
    fprintf(stderr, "passatk: %s%s\n", words, more);
    syscall(SYS_exit_group, 70);
}

void broken(const char *words, const char *more) {
    for (;;) leave(words, more);
}

void cannot_send(const char *words) {
    for (;;) leave("this value cannot be sent: ", words);
}

// What a union holds that was made in bytes of 0xa5: the size of a plain value as a digit, `s` a string, `v` a vector.
char holds(const unsigned char *room, Size size) {
    while (size && room[size - 1] == 0xa5) size--;
    if (size <= 8) return size <= 1 ? '1' : size <= 4 ? '4' : '8';
    const unsigned char *const *words = reinterpret_cast<const unsigned char *const *>(room);
    const bool inside = words[0] == room + 16;  // a short string's letters
    return inside || words[1] < words[0] ? 's' : 'v';
}

static void tell(Out &out, const char *name, const std::string &words) {
    out.text('s', name, strlen(name));
    Codec<std::string>::give(out, words);
}

static void tell_exception(Out &out) {
    try {
        throw;
    }
#define PASSATK_CLASS(NAME) catch (const NAME &thrown) { tell(out, #NAME, thrown.what()); }
#define PASSATK_BARE_CLASS PASSATK_CLASS
#include "wall_exceptions.h"
    PASSATK_CLASS(std::exception)
    catch (int thrown) { tell(out, "int", std::to_string(thrown)); }
    catch (char thrown) { tell(out, "char", std::string(1, thrown)); }
    catch (const char *thrown) { tell(out, "const char*", thrown); }
    catch (const std::string &thrown) { tell(out, "std::string", thrown); }
    catch (...) { tell(out, "", "a value that is no exception"); }
}

static void begin(Out &out, char sign, unsigned long long number) {
    out.clear();
    out.put(sign);
    out.number(number, 8);
}

static void serve(In &in, Out &out) {
    in.expect('C');
    const unsigned long long number = in.number(8);
    const unsigned which = static_cast<unsigned>(in.number(2));
    in.number(1);  // how many arguments; each reads its own
    begin(out, 'R', number);
    if (!passatk_catches) return passatk_serve(which, in, out);
    try {
        passatk_serve(which, in, out);
    } catch (...) {
        begin(out, 'X', number);
        tell_exception(out);
    }
}

}  // namespace passatk_wall

extern "C" int __wrap_main(int, char **) {
    using namespace passatk_wall;
    unsigned char *room = nullptr;
    Size size;
    Out out;
    const long owner = syscall(SYS_getpid);
    while (receive(3, room, size)) {
        In in(room, size);
        if (in.sign() == 'E') break;
        serve(in, out);
        while (syscall(SYS_getpid) != owner) syscall(SYS_exit_group, 1);  // a fork of the program came back
        if (!send(4, out)) break;
    }
    return 0;
}
