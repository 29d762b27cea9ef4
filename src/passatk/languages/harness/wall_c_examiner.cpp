// The examiner's side, as tests in C see it.
#include <type_traits>
#include "wall_examiner.h"

using namespace passatk_wall;

extern "C" int passatk_tests(void);  // made for each examiner
const Task passatk_wall::tasks[] = {{"tests", &passatk_tests}, {nullptr, nullptr}};

extern "C" Call *passatk_call(unsigned which, unsigned count) { return new Call(which, count); }
extern "C" Out *passatk_out(Call &call) { return &call.out; }
extern "C" In *passatk_in(Call &call) { return &call.in; }
extern "C" void passatk_ask(Call &call) { call.ask(); }
extern "C" void passatk_ask_for_nothing(Call &call) {
    call.ask();
    call.in.expect('n');
}
extern "C" unsigned passatk_changes(Call &call) { return call.changes(); }
extern "C" unsigned passatk_place(Call &call, unsigned count) { return call.place(count); }
extern "C" void passatk_end(Call &call) {
    call.in.finish();
    delete &call;
}
extern "C" void passatk_broken(const char *words) { broken(words); }
extern "C" void passatk_failed(const char *words, int line) { failed(words, line); }
extern "C" void passatk_expect_numbers(void) { expect_numbers(); }
