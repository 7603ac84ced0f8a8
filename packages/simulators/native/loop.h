// A loop: a function of numbers and arrays that JavaScript calls. LOOP opens two doors to it, one of a module of Node.js and one
// of a module of WebAssembly, which runs in browsers and where there is no compiler.
//
// No result may depend on the door: every number comes from the same operations in the same order. Nothing may be
// reassociated, no product and sum contracted to one operation, and no function of the mathematical library called but
// square roots.
#pragma once

#include <cstddef>
#include <cstdint>
#include <type_traits>
#include <utility>

// Compiled for several processors: the loader takes the best that it runs on.
#ifdef __x86_64__
#define FOR_EACH_PROCESSOR __attribute__((target_clones("avx512f", "avx2", "default")))
#else
#define FOR_EACH_PROCESSOR
#endif

// A function that loops call, which vectors can run over only where it becomes a part of them.
#define INLINE inline __attribute__((always_inline))

// A loop over arrays that do not overlap, so that vectors may run over it.
#ifdef __clang__
#define FOR_EACH(c, count) _Pragma("clang loop vectorize(assume_safety)") for (int c = 0; c < count; c++)
#else
#define FOR_EACH(c, count) _Pragma("GCC ivdep") for (int c = 0; c < count; c++)
#endif

// A typed array of JavaScript: `const` numbers are only read.
template <typename T>
struct Array {
  using Number = T;
  T *data;
  size_t length;
  bool Has(double count) const { return length == count; }
};
using Doubles = Array<double>;
using Integers = Array<int32_t>;
using ConstDoubles = Array<const double>;
using ConstIntegers = Array<const int32_t>;

// A loop returns a number, or says which arguments it expected before it touches memory.
struct Result {
  double number = 0;
  const char *expected = nullptr;
  Result() = default;
  Result(double found) : number(found) {}
  Result(const char *arguments) : expected(arguments) {}
};

// A whole number from 0 on; -1 if it is none, or too large for a size.
inline int WholeOf(double number) {
  return number >= 0 && number < 1e9 && number == int(number) ? int(number) : -1;
}

// Calls a loop with the arguments of its types: doubles, whole numbers and arrays.
template <typename Arguments, typename... Types, size_t... i>
Result CallWith(const Arguments &args, Result (*loop)(Types...), std::index_sequence<i...>) {
  return loop(args.template Get<Types>(i)...);
}

template <typename Arguments, typename... Types>
Result Call(const Arguments &args, Result (*loop)(Types...)) {
  return CallWith(args, loop, std::index_sequence_for<Types...>());
}

constexpr size_t kMostArguments = 16;

#ifdef __wasm__

// Where JavaScript puts the arguments of the next call, and reads which arrays it has to copy back.
struct Slot {
  union {
    double number;
    struct {
      uint32_t address, length;
    };
  };
  uint32_t is_written;
};

struct Calling {
  Slot slots[kMostArguments];
  const char *expected;
  char *free;  // memory behind the arguments
  template <typename T>
  T Get(size_t i) const {
    Slot &slot = const_cast<Slot &>(slots[i]);
    if constexpr (std::is_same_v<T, double>) return slot.number;
    else if constexpr (std::is_same_v<T, int>) return WholeOf(slot.number);
    else {
      slot.is_written = !std::is_const_v<typename T::Number>;
      return {reinterpret_cast<typename T::Number *>(slot.address), slot.length};
    }
  }
};
inline Calling calling;

// Zeros that a call works with; none where memory ends. They lie behind its arguments, and are free again when it ends.
struct Zeros {
  double *data;
  explicit Zeros(size_t count) : data(reinterpret_cast<double *>(calling.free)) {
    calling.free += (count * sizeof(double) + 15) & ~size_t(15);
    const ptrdiff_t missing = (size_t(calling.free) + 0xFFFF) / 0x10000 - __builtin_wasm_memory_size(0);
    if (missing > 0 && __builtin_wasm_memory_grow(0, missing) == size_t(-1)) data = nullptr;
    else __builtin_memset(data, 0, count * sizeof(double));
  }
};

#define LOOP(name, loop)                                            \
  extern "C" __attribute__((export_name(name))) double loop##Door() { \
    const Result result = Call(calling, loop);                        \
    calling.expected = result.expected;                               \
    return result.number;                                             \
  }

#else

#include <node_api.h>

#include <cstdlib>

// Zeros that a call works with; none where memory ends.
struct Zeros {
  double *const data;
  explicit Zeros(size_t count) : data(static_cast<double *>(std::calloc(count, sizeof(double)))) {}
  Zeros(const Zeros &) = delete;
  ~Zeros() { std::free(data); }
};

class Arguments {
 public:
  Arguments(napi_env env, napi_callback_info info) : env_(env) {
    size_t count = kMostArguments;  // those that are missing are undefined
    napi_get_cb_info(env, info, &count, values_, nullptr, nullptr);
  }

  template <typename T>
  T Get(size_t i) const {
    if constexpr (std::is_same_v<T, double>) return Number(i);
    else if constexpr (std::is_same_v<T, int>) return WholeOf(Number(i));
    else return Elements<typename T::Number>(i);
  }

 private:
  // A number; NaN if it is none.
  double Number(size_t i) const {
    double number;
    return napi_get_value_double(env_, values_[i], &number) == napi_ok ? number : 0.0 / 0.0;
  }

  // A typed array; an empty one if it is of another type.
  template <typename T>
  Array<T> Elements(size_t i) const {
    bool is_typed_array = false;
    napi_is_typedarray(env_, values_[i], &is_typed_array);
    if (!is_typed_array) return {nullptr, 0};
    napi_typedarray_type type;
    size_t length;
    void *data;
    napi_get_typedarray_info(env_, values_[i], &type, &length, &data, nullptr, nullptr);
    if (type != (std::is_same_v<std::remove_const_t<T>, double> ? napi_float64_array : napi_int32_array)) length = 0;
    return {static_cast<T *>(data), length};
  }

  napi_env env_;
  napi_value values_[kMostArguments];
};

// The loops of all sources, which the module exports.
struct Door {
  const char *name;
  napi_callback call;
  const Door *next;
  static inline const Door *last = nullptr;
  Door(const char *name, napi_callback call) : name(name), call(call), next(last) { last = this; }
};

template <auto loop>
napi_value CallOfNode(napi_env env, napi_callback_info info) {
  const Result result = Call(Arguments(env, info), loop);
  if (result.expected) {
    napi_throw_range_error(env, nullptr, result.expected);
    return nullptr;
  }
  napi_value number;
  napi_create_double(env, result.number, &number);
  return number;
}

#define LOOP(name, loop) const Door loop##Door(name, CallOfNode<loop>);

#endif
