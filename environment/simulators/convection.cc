// The inner loops of Rayleigh-Benard convection, as a module of Node.js: what
// lib/systems/rayleigh-benard/loops/script-loops.ts computes in JavaScript, to the bit. Every number comes from the same
// operations in the same order, so that no result depends on whether a machine has a compiler. Nothing here may be
// reassociated, and no product and sum contracted to one operation.
//
// Vectors run over rows of a matrix, each with a sum of its own, so matrices are stored column by column.

#include "arguments.h"

namespace {

#define INLINE inline __attribute__((always_inline))

// Numbers of functions of height for each wavenumber: even parts of half + 1 numbers and odd ones of half in turn.
struct Parts {
  int half;
  int Even() const { return half + 1; }
  int Odd() const { return half; }
  int Size() const { return 2 * half + 1; }
};

// Real and imaginary parts of functions.
struct Modes {
  double *re, *im;
  Modes From(size_t number) const { return {re + number, im + number}; }
};

// Numbers that one of the processor's vectors holds.
typedef double Lanes __attribute__((vector_size(32), aligned(8), may_alias));
constexpr int kLanes = sizeof(Lanes) / sizeof(double);

// Products of rows of a matrix, as many as `vectors` hold, and a complex vector.
template <int vectors>
INLINE void MultiplyRows(const double *a, int rows, int columns, const Modes &x, const Modes &y) {
  Lanes re[vectors] = {}, im[vectors] = {};
  for (int j = 0; j < columns; j++, a += rows) {
    const double x_re = x.re[j], x_im = x.im[j];
#pragma GCC unroll 4
    for (int v = 0; v < vectors; v++) {
      const Lanes numbers = *reinterpret_cast<const Lanes *>(a + kLanes * v);
      re[v] += numbers * x_re;
      im[v] += numbers * x_im;
    }
  }
#pragma GCC unroll 4
  for (int v = 0; v < vectors; v++) {
    *reinterpret_cast<Lanes *>(y.re + kLanes * v) = re[v];
    *reinterpret_cast<Lanes *>(y.im + kLanes * v) = im[v];
  }
}

INLINE void MultiplyRow(const double *a, int rows, int columns, const Modes &x, const Modes &y) {
  double re = 0, im = 0;
  for (int j = 0; j < columns; j++, a += rows) {
    re += *a * x.re[j];
    im += *a * x.im[j];
  }
  *y.re = re, *y.im = im;
}

// Products from row i on, for as many rows as `vectors` hold at a time, unless half of that is enough for the rest. The last
// ones take rows from before with them, whose products come out the same. Returns the row that is next.
template <int vectors>
INLINE int MultiplyFrom(int i, const double *a, int rows, int columns, const Modes &x, const Modes &y) {
  constexpr int kRows = kLanes * vectors, kEnough = vectors > 1 ? kRows / 2 : 0;
  if (rows < kRows) return i;
  for (; rows - i > kEnough; i += kRows) {
    const int first = i + kRows <= rows ? i : rows - kRows;
    MultiplyRows<vectors>(a + first, rows, columns, x, y.From(first));
  }
  return i;
}

// The product of a matrix and a complex vector.
INLINE void Multiply(const double *a, int rows, int columns, const Modes &x, const Modes &y) {
  int i = MultiplyFrom<4>(0, a, rows, columns, x, y);
  i = MultiplyFrom<2>(i, a, rows, columns, x, y);
  i = MultiplyFrom<1>(i, a, rows, columns, x, y);
  for (; i < rows; i++) MultiplyRow(a + i, rows, columns, x, y.From(i));
}

// A matrix for each part.
struct Halves {
  const double *even, *odd;
};

FOR_EACH_PROCESSOR void ApplyHalves(Halves a, const Parts &parts, int count, Modes x, Modes y) {
  const int e = parts.Even(), o = parts.Odd();
  for (int m = 0; m < count; m++) {
    Multiply(a.even, e, e, x, y);
    Multiply(a.odd, o, o, x.From(e), y.From(e));
    a = {a.even + size_t(e) * e, a.odd + size_t(o) * o};
    x = x.From(parts.Size()), y = y.From(parts.Size());
  }
}

FOR_EACH_PROCESSOR void Differentiate(const Halves &a, const Parts &parts, int count, Modes x, Modes y) {
  const int e = parts.Even(), o = parts.Odd();
  for (int m = 0; m < count; m++) {
    Multiply(a.even, o, e, x, y.From(e));
    Multiply(a.odd, e, o, x.From(e), y);
    x = x.From(parts.Size()), y = y.From(parts.Size());
  }
}

// Polynomials that are left out of a part: rows that yield their coefficients, and rows of their values.
struct Polynomials {
  const double *coefficients, *values;
  int count;
};

// Subtracts polynomials from one part of `many` functions, `size` numbers apart, whose sums run side by side.
template <int many>
INLINE void SubtractFrom(const Polynomials &last, int n, const Modes &x, int size) {
  for (int q = 0; q < last.count; q++) {
    const double *const coefficients = last.coefficients + size_t(q) * n, *const values = last.values + size_t(q) * n;
    double re[many] = {}, im[many] = {};
    for (int j = 0; j < n; j++) {
      for (int m = 0; m < many; m++) {
        re[m] += coefficients[j] * x.re[size_t(m) * size + j];
        im[m] += coefficients[j] * x.im[size_t(m) * size + j];
      }
    }
    for (int m = 0; m < many; m++) {
      const Modes one = x.From(size_t(m) * size);
      const double sum_re = re[m], sum_im = im[m];
      FOR_EACH(j, n) {
        one.re[j] -= values[j] * sum_re;
        one.im[j] -= values[j] * sum_im;
      }
    }
  }
}

FOR_EACH_PROCESSOR void Subtract(const Polynomials &last, int n, const Modes &x, int size, int count) {
  constexpr int kMany = 4;
  int m = 0;
  for (; m + kMany <= count; m += kMany) SubtractFrom<kMany>(last, n, x.From(size_t(m) * size), size);
  for (; m < count; m++) SubtractFrom<1>(last, n, x.From(size_t(m) * size), size);
}

// Arguments of a call that are functions of height.
class ModesRead {
 public:
  ModesRead(const Arguments &args, size_t i) : re_(args.Doubles(i)), im_(args.Doubles(i + 1)) {}

  // How many functions of `size` numbers there are; -1 if they are not whole.
  int Count(int size) const {
    const bool whole = re_.data && im_.data && re_.length == im_.length && re_.length < 1e9 && re_.length % size == 0;
    return whole ? int(re_.length / size) : -1;
  }

  // Whether there is room for as many.
  bool Hold(double numbers) const { return re_.Holds(0, numbers) && im_.Holds(0, numbers); }

  Modes Get() const { return {re_.data, im_.data}; }

 private:
  const Array<double> re_, im_;
};

bool Has(const Array<double> &array, double count) { return array.data && array.length == count; }

// What multiplies functions of height: even, odd, half, xRe, xIm, yRe, yIm.
struct Product {
  const Array<double> even, odd;
  const Parts parts;
  const ModesRead x, y;
  const int count;  // -1 if something is wrong

  explicit Product(const Arguments &args)
      : even(args.Doubles(0)), odd(args.Doubles(1)), parts{args.Size(2, 1)}, x(args, 3), y(args, 5), count(Count()) {}

  Halves Matrices() const { return {even.data, odd.data}; }

 private:
  int Count() const {
    if (parts.half < 1) return -1;
    const int found = x.Count(parts.Size());
    return found >= 0 && y.Hold(double(found) * parts.Size()) ? found : -1;
  }
};

// applyHalves(even, odd, half, xRe, xIm, yRe, yIm) multiplies by one matrix per wavenumber and part.
napi_value ApplyHalvesOfNode(napi_env env, napi_callback_info info) {
  const Arguments args(env, info);
  const Product product(args);
  const double e = product.parts.Even(), o = product.parts.Odd(), count = product.count;
  if (count < 0 || !Has(product.even, count * e * e) || !Has(product.odd, count * o * o))
    return Refuse(env, "applyHalves: expected even, odd, half, xRe, xIm, yRe, yIm of a grid.");
  ApplyHalves(product.Matrices(), product.parts, product.count, product.x.Get(), product.y.Get());
  return nullptr;
}

// differentiate(even, odd, half, xRe, xIm, yRe, yIm) multiplies by one matrix per part, which makes it the other part.
napi_value DifferentiateOfNode(napi_env env, napi_callback_info info) {
  const Arguments args(env, info);
  const Product product(args);
  const double numbers = double(product.parts.Even()) * product.parts.Odd();
  if (product.count < 0 || !Has(product.even, numbers) || !Has(product.odd, numbers))
    return Refuse(env, "differentiate: expected even, odd, half, xRe, xIm, yRe, yIm of a grid.");
  Differentiate(product.Matrices(), product.parts, product.count, product.x.Get(), product.y.Get());
  return nullptr;
}

// truncate(evenCoefficients, evenValues, oddCoefficients, oddValues, half, re, im) leaves out polynomials.
napi_value TruncateOfNode(napi_env env, napi_callback_info info) {
  const Arguments args(env, info);
  const Parts parts = {args.Size(4, 1)};
  const ModesRead x(args, 5);
  const int size = parts.Size(), count = parts.half < 1 ? -1 : x.Count(size);
  bool good = count >= 0;
  for (int odd = 0; odd < 2 && good; odd++) {
    const Array<double> coefficients = args.Doubles(2 * odd), values = args.Doubles(2 * odd + 1);
    const size_t n = odd ? parts.Odd() : parts.Even();
    good = coefficients.data && coefficients.length < 1e9 && coefficients.length % n == 0 &&
           Has(values, coefficients.length);
  }
  if (!good)
    return Refuse(env, "truncate: expected coefficients and values of even and odd parts, half, re, im of a grid.");
  for (int odd = 0; odd < 2; odd++) {
    const Array<double> coefficients = args.Doubles(2 * odd);
    const int n = odd ? parts.Odd() : parts.Even();
    const Polynomials last = {coefficients.data, args.Doubles(2 * odd + 1).data, int(coefficients.length / n)};
    Subtract(last, n, x.Get().From(odd ? parts.Even() : 0), size, count);
  }
  return nullptr;
}

}  // namespace

NAPI_MODULE_INIT() {
  Export(env, exports, "applyHalves", ApplyHalvesOfNode);
  Export(env, exports, "differentiate", DifferentiateOfNode);
  Export(env, exports, "truncate", TruncateOfNode);
  return exports;
}
