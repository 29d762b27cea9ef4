// C++ values as docs/wall.md writes them: Codec<T>::give writes one, Codec<T>::take reads one. Needs no header, so that a
// program has only those that it includes; wall_more.h has the types that do need theirs.
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
    Out(const Out &) = delete;
    Out &operator=(const Out &) = delete;
};

template <class T> struct Codec {
    static T take(In &in);
    static void give(Out &out, const T &value);
};

#define PASSATK_INTEGERS(DO)                                                                                           \
    DO(char) DO(signed char) DO(unsigned char) DO(wchar_t) DO(char16_t) DO(char32_t) DO(short) DO(unsigned short)      \
    DO(int) DO(unsigned) DO(long) DO(unsigned long) DO(long long) DO(unsigned long long)                               \
    DO(__int128) DO(unsigned __int128)
#define PASSATK_PLAIN(TYPE)                      \
    template <> TYPE Codec<TYPE>::take(In &in); \
    template <> void Codec<TYPE>::give(Out &out, TYPE const &value);
PASSATK_INTEGERS(PASSATK_PLAIN)
PASSATK_PLAIN(bool)
PASSATK_PLAIN(float)
PASSATK_PLAIN(double)
PASSATK_PLAIN(const char *)

struct List {
    template <class L> static L take(In &in) {
        L list;
        for (Size left = in.count('l'); left; left--) list.push_back(Codec<typename L::value_type>::take(in));
        return list;
    }
    template <class L> static void give(Out &out, const L &list, char sign = 'l') {
        out.count(sign, list.size());
        for (typename L::const_iterator it = list.begin(); it != list.end(); ++it)
            Codec<typename L::value_type>::give(out, *it);
    }
};

struct Set {
    template <class S> static S take(In &in) {
        S set;
        const Size count = in.count('q');
        for (Size left = count; left; left--) set.insert(Codec<typename S::value_type>::take(in));
        if (set.size() != count) broken("a set that has a value twice");
        return set;
    }
    template <class S> static void give(Out &out, const S &set) { List::give(out, set, 'q'); }
};

struct Map {
    template <class M> static M take(In &in) {
        M map;
        const Size count = in.count('m');
        for (Size left = count; left; left--) {
            const typename M::key_type key = Codec<typename M::key_type>::take(in);
            map.insert(typename M::value_type(key, Codec<typename M::mapped_type>::take(in)));
        }
        if (map.size() != count) broken("a map that has a key twice");
        return map;
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
    template <class P> static P take(In &in) {
        if (in.count('p') != 2) broken("a pair that has not 2 values");
        const typename P::first_type first = Codec<typename P::first_type>::take(in);
        return P(first, Codec<typename P::second_type>::take(in));
    }
    template <class P> static void give(Out &out, const P &pair) {
        out.count('p', 2);
        Codec<typename P::first_type>::give(out, pair.first);
        Codec<typename P::second_type>::give(out, pair.second);
    }
};

struct String {
    template <class S> static S take(In &in) {
        Size size;
        const char *bytes = in.text('s', size);
        return S(bytes, size);
    }
    template <class S> static void give(Out &out, const S &string) { out.text('s', string.data(), string.size()); }
};

struct View : String {
    template <class V> static V take(In &in) {
        Size size;
        const char *bytes = in.text('s', size);
        return V(kept(bytes, size), size);
    }
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

// An argument as a literal of the tests would be one: `{1, 2}` becomes a list of any numbers, `"a"` any kind of text.
template <class T> T &&some();
template <class U> U plain(U value) { return value; }
template <class T> struct Literal;
template <class U, class T> auto become(const T &value, Rank<3>) -> decltype(plain<U>(value)) { return value; }
template <class U, class T, class = decltype(plain<typename U::value_type>(some<const typename T::value_type &>()))>
auto become(const T &list, Rank<2>) -> decltype(U(list.begin(), list.end())) {
    return U(list.begin(), list.end());
}
template <class U, class T, class V = Literal<typename T::value_type>>
auto become(const T &list, Rank<1>) -> decltype(U(some<V *>(), some<V *>())) {
    V *all = new V[list.size()], *end = all;  // for as long as the process lives
    for (typename T::const_iterator it = list.begin(); it != list.end(); ++it) (end++)->value = *it;
    return U(all, end);
}
template <class U, class T> auto become(const T &text, Rank<0>) -> decltype(plain<U>(text.c_str())) {
    return kept(text.data(), text.size());
}
template <class T> struct Literal {
    T value;
    template <class U, class = decltype(become<U>(some<const T &>(), Rank<3>()))> operator U() const {
        return become<U>(value, Rank<3>());
    }
};

// What a program is given: a variable, or, where it takes none of the declared type, what a literal becomes.
template <bool variables> struct Given {
    template <class T> static T &of(T &value) { return value; }
};
template <> struct Given<false> {
    template <class T> static Literal<T> of(T &value) { return {value}; }
};

// Whether what a program returned kept its value when it became what is declared; a `float` takes what a float can hold.
template <class B> struct Became {
    template <class A> static bool of(const A &made, const B &value) { return made == value; }
};
struct Rounded {
    template <class A, class B> static bool of(const A &, const B &) { return true; }
};
template <> struct Became<float> : Rounded {};
template <> struct Became<double> : Rounded {};
template <class T> bool same(const T &, const T &, Rank<3>) { return true; }
template <template <class, class> class P, class A, class B, class C, class D>
bool same(const P<A, B> &made, const P<C, D> &value, Rank<1>) {
    return same(made.first, value.first, Rank<3>()) && same(made.second, value.second, Rank<3>());
}
template <class A, class B> bool same(const A &made, const B &value, Rank<0>) { return Became<B>::of(made, value); }

template <class T> T Codec<T>::take(In &in) { return decltype(kind<T>(Rank<5>()))::template take<T>(in); }
template <class T> void Codec<T>::give(Out &out, const T &value) { decltype(kind<T>(Rank<5>()))::give(out, value); }

}  // namespace passatk_wall
#endif
