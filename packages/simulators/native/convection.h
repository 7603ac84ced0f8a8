// The inner loops of Rayleigh-Benard convection, for one wavenumber or row.
//
// Vectors run over rows of a matrix, each with a sum of its own, so matrices are stored column by column.

#pragma once

#include "loop.h"

#include <cmath>

namespace {

// Numbers of functions of height for each wavenumber: even parts of half + 1 numbers and odd ones of half in turn.
struct Parts {
  int half;
  int Even() const { return half + 1; }
  int Odd() const { return half; }
  int Size() const { return 2 * half + 1; }
};

// Real and imaginary parts of functions.
template <typename T>
struct Complex {
  T *re, *im;
  Complex From(size_t number) const { return {re + number, im + number}; }
};
using Modes = Complex<double>;
using ConstModes = Complex<const double>;

// Numbers that one of the processor's vectors holds: four in the clones for AVX, two on processors of other families.
#ifdef __x86_64__
constexpr int kBytes = 32;
#else
constexpr int kBytes = 16;
#endif
typedef double Lanes __attribute__((vector_size(kBytes), aligned(8), may_alias));
constexpr int kLanes = sizeof(Lanes) / sizeof(double);

// Products of rows of a matrix, as many as `vectors` hold, and a complex vector.
template <int vectors>
INLINE void MultiplyRows(const double *a, int rows, int columns, const ConstModes &x, const Modes &y) {
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

INLINE void MultiplyOneRow(const double *a, int rows, int columns, const ConstModes &x, const Modes &y) {
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
INLINE int MultiplyFrom(int i, const double *a, int rows, int columns, const ConstModes &x, const Modes &y) {
  constexpr int kRows = kLanes * vectors, kEnough = vectors > 1 ? kRows / 2 : 0;
  if (rows < kRows) return i;
  for (; rows - i > kEnough; i += kRows) {
    const int first = i + kRows <= rows ? i : rows - kRows;
    MultiplyRows<vectors>(a + first, rows, columns, x, y.From(first));
  }
  return i;
}

// The product of a matrix and a complex vector.
INLINE void Multiply(const double *a, int rows, int columns, const ConstModes &x, const Modes &y) {
  int i = MultiplyFrom<4>(0, a, rows, columns, x, y);
  i = MultiplyFrom<2>(i, a, rows, columns, x, y);
  i = MultiplyFrom<1>(i, a, rows, columns, x, y);
  for (; i < rows; i++) MultiplyOneRow(a + i, rows, columns, x, y.From(i));
}

// A matrix for each part.
struct Halves {
  const double *even, *odd;
};

FOR_EACH_PROCESSOR void ApplyHalves(Halves a, const Parts &parts, int count, ConstModes x, Modes y) {
  const int e = parts.Even(), o = parts.Odd();
  for (int m = 0; m < count; m++) {
    Multiply(a.even, e, e, x, y);
    Multiply(a.odd, o, o, x.From(e), y.From(e));
    a = {a.even + size_t(e) * e, a.odd + size_t(o) * o};
    x = x.From(parts.Size()), y = y.From(parts.Size());
  }
}

FOR_EACH_PROCESSOR void Differentiate(const Halves &a, const Parts &parts, int count, ConstModes x, Modes y) {
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

// Present and past of a quantity, what drives it, and the right-hand side that comes of them.
struct Equation {
  ConstModes q, source, flux, gradient;
  Modes rhs, past;
  Equation From(size_t number) const {
    return {q.From(number), source.From(number), flux.From(number), gradient.From(number), rhs.From(number),
            past.From(number)};
  }
};

struct Weights {
  double now, weight, keep, then;
};

INLINE void CombineOne(const Weights &weights, double q, double n, double *rhs, double *past) {
  *rhs = weights.now * q + weights.weight * n + weights.keep * *past;
  *past = weights.then * q - n;
}

FOR_EACH_PROCESSOR void CombineHeat(const Equation &equation, double k, const Weights weights, int size) {
  const auto [q, source, flux, gradient, rhs, past] = equation;
  FOR_EACH(p, size) {
    const double n_re = source.re[p] + k * flux.im[p] - gradient.re[p];
    const double n_im = source.im[p] - k * flux.re[p] - gradient.im[p];
    CombineOne(weights, q.re[p], n_re, rhs.re + p, past.re + p);
    CombineOne(weights, q.im[p], n_im, rhs.im + p, past.im + p);
  }
}

FOR_EACH_PROCESSOR void CombineSpin(const Equation &equation, double k, const Weights weights, int size) {
  const auto [q, source, flux, gradient, rhs, past] = equation;
  FOR_EACH(p, size) {
    const double n_re = k * (flux.im[p] - source.im[p]) - gradient.re[p];
    const double n_im = k * (source.re[p] - flux.re[p]) - gradient.im[p];
    CombineOne(weights, q.re[p], n_re, rhs.re + p, past.re + p);
    CombineOne(weights, q.im[p], n_im, rhs.im + p, past.im + p);
  }
}

// Functions on the grid.
struct Planes {
  double *u, *w, *theta, *omega;
};

FOR_EACH_PROCESSOR void MultiplyRow(const Planes &row, double along, const double *across, double *fastest, int size) {
  const auto [u, w, theta, omega] = row;
  FOR_EACH(j, size) {
    const double right = u[j], upward = w[j], heat = theta[j], spin = omega[j];
    const double rate = std::fabs(right) * along + std::fabs(upward) * across[j];
    fastest[j] = (rate > fastest[j]) | (rate != rate) ? rate : fastest[j];
    u[j] = right * heat;
    w[j] = upward * heat;
    theta[j] = right * spin;
    omega[j] = upward * spin;
  }
}

// The modes of a + i b at k as one row, and those at -k, from both parts of a and b. Real and imaginary rows are exchanged.
FOR_EACH_PROCESSOR void Spread(const ConstModes &a, const ConstModes &b, int half, const Modes &plus, const Modes &minus) {
  const int last = 2 * half;
  const ConstModes a_odd = a.From(half + 1), b_odd = b.From(half + 1);
  FOR_EACH(j, half) {
    const double even_difference = a.re[j] - b.im[j], even_sum = a.re[j] + b.im[j];
    const double odd_difference = a_odd.re[j] - b_odd.im[j], odd_sum = a_odd.re[j] + b_odd.im[j];
    minus.re[j] = even_sum + odd_sum;
    minus.re[last - j] = even_sum - odd_sum;
    plus.re[j] = even_difference + odd_difference;
    plus.re[last - j] = even_difference - odd_difference;
    const double even_cross = b.re[j] + a.im[j], even_turned = b.re[j] - a.im[j];
    const double odd_cross = b_odd.re[j] + a_odd.im[j], odd_turned = b_odd.re[j] - a_odd.im[j];
    minus.im[j] = even_turned + odd_turned;
    minus.im[last - j] = even_turned - odd_turned;
    plus.im[j] = even_cross + odd_cross;
    plus.im[last - j] = even_cross - odd_cross;
  }
  minus.re[half] = a.re[half] + b.im[half];
  plus.re[half] = a.re[half] - b.im[half];
  minus.im[half] = b.re[half] - a.im[half];
  plus.im[half] = b.re[half] + a.im[half];
}

// Modes of two real functions, a and b, at one height.
struct Split {
  double a_re, a_im, b_re, b_im;
};

INLINE Split SplitAt(const ConstModes &plus, const ConstModes &minus, int j) {
  return {plus.re[j] + minus.re[j], plus.im[j] - minus.im[j], plus.im[j] + minus.im[j], minus.re[j] - plus.re[j]};
}

// Both parts of a and b from the modes of a + i b at k and at -k.
FOR_EACH_PROCESSOR void Collect(const ConstModes &plus, const ConstModes &minus, int half, double scale, const Modes &a,
                                const Modes &b) {
  const int last = 2 * half;
  const Modes a_odd = a.From(half + 1), b_odd = b.From(half + 1);
  FOR_EACH(j, half) {
    const Split low = SplitAt(plus, minus, j), high = SplitAt(plus, minus, last - j);
    a.re[j] = (low.a_re + high.a_re) * scale;
    a.im[j] = (low.a_im + high.a_im) * scale;
    b.re[j] = (low.b_re + high.b_re) * scale;
    b.im[j] = (low.b_im + high.b_im) * scale;
    a_odd.re[j] = (low.a_re - high.a_re) * scale;
    a_odd.im[j] = (low.a_im - high.a_im) * scale;
    b_odd.re[j] = (low.b_re - high.b_re) * scale;
    b_odd.im[j] = (low.b_im - high.b_im) * scale;
  }
  const Split middle = SplitAt(plus, minus, half);
  a.re[half] = (middle.a_re + middle.a_re) * scale;
  a.im[half] = (middle.a_im + middle.a_im) * scale;
  b.re[half] = (middle.b_re + middle.b_re) * scale;
  b.im[half] = (middle.b_im + middle.b_im) * scale;
}

}  // namespace
