// Messages, plain values and common types, compiled once. Included by both sides. Reads and writes by syscall(), as
// programs have functions and variables called `read` and `write`.
#include <string>
#include <vector>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>
#include "wall_codec.h"
#include "known.h"

namespace passatk_wall {
namespace {

const Size MOST_BYTES = 16 << 20;

// All of it, or false at the end of the pipe.
template <class Byte> bool whole(long call, int fd, Byte *bytes, Size size) {
    while (size) {
        const long done = syscall(call, fd, bytes, size);
        if (done < 0 && errno == EINTR) continue;
        if (done <= 0) return false;
        bytes += done;
        size -= done;
    }
    return true;
}

// The next message into `room`, of which `size` bytes are its own; false at the end of the pipe.
bool receive(int fd, unsigned char *&room, Size &size) {
    static Size most = 0;
    unsigned char head[4];
    if (!whole(SYS_read, fd, head, 4)) return false;
    size = In(head, 4).number(4);
    if (size > MOST_BYTES) broken("a message of more than 16 MiB");
    if (size > most) {
        free(room);
        room = static_cast<unsigned char *>(malloc(size));
        most = size;
    }
    return whole(SYS_read, fd, room, size);
}

bool send(int fd, const Out &out) {
    if (out.size() > MOST_BYTES) cannot_send("more than 16 MiB");
    Out head;
    head.number(out.size(), 4);
    return whole(SYS_write, fd, head.begin(), 4) && whole(SYS_write, fd, out.begin(), out.size());
}

void *allocated(void *room, Size size) {
    room = realloc(room, size);
    if (!room) cannot_send("more than there is memory for");
    return room;
}

}  // namespace

const char *kept(const char *from, Size size) {
    char *room = static_cast<char *>(allocated(nullptr, size + 1));
    memcpy(room, from, size);
    room[size] = 0;
    return room;
}

// --- reading

const unsigned char *In::bytes(Size size) {
    if (size > static_cast<Size>(end - at)) broken("a message that ends too soon");
    at += size;
    return at - size;
}

char In::sign() const { return at == end ? 0 : static_cast<char>(*at); }

void In::expect(char sign) {
    if (static_cast<char>(*bytes(1)) == sign) return;
    const char words[] = {'\'', sign, '\'', ' ', 'b', 'e', 'l', 'o', 'n', 'g', 's', 0};
    broken("a value of another type where ", words);
}

unsigned long long In::number(int size) {
    unsigned long long found = 0;
    const unsigned char *from = bytes(size);
    for (int i = 0; i < size; i++) found |= static_cast<unsigned long long>(from[i]) << 8 * i;
    return found;
}

Size In::count(char sign) {
    expect(sign);
    const Size found = number(4);
    if (found > static_cast<Size>(end - at)) broken("a message that ends too soon");
    return found;
}

const char *In::text(char sign, Size &size) {
    size = count(sign);
    return reinterpret_cast<const char *>(bytes(size));
}

// In two's complement of 129 bits, of which `negative` is the highest.
unsigned __int128 In::integer(bool &negative) {
    if (sign() == 'i') {
        expect('i');
        const long long value = static_cast<long long>(number(8));
        negative = value < 0;
        return static_cast<unsigned __int128>(value);
    }
    Size size;
    const char *raw = text('I', size);
    if (size == 0 || size > 17) broken("an integer out of range");
    negative = raw[size - 1] < 0;
    if (size == 17 && raw[16] != (negative ? -1 : 0)) broken("an integer out of range");
    unsigned __int128 bits = negative ? ~static_cast<unsigned __int128>(0) : 0;
    for (Size i = size < 16 ? size : 16; i-- > 0;) bits = bits << 8 | static_cast<unsigned char>(raw[i]);
    return bits;
}

void In::finish() const {
    if (at != end) broken("a message that goes on behind its end");
}

// --- writing

Out::~Out() { free(data); }

void Out::bytes(const void *from, Size size) {
    if (room - used < size) {
        room = 2 * (used + size) + 256;
        data = static_cast<unsigned char *>(allocated(data, room));
    }
    if (size) memcpy(data + used, from, size);
    used += size;
}

void Out::put(char sign) { bytes(&sign, 1); }

void Out::number(unsigned long long value, int size) {
    unsigned char raw[8];
    for (int i = 0; i < size; i++) raw[i] = static_cast<unsigned char>(value >> 8 * i);
    bytes(raw, size);
}

void Out::count(char sign, Size count) {
    put(sign);
    number(count, 4);
}

void Out::text(char sign, const char *from, Size size) {
    if (size > MOST_BYTES) cannot_send("more than 16 MiB");
    count(sign, size);
    bytes(from, size);
}

void Out::integer(unsigned __int128 bits, bool negative) {
    const long long small = static_cast<long long>(bits);
    if (static_cast<unsigned __int128>(small) == bits && (small < 0) == negative) {
        put('i');
        return number(static_cast<unsigned long long>(bits), 8);
    }
    char raw[17];
    for (int i = 0; i < 16; i++) raw[i] = static_cast<char>(bits >> 8 * i);
    raw[16] = negative ? -1 : 0;
    Size size = 17;
    while (raw[size - 1] == raw[16] && (raw[size - 2] < 0) == negative) size--;
    text('I', raw, size);
}

// --- plain values

#define PASSATK_INTEGER(TYPE)                                                         \
    template <> TYPE Codec<TYPE>::take(In &in) {                                      \
        bool negative;                                                                \
        const unsigned __int128 bits = in.integer(negative);                          \
        const TYPE value = static_cast<TYPE>(bits);                                   \
        if (static_cast<unsigned __int128>(value) != bits || (value < 0) != negative) \
            broken("an integer out of the range of its type");                        \
        return value;                                                                 \
    }                                                                                 \
    template <> void Codec<TYPE>::give(Out &out, TYPE const &value) {                 \
        out.integer(static_cast<unsigned __int128>(value), value < 0);                \
    }
PASSATK_INTEGERS(PASSATK_INTEGER)

#define PASSATK_FLOAT(TYPE, SIGN)                                      \
    template <> TYPE Codec<TYPE>::take(In &in) {                       \
        in.expect(SIGN);                                               \
        TYPE value;                                                    \
        const unsigned long long bits = in.number(sizeof value);       \
        memcpy(&value, &bits, sizeof value);                           \
        return value;                                                  \
    }                                                                  \
    template <> void Codec<TYPE>::give(Out &out, TYPE const &value) {  \
        unsigned long long bits = 0;                                   \
        memcpy(&bits, &value, sizeof value);                           \
        out.put(SIGN);                                                 \
        out.number(bits, sizeof value);                                \
    }
PASSATK_FLOAT(float, 'e')
PASSATK_FLOAT(double, 'd')

template <> bool Codec<bool>::take(In &in) {
    const bool value = in.sign() == 't';
    in.expect(value ? 't' : 'f');
    return value;
}
template <> void Codec<bool>::give(Out &out, bool const &value) { out.put(value ? 't' : 'f'); }

template <> const char *Codec<const char *>::take(In &in) {
    if (in.sign() == 'n') return in.expect('n'), nullptr;
    Size size;
    const char *bytes = in.text('s', size);
    return kept(bytes, size);
}
template <> void Codec<const char *>::give(Out &out, const char *const &value) {
    if (value) return out.text('s', value, strlen(value));
    out.put('n');
}

#define PASSATK_CODEC(...) template struct Codec<__VA_ARGS__>;
PASSATK_CODECS(PASSATK_CODEC)

}  // namespace passatk_wall
