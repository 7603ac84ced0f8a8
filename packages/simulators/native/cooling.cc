// Cooling and heating of cells.
//
// Sub-steps change a temperature by a small part of itself. Each is two implicit ones of a h, the second from a point that makes
// both together second-order, a = 1 - 1 / sqrt(2): T1 = T + a h f(T1), T2 = T + (1 - a) h f(T1) + a h f(T2). Like backward Euler,
// which is of first order, this settles at the equilibrium however short the time to get there.
//
// It is fast because cells are independent: some of them take their sub-steps side by side, so that the processor's vectors
// run over them, and when one has come to its end the next cell takes its place.

#include "loop.h"

#include <cmath>
#include <cstdint>
#include <cstring>

namespace {

constexpr double kAlpha = 1 - 0.7071067811865476;  // part of a sub-step in an implicit one
constexpr double kWarm = 1500;                     // K, below which the first term of the rate is lost to rounding
constexpr int kIterations = 6;                     // of Newton's method, at most
constexpr double kTolerance = 1e-4;                // of its relative changes

// 2 to a whole power from -1022 to 1023.
INLINE double PowerOfTwo(int64_t power) {
  const int64_t bits = (power + 1023) << 52;
  double result;
  std::memcpy(&result, &bits, sizeof result);
  return result;
}

// Math.exp, without branches: the algorithm of Sun's fdlibm as V8 has it. With k the whole number next to x / ln 2, the rest
// r = x - k ln 2 is small, exp(r) = 1 + r + r c / (2 - c) with c(r) near r, and exp(x) = 2^k exp(r).
INLINE double Exp(double x) {
  constexpr double kInverseLn2 = 1.44269504088896338700, kE = 2.718281828459045;
  constexpr double kLn2High = 6.93147180369123816490e-01, kLn2Low = 1.90821492927058770002e-10;
  constexpr double kOverflow = 7.09782712893383973096e+02, kUnderflow = -7.45133219101941108420e+02;
  constexpr double kHalfLn2 = 0x1.62e43p-2, kTiny = 0x1p-28;
  constexpr double p1 = 1.66666666666666019037e-01, p2 = -2.77777777770155933842e-03, p3 = 6.61375632143793436117e-05,
                   p4 = -1.65339022054652515390e-06, p5 = 4.13813679705723846039e-08;
  const double low = x > kUnderflow ? x : kUnderflow;  // a number, also if x is none
  const double bounded = low < kOverflow ? low : kOverflow;
  const double size = std::fabs(x);
  const int k = size < kHalfLn2 ? 0 : int(kInverseLn2 * bounded + (x < 0 ? -0.5 : 0.5));
  const double high = bounded - k * kLn2High, rest = k * kLn2Low;
  const double r = high - rest, t = r * r;
  const double c = r - t * (p1 + t * (p2 + t * (p3 + t * (p4 + t * p5))));
  const double y = 1 - ((rest - (r * c) / (2 - c)) - high);
  // In two factors, each of which is a number; only the last product rounds.
  const int half = k / 2;
  const double power = y * PowerOfTwo(half) * PowerOfTwo(k - half);
  const double usual = size < kTiny ? 1 + x : x == 1 ? kE : power;
  const double within = x > kOverflow ? HUGE_VAL : x < kUnderflow ? 0 : usual;
  return x != x ? x : within;
}

// Math.max.
INLINE double Max(double a, double b) {
  const double same = (a == b) & (a != 0) ? a : a + b;  // a zero or NaN
  return a > b ? a : b > a ? b : same;
}

// Constants of the gas.
struct Law {
  double gain, loss, floor, change;
};

constexpr int kSide = 32;  // cells side by side

// Cells that take a sub-step at the same time, some of which may be at rest.
struct Side {
  double t[kSide], loss[kSide], left[kSide];                   // of the cell: temperature in K, losses, seconds
  double step[kSide], base[kSide], next[kSide], error[kSide];  // of Newton's method
};

// Whether a number of any cell is larger than a bound.
INLINE bool AnyAbove(const double *x, double bound) {
  int64_t count = 0;
  FOR_EACH(c, kSide) count += x[c] > bound ? 1 : 0;
  return count > 0;
}

// Begins a sub-step: finds its length.
template <bool kIsWarm>
INLINE void Begin(Side &side, const Law &law) {
  FOR_EACH(c, kSide) {
    const double t = side.t[c], left = side.left[c];
    const double cold = 0.014 * std::sqrt(t) * Exp(-92 / t);
    const double ratio = !kIsWarm || t <= kWarm ? cold : cold + 1e7 * Exp(-118400 / (t + 1000));
    const double rate = law.gain - side.loss[c] * ratio;
    const double longest = (law.change * t) / std::fabs(rate);
    const double h = left <= longest ? left : longest;
    side.step[c] = kAlpha * h;
    side.base[c] = t;
    side.next[c] = t + side.step[c] * rate;
    side.left[c] = left - h;
  }
}

// An iteration of Newton's method in those cells that still need one.
template <bool kIsWarm>
INLINE void Iterate(Side &side, const Law &law) {
  FOR_EACH(c, kSide) {
    const double next = side.next[c], step = side.step[c], loss = side.loss[c];
    const double inverse = 1 / next;
    const double cold = 0.014 * std::sqrt(next) * Exp(-92 * inverse);
    const double cold_derivative = cold * inverse * (0.5 + 92 * inverse);
    const double shifted = 1 / (next + 1000);
    const double hot = kIsWarm ? 1e7 * Exp(-118400 * shifted) : 0;
    const bool is_warm = kIsWarm & (next > kWarm);
    const double value = is_warm ? cold + hot : cold;
    const double derivative = is_warm ? cold_derivative + hot * 118400 * shifted * shifted : cold_derivative;
    const double change = (next - side.base[c] - step * (law.gain - loss * value)) / (1 + step * loss * derivative);
    const bool is_open = side.error[c] > kTolerance;
    side.next[c] = is_open ? Max(next - change, 0.5 * next) : next;
    side.error[c] = is_open ? std::fabs(change) * inverse : side.error[c];
  }
}

// Takes a sub-step in all cells: its two implicit parts.
FOR_EACH_PROCESSOR void TakeSubstep(Side &side, const Law &law) {
  if (AnyAbove(side.t, kWarm)) Begin<true>(side, law);
  else Begin<false>(side, law);
  for (int stage = 0; stage < 2; stage++) {
    FOR_EACH(c, kSide) side.error[c] = 1;
    for (int i = 0; i < kIterations && AnyAbove(side.error, kTolerance); i++) {
      if (AnyAbove(side.next, kWarm)) Iterate<true>(side, law);
      else Iterate<false>(side, law);
    }
    if (stage > 0) break;
    FOR_EACH(c, kSide) {
      const double t = side.t[c], rise = side.next[c] - t;
      side.base[c] = t + (1 / kAlpha - 1) * rise;
      side.next[c] = Max(t + rise / kAlpha, 0.5 * t);
    }
  }
  FOR_EACH(c, kSide) side.t[c] = Max(side.next[c], law.floor);
}

// Evolves cells over a time; returns the number of sub-steps.
int64_t Evolve(double *temperatures, const double *densities, int count, double seconds, const Law &law) {
  if (!(seconds > 0)) {
    for (int cell = 0; cell < count; cell++) temperatures[cell] = Max(temperatures[cell], law.floor);
    return 0;
  }
  Side side;
  int cells[kSide], begun = 0, ended = 0;
  // The next cell begins at a place; when there is none, nothing happens there.
  const auto begin = [&](int c) {
    const bool is_there = begun < count;
    cells[c] = is_there ? begun++ : -1;
    side.t[c] = is_there ? Max(temperatures[cells[c]], law.floor) : 1;
    side.loss[c] = is_there ? law.loss * densities[cells[c]] : 0;
    side.left[c] = is_there ? seconds : 0;
  };
  for (int c = 0; c < kSide; c++) begin(c);
  int64_t substeps = 0;
  while (ended < count) {
    TakeSubstep(side, law);
    for (int c = 0; c < kSide; c++) {
      if (cells[c] < 0) continue;
      substeps++;
      if (side.left[c] > 0) continue;
      temperatures[cells[c]] = side.t[c];
      ended++;
      begin(c);
    }
  }
  return substeps;
}

Result EvolveLoop(Doubles temperatures, ConstDoubles densities, int count, double seconds, double gain, double loss,
                  double floor, double change) {
  if (count < 0 || temperatures.length < size_t(count) || densities.length < size_t(count))
    return "evolve: expected temperatures, densities, count, seconds, gain, loss, floor, change of cells.";
  return double(Evolve(temperatures.data, densities.data, count, seconds, {gain, loss, floor, change}));
}

}  // namespace

LOOP("evolve", EvolveLoop)
