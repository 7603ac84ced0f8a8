// The inner loops of Rayleigh-Benard convection, as a module of Node.js: what
// lib/systems/rayleigh-benard/loops/script-loops.ts computes in JavaScript, to the bit. Every number comes from the same
// operations in the same order, so that no result depends on whether a machine has a compiler. Nothing here may be
// reassociated, and no product and sum contracted to one operation.
//
// Vectors run over rows of a matrix, each with a sum of its own, so matrices are stored column by column.

#include "arguments.h"

#include <algorithm>
#include <cmath>

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

INLINE void MultiplyOneRow(const double *a, int rows, int columns, const Modes &x, const Modes &y) {
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
  for (; i < rows; i++) MultiplyOneRow(a + i, rows, columns, x, y.From(i));
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

// Present and past of a quantity, what drives it, and the right-hand side that comes of them.
struct Equation {
  Modes q, source, flux, gradient, rhs, past;
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
FOR_EACH_PROCESSOR void Spread(const Modes &a, const Modes &b, int half, const Modes &plus, const Modes &minus) {
  const int last = 2 * half;
  const Modes a_odd = a.From(half + 1), b_odd = b.From(half + 1);
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

INLINE Split SplitAt(const Modes &plus, const Modes &minus, int j) {
  return {plus.re[j] + minus.re[j], plus.im[j] - minus.im[j], plus.im[j] + minus.im[j], minus.re[j] - plus.re[j]};
}

// Both parts of a and b from the modes of a + i b at k and at -k.
FOR_EACH_PROCESSOR void Collect(const Modes &plus, const Modes &minus, int half, double scale, const Modes &a,
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

// Whether an array has as many numbers, no more and no less.
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

// The arguments of both calls that combine: wavenumbers, weights, qRe, qIm and likewise source, flux, gradient, r, p.
struct Combination {
  const Array<double> wavenumbers, weights;
  const ModesRead q, source, flux, gradient, rhs, past;

  explicit Combination(const Arguments &args)
      : wavenumbers(args.Doubles(0)), weights(args.Doubles(1)), q(args, 2), source(args, 4), flux(args, 6),
        gradient(args, 8), rhs(args, 10), past(args, 12) {}

  // Numbers for each wavenumber; -1 if something is wrong.
  int Size() const {
    if (!wavenumbers.data || wavenumbers.length >= 1e9 || !Has(weights, 4)) return -1;
    const int numbers = q.Count(1), count = wavenumbers.length;
    for (const ModesRead *modes : {&source, &flux, &gradient, &rhs, &past})
      if (modes->Count(1) != numbers) return -1;
    if (count == 0) return numbers == 0 ? 0 : -1;
    return numbers >= 0 && numbers % count == 0 ? numbers / count : -1;
  }

  Weights GetWeights() const { return {weights.data[0], weights.data[1], weights.data[2], weights.data[3]}; }

  Equation GetEquation() const {
    return {q.Get(), source.Get(), flux.Get(), gradient.Get(), rhs.Get(), past.Get()};
  }
};

// combineHeat(wavenumbers, weights, qRe, qIm, ..., pRe, pIm) writes the right-hand side of the heat's equation.
napi_value CombineHeatOfNode(napi_env env, napi_callback_info info) {
  const Arguments args(env, info);
  const Combination all(args);
  const int size = all.Size(), count = all.wavenumbers.length;
  if (size < 0)
    return Refuse(env, "combineHeat: expected wavenumbers, 4 weights, q, source, flux, gradient, r, p of a grid.");
  for (int m = 0; m < count; m++)
    CombineHeat(all.GetEquation().From(size_t(m) * size), all.wavenumbers.data[m], all.GetWeights(), size);
  return nullptr;
}

// combineSpin(wavenumbers, weights, qRe, qIm, ..., pRe, pIm) writes that of the vorticity's, but for the first wavenumber.
napi_value CombineSpinOfNode(napi_env env, napi_callback_info info) {
  const Arguments args(env, info);
  const Combination all(args);
  const int size = all.Size(), count = all.wavenumbers.length;
  if (size < 0)
    return Refuse(env, "combineSpin: expected wavenumbers, 4 weights, q, source, flux, gradient, r, p of a grid.");
  for (int m = 1; m < count; m++)
    CombineSpin(all.GetEquation().From(size_t(m) * size), all.wavenumbers.data[m], all.GetWeights(), size);
  return nullptr;
}

// multiply(u, w, theta, omega, along, across, fastest) multiplies on the grid and keeps the largest rates.
napi_value MultiplyOfNode(napi_env env, napi_callback_info info) {
  const Arguments args(env, info);
  const Array<double> across = args.Doubles(5), fastest = args.Doubles(6);
  Array<double> planes[4];
  bool good = across.data && across.length > 0 && across.length < 1e9 && Has(fastest, across.length);
  for (int i = 0; i < 4; i++) {
    planes[i] = args.Doubles(i);
    good = good && planes[i].data && planes[i].length == planes[0].length;
  }
  if (!good || planes[0].length % across.length != 0)
    return Refuse(env, "multiply: expected u, w, theta, omega, along, across, fastest of a grid.");
  const int size = across.length;
  for (int j = 0; j < size; j++) fastest.data[j] = 0;
  for (size_t row = 0; row < planes[0].length; row += size) {
    const Planes at = {planes[0].data + row, planes[1].data + row, planes[2].data + row, planes[3].data + row};
    MultiplyRow(at, args.Number(4), across.data, fastest.data, size);
  }
  return nullptr;
}

// Whether all numbers name a row.
bool AreRows(const Array<int32_t> &order) {
  if (!order.data || order.length >= 1e9) return false;
  for (size_t i = 0; i < order.length; i++)
    if (order.data[i] < 0 || order.data[i] >= int(order.length)) return false;
  return true;
}

// Whether there are wavenumbers of two functions alike, no more than a number of points holds.
bool FitPoints(const ModesRead &a, const ModesRead &b, int size, double points) {
  const int count = a.Count(size);
  return count >= 0 && b.Count(size) == count && 2.0 * count - 1 <= points;
}

// spread(order, half, aRe, aIm, bRe, bIm, first, second) writes modes of two real functions as rows in a plan's order.
napi_value SpreadOfNode(napi_env env, napi_callback_info info) {
  const Arguments args(env, info);
  const Array<int32_t> order = args.Integers(0);
  const Parts parts = {args.Size(1, 1)};
  const ModesRead a(args, 2), b(args, 4), rows(args, 6);
  const int size = parts.Size();
  const bool good = parts.half >= 1 && AreRows(order) && FitPoints(a, b, size, order.length) &&
                    rows.Count(size) == int(order.length);
  if (!good) return Refuse(env, "spread: expected order, half, aRe, aIm, bRe, bIm, first, second of a grid.");
  const int count = a.Count(size), points = order.length;
  const auto row = [&](int m) { return rows.Get().From(size_t(order.data[m]) * size); };
  for (int m = count; m <= points - count && m < points; m++)
    for (double *const numbers : {row(m).re, row(m).im}) std::fill(numbers, numbers + size, 0);
  for (int m = 0; m < count; m++) {
    const size_t at = size_t(m) * size;
    Spread(a.Get().From(at), b.Get().From(at), parts.half, row(m), row(m == 0 ? 0 : points - m));
  }
  return nullptr;
}

// arrange(order, first, second, re, im) writes rows in a plan's order.
napi_value ArrangeOfNode(napi_env env, napi_callback_info info) {
  const Arguments args(env, info);
  const Array<int32_t> order = args.Integers(0);
  const ModesRead from(args, 1), to(args, 3);
  const int numbers = from.Count(1);
  if (!AreRows(order) || order.length == 0 || numbers < 0 || numbers % order.length != 0 || to.Count(1) != numbers)
    return Refuse(env, "arrange: expected order, first, second, re, im of a grid.");
  const size_t size = numbers / order.length;
  for (size_t i = 0; i < order.length; i++) {
    const Modes row = from.Get().From(i * size), place = to.Get().From(order.data[i] * size);
    std::copy(row.re, row.re + size, place.re);
    std::copy(row.im, row.im + size, place.im);
  }
  return nullptr;
}

// collect(points, half, re, im, aRe, aIm, bRe, bIm) splits modes into those of two real functions.
napi_value CollectOfNode(napi_env env, napi_callback_info info) {
  const Arguments args(env, info);
  const int points = args.Size(0, 1);
  const Parts parts = {args.Size(1, 1)};
  const ModesRead rows(args, 2), a(args, 4), b(args, 6);
  const int size = parts.Size();
  if (points < 1 || parts.half < 1 || rows.Count(size) != points || !FitPoints(a, b, size, points))
    return Refuse(env, "collect: expected points, half, re, im, aRe, aIm, bRe, bIm of a grid.");
  const int count = a.Count(size);
  for (int m = 0; m < count; m++) {
    const size_t at = size_t(m) * size, opposite = size_t(m == 0 ? 0 : points - m) * size;
    Collect(rows.Get().From(at), rows.Get().From(opposite), parts.half, 0.25 / points, a.Get().From(at),
            b.Get().From(at));
  }
  return nullptr;
}

}  // namespace

NAPI_MODULE_INIT() {
  Export(env, exports, "applyHalves", ApplyHalvesOfNode);
  Export(env, exports, "differentiate", DifferentiateOfNode);
  Export(env, exports, "truncate", TruncateOfNode);
  Export(env, exports, "combineHeat", CombineHeatOfNode);
  Export(env, exports, "combineSpin", CombineSpinOfNode);
  Export(env, exports, "multiply", MultiplyOfNode);
  Export(env, exports, "spread", SpreadOfNode);
  Export(env, exports, "arrange", ArrangeOfNode);
  Export(env, exports, "collect", CollectOfNode);
  return exports;
}
