// What C code calls to read and to write values, on both sides. `NULL` stands for no list, as it does for no text.
#include "wall_codec.h"

using namespace passatk_wall;

#define PASSATK_C(NAME, TYPE)                                                      \
    extern "C" TYPE passatk_take_##NAME(In &in) { return Codec<TYPE>::take(in); } \
    extern "C" void passatk_give_##NAME(Out &out, TYPE value) { Codec<TYPE>::give(out, value); }
PASSATK_C(char, char)
PASSATK_C(schar, signed char)
PASSATK_C(uchar, unsigned char)
PASSATK_C(short, short)
PASSATK_C(ushort, unsigned short)
PASSATK_C(int, int)
PASSATK_C(uint, unsigned)
PASSATK_C(long, long)
PASSATK_C(ulong, unsigned long)
PASSATK_C(llong, long long)
PASSATK_C(ullong, unsigned long long)
PASSATK_C(bool, bool)
PASSATK_C(float, float)
PASSATK_C(double, double)
PASSATK_C(text, const char *)

static const Size NONE = ~0UL;

extern "C" Size passatk_take_count(In &in) {
    if (in.sign() != 'n') return in.count('l');
    in.expect('n');
    return NONE;
}

extern "C" void passatk_give_count(Out &out, Size count) {
    if (count == NONE) return out.put('n');
    if (count > 1 << 24) cannot_send("a list of more than 16 Mi values");
    out.count('l', count);
}

extern "C" void passatk_give_nothing(Out &out) { out.put('n'); }
extern "C" void passatk_give_byte(Out &out, unsigned byte) { out.number(byte, 1); }
extern "C" void passatk_refuse(void) { cannot_send("a value that the declared type has not"); }
extern "C" void passatk_finish(In &in) { in.finish(); }
