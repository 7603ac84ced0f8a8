// The inner loops of Rayleigh-Benard convection over all wavenumbers or rows; what calls take is checked before memory is touched.

#include "convection.h"

#include <algorithm>

namespace {

// How many rows of `size` numbers each of some arrays has; -1 if one has more or fewer than another, or a part of one.
template <typename First, typename... Others>
int RowsOf(int size, const First &first, const Others &...others) {
  const bool are_alike = ((others.length == first.length) && ...);
  return size > 0 && are_alike && first.length < 1e9 && first.length % size == 0 ? int(first.length / size) : -1;
}

// Multiplies by one matrix per wavenumber and part.
Result ApplyHalvesLoop(ConstDoubles even, ConstDoubles odd, int half, ConstDoubles x_re, ConstDoubles x_im,
                       Doubles y_re, Doubles y_im) {
  const Parts parts = {half};
  const int count = half < 1 ? -1 : RowsOf(parts.Size(), x_re, x_im, y_re, y_im);
  const double e = parts.Even(), o = parts.Odd();
  if (count < 0 || !even.Has(count * e * e) || !odd.Has(count * o * o))
    return "applyHalves: expected even, odd, half, xRe, xIm, yRe, yIm of a grid.";
  ApplyHalves({even.data, odd.data}, parts, count, {x_re.data, x_im.data}, {y_re.data, y_im.data});
  return {};
}

// Multiplies by one matrix per part, which makes it the other part.
Result DifferentiateLoop(ConstDoubles even, ConstDoubles odd, int half, ConstDoubles x_re, ConstDoubles x_im,
                         Doubles y_re, Doubles y_im) {
  const Parts parts = {half};
  const int count = half < 1 ? -1 : RowsOf(parts.Size(), x_re, x_im, y_re, y_im);
  const double numbers = double(parts.Even()) * parts.Odd();
  if (count < 0 || !even.Has(numbers) || !odd.Has(numbers))
    return "differentiate: expected even, odd, half, xRe, xIm, yRe, yIm of a grid.";
  Differentiate({even.data, odd.data}, parts, count, {x_re.data, x_im.data}, {y_re.data, y_im.data});
  return {};
}

// Leaves out polynomials of both parts.
Result TruncateLoop(ConstDoubles even_coefficients, ConstDoubles even_values, ConstDoubles odd_coefficients,
                    ConstDoubles odd_values, int half, Doubles re, Doubles im) {
  const Parts parts = {half};
  const int size = parts.Size(), count = half < 1 ? -1 : RowsOf(size, re, im);
  const int evens = RowsOf(parts.Even(), even_coefficients, even_values);
  const int odds = RowsOf(parts.Odd(), odd_coefficients, odd_values);
  if (count < 0 || evens < 0 || odds < 0)
    return "truncate: expected coefficients and values of even and odd parts, half, re, im of a grid.";
  const Modes x = {re.data, im.data};
  Subtract({even_coefficients.data, even_values.data, evens}, parts.Even(), x, size, count);
  Subtract({odd_coefficients.data, odd_values.data, odds}, parts.Odd(), x.From(parts.Even()), size, count);
  return {};
}

// Writes the right-hand side of an equation and its past, from wavenumber `first` on.
template <void (*combine)(const Equation &, double, Weights, int), int first>
Result Combine(ConstDoubles wavenumbers, ConstDoubles weights, ConstDoubles q_re, ConstDoubles q_im,
               ConstDoubles source_re, ConstDoubles source_im, ConstDoubles flux_re, ConstDoubles flux_im,
               ConstDoubles gradient_re, ConstDoubles gradient_im, Doubles rhs_re, Doubles rhs_im, Doubles past_re,
               Doubles past_im) {
  const int count = int(wavenumbers.length);
  const int size = RowsOf(std::max(count, 1), q_re, q_im, source_re, source_im, flux_re, flux_im, gradient_re,
                          gradient_im, rhs_re, rhs_im, past_re, past_im);
  if (size < 0 || !weights.Has(4))
    return "combine: expected wavenumbers, 4 weights, q, source, flux, gradient, r, p of a grid.";
  const double *const c = weights.data;
  const Equation all = {{q_re.data, q_im.data},
                        {source_re.data, source_im.data},
                        {flux_re.data, flux_im.data},
                        {gradient_re.data, gradient_im.data},
                        {rhs_re.data, rhs_im.data},
                        {past_re.data, past_im.data}};
  for (int m = first; m < count; m++)
    combine(all.From(size_t(m) * size), wavenumbers.data[m], {c[0], c[1], c[2], c[3]}, size);
  return {};
}
constexpr auto CombineHeatLoop = Combine<CombineHeat, 0>;
constexpr auto CombineSpinLoop = Combine<CombineSpin, 1>;  // the mean flow takes the place of the first vorticity

// Multiplies on the grid and keeps the largest rates.
Result MultiplyLoop(Doubles u, Doubles w, Doubles theta, Doubles omega, double along, ConstDoubles across,
                    Doubles fastest) {
  const int size = int(across.length), rows = RowsOf(size, u, w, theta, omega);
  if (rows < 0 || !fastest.Has(size))
    return "multiply: expected u, w, theta, omega, along, across, fastest of a grid.";
  std::fill(fastest.data, fastest.data + size, 0);
  for (size_t row = 0; row < u.length; row += size)
    MultiplyRow({u.data + row, w.data + row, theta.data + row, omega.data + row}, along, across.data, fastest.data,
                size);
  return {};
}

// Whether all numbers name a row.
bool AreRows(const ConstIntegers &order) {
  const int count = int(order.length);
  return std::all_of(order.data, order.data + count, [count](int32_t row) { return row >= 0 && row < count; });
}

// Writes modes of two real functions as rows in a plan's order.
Result SpreadLoop(ConstIntegers order, int half, ConstDoubles a_re, ConstDoubles a_im, ConstDoubles b_re,
                  ConstDoubles b_im, Doubles first, Doubles second) {
  const int size = 2 * half + 1, points = int(order.length), count = RowsOf(size, a_re, a_im, b_re, b_im);
  const bool good = half >= 1 && AreRows(order) && count >= 0 && 2.0 * count - 1 <= points;
  if (!good || RowsOf(size, first, second) != points)
    return "spread: expected order, half, aRe, aIm, bRe, bIm, first, second of a grid.";
  const auto row = [&](int m) { return Modes{first.data, second.data}.From(size_t(order.data[m]) * size); };
  for (int m = count; m <= points - count && m < points; m++)
    for (double *const numbers : {row(m).re, row(m).im}) std::fill(numbers, numbers + size, 0);
  for (int m = 0; m < count; m++) {
    const size_t at = size_t(m) * size;
    const ConstModes a = {a_re.data + at, a_im.data + at}, b = {b_re.data + at, b_im.data + at};
    Spread(a, b, half, row(m), row(m == 0 ? 0 : points - m));
  }
  return {};
}

// Writes rows in a plan's order.
Result ArrangeLoop(ConstIntegers order, ConstDoubles first, ConstDoubles second, Doubles re, Doubles im) {
  const int size = RowsOf(int(order.length), first, second, re, im);
  if (size < 0 || !AreRows(order)) return "arrange: expected order, first, second, re, im of a grid.";
  for (size_t i = 0; i < order.length; i++) {
    const size_t from = i * size, to = size_t(order.data[i]) * size;
    std::copy_n(first.data + from, size, re.data + to);
    std::copy_n(second.data + from, size, im.data + to);
  }
  return {};
}

// Splits modes into those of two real functions.
Result CollectLoop(int points, int half, ConstDoubles re, ConstDoubles im, Doubles a_re, Doubles a_im, Doubles b_re,
                   Doubles b_im) {
  const int size = 2 * half + 1, count = RowsOf(size, a_re, a_im, b_re, b_im);
  const bool good = points >= 1 && half >= 1 && count >= 0 && 2.0 * count - 1 <= points;
  if (!good || RowsOf(size, re, im) != points)
    return "collect: expected points, half, re, im, aRe, aIm, bRe, bIm of a grid.";
  const ConstModes rows = {re.data, im.data};
  for (int m = 0; m < count; m++) {
    const size_t at = size_t(m) * size, opposite = size_t(m == 0 ? 0 : points - m) * size;
    Collect(rows.From(at), rows.From(opposite), half, 0.25 / points, {a_re.data + at, a_im.data + at},
            {b_re.data + at, b_im.data + at});
  }
  return {};
}

}  // namespace

LOOP("applyHalves", ApplyHalvesLoop)
LOOP("differentiate", DifferentiateLoop)
LOOP("truncate", TruncateLoop)
LOOP("combineHeat", CombineHeatLoop)
LOOP("combineSpin", CombineSpinLoop)
LOOP("multiply", MultiplyLoop)
LOOP("spread", SpreadLoop)
LOOP("arrange", ArrangeLoop)
LOOP("collect", CollectLoop)
