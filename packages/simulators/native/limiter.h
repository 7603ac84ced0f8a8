// Slope limiter of the gas solvers (monotonised central): the central difference, at most twice either one-sided one, zero at
// extrema. It takes arithmetic alone, over which vectors run.
#pragma once

#include "loop.h"

#include <cmath>

INLINE double Lesser(double a, double b) { return 0.5 * (a + b - std::fabs(a - b)); }

INLINE double Greater(double a, double b) { return 0.5 * (a + b + std::fabs(a - b)); }

// Half of the limited slope at a cell.
INLINE double HalfSlope(const double *before, const double *at, const double *after, int c) {
  const double a = at[c] - before[c], b = after[c] - at[c];
  const double sum = a + b, difference = std::fabs(a - b);
  const double low = sum - difference, high = sum + difference;
  const double twice = low + std::fabs(low) + (high - std::fabs(high));  // four times the smaller one, 0 at extrema
  const double min = sum + twice - std::fabs(sum - twice);
  const double max = sum + twice + std::fabs(sum - twice);
  return 0.5 * (0.125 * (min + std::fabs(min) + (max - std::fabs(max))));
}
