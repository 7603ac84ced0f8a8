// What the modules share: loops for the processor's vectors, and arguments of calls from JavaScript.
//
// A module computes what loops in JavaScript do, to the bit: every number comes from the same operations in the same order, so
// that no result depends on whether a machine has a compiler. Nothing in it may be reassociated, and no product and sum
// contracted to one operation.
#pragma once

#include <node_api.h>

#include <cstddef>
#include <cstdint>

// Compiled for several processors: the loader takes the best that it runs on.
#ifdef __x86_64__
#define FOR_EACH_PROCESSOR __attribute__((target_clones("avx512f", "avx2", "default")))
#else
#define FOR_EACH_PROCESSOR
#endif

// A loop over arrays that do not overlap, so that vectors may run over it.
#define FOR_EACH(c, count) _Pragma("GCC ivdep") for (int c = 0; c < count; c++)

// A typed array of JavaScript; without data if a value is not one of this type.
template <typename T>
struct Array {
  T *data;
  size_t length;
  bool Holds(double first, double count) const { return data && first >= 0 && count >= 0 && first + count <= length; }
};

// The arguments of a call.
class Arguments {
 public:
  static constexpr size_t kMost = 16;

  Arguments(napi_env env, napi_callback_info info) : env_(env) {
    napi_get_cb_info(env, info, &count_, values_, nullptr, nullptr);
  }

  size_t Count() const { return count_; }

  // A number; NaN if it is none.
  double Number(size_t i) const {
    double number;
    return napi_get_value_double(env_, values_[i], &number) == napi_ok ? number : 0.0 / 0.0;
  }

  // A whole number from `least` on; -1 if it is none, or too large for a size.
  int Size(size_t i, int least = 0) const {
    const double number = Number(i);
    return number >= least && number < 1e9 && number == int(number) ? int(number) : -1;
  }

  Array<double> Doubles(size_t i) const { return Get<double>(i, napi_float64_array); }
  Array<int32_t> Integers(size_t i) const { return Get<int32_t>(i, napi_int32_array); }

 private:
  template <typename T>
  Array<T> Get(size_t i, napi_typedarray_type type) const {
    bool is_typed_array = false;
    napi_is_typedarray(env_, values_[i], &is_typed_array);
    if (!is_typed_array) return {nullptr, 0};
    napi_typedarray_type found;
    size_t length;
    void *data;
    napi_get_typedarray_info(env_, values_[i], &found, &length, &data, nullptr, nullptr);
    if (found != type) return {nullptr, 0};
    static T nothing;  // an empty array is one, though without memory
    return {length > 0 ? static_cast<T *>(data) : &nothing, length};
  }

  napi_env env_;
  size_t count_ = kMost;
  napi_value values_[kMost];
};

inline napi_value Refuse(napi_env env, const char *expected) {
  napi_throw_type_error(env, nullptr, expected);
  return nullptr;
}

inline void Export(napi_env env, napi_value exports, const char *name, napi_callback function) {
  napi_value value;
  napi_create_function(env, name, NAPI_AUTO_LENGTH, function, nullptr, &value);
  napi_set_named_property(env, exports, name, value);
}
