// The inner loops of convection.h as a module of Node.js: what its calls take is checked before memory is touched.

#include "convection.h"

#include <algorithm>

namespace {

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

// combineHeat and combineSpin(wavenumbers, weights, qRe, qIm, ..., pRe, pIm) write the right-hand sides of both equations: the
// vorticity's not for the first wavenumber.
template <void (*combine)(const Equation &, double, Weights, int), int first>
napi_value CombineOfNode(napi_env env, napi_callback_info info) {
  const Arguments args(env, info);
  const Combination all(args);
  const int size = all.Size(), count = all.wavenumbers.length;
  if (size < 0)
    return Refuse(env, first == 0
                           ? "combineHeat: expected wavenumbers, 4 weights, q, source, flux, gradient, r, p of a grid."
                           : "combineSpin: expected wavenumbers, 4 weights, q, source, flux, gradient, r, p of a grid.");
  for (int m = first; m < count; m++)
    combine(all.GetEquation().From(size_t(m) * size), all.wavenumbers.data[m], all.GetWeights(), size);
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
  Export(env, exports, "combineHeat", CombineOfNode<CombineHeat, 0>);
  Export(env, exports, "combineSpin", CombineOfNode<CombineSpin, 1>);
  Export(env, exports, "multiply", MultiplyOfNode);
  Export(env, exports, "spread", SpreadOfNode);
  Export(env, exports, "arrange", ArrangeOfNode);
  Export(env, exports, "collect", CollectOfNode);
  return exports;
}
