// Values of boost::any, compiled once: 21 types cost more than a program does.
#include <boost/any.hpp>
#include "wall_more.h"

namespace passatk_wall {

struct Boost {
    template <class T> static const T *held(const boost::any &any) { return boost::any_cast<T>(&any); }
};

boost::any Codec<boost::any>::take(In &in) { return Open<boost::any, Boost>::take(in); }

void Codec<boost::any>::give(Out &out, const boost::any &any) { Open<boost::any, Boost>::give(out, any); }

}  // namespace passatk_wall
