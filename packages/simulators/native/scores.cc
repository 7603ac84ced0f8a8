// Loops of metrics over the fields of an ensemble, those of lib/evaluate/loops.ts.
//
// Fields lie one behind the other, the truth first. Sums keep the order of their points; independent ones run side by side.

#include "loop.h"

#include <algorithm>
#include <cmath>

namespace {

constexpr int kSide = 64;  // pairs of points side by side

// The fields of an ensemble; the first is the truth.
struct Fields {
  const double *data;
  int count;
  size_t size;  // points of each
  const double *operator[](int i) const { return data + i * size; }
};

// Terms of the variogram score, summed over pairs of points: `runs` has the first point and the number of neighbours from which
// pairs begin, and `offset` leads to their other ends.
FOR_EACH_PROCESSOR double Variogram(const Fields &fields, const ConstIntegers &runs, int offset) {
  const int members = fields.count - 1;
  const double fairness = members > 1 ? 1 / (double(members) * (members - 1)) : 0;
  double total = 0;
  for (size_t run = 0; run < runs.length; run += 2) {
    const int end = runs.data[run] + runs.data[run + 1];
    for (int start = runs.data[run]; start < end; start += kSide) {
      const int count = std::min(kSide, end - start);
      double sum[kSide] = {}, squares[kSide] = {}, terms[kSide];
      for (int k = 1; k <= members; k++) {
        const double *const from = fields[k] + start, *const to = from + offset;
        FOR_EACH(c, count) {
          const double square = std::fabs(from[c] - to[c]);
          sum[c] += std::sqrt(square);
          squares[c] += square;
        }
      }
      const double *const from = fields[0] + start, *const to = from + offset;
      FOR_EACH(c, count) {
        const double mean = sum[c] / members, error = std::sqrt(std::fabs(from[c] - to[c])) - mean;
        terms[c] = error * error - fairness * (squares[c] - sum[c] * mean);
      }
      for (int c = 0; c < count; c++) total += terms[c];
    }
  }
  return total;
}

constexpr int kLanes = 8;    // fields that are compared with one field at once
constexpr int kPoints = 64;  // points whose values are brought together

typedef double Lanes __attribute__((vector_size(kLanes * sizeof(double))));

// Sums of |a - b| and (a - b)^2 over the points, for each pair of fields: (1, 0), (2, 0), (2, 1), ….
FOR_EACH_PROCESSOR void Distances(const Fields &fields, double *sums) {
  Lanes values[kPoints] = {};
  std::fill(sums, sums + size_t(fields.count) * (fields.count - 1), 0);
  for (size_t start = 0; start < fields.size; start += kPoints) {
    const int points = int(std::min<size_t>(kPoints, fields.size - start));
    for (int first = 0; first < fields.count - 1; first += kLanes) {
      for (int b = 0; b < std::min(kLanes, fields.count - first); b++)
        for (int i = 0; i < points; i++) values[i][b] = fields[first + b][start + i];
      for (int a = first + 1; a < fields.count; a++) {
        double *const pairs = sums + size_t(a) * (a - 1) + 2 * first;
        const int count = std::min(kLanes, a - first);
        Lanes absolute = {}, square = {};
        for (int b = 0; b < count; b++) absolute[b] = pairs[2 * b], square[b] = pairs[2 * b + 1];
        for (int i = 0; i < points; i++) {
          const Lanes difference = fields[a][start + i] - values[i];
          absolute += difference < 0 ? -difference : difference;
          square += difference * difference;
        }
        for (int b = 0; b < count; b++) pairs[2 * b] = absolute[b], pairs[2 * b + 1] = square[b];
      }
    }
  }
}

// Members below, at and above the truth at each point, one row behind the other.
FOR_EACH_PROCESSOR void Places(const Fields &fields, int32_t *places) {
  const int size = int(fields.size);
  std::fill(places, places + 3 * fields.size, 0);
  int32_t *const below = places, *const equal = below + size, *const above = equal + size;
  for (int k = 1; k < fields.count; k++) {
    const double *const truth = fields[0], *const member = fields[k];
    FOR_EACH(c, size) {
      below[c] += member[c] < truth[c];
      equal[c] += member[c] == truth[c];
      above[c] += member[c] > truth[c];
    }
  }
}

// The fields of a call, at least as many; none if they have not all as many points.
Fields FieldsOf(const ConstDoubles &fields, int count, int least) {
  const bool good = count >= least && fields.length % count == 0 && fields.length / count < 1e9;
  return good ? Fields{fields.data, count, fields.length / count} : Fields{nullptr, 0, 0};
}

// Whether all pairs of runs have both ends inside of fields.
bool AreInside(const ConstIntegers &runs, double offset, double size) {
  for (size_t run = 0; run < runs.length; run += 2) {
    const double start = runs.data[run], end = start + runs.data[run + 1];
    if (!(start >= 0 && end >= start && end <= size && start + offset >= 0 && end + offset <= size)) return false;
  }
  return runs.length % 2 == 0 && std::fabs(offset) < size && offset == int(offset);
}

Result VariogramLoop(ConstDoubles all, int count, ConstIntegers runs, double offset) {
  const Fields fields = FieldsOf(all, count, 2);
  if (!AreInside(runs, offset, fields.size))
    return "variogram: expected fields, their number, runs, offset of pairs inside the fields.";
  return Variogram(fields, runs, int(offset));
}

Result DistancesLoop(ConstDoubles all, int count, Doubles sums) {
  const Fields fields = FieldsOf(all, count, 1);
  if (fields.count == 0 || !sums.Has(double(count) * (count - 1)))
    return "distances: expected fields, their number, sums of two numbers a pair.";
  Distances(fields, sums.data);
  return {};
}

Result PlacesLoop(ConstDoubles all, int count, Integers places) {
  const Fields fields = FieldsOf(all, count, 1);
  if (fields.count == 0 || !places.Has(3.0 * fields.size))
    return "places: expected fields, their number, places of three numbers a point.";
  Places(fields, places.data);
  return {};
}

}  // namespace

LOOP("variogram", VariogramLoop)
LOOP("distances", DistancesLoop)
LOOP("places", PlacesLoop)
