// Executes commands for programs: it forks sooner than the slot's server, which is an interpreter.
#include "birth.h"

int main() {
  std::string told = birth::births();
  if (told.empty()) _exit(birth::TRIED);
  std::vector<char *> arguments = birth::arguments_of(told);
  arguments.push_back(nullptr);
  execvp(arguments[0], arguments.data());
  birth::fail(arguments[0]);
}
