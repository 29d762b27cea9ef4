// C++ values as docs/wall.md writes them. Included again behind further headers: each container has its section once its
// header is there. Common types are compiled once (wall_codec.cpp); the templates are for the others.
#if __cplusplus >= 201103L
#ifndef PASSATK_WALL
#define PASSATK_WALL
#if __cplusplus >= 201703L
#define PASSATK_WALL_17
#endif
namespace passatk_wall {

typedef unsigned long Size;

[[noreturn]] void broken(const char *words, const char *more = "");
[[noreturn]] void cannot_send(const char *words);

// Reads a message; a message that is not as expected ends the process by `broken`.
class In {
  public:
    In() : at(nullptr), end(nullptr) {}
    In(const unsigned char *from, Size size) : at(from), end(from + size) {}
    char sign() const;
    void expect(char sign);
    Size count(char sign);
    Size length(const char *&bytes);
    unsigned long long number(int size);
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
    void open(char sign, Size count);
    void text(char sign, const char *bytes, Size size);
    void number(unsigned long long value, int size);
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

const char *kept(const char *bytes, Size size);  // for as long as the process lives
char holds(const unsigned char *room, Size size);  // the program's: what a union holds that was made in bytes of 0xa5

// How a type crosses. Not overloads of one function: for each call the compiler would ask of every type whether it
// converts to every other.
template <class T> struct Codec;

#define PASSATK_DECLARED(...)                               \
    template <> struct Codec<__VA_ARGS__> {                 \
        static void take(In &in, __VA_ARGS__ &value);       \
        static void give(Out &out, __VA_ARGS__ const &value); \
    };
#ifndef PASSATK_KNOWN
#define PASSATK_KNOWN(HOW, ...) PASSATK_DECLARED(__VA_ARGS__)
#endif
PASSATK_DECLARED(bool)
PASSATK_DECLARED(char)
PASSATK_DECLARED(signed char)
PASSATK_DECLARED(unsigned char)
PASSATK_DECLARED(wchar_t)
PASSATK_DECLARED(char16_t)
PASSATK_DECLARED(char32_t)
PASSATK_DECLARED(short)
PASSATK_DECLARED(unsigned short)
PASSATK_DECLARED(int)
PASSATK_DECLARED(unsigned)
PASSATK_DECLARED(long)
PASSATK_DECLARED(unsigned long)
PASSATK_DECLARED(long long)
PASSATK_DECLARED(unsigned long long)
PASSATK_DECLARED(__int128)
PASSATK_DECLARED(unsigned __int128)
PASSATK_DECLARED(float)
PASSATK_DECLARED(double)
PASSATK_DECLARED(const char *)

template <class L> void take_list(In &in, L &list) {
    typedef typename L::value_type T;
    list.clear();
    for (Size left = in.count('l'); left; left--) {
        T value = T();
        Codec<T>::take(in, value);
        list.push_back(static_cast<T &&>(value));
    }
}

template <class L> void give_many(Out &out, char sign, const L &list) {
    typedef typename L::value_type T;
    out.open(sign, list.size());
    for (typename L::const_iterator it = list.begin(); it != list.end(); ++it)
        Codec<T>::give(out, static_cast<const T &>(*it));
}

template <class L> void give_list(Out &out, const L &list) { give_many(out, 'l', list); }

template <class S> void take_set(In &in, S &set) {
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

template <class S> void give_set(Out &out, const S &set) { give_many(out, 'q', set); }

template <class M> void take_map(In &in, M &map) {
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

template <class M> void give_map(Out &out, const M &map) {
    out.open('m', map.size());
    for (typename M::const_iterator it = map.begin(); it != map.end(); ++it) {
        Codec<typename M::key_type>::give(out, it->first);
        Codec<typename M::mapped_type>::give(out, it->second);
    }
}

template <class P> void take_pair(In &in, P &pair) {
    if (in.count('p') != 2) broken("a pair that has not 2 values");
    Codec<typename P::first_type>::take(in, pair.first);
    Codec<typename P::second_type>::take(in, pair.second);
}

template <class P> void give_pair(Out &out, const P &pair) {
    out.open('p', 2);
    Codec<typename P::first_type>::give(out, pair.first);
    Codec<typename P::second_type>::give(out, pair.second);
}

#define PASSATK_CODEC(HOW, ...)                                                                        \
    template <class... P> struct Codec<__VA_ARGS__<P...>> {                                            \
        static void take(In &in, __VA_ARGS__<P...> &value) { take_##HOW(in, value); }                  \
        static void give(Out &out, const __VA_ARGS__<P...> &value) { give_##HOW(out, value); }         \
    };
}  // namespace passatk_wall
#endif

namespace passatk_wall {
#if defined(_GLIBCXX_STRING) && !defined(PASSATK_WALL_STRING)
#define PASSATK_WALL_STRING
PASSATK_DECLARED(std::string)
#endif

#if defined(_GLIBCXX_UTILITY) && !defined(PASSATK_WALL_PAIR)
#define PASSATK_WALL_PAIR
PASSATK_CODEC(pair, std::pair)
PASSATK_KNOWN(pair, std::pair<int, int>)
PASSATK_KNOWN(pair, std::pair<long, long>)
PASSATK_KNOWN(pair, std::pair<double, double>)
#endif

#if defined(PASSATK_WALL_PAIR) && defined(PASSATK_WALL_STRING) && !defined(PASSATK_WALL_PAIR_STRING)
#define PASSATK_WALL_PAIR_STRING
PASSATK_KNOWN(pair, std::pair<std::string, int>)
PASSATK_KNOWN(pair, std::pair<int, std::string>)
PASSATK_KNOWN(pair, std::pair<std::string, std::string>)
#endif

#if defined(_GLIBCXX_VECTOR) && !defined(PASSATK_WALL_VECTOR)
#define PASSATK_WALL_VECTOR
PASSATK_CODEC(list, std::vector)
PASSATK_KNOWN(list, std::vector<bool>)
PASSATK_KNOWN(list, std::vector<char>)
PASSATK_KNOWN(list, std::vector<int>)
PASSATK_KNOWN(list, std::vector<long>)
PASSATK_KNOWN(list, std::vector<long long>)
PASSATK_KNOWN(list, std::vector<float>)
PASSATK_KNOWN(list, std::vector<double>)
PASSATK_KNOWN(list, std::vector<std::vector<char>>)
PASSATK_KNOWN(list, std::vector<std::vector<int>>)
PASSATK_KNOWN(list, std::vector<std::vector<long>>)
PASSATK_KNOWN(list, std::vector<std::vector<long long>>)
PASSATK_KNOWN(list, std::vector<std::vector<double>>)
#endif

#if defined(PASSATK_WALL_VECTOR) && defined(PASSATK_WALL_STRING) && !defined(PASSATK_WALL_VECTOR_STRING)
#define PASSATK_WALL_VECTOR_STRING
PASSATK_KNOWN(list, std::vector<std::string>)
PASSATK_KNOWN(list, std::vector<std::vector<std::string>>)
#endif

#if defined(PASSATK_WALL_VECTOR) && defined(PASSATK_WALL_PAIR) && !defined(PASSATK_WALL_VECTOR_PAIR)
#define PASSATK_WALL_VECTOR_PAIR
PASSATK_KNOWN(list, std::vector<std::pair<int, int>>)
PASSATK_KNOWN(list, std::vector<std::pair<long, long>>)
#endif

#if defined(_GLIBCXX_MAP) && !defined(PASSATK_WALL_MAP)
#define PASSATK_WALL_MAP
PASSATK_CODEC(map, std::map)
PASSATK_CODEC(map, std::multimap)
PASSATK_KNOWN(map, std::map<char, int>)
PASSATK_KNOWN(map, std::map<int, int>)
PASSATK_KNOWN(map, std::map<long, long>)
#endif

#if defined(PASSATK_WALL_MAP) && defined(PASSATK_WALL_STRING) && !defined(PASSATK_WALL_MAP_STRING)
#define PASSATK_WALL_MAP_STRING
PASSATK_KNOWN(map, std::map<std::string, int>)
PASSATK_KNOWN(map, std::map<std::string, long>)
PASSATK_KNOWN(map, std::map<std::string, double>)
PASSATK_KNOWN(map, std::map<std::string, std::string>)
#endif

#if defined(_GLIBCXX_UNORDERED_MAP) && !defined(PASSATK_WALL_UNORDERED_MAP)
#define PASSATK_WALL_UNORDERED_MAP
PASSATK_CODEC(map, std::unordered_map)
PASSATK_CODEC(map, std::unordered_multimap)
#endif

#if defined(_GLIBCXX_SET) && !defined(PASSATK_WALL_SET)
#define PASSATK_WALL_SET
PASSATK_CODEC(set, std::set)
PASSATK_CODEC(set, std::multiset)
PASSATK_KNOWN(set, std::set<int>)
PASSATK_KNOWN(set, std::set<long>)
#endif

#if defined(PASSATK_WALL_SET) && defined(PASSATK_WALL_STRING) && !defined(PASSATK_WALL_SET_STRING)
#define PASSATK_WALL_SET_STRING
PASSATK_KNOWN(set, std::set<std::string>)
#endif

#if defined(_GLIBCXX_UNORDERED_SET) && !defined(PASSATK_WALL_UNORDERED_SET)
#define PASSATK_WALL_UNORDERED_SET
PASSATK_CODEC(set, std::unordered_set)
PASSATK_CODEC(set, std::unordered_multiset)
#endif

#if defined(_GLIBCXX_LIST) && !defined(PASSATK_WALL_LIST)
#define PASSATK_WALL_LIST
PASSATK_CODEC(list, std::list)
#endif

#if defined(_GLIBCXX_DEQUE) && !defined(PASSATK_WALL_DEQUE)
#define PASSATK_WALL_DEQUE
PASSATK_CODEC(list, std::deque)
#endif

#if defined(_GLIBCXX_ARRAY) && !defined(PASSATK_WALL_ARRAY)
#define PASSATK_WALL_ARRAY
template <class T, std::size_t N> struct Codec<std::array<T, N>> {
    static void take(In &in, std::array<T, N> &array) {
        if (in.count('l') != N) broken("an array that has not as many values as declared");
        for (T &value : array) Codec<T>::take(in, value);
    }
    static void give(Out &out, const std::array<T, N> &array) { give_list(out, array); }
};
#endif

#if defined(_GLIBCXX_TUPLE) && !defined(PASSATK_WALL_TUPLE)
#define PASSATK_WALL_TUPLE
template <std::size_t I, class T> struct Tuple {
    static void take_from(In &in, T &tuple) {
        Tuple<I - 1, T>::take_from(in, tuple);
        Codec<typename std::tuple_element<I - 1, T>::type>::take(in, std::get<I - 1>(tuple));
    }
    static void give_to(Out &out, const T &tuple) {
        Tuple<I - 1, T>::give_to(out, tuple);
        Codec<typename std::tuple_element<I - 1, T>::type>::give(out, std::get<I - 1>(tuple));
    }
};
template <class T> struct Tuple<0, T> {
    static void take_from(In &, T &) {}
    static void give_to(Out &, const T &) {}
};
template <class T> void take_tuple(In &in, T &tuple) {
    if (in.count('p') != std::tuple_size<T>::value) broken("a tuple that has not as many values as declared");
    Tuple<std::tuple_size<T>::value, T>::take_from(in, tuple);
}
template <class T> void give_tuple(Out &out, const T &tuple) {
    out.open('p', std::tuple_size<T>::value);
    Tuple<std::tuple_size<T>::value, T>::give_to(out, tuple);
}
PASSATK_CODEC(tuple, std::tuple)
PASSATK_KNOWN(tuple, std::tuple<long, long>)
#endif

#if defined(PASSATK_WALL_TUPLE) && defined(PASSATK_WALL_VECTOR) && !defined(PASSATK_WALL_VECTOR_TUPLE)
#define PASSATK_WALL_VECTOR_TUPLE
PASSATK_KNOWN(list, std::vector<std::tuple<long, long>>)
#endif

#if defined(PASSATK_WALL_17) && defined(_GLIBCXX_OPTIONAL) && !defined(PASSATK_WALL_OPTIONAL)
#define PASSATK_WALL_OPTIONAL
template <class O> void take_optional(In &in, O &optional) {
    if (in.sign() == 'n') {
        in.expect('n');
        optional.reset();
        return;
    }
    in.expect('o');
    Codec<typename O::value_type>::take(in, optional.emplace());
}
template <class O> void give_optional(Out &out, const O &optional) {
    out.put(optional ? 'o' : 'n');
    if (optional) Codec<typename O::value_type>::give(out, *optional);
}
PASSATK_CODEC(optional, std::optional)
PASSATK_KNOWN(optional, std::optional<int>)
PASSATK_KNOWN(optional, std::optional<long>)
#endif

#if defined(PASSATK_WALL_OPTIONAL) && defined(PASSATK_WALL_STRING) && !defined(PASSATK_WALL_OPTIONAL_STRING)
#define PASSATK_WALL_OPTIONAL_STRING
PASSATK_KNOWN(optional, std::optional<std::string>)
#endif

#if defined(PASSATK_WALL_17) && defined(_GLIBCXX_VARIANT) && !defined(PASSATK_WALL_VARIANT)
#define PASSATK_WALL_VARIANT
template <> struct Codec<std::monostate> {
    static void take(In &in, std::monostate &) { in.expect('n'); }
    static void give(Out &out, std::monostate) { out.put('n'); }
};
template <class V, std::size_t I = 0> void take_held(In &in, V &variant, Size index) {
    if constexpr (I < std::variant_size_v<V>) {
        if (index == I) Codec<std::variant_alternative_t<I, V>>::take(in, variant.template emplace<I>());
        else take_held<V, I + 1>(in, variant, index);
    } else {
        broken("a variant of a type that it does not have");
    }
}
// the type's name is its place among the alternatives, as one letter from 'A'
template <class V> void take_variant(In &in, V &variant) {
    const char *name;
    in.expect('a');
    if (in.length(name) != 1) broken("a variant without its place");
    take_held(in, variant, static_cast<unsigned char>(*name) - 'A');
}
template <class V> void give_variant(Out &out, const V &variant) {
    const char name = static_cast<char>('A' + variant.index());
    out.text('a', &name, 1);
    std::visit([&out](const auto &value) { Codec<std::decay_t<decltype(value)>>::give(out, value); }, variant);
}
PASSATK_CODEC(variant, std::variant)
#endif
}  // namespace passatk_wall

#if defined(PASSATK_WALL_STRING) && defined(PASSATK_WALL_VECTOR) && defined(PASSATK_WALL_MAP) && !defined(PASSATK_WALL_OPEN)
#if (defined(PASSATK_WALL_17) && defined(_GLIBCXX_ANY)) || defined(BOOST_ANY_INCLUDED)
#define PASSATK_WALL_OPEN
#include <typeinfo>
namespace passatk_wall {
// Types that an `any` may hold on its way through the wall.
template <class Do> void for_types(Do &todo) {
    todo.template one<bool>("bool");
    todo.template one<char>("char");
    todo.template one<int>("int");
    todo.template one<unsigned>("unsigned");
    todo.template one<long>("long");
    todo.template one<unsigned long>("unsigned long");
    todo.template one<long long>("long long");
    todo.template one<float>("float");
    todo.template one<double>("double");
    todo.template one<const char *>("const char*");
    todo.template one<std::string>("std::string");
    todo.template one<std::vector<int>>("std::vector<int>");
    todo.template one<std::vector<long>>("std::vector<long>");
    todo.template one<std::vector<float>>("std::vector<float>");
    todo.template one<std::vector<double>>("std::vector<double>");
    todo.template one<std::vector<std::string>>("std::vector<std::string>");
    todo.template one<std::map<int, int>>("std::map<int,int>");
    todo.template one<std::map<long, long>>("std::map<long,long>");
    todo.template one<std::map<std::string, int>>("std::map<std::string,int>");
    todo.template one<std::map<std::string, long>>("std::map<std::string,long>");
    todo.template one<std::map<std::string, std::string>>("std::map<std::string,std::string>");
}
template <class T> struct Tag {};
template <class Any> struct Giving {
    Out &out;
    const Any &any;
    bool done;
    template <class T> void one(const char *name) {
        if (done || any.type() != typeid(T)) return;
        done = true;
        out.text('a', name, std::string(name).size());
        Codec<T>::give(out, *held(any, Tag<T>()));
    }
};
template <class Any> struct Taking {
    In &in;
    Any &any;
    std::string name;
    bool done;
    template <class T> void one(const char *other) {
        if (done || name != other) return;
        done = true;
        T value = T();
        Codec<T>::take(in, value);
        any = value;
    }
};
template <class Any> void take_open(In &in, Any &any) {
    if (in.sign() == 'n') {
        in.expect('n');
        any = Any();
        return;
    }
    const char *name;
    in.expect('a');
    const Size length = in.length(name);
    Taking<Any> taking = {in, any, std::string(name, length), false};
    for_types(taking);
    if (!taking.done) broken("a value of a type not known in an any: ", taking.name.c_str());
}
template <class Any> void give_open(Out &out, const Any &any, bool empty) {
    if (empty) return out.put('n');
    Giving<Any> giving = {out, any, false};
    for_types(giving);
    if (!giving.done) cannot_send(any.type().name());
}
}  // namespace passatk_wall
#endif
#endif

#if defined(PASSATK_WALL_OPEN) && defined(PASSATK_WALL_17) && defined(_GLIBCXX_ANY) && !defined(PASSATK_WALL_ANY)
#define PASSATK_WALL_ANY
namespace passatk_wall {
PASSATK_DECLARED(std::any)
}  // namespace passatk_wall
#endif

#if defined(PASSATK_WALL_OPEN) && defined(BOOST_ANY_INCLUDED) && !defined(PASSATK_WALL_BOOST)
#define PASSATK_WALL_BOOST
namespace passatk_wall {
template <class T> const T *held(const boost::any &any, Tag<T>) { return boost::any_cast<T>(&any); }
template <class Any> struct Boost {
    static void take(In &in, Any &any) { take_open(in, any); }
    static void give(Out &out, const Any &any) { give_open(out, any, any.empty()); }
};
template <> struct Codec<boost::any> : Boost<boost::any> {};
}  // namespace passatk_wall
#endif
#endif
