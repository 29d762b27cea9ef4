// What programs find compiled, whether tests share their process or not.
#include <string>
#include <vector>
#include "wall_codec.h"
#include "known.h"

#define PASSATK_VECTOR(...) template class __VA_ARGS__;
PASSATK_VECTORS(PASSATK_VECTOR)

// std::random_device's value: the same ones every time
extern "C" unsigned _ZNSt13random_device9_M_getvalEv(void *) {
    static unsigned long long state = 11;
    state = state * 6364136223846793005ULL + 1442695040888963407ULL;
    return state >> 32;
}
