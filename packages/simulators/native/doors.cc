// The module of all loops: what JavaScript finds behind its doors.

#include "loop.h"

#ifdef __wasm__

// Where arguments are.
extern "C" __attribute__((export_name("calling"))) Calling *FindCalling() { return &calling; }

// The first memory that is free.
extern "C" char __heap_base;
extern "C" __attribute__((export_name("heap"))) char *FindHeap() { return &__heap_base; }

#else

NAPI_MODULE_INIT() {
  for (const Door *door = Door::last; door; door = door->next) {
    napi_value function;
    napi_create_function(env, door->name, NAPI_AUTO_LENGTH, door->call, nullptr, &function);
    napi_set_named_property(env, exports, door->name, function);
  }
  return exports;
}

#endif
