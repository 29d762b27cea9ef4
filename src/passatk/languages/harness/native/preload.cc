// Loaded before a tool's own libraries: when these are in place it forks for each program, whose process goes on in the
// tool's `main` as if it had been executed with those arguments. It is started with as many as any program may have.
#include "birth.h"

#include <algorithm>
#include <cstring>
#include <dlfcn.h>
#include <link.h>

namespace {

using Main = int (*)(int, char **, char **);
using Start = int (*)(Main, int, char **, void (*)(), void (*)(), void (*)(), void *);
using Initial = void (*)(int, char **, char **);

Main real_main;

struct Arguments {
  int number;
  char **all;
};

// Rust's library keeps the number of arguments that it was loaded with, and an old one (1.63) believes it: its first
// functions are called again, as a loader calls them.
int tell(dl_phdr_info *library, size_t, void *told) {
  const char *name = strrchr(library->dlpi_name, '/');
  if (!name || strncmp(name, "/libstd-", 8)) return 0;
  const Arguments &arguments = *static_cast<Arguments *>(told);
  for (int number = 0; number < library->dlpi_phnum; number++) {
    const auto &part = library->dlpi_phdr[number];
    if (part.p_type != PT_DYNAMIC) continue;
    const Initial *first = nullptr;
    size_t count = 0;
    for (auto one = reinterpret_cast<const ElfW(Dyn) *>(library->dlpi_addr + part.p_vaddr); one->d_tag != DT_NULL; one++) {
      if (one->d_tag == DT_INIT_ARRAY) first = reinterpret_cast<const Initial *>(library->dlpi_addr + one->d_un.d_ptr);
      if (one->d_tag == DT_INIT_ARRAYSZ) count = one->d_un.d_val / sizeof(Initial);
    }
    for (; first && count; count--) (*first++)(arguments.number, arguments.all, environ);
  }
  return 0;
}

int begin(int most, char **arguments, char **) {
  static std::string told; // what is told stays where it is
  told = birth::births();
  if (told.empty()) _exit(birth::TRIED);
  unsetenv("LD_PRELOAD");
  unsetenv("LD_BIND_NOW");
  const std::vector<char *> given = birth::arguments_of(told);
  const int number = given.size();
  if (number > most) birth::fail("too many arguments");
  std::copy(given.begin(), given.end(), arguments);
  arguments[number] = nullptr; // some count, others look for it
  Arguments known{number, arguments};
  dl_iterate_phdr(tell, &known);
  syscall(SYS_close_range, birth::SOCKET, ~0U, 0);
  return real_main(number, arguments, environ);
}

} // namespace

extern "C" __attribute__((visibility("default"))) int __libc_start_main(Main main, int number, char **arguments,
                                                                        void (*init)(), void (*fini)(),
                                                                        void (*loader)(), void *stack) {
  real_main = main;
  const auto start = reinterpret_cast<Start>(dlsym(RTLD_NEXT, "__libc_start_main"));
  return start(begin, number, arguments, init, fini, loader, stack);
}
