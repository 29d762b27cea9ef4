// Values of std::any and boost::any: each crosses with the name of its type.
#ifndef PASSATK_WALL_ANY
#define PASSATK_WALL_ANY
#include <map>
#include <string>
#include <typeinfo>
#include <vector>
#if __cplusplus >= 201703L
#include <any>
#endif
#include "wall_codec.h"

#define PASSATK_TYPES(DO)                                                                                              \
    DO(bool) DO(char) DO(int) DO(unsigned) DO(long) DO(unsigned long) DO(long long) DO(float) DO(double)               \
    DO(const char*) DO(std::string)                                                                                    \
    DO(std::vector<int>) DO(std::vector<long>) DO(std::vector<float>) DO(std::vector<double>)                          \
    DO(std::vector<std::string>) DO(std::map<int,int>) DO(std::map<long,long>) DO(std::map<std::string,int>)           \
    DO(std::map<std::string,long>) DO(std::map<std::string,std::string>)

namespace passatk_wall {

template <class Library> struct Open {
    typedef typename Library::Any Any;
    static void take(In &in, Any &any) {
        if (in.sign() == 'n') {
            in.expect('n');
            any = Any();
            return;
        }
        Size size;
        const char *bytes = in.text('a', size);
        const std::string name(bytes, size);
#define PASSATK_TAKE(...)                            \
        if (name == #__VA_ARGS__) {                  \
            __VA_ARGS__ value{};                     \
            Codec<__VA_ARGS__>::take(in, value);     \
            any = value;                             \
            return;                                  \
        }
        PASSATK_TYPES(PASSATK_TAKE)
        broken("a value of a type not known in an any: ", name.c_str());
    }
    static void give(Out &out, const Any &any) {
        if (any.type() == typeid(void)) return out.put('n');
#define PASSATK_GIVE(...)                                                      \
        if (any.type() == typeid(__VA_ARGS__)) {                               \
            out.text('a', #__VA_ARGS__, sizeof #__VA_ARGS__ - 1);              \
            return Codec<__VA_ARGS__>::give(out, *Library::template held<__VA_ARGS__>(any)); \
        }
        PASSATK_TYPES(PASSATK_GIVE)
        cannot_send(any.type().name());
    }
};

#if __cplusplus >= 201703L
struct Standard {
    typedef std::any Any;
    template <class T> static const T *held(const Any &any) { return std::any_cast<T>(&any); }
};
template <> struct Codec<std::any> : Open<Standard> {};
#endif
}  // namespace passatk_wall
#endif

#if defined(BOOST_ANY_INCLUDED) && !defined(PASSATK_WALL_BOOST)
#define PASSATK_WALL_BOOST
namespace passatk_wall {
struct Boost {
    typedef boost::any Any;
    template <class T> static const T *held(const Any &any) { return boost::any_cast<T>(&any); }
};
template <> struct Codec<boost::any> : Open<Boost> {};
}  // namespace passatk_wall
#endif
