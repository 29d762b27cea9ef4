// Executes commands for programs: it forks sooner than the slot's server, which is an interpreter.
#include "birth.h"

#include <cstdlib>

int main() {
  std::string told = birth::births();
  if (told.empty()) _exit(birth::TRIED);
  std::vector<char *> arguments;
  char *at = &told[0], *const end = at + told.size();
  const int number = atoi(at);
  for (int i = -1; at < end; i++, at += strlen(at) + 1) {
    if (i >= 0 && i < number) arguments.push_back(at);
    if (i >= number) putenv(at);
  }
  arguments.push_back(nullptr);
  execvp(arguments[0], arguments.data());
  birth::fail(arguments[0]);
}
