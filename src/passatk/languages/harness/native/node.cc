// A node that has started and forks for each program, see passatk/sandbox/server/parents.py: an addon of node.
//
//   serve()  in a child, a program's process: the text of what it is to begin; in the first, which is a trial and has to end
//            by itself with exit code 42, nothing. The parent never comes back from it.
//   exit(n)  ends a child.
//   ends(n)  in a child: `n` is the exit code if it ends by itself.
#include "birth.h"

#include <functional>
#include <sys/mman.h>

// --- node, of whose headers there may be none here

extern "C" {
struct uv_loop_s;
typedef struct napi_env__ *napi_env;
typedef struct napi_value__ *napi_value;
typedef struct napi_callback_info__ *napi_callback_info;
typedef napi_value (*napi_callback)(napi_env, napi_callback_info);
int napi_add_env_cleanup_hook(napi_env, void (*)(void *), void *);
int napi_create_function(napi_env, const char *, size_t, napi_callback, void *, napi_value *);
int napi_create_string_utf8(napi_env, const char *, size_t, napi_value *);
int napi_get_cb_info(napi_env, napi_callback_info, size_t *, napi_value *, napi_value *, void **);
int napi_get_uv_event_loop(napi_env, uv_loop_s **);
int napi_get_value_int32(napi_env, napi_value, int32_t *);
int napi_set_named_property(napi_env, napi_value, const char *, napi_value);
int uv_loop_fork(uv_loop_s *);
}

namespace v8 {
class Context;
template <class T> class Local {
  T *value;
};
class Isolate {
public:
  static Isolate *GetCurrent();
  Local<Context> GetCurrentContext();
};
} // namespace v8

namespace node {
class Environment;
Environment *GetCurrentEnvironment(v8::Local<v8::Context>);
void SetProcessExitHandler(Environment *, std::function<void(Environment *, int)> &&);
} // namespace node

namespace {

// V8 keeps its memory from forks
void share_memory() {
  FILE *maps = fopen("/proc/self/maps", "r");
  if (!maps) birth::fail("/proc/self/maps");
  char line[4352];
  while (fgets(line, sizeof line, maps)) {
    unsigned long from, to;
    if (sscanf(line, "%lx-%lx ", &from, &to) == 2) madvise(reinterpret_cast<void *>(from), to - from, MADV_DOFORK);
  }
  fclose(maps);
}

int32_t code = 0;

napi_value serve(napi_env env, napi_callback_info) {
  share_memory();
  const std::string told = birth::births();
  if (!told.empty()) birth::begun();
  uv_loop_s *loop;
  napi_get_uv_event_loop(env, &loop);
  uv_loop_fork(loop);
  // node would wait for threads that only the parent has
  node::Environment *here = node::GetCurrentEnvironment(v8::Isolate::GetCurrent()->GetCurrentContext());
  node::SetProcessExitHandler(here, [](node::Environment *, int with) { _exit(with); });
  napi_add_env_cleanup_hook(env, [](void *) { _exit(code); }, nullptr);
  napi_value text;
  napi_create_string_utf8(env, told.data(), told.size(), &text);
  return text;
}

napi_value ends(napi_env env, napi_callback_info info) {
  size_t number = 1;
  napi_value given;
  napi_get_cb_info(env, info, &number, &given, nullptr, nullptr);
  napi_get_value_int32(env, given, &code);
  return nullptr;
}

napi_value exit_with(napi_env env, napi_callback_info info) {
  ends(env, info);
  _exit(code);
}

void define(napi_env env, napi_value object, const char *name, napi_callback function) {
  napi_value made;
  napi_create_function(env, name, strlen(name), function, nullptr, &made);
  napi_set_named_property(env, object, name, made);
}

} // namespace

extern "C" __attribute__((visibility("default"))) napi_value napi_register_module_v1(napi_env env, napi_value exports) {
  define(env, exports, "serve", serve);
  define(env, exports, "ends", ends);
  define(env, exports, "exit", exit_with);
  return exports;
}
