// Common types: their members are compiled once, in known.cpp, and how they cross the wall, in wall_codec.cpp.
#if __cplusplus >= 201103L && !defined(PASSATK_VECTORS)
#define PASSATK_VECTORS(DO)          \
    DO(std::vector<char>)            \
    DO(std::vector<int>)             \
    DO(std::vector<long>)            \
    DO(std::vector<long long>)       \
    DO(std::vector<float>)           \
    DO(std::vector<double>)          \
    DO(std::vector<std::string>)     \
    DO(std::vector<std::vector<int>>) \
    DO(std::vector<std::vector<std::string>>)
#define PASSATK_CODECS(DO) DO(std::string) DO(std::vector<bool>) PASSATK_VECTORS(DO)

#define PASSATK_EXTERN_VECTOR(...) extern template class __VA_ARGS__;
#define PASSATK_EXTERN_CODEC(...) extern template struct passatk_wall::Codec<__VA_ARGS__>;
PASSATK_VECTORS(PASSATK_EXTERN_VECTOR)
PASSATK_CODECS(PASSATK_EXTERN_CODEC)
#endif
