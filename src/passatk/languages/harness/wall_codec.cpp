// What of the codec is compiled once. Included by both sides.
#if __cplusplus >= 201703L
#include <any>
#include <optional>
#endif
#include <limits>
#include <map>
#include <set>
#include <string>
#include <tuple>
#include <utility>
#include <vector>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>

#define PASSATK_KNOWN(HOW, ...)                                                                  \
    PASSATK_DECLARED(__VA_ARGS__)                                                                   \
    void Codec<__VA_ARGS__>::take(In &in, __VA_ARGS__ &value) { take_##HOW(in, value); }            \
    void Codec<__VA_ARGS__>::give(Out &out, const __VA_ARGS__ &value) { give_##HOW(out, value); }
#include "wall_codec.h"

namespace passatk_wall {
namespace {

const Size MOST_BYTES = 16 << 20;

long ask(long number, long a, const void *b, long c) {
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

const long AGAIN = -4;  // a signal came between

// All of it, or false at the end of the pipe.
bool read_all(int fd, unsigned char *to, Size size) {
    while (size) {
        const long got = ask(SYS_read, fd, to, size);
        if (got == AGAIN) continue;
        if (got <= 0) return false;
        to += got;
        size -= got;
    }
    return true;
}

bool write_all(int fd, const unsigned char *from, Size size) {
    while (size) {
        const long done = ask(SYS_write, fd, from, size);
        if (done == AGAIN) continue;
        if (done <= 0) return false;
        from += done;
        size -= done;
    }
    return true;
}

// The next message into `room`, of which `size` bytes are its own; false at the end of the pipe.
bool receive(int fd, unsigned char *&room, Size &size) {
    static Size most = 0;
    unsigned char head[4];
    if (!read_all(fd, head, 4)) return false;
    size = head[0] | head[1] << 8 | head[2] << 16 | static_cast<Size>(head[3]) << 24;
    if (size > MOST_BYTES) broken("a message of more than 16 MiB");
    if (size > most) {
        free(room);
        room = static_cast<unsigned char *>(malloc(size));
        most = size;
    }
    return read_all(fd, room, size);
}

bool send(int fd, const Out &out) {
    if (out.size() > MOST_BYTES) cannot_send("more than 16 MiB");
    unsigned char head[4];
    for (int i = 0; i < 4; i++) head[i] = out.size() >> 8 * i;
    return write_all(fd, head, 4) && write_all(fd, out.begin(), out.size());
}

// An integer of up to 128 bits; `beyond` where it has the 129th bit of an unsigned one.
__int128 wide(In &in, bool &beyond) {
    beyond = false;
    if (in.sign() == 'i') {
        in.expect('i');
        return static_cast<long long>(in.number(8));
    }
    in.expect('I');
    const char *bytes;
    const Size size = in.length(bytes);
    if (size == 0 || size > 17 || (size == 17 && bytes[16] != 0)) broken("an integer out of range");
    beyond = size == 17;
    unsigned __int128 value = size < 17 && bytes[size - 1] < 0 ? ~static_cast<unsigned __int128>(0) : 0;
    for (Size i = size < 16 ? size : 16; i-- > 0;) value = value << 8 | static_cast<unsigned char>(bytes[i]);
    return static_cast<__int128>(value);
}

template <class T> void take_integer(In &in, T &value) {
    bool beyond;
    const __int128 read = wide(in, beyond);
    if (beyond || read < static_cast<__int128>(std::numeric_limits<T>::min()) ||
        read > static_cast<__int128>(std::numeric_limits<T>::max()))
        broken("an integer out of the range of its type");
    value = static_cast<T>(read);
}

void give_wide(Out &out, unsigned __int128 bits, bool negative) {
    const __int128 value = static_cast<__int128>(bits);
    if ((value < 0) == negative && value >= std::numeric_limits<long long>::min() &&
        value <= std::numeric_limits<long long>::max()) {
        out.put('i');
        return out.number(static_cast<unsigned long long>(bits), 8);
    }
    char bytes[17];
    for (int i = 0; i < 16; i++) bytes[i] = static_cast<char>(bits >> 8 * i);
    bytes[16] = negative ? -1 : 0;
    Size size = 17;
    while (bytes[size - 1] == bytes[16] && (bytes[size - 2] < 0) == negative) size--;
    out.text('I', bytes, size);
}

void give_integer(Out &out, long long value) {
    out.put('i');
    out.number(static_cast<unsigned long long>(value), 8);
}

void give_unsigned(Out &out, unsigned long long value) { give_wide(out, value, false); }

}  // namespace

// --- messages

const unsigned char *In::bytes(Size size) {
    if (size > static_cast<Size>(end - at)) broken("a message that ends too soon");
    const unsigned char *found = at;
    at += size;
    return found;
}

char In::sign() const { return at == end ? 0 : static_cast<char>(*at); }

void In::expect(char sign) {
    if (*bytes(1) == static_cast<unsigned char>(sign)) return;
    const char got[] = {static_cast<char>(at[-1] > 32 && at[-1] < 127 ? at[-1] : '?'), '\'', ' ', 'w', 'h', 'e', 'r', 'e',
                        ' ', '\'', sign, '\'', ' ', 'b', 'e', 'l', 'o', 'n', 'g', 's', 0};
    broken("a value that begins with '", got);
}

Size In::count(char sign) {
    expect(sign);
    const Size found = number(4);
    if (found > static_cast<Size>(end - at)) broken("a message that ends too soon");
    return found;
}

Size In::length(const char *&found) {
    const Size size = number(4);
    found = reinterpret_cast<const char *>(bytes(size));
    return size;
}

unsigned long long In::number(int size) {
    unsigned long long found = 0;
    const unsigned char *from = bytes(size);
    for (int i = 0; i < size; i++) found |= static_cast<unsigned long long>(from[i]) << 8 * i;
    return found;
}

void In::finish() const {
    if (at != end) broken("a message that goes on behind its end");
}

Out::~Out() { free(data); }

void Out::bytes(const void *from, Size size) {
    if (room - used < size) {
        room = 2 * (used + size) + 256;
        data = static_cast<unsigned char *>(realloc(data, room));
        if (!data) cannot_send("more than there is memory for");
    }
    if (size) memcpy(data + used, from, size);
    used += size;
}

void Out::put(char sign) { bytes(&sign, 1); }

void Out::number(unsigned long long value, int size) {
    unsigned char raw[8];
    for (int i = 0; i < size; i++) raw[i] = value >> 8 * i;
    bytes(raw, size);
}

void Out::open(char sign, Size count) {
    put(sign);
    number(count, 4);
}

void Out::text(char sign, const char *from, Size size) {
    if (size > MOST_BYTES) cannot_send("more than 16 MiB");
    open(sign, size);
    bytes(from, size);
}

const char *kept(const char *from, Size size) {
    char *room = static_cast<char *>(malloc(size + 1));
    if (!room) cannot_send("more than there is memory for");
    memcpy(room, from, size);
    room[size] = 0;
    return room;
}

// --- plain values

void Codec<bool>::take(In &in, bool &value) {
    value = in.sign() == 't';
    in.expect(value ? 't' : 'f');
}
void Codec<bool>::give(Out &out, bool const &value) { out.put(value ? 't' : 'f'); }

#define PASSATK_INTEGER(HOW, ...)                                              \
    void Codec<__VA_ARGS__>::take(In &in, __VA_ARGS__ &value) { take_integer(in, value); } \
    void Codec<__VA_ARGS__>::give(Out &out, __VA_ARGS__ const &value) { give_##HOW(out, value); }
PASSATK_INTEGER(integer, char)
PASSATK_INTEGER(integer, signed char)
PASSATK_INTEGER(integer, unsigned char)
PASSATK_INTEGER(integer, wchar_t)
PASSATK_INTEGER(integer, char16_t)
PASSATK_INTEGER(integer, char32_t)
PASSATK_INTEGER(integer, short)
PASSATK_INTEGER(integer, unsigned short)
PASSATK_INTEGER(integer, int)
PASSATK_INTEGER(integer, unsigned)
PASSATK_INTEGER(integer, long)
PASSATK_INTEGER(unsigned, unsigned long)
PASSATK_INTEGER(integer, long long)
PASSATK_INTEGER(unsigned, unsigned long long)

void Codec<__int128>::take(In &in, __int128 &value) {
    bool beyond;
    value = wide(in, beyond);
    if (beyond) broken("an integer out of the range of its type");
}
void Codec<__int128>::give(Out &out, __int128 const &value) { give_wide(out, static_cast<unsigned __int128>(value), value < 0); }

void Codec<unsigned __int128>::take(In &in, unsigned __int128 &value) {
    bool beyond;
    const __int128 read = wide(in, beyond);
    if (read < 0 && !beyond) broken("an integer out of the range of its type");
    value = static_cast<unsigned __int128>(read);
}
void Codec<unsigned __int128>::give(Out &out, unsigned __int128 const &value) { give_wide(out, value, false); }

void Codec<float>::take(In &in, float &value) {
    in.expect('e');
    const unsigned bits = static_cast<unsigned>(in.number(4));
    memcpy(&value, &bits, 4);
}
void Codec<float>::give(Out &out, float const &value) {
    unsigned bits;
    memcpy(&bits, &value, 4);
    out.put('e');
    out.number(bits, 4);
}

void Codec<double>::take(In &in, double &value) {
    in.expect('d');
    const unsigned long long bits = in.number(8);
    memcpy(&value, &bits, 8);
}
void Codec<double>::give(Out &out, double const &value) {
    unsigned long long bits;
    memcpy(&bits, &value, 8);
    out.put('d');
    out.number(bits, 8);
}

void Codec<const char *>::take(In &in, const char * &value) {
    const char *bytes;
    in.expect('s');
    const Size size = in.length(bytes);
    value = kept(bytes, size);
}
void Codec<const char *>::give(Out &out, const char * const &value) { out.text('s', value, strlen(value)); }

void Codec<std::string>::take(In &in, std::string &value) {
    const char *bytes;
    in.expect('s');
    const Size size = in.length(bytes);
    value.assign(bytes, size);
}
void Codec<std::string>::give(Out &out, std::string const &value) { out.text('s', value.data(), value.size()); }

#ifdef PASSATK_WALL_ANY
template <class T> const T *held(const std::any &any, Tag<T>) { return std::any_cast<T>(&any); }
void Codec<std::any>::take(In &in, std::any &any) { take_open(in, any); }
void Codec<std::any>::give(Out &out, std::any const &any) { give_open(out, any, !any.has_value()); }
#endif

}  // namespace passatk_wall

// std::random_device's value: the same ones every time
extern "C" unsigned _ZNSt13random_device9_M_getvalEv(void *) {
    static unsigned long long state = 11;
    state = state * 6364136223846793005ULL + 1442695040888963407ULL;
    return state >> 32;
}
