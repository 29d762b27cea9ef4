// The examiner's side, as the tests see it.
#include "wall_codec.h"
#include "wall_more.h"

namespace passatk_wall {

struct Task {
    const char *name;
    int (*run)();
};
extern const Task tasks[];  // made for each workshop; ends with an empty one

[[noreturn]] void failed(const char *words, int line);
void expect_numbers();  // from here on, tests that compare NaN otherwise than by == fail: each `>` would be false

// What a plain member of a union is where a wider one was sent.
template <class T, class Wide> T first_bytes(const Wide &wide) {
    T value;
    __builtin_memcpy(&value, &wide, sizeof value);
    return value;
}

// The conversation about one call.
class Call {
  public:
    Out out;
    In in;
    Call(unsigned which, unsigned count);
    void ask();                      // sends `out`; the value follows in `in`
    unsigned changes();              // how many arguments changed
    unsigned place(unsigned count);  // of the next of them, of so many arguments

  private:
    unsigned long long number;
    unsigned long long seen[4];
};

// Asks for what a function returns.
template <class T, class... A> T call(unsigned which, const A &...given) {
    Call call(which, sizeof...(A));
    const int order[] = {0, (Codec<A>::give(call.out, given), 0)...};
    static_cast<void>(order);
    call.ask();
    const T value = Codec<T>::take(call.in);
    if (call.changes()) broken("changed arguments of a function that returns something");
    call.in.finish();
    return value;
}

template <class T> void take_change(In &in, T &value) { value = Codec<T>::take(in); }
template <class T> void take_change(In &, const T &) { broken("a changed argument that cannot change"); }

// Asks a function that returns nothing; arguments that are not `const` may change.
template <class... A> void change(unsigned which, A &...given) {
    Call call(which, sizeof...(A));
    const int order[] = {0, (Codec<typename std::remove_const<A>::type>::give(call.out, given), 0)...};
    static_cast<void>(order);
    call.ask();
    call.in.expect('n');
    for (unsigned left = call.changes(); left; left--) {
        unsigned place = call.place(sizeof...(A));
        const int taken[] = {0, (place-- == 0 ? take_change(call.in, given) : void(), 0)...};
        static_cast<void>(taken);
    }
    call.in.finish();
}

}  // namespace passatk_wall
