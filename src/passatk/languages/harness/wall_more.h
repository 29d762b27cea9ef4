// Values of the types whose headers this brings: arrays, tuples, optionals, variants, and std::any; and boost::any.
#ifndef PASSATK_WALL_MORE
#define PASSATK_WALL_MORE
#include <array>
#include <map>
#include <string>
#include <tuple>
#include <typeinfo>
#include <vector>
#if __cplusplus >= 201703L
#include <any>
#include <optional>
#include <variant>
#endif
#include "wall_codec.h"

namespace passatk_wall {

template <class T, std::size_t N> struct Codec<std::array<T, N>> {
    static std::array<T, N> take(In &in) {
        std::array<T, N> array;
        if (in.count('l') != N) broken("an array that has not as many values as declared");
        for (T &value : array) value = Codec<T>::take(in);
        return array;
    }
    static void give(Out &out, const std::array<T, N> &array) { List::give(out, array); }
};

// The first N values of a tuple.
template <std::size_t N, class T> struct First {
    typedef Codec<typename std::tuple_element<N - 1, T>::type> Last;
    static void take(In &in, T &tuple) {
        First<N - 1, T>::take(in, tuple);
        std::get<N - 1>(tuple) = Last::take(in);
    }
    static void give(Out &out, const T &tuple) {
        First<N - 1, T>::give(out, tuple);
        Last::give(out, std::get<N - 1>(tuple));
    }
};
template <class T> struct First<0, T> {
    static void take(In &, T &) {}
    static void give(Out &, const T &) {}
};

template <class... P> struct Codec<std::tuple<P...>> {
    typedef std::tuple<P...> Tuple;
    static Tuple take(In &in) {
        Tuple tuple;
        if (in.count('p') != sizeof...(P)) broken("a tuple that has not as many values as declared");
        First<sizeof...(P), Tuple>::take(in, tuple);
        return tuple;
    }
    static void give(Out &out, const Tuple &tuple) {
        out.count('p', sizeof...(P));
        First<sizeof...(P), Tuple>::give(out, tuple);
    }
};

template <std::size_t N, class A, class B> struct FirstSame {
    static bool of(const A &made, const B &value) {
        return FirstSame<N - 1, A, B>::of(made, value) &&
               same(std::get<N - 1>(made), std::get<N - 1>(value), Rank<3>());
    }
};
template <class A, class B> struct FirstSame<0, A, B> {
    static bool of(const A &, const B &) { return true; }
};
template <class... A, class... B> bool same(const std::tuple<A...> &made, const std::tuple<B...> &value, Rank<2>) {
    return FirstSame<sizeof...(A), std::tuple<A...>, std::tuple<B...>>::of(made, value);
}

#if __cplusplus >= 201703L
template <class A, class B> bool same(const std::optional<A> &made, const std::optional<B> &value, Rank<2>) {
    return made ? value && same(*made, *value, Rank<3>()) : !value;
}
template <class B> bool same(const std::nullopt_t &, const std::optional<B> &value, Rank<2>) { return !value; }
template <class A, class B> bool same(const A &made, const std::optional<B> &value, Rank<1>) {
    return value && same(made, *value, Rank<3>());
}

template <class T> struct Codec<std::optional<T>> {
    static std::optional<T> take(In &in) {
        const bool filled = in.sign() != 'n';
        in.expect(filled ? 'o' : 'n');
        return filled ? std::optional<T>(Codec<T>::take(in)) : std::nullopt;
    }
    static void give(Out &out, const std::optional<T> &optional) {
        out.put(optional ? 'o' : 'n');
        if (optional) Codec<T>::give(out, *optional);
    }
};

template <> struct Codec<std::monostate> {
    static std::monostate take(In &in) { return in.expect('n'), std::monostate(); }
    static void give(Out &out, std::monostate) { out.put('n'); }
};

// The type's name is its place among the alternatives, as one letter from 'A'.
template <class... P> struct Codec<std::variant<P...>> {
    typedef std::variant<P...> Variant;
    template <std::size_t I = 0> static Variant take(In &in, int place = -1) {
        Size size = 1;
        if (place < 0) place = *in.text('a', size) - 'A';
        if constexpr (I < sizeof...(P)) {
            if (size != 1 || place != static_cast<int>(I)) return take<I + 1>(in, place);
            return Variant(std::in_place_index<I>, Codec<std::variant_alternative_t<I, Variant>>::take(in));
        }
        broken("a variant of a type that it does not have");
    }
    static void give(Out &out, const Variant &variant) {
        const char name = static_cast<char>('A' + variant.index());
        out.text('a', &name, 1);
        std::visit([&out](const auto &held) { Codec<std::decay_t<decltype(held)>>::give(out, held); }, variant);
    }
};
#endif

#define PASSATK_TYPES(DO)                                                                                              \
    DO(bool) DO(char) DO(int) DO(unsigned) DO(long) DO(unsigned long) DO(long long) DO(float) DO(double)               \
    DO(const char*) DO(std::string)                                                                                    \
    DO(std::vector<int>) DO(std::vector<long>) DO(std::vector<float>) DO(std::vector<double>)                          \
    DO(std::vector<std::string>) DO(std::map<int,int>) DO(std::map<long,long>) DO(std::map<std::string,int>)           \
    DO(std::map<std::string,long>) DO(std::map<std::string,std::string>)

// Values of an `any` cross with the name of their type.
template <class Any, class Library> struct Open {
    static Any take(In &in) {
        if (in.sign() == 'n') return in.expect('n'), Any();
        Size size;
        const char *bytes = in.text('a', size);
        const std::string name(bytes, size);
#define PASSATK_TAKE(...) \
        if (name == #__VA_ARGS__) return Any(Codec<__VA_ARGS__>::take(in));
        PASSATK_TYPES(PASSATK_TAKE)
        broken("a value of a type not known in an any: ", name.c_str());
    }
    static void give(Out &out, const Any &any) {
        if (any.type() == typeid(void)) return out.put('n');
#define PASSATK_GIVE(...)                                                                      \
        if (any.type() == typeid(__VA_ARGS__)) {                                               \
            out.text('a', #__VA_ARGS__, sizeof #__VA_ARGS__ - 1);                              \
            return Codec<__VA_ARGS__>::give(out, *Library::template held<__VA_ARGS__>(any));   \
        }
        PASSATK_TYPES(PASSATK_GIVE)
        cannot_send(any.type().name());
    }
};

#if __cplusplus >= 201703L
struct Standard {
    template <class T> static const T *held(const std::any &any) { return std::any_cast<T>(&any); }
};
template <> struct Codec<std::any> : Open<std::any, Standard> {};
#endif
}  // namespace passatk_wall
#endif

#if defined(BOOST_ANY_INCLUDED) && !defined(PASSATK_WALL_BOOST)
#define PASSATK_WALL_BOOST
namespace passatk_wall {
template <> struct Codec<boost::any> {  // compiled once: wall_boost.cpp
    static boost::any take(In &in);
    static void give(Out &out, const boost::any &any);
};
}  // namespace passatk_wall
#endif
