// Loaded before a tool's own libraries: when these are in place it forks for each program, whose process goes on in the
// tool's `main` as if it had been executed with those arguments. It is started with as many as any program may have.
#include "birth.h"

#include <algorithm>
#include <dlfcn.h>

namespace {

using Main = int (*)(int, char **, char **);
using Start = int (*)(Main, int, char **, void (*)(), void (*)(), void (*)(), void *);

Main real_main;

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
