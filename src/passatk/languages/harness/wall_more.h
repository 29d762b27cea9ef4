// Values of arrays, tuples, optionals, and variants, whose headers this brings.
#ifndef PASSATK_WALL_MORE
#define PASSATK_WALL_MORE
#include <array>
#include <tuple>
#if __cplusplus >= 201703L
#include <optional>
#include <variant>
#endif
#include "wall_codec.h"

namespace passatk_wall {

template <class T, std::size_t N> struct Codec<std::array<T, N>> {
    static void take(In &in, std::array<T, N> &array) {
        if (in.count('l') != N) broken("an array that has not as many values as declared");
        for (T &value : array) Codec<T>::take(in, value);
    }
    static void give(Out &out, const std::array<T, N> &array) { List::give(out, array); }
};

// The first N values of a tuple.
template <std::size_t N, class T> struct First {
    typedef Codec<typename std::tuple_element<N - 1, T>::type> Last;
    static void take(In &in, T &tuple) {
        First<N - 1, T>::take(in, tuple);
        Last::take(in, std::get<N - 1>(tuple));
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
    static void take(In &in, Tuple &tuple) {
        if (in.count('p') != sizeof...(P)) broken("a tuple that has not as many values as declared");
        First<sizeof...(P), Tuple>::take(in, tuple);
    }
    static void give(Out &out, const Tuple &tuple) {
        out.count('p', sizeof...(P));
        First<sizeof...(P), Tuple>::give(out, tuple);
    }
};

#if __cplusplus >= 201703L
template <class T> struct Codec<std::optional<T>> {
    static void take(In &in, std::optional<T> &optional) {
        const bool filled = in.sign() != 'n';
        in.expect(filled ? 'o' : 'n');
        optional.reset();
        if (filled) Codec<T>::take(in, optional.emplace());
    }
    static void give(Out &out, const std::optional<T> &optional) {
        out.put(optional ? 'o' : 'n');
        if (optional) Codec<T>::give(out, *optional);
    }
};

template <> inline void Codec<std::monostate>::take(In &in, std::monostate &) { in.expect('n'); }
template <> inline void Codec<std::monostate>::give(Out &out, const std::monostate &) { out.put('n'); }

// The type's name is its place among the alternatives, as one letter from 'A'.
template <class... P> struct Codec<std::variant<P...>> {
    typedef std::variant<P...> Variant;
    static void take(In &in, Variant &variant) {
        Size size;
        const char *name = in.text('a', size);
        take_held(in, variant, size == 1 ? *name - 'A' : -1);
    }
    static void give(Out &out, const Variant &variant) {
        const char name = static_cast<char>('A' + variant.index());
        out.text('a', &name, 1);
        std::visit([&out](const auto &held) { Codec<std::decay_t<decltype(held)>>::give(out, held); }, variant);
    }

  private:
    template <std::size_t I = 0> static void take_held(In &in, Variant &variant, int place) {
        if constexpr (I < sizeof...(P)) {
            if (place != static_cast<int>(I)) return take_held<I + 1>(in, variant, place);
            Codec<std::variant_alternative_t<I, Variant>>::take(in, variant.template emplace<I>());
        } else {
            broken("a variant of a type that it does not have");
        }
    }
};
#endif
}  // namespace passatk_wall
#endif
