// Discrete Fourier transforms of rows, those of packages/core/src/fft.ts.

#include "fourier.h"

namespace {

// Brings rows into the order of a power of two, which exchanges pairs of them.
void Exchange(double *rows, const int32_t *order, int n, int count) {
  for (int i = 0; i < n; i++) {
    double *const a = rows + size_t(i) * count, *const b = rows + size_t(order[i]) * count;
    if (order[i] > i) std::swap_ranges(a, a + count, b);
  }
}

// Brings rows into any order.
void Scatter(double *rows, const int32_t *order, int n, int count, double *spare) {
  std::copy_n(rows, size_t(n) * count, spare);
  for (int i = 0; i < n; i++) std::copy_n(spare + size_t(i) * count, count, rows + size_t(order[i]) * count);
}

// Transforms signals of the tables' length, `count` of them interleaved and one such block behind the other, from rows that are
// in order already if there is none.
Result Fourier(Doubles re, Doubles im, int count, int n, ConstIntegers order, ConstDoubles tables) {
  const size_t block = n < 1 || count < 1 ? 0 : size_t(n) * count;
  const bool is_ordered = order.length == 0;
  if (block == 0 || re.length != im.length || re.length % block != 0 || tables.length != TableSize(n) ||
      !(is_ordered || (order.Has(n) && IsOrder(order))))
    return "fourier: expected re, im, count, n, order, tables of a length.";
  const bool is_scattered = !is_ordered && !IsPower(n);
  const Zeros spare(is_scattered ? block : 1);
  if (!spare.data) return "fourier: expected memory for rows, found none.";
  for (size_t start = 0; start < re.length; start += block) {
    const Rows rows = Rows{re.data, im.data}.From(start);
    for (double *const part : {rows.re, rows.im}) {
      if (is_scattered) Scatter(part, order.data, n, count, spare.data);
      else if (!is_ordered) Exchange(part, order.data, n, count);
    }
    Combine(rows, n, count, tables.data);
  }
  return {};
}

}  // namespace

LOOP("fourier", Fourier)
