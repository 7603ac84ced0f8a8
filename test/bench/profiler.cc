// What TensorFlow's kernels did and when, for profile.ts: the recorder that TensorFlow's own profiler reads.
//
// start() begins to record; stop() returns events {thread, name, start, end}, times in nanoseconds, in no order. A
// kernel's event is named "node:Operation#shape=(...)#".
#include <node_api.h>

#include "xla/tsl/profiler/backends/cpu/traceme_recorder.h"

using tsl::profiler::TraceMeRecorder;

// Cheap kernels and shapes are recorded at this level too.
static constexpr int kVerbose = 3;

static napi_value Start(napi_env env, napi_callback_info) {
  napi_value started;
  napi_get_boolean(env, TraceMeRecorder::Start(kVerbose), &started);
  return started;
}

static void SetNumber(napi_env env, napi_value object, const char *name, double value) {
  napi_value number;
  napi_create_double(env, value, &number);
  napi_set_named_property(env, object, name, number);
}

static napi_value Stop(napi_env env, napi_callback_info) {
  const TraceMeRecorder::Events threads = TraceMeRecorder::Stop();
  // Times since the epoch have more digits than a double: count from the first event.
  int64_t first = INT64_MAX;
  for (const auto &thread : threads)
    for (const auto &event : thread.events)
      if (event.IsComplete() && event.start_time < first) first = event.start_time;

  napi_value list;
  napi_create_array(env, &list);
  uint32_t count = 0;
  for (const auto &thread : threads) {
    for (const auto &event : thread.events) {
      if (!event.IsComplete()) continue;
      napi_value object, name;
      napi_create_object(env, &object);
      napi_create_string_utf8(env, event.name.data(), event.name.size(), &name);
      napi_set_named_property(env, object, "name", name);
      SetNumber(env, object, "thread", static_cast<double>(thread.thread.tid));
      SetNumber(env, object, "start", static_cast<double>(event.start_time - first));
      SetNumber(env, object, "end", static_cast<double>(event.end_time - first));
      napi_set_element(env, list, count++, object);
    }
  }
  return list;
}

NAPI_MODULE_INIT() {
  napi_value start, stop;
  napi_create_function(env, "start", NAPI_AUTO_LENGTH, Start, nullptr, &start);
  napi_create_function(env, "stop", NAPI_AUTO_LENGTH, Stop, nullptr, &stop);
  napi_set_named_property(env, exports, "start", start);
  napi_set_named_property(env, exports, "stop", stop);
  return exports;
}
