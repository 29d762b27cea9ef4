// C++ values as docs/wall.md writes them: Codec<T>::give writes one, Codec<T>::take reads one. Needs no header, so that a
// program has only those that it includes; wall_more.h and wall_any.h have the types that do need theirs.
#if __cplusplus >= 201103L && !defined(PASSATK_WALL)
#define PASSATK_WALL
namespace passatk_wall {

typedef unsigned long Size;

[[noreturn]] void broken(const char *words, const char *more = "");
[[noreturn]] void cannot_send(const char *words);
const char *kept(const char *bytes, Size size);  // for as long as the process lives

// Reads a message; one that is not as expected ends the process by `broken`.
class In {
  public:
    In(const unsigned char *from, Size size) : at(from), end(from + size) {}
    char sign() const;  // what the next value begins with
    void expect(char sign);
    Size count(char sign);
    const char *text(char sign, Size &size);
    unsigned long long number(int size);
    unsigned __int128 integer(bool &negative);
    void finish() const;

  private:
    const unsigned char *at, *end;
    const unsigned char *bytes(Size size);
};

// Writes a message.
class Out {
  public:
    Out() : data(nullptr), used(0), room(0) {}
    ~Out();
    void put(char sign);
    void count(char sign, Size count);
    void text(char sign, const char *bytes, Size size);
    void number(unsigned long long value, int size);
    void integer(unsigned __int128 bits, bool negative);
    void clear() { used = 0; }
    const unsigned char *begin() const { return data; }
    Size size() const { return used; }

  private:
    unsigned char *data;
    Size used, room;
    void bytes(const void *from, Size size);
    Out(const Out &);
    Out &operator=(const Out &);
};

template <class T> struct Codec {
    static void take(In &in, T &value);
    static void give(Out &out, const T &value);
};

#define PASSATK_INTEGERS(DO)                                                                                           \
    DO(char) DO(signed char) DO(unsigned char) DO(wchar_t) DO(char16_t) DO(char32_t) DO(short) DO(unsigned short)      \
    DO(int) DO(unsigned) DO(long) DO(unsigned long) DO(long long) DO(unsigned long long)                               \
    DO(__int128) DO(unsigned __int128)
#define PASSATK_PLAIN(TYPE)                                      \
    template <> void Codec<TYPE>::take(In &in, TYPE &value);    \
    template <> void Codec<TYPE>::give(Out &out, TYPE const &value);
PASSATK_INTEGERS(PASSATK_PLAIN)
PASSATK_PLAIN(bool)
PASSATK_PLAIN(float)
PASSATK_PLAIN(double)
PASSATK_PLAIN(const char *)

struct List {
    template <class L> static void take(In &in, L &list) {
        typedef typename L::value_type T;
        list.clear();
        for (Size left = in.count('l'); left; left--) {
            T value = T();
            Codec<T>::take(in, value);
            list.push_back(static_cast<T &&>(value));
        }
    }
    template <class L> static void give(Out &out, const L &list, char sign = 'l') {
        out.count(sign, list.size());
        for (typename L::const_iterator it = list.begin(); it != list.end(); ++it)
            Codec<typename L::value_type>::give(out, *it);
    }
};

struct Set {
    template <class S> static void take(In &in, S &set) {
        typedef typename S::value_type T;
        set.clear();
        const Size count = in.count('q');
        for (Size left = count; left; left--) {
            T value = T();
            Codec<T>::take(in, value);
            set.insert(static_cast<T &&>(value));
        }
        if (set.size() != count) broken("a set that has a value twice");
    }
    template <class S> static void give(Out &out, const S &set) { List::give(out, set, 'q'); }
};

struct Map {
    template <class M> static void take(In &in, M &map) {
        typedef typename M::key_type K;
        typedef typename M::mapped_type T;
        map.clear();
        const Size count = in.count('m');
        for (Size left = count; left; left--) {
            K key = K();
            T value = T();
            Codec<K>::take(in, key);
            Codec<T>::take(in, value);
            map.insert(typename M::value_type(key, static_cast<T &&>(value)));
        }
        if (map.size() != count) broken("a map that has a key twice");
    }
    template <class M> static void give(Out &out, const M &map) {
        out.count('m', map.size());
        for (typename M::const_iterator it = map.begin(); it != map.end(); ++it) {
            Codec<typename M::key_type>::give(out, it->first);
            Codec<typename M::mapped_type>::give(out, it->second);
        }
    }
};

struct Pair {
    template <class P> static void take(In &in, P &pair) {
        if (in.count('p') != 2) broken("a pair that has not 2 values");
        Codec<typename P::first_type>::take(in, pair.first);
        Codec<typename P::second_type>::take(in, pair.second);
    }
    template <class P> static void give(Out &out, const P &pair) {
        out.count('p', 2);
        Codec<typename P::first_type>::give(out, pair.first);
        Codec<typename P::second_type>::give(out, pair.second);
    }
};

struct String {
    template <class S> static void take(In &in, S &string) {
        Size size;
        const char *bytes = in.text('s', size);
        string.assign(bytes, size);
    }
    template <class S> static void give(Out &out, const S &string) { out.text('s', string.data(), string.size()); }
};

struct View {
    template <class V> static void take(In &in, V &view) {
        Size size;
        const char *bytes = in.text('s', size);
        view = V(kept(bytes, size), size);
    }
    template <class V> static void give(Out &out, const V &view) { String::give(out, view); }
};

// What a type is follows from the names that it has; the highest rank that fits is taken.
template <int N> struct Rank : Rank<N - 1> {};
template <> struct Rank<0> {};
template <class T, class = typename T::mapped_type> Map kind(Rank<5>);
template <class T, class = typename T::key_type> Set kind(Rank<4>);
template <class T, class = typename T::traits_type, class = typename T::allocator_type> String kind(Rank<3>);
template <class T, class = typename T::traits_type> View kind(Rank<2>);
template <class T, class = typename T::first_type> Pair kind(Rank<1>);
template <class T, class = typename T::allocator_type> List kind(Rank<0>);

template <class T> void Codec<T>::take(In &in, T &value) { decltype(kind<T>(Rank<5>()))::take(in, value); }
template <class T> void Codec<T>::give(Out &out, const T &value) { decltype(kind<T>(Rank<5>()))::give(out, value); }

}  // namespace passatk_wall
#endif
