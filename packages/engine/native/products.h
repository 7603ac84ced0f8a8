// Products of matrices, whose tiles stay in the processor's registers, for operations that multiply and do more in one pass. Each
// kind of processor has tiles of its own; a sum's order does not depend on the number of threads.
#pragma once

#include <vector>
#ifdef __x86_64__
#include <xmmintrin.h>
#endif

#include "rows.h"

namespace lola {

constexpr int kStep = 16;  // columns of working matrices are a multiple of it

static INLINE int64_t Padded(int64_t size) { return (size + kStep - 1) / kStep * kStep; }

// Vectors of a processor, and the rows of its tiles, which are two vectors wide.
template <int bytes, int rows>
struct Processor {
  typedef float Vector __attribute__((vector_size(bytes), aligned(4), may_alias));
  typedef int32_t Integers __attribute__((vector_size(bytes)));
  static constexpr int kLanes = bytes / sizeof(float), kRows = rows, kColumns = 2 * kLanes;
};
using Wide = Processor<64, 8>;    // 32 registers of 512 bits
using Usual = Processor<32, 6>;   // 16 registers of 256 bits
using Narrow = Processor<16, 4>;  // 16 registers of 128 bits

// Defines `name`, the instance for this processor of a function template Run<Processor>(arguments).
#ifdef __x86_64__
#define ON(processor) __attribute__((target(processor)))
#define FOR_THIS_PROCESSOR(name, Run, parameters, arguments)                                          \
  static void name##Narrow parameters { Run<Narrow> arguments; }                                      \
  ON("avx2,fma") static void name##Usual parameters { Run<Usual> arguments; }                         \
  ON("avx512f,fma") static void name##Wide parameters { Run<Wide> arguments; }                        \
  static const auto name = HasWide() ? name##Wide : HasUsual() ? name##Usual : name##Narrow;
#else
#define FOR_THIS_PROCESSOR(name, Run, parameters, arguments) \
  static void name parameters { Run<Narrow> arguments; }
#endif

#ifdef __x86_64__
static inline bool HasUsual() {
  __builtin_cpu_init();
  return __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma");
}
static inline bool HasWide() {
#ifdef LOLA_AVX2
  return false;
#else
  return HasUsual() && __builtin_cpu_supports("avx512f");
#endif
}
#endif

// The left factor: the number in row i and column k is data[i * down + k * across]; tiles begin `step` numbers a row apart.
struct Left {
  const float *data;
  int64_t down, across, step;
  Left From(int64_t row) const { return {data + row * step, down, across, step}; }
};

static INLINE Left Rows(const float *data, int64_t width) { return {data, width, 1, width}; }
static INLINE Left Columns(const float *data, int64_t width) { return {data, 1, width, 1}; }

// The right factor, `inner` x `width` numbers in panels of a tile's columns: those from column j on begin at data + j * inner.
struct Right {
  float *data;
  int64_t inner, width;
};

// What a product is added to: rows that are `width` numbers apart, or one row for all; nothing by default.
struct Start {
  const float *data = nullptr;
  int64_t width = 0;
};

template <typename P, int rows, int columns>
static INLINE void MultiplyTile(Left a, const float *b, float *c, int64_t c_width, int64_t inner, Start start) {
  using Vector = typename P::Vector;
  Vector sums[rows][columns];
  for (int i = 0; i < rows; i++)
    for (int j = 0; j < columns; j++)
      sums[i][j] = start.data ? *reinterpret_cast<const Vector *>(start.data + i * start.width + j * P::kLanes) : Vector{};
  for (int64_t k = 0; k < inner; k++) {
    Vector row[columns];
    for (int j = 0; j < columns; j++) row[j] = reinterpret_cast<const Vector *>(b)[k * columns + j];
    for (int i = 0; i < rows; i++) {
      const float factor = a.data[i * a.down + k * a.across];
      for (int j = 0; j < columns; j++) sums[i][j] += factor * row[j];
    }
  }
  for (int i = 0; i < rows; i++)
    for (int j = 0; j < columns; j++) *reinterpret_cast<Vector *>(c + i * c_width + j * P::kLanes) = sums[i][j];
}

// A band of rows; the last one has fewer.
template <typename P, int rows>
static INLINE void MultiplyBand(Left a, Right b, float *c, int64_t c_width, int64_t count, Start start) {
  if constexpr (rows > 1) {
    if (count < rows) return MultiplyBand<P, rows - 1>(a, b, c, c_width, count, start);
  }
  for (int64_t j = 0; j < b.width; j += P::kColumns) {
    const float *const panel = b.data + j * b.inner;
    const Start from = {start.data ? start.data + j : nullptr, start.width};
    if (j + P::kColumns <= b.width) MultiplyTile<P, rows, 2>(a, panel, c + j, c_width, b.inner, from);
    else MultiplyTile<P, rows, 1>(a, panel, c + j, c_width, b.inner, from);
  }
}

// Puts the product of `count` rows and `b`, and what it is added to, at c, whose rows are c_width numbers apart.
template <typename P>
static INLINE void Multiply(Left a, Right b, float *c, int64_t c_width, int64_t count, Start start = {}) {
  for (int64_t i = 0; i < count; i += P::kRows) {
    const Start from = {start.data ? start.data + i * start.width : nullptr, start.width};
    MultiplyBand<P, P::kRows>(a.From(i), b, c + i * c_width, c_width, std::min<int64_t>(P::kRows, count - i), from);
  }
}

// Rows of a tensor that are `stride` numbers apart.
template <typename T>
struct Strided {
  T *data;
  int64_t stride;
  T *operator[](int64_t row) const { return data + row * stride; }
  Strided From(int64_t row) const { return {data + row * stride, stride}; }
};
using Input = Strided<const float>;
using Output = Strided<float>;

// Makes a right factor of rows.
template <typename P>
static INLINE Right PackRows(Input from, int64_t rows, int64_t width, float *to) {
  const int64_t padded = Padded(width);
  for (int64_t j = 0; j < padded; j += P::kColumns) {
    const int64_t columns = std::min<int64_t>(P::kColumns, padded - j), count = std::min(columns, width - j);
    for (int64_t i = 0; i < rows; i++) {
      float *const row = to + j * rows + i * columns;
      for (int64_t c = 0; c < count; c++) row[c] = from[i][j + c];
      for (int64_t c = std::max<int64_t>(count, 0); c < columns; c++) row[c] = 0;
    }
  }
  return {to, rows, padded};
}

// Writes the transpose of some rows, four by four numbers at a time.
static INLINE void Transpose(Input from, int64_t rows, int64_t width, Output to) {
  int64_t i = 0;
#ifdef __x86_64__
  for (; i + 4 <= rows; i += 4) {
    int64_t j = 0;
    for (; j + 4 <= width; j += 4) {
      __m128 a = _mm_loadu_ps(from[i] + j), b = _mm_loadu_ps(from[i + 1] + j);
      __m128 c = _mm_loadu_ps(from[i + 2] + j), d = _mm_loadu_ps(from[i + 3] + j);
      _MM_TRANSPOSE4_PS(a, b, c, d);
      _mm_storeu_ps(to[j] + i, a);
      _mm_storeu_ps(to[j + 1] + i, b);
      _mm_storeu_ps(to[j + 2] + i, c);
      _mm_storeu_ps(to[j + 3] + i, d);
    }
    for (; j < width; j++)
      for (int64_t row = i; row < i + 4; row++) to[j][row] = from[row][j];
  }
#endif
  for (; i < rows; i++)
    for (int64_t j = 0; j < width; j++) to[j][i] = from[i][j];
}

// Makes a right factor of the transpose of rows, line of the cache by line.
template <typename P>
static INLINE Right PackTransposed(Input from, int64_t rows, int64_t width, float *to) {
  const int64_t padded = Padded(rows);
  for (int64_t i = 0; i < padded; i += P::kColumns) {
    const int64_t columns = std::min<int64_t>(P::kColumns, padded - i), count = std::min(columns, rows - i);
    float *const panel = to + i * width;
    for (int64_t start = 0; start < width; start += kStep) {
      const int64_t end = std::min<int64_t>(start + kStep, width);
      Transpose({from[i] + start, from.stride}, count, end - start, {panel + start * columns, columns});
      for (int64_t c = std::max<int64_t>(count, 0); c < columns; c++)
        for (int64_t j = start; j < end; j++) panel[j * columns + c] = 0;
    }
  }
  return {to, width, padded};
}

static INLINE void Unpack(const float *from, int64_t from_width, int64_t rows, int64_t width, Output to) {
  for (int64_t i = 0; i < rows; i++)
    for (int64_t j = 0; j < width; j++) to[i][j] = from[i * from_width + j];
}

// Memory of a thread, which stays.
class Workspace {
 public:
  explicit Workspace(int64_t size) {
    static thread_local std::vector<float> kept;
    if (int64_t(kept.size()) < size + kStep) kept.resize(size + kStep);
    next_ = reinterpret_cast<float *>((reinterpret_cast<uintptr_t>(kept.data()) + 63) / 64 * 64);
  }
  float *Take(int64_t size) {
    float *const taken = next_;
    next_ += Padded(size);
    return taken;
  }

 private:
  float *next_;
};

}  // namespace lola
