// Loops of metrics over the fields of an ensemble, as a module of Node.js: those of lib/evaluate/loops.ts.
//
// Fields lie one behind the other, the truth first. Sums keep the order of JavaScript; independent ones run side by side.

#include "arguments.h"

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
FOR_EACH_PROCESSOR double Variogram(const Fields &fields, const Array<int32_t> &runs, int offset) {
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

// Fields of a call: its first argument, and their number, its second.
Fields FieldsOf(const Arguments &args, int least) {
  const auto [data, length] = args.Doubles(0);
  const int count = args.Size(1, least);
  if (count < 0 || !data || length % count != 0 || length / count > 1e9) return {nullptr, 0, 0};
  return {data, count, length / count};
}

// variogram(fields, count, runs, offset) returns a sum.
napi_value VariogramOfNode(napi_env env, napi_callback_info info) {
  const Arguments args(env, info);
  const Fields fields = FieldsOf(args, 2);
  const Array<int32_t> runs = args.Integers(2);
  const double offset = args.Number(3), size = double(fields.size);
  bool good = fields.data && runs.data && runs.length % 2 == 0 && std::fabs(offset) < size && offset == int(offset);
  for (size_t run = 0; good && run < runs.length; run += 2) {
    const double start = runs.data[run], count = runs.data[run + 1];
    good = start >= 0 && count >= 0 && start + count <= size && start + offset >= 0 && start + offset + count <= size;
  }
  if (!good) return Refuse(env, "variogram: expected fields, their number, runs, offset of pairs inside the fields.");
  napi_value total;
  napi_create_double(env, Variogram(fields, runs, int(offset)), &total);
  return total;
}

// distances(fields, count, sums) writes two sums for each pair of fields.
napi_value DistancesOfNode(napi_env env, napi_callback_info info) {
  const Arguments args(env, info);
  const Fields fields = FieldsOf(args, 1);
  const Array<double> sums = args.Doubles(2);
  const double numbers = double(fields.count) * (fields.count - 1);
  if (!fields.data || !sums.data || sums.length != numbers) {
    return Refuse(env, "distances: expected fields, their number, sums of two numbers a pair.");
  }
  Distances(fields, sums.data);
  return nullptr;
}

// places(fields, count, places) writes three counts for each point.
napi_value PlacesOfNode(napi_env env, napi_callback_info info) {
  const Arguments args(env, info);
  const Fields fields = FieldsOf(args, 1);
  const Array<int32_t> places = args.Integers(2);
  if (!fields.data || !places.data || places.length != 3 * fields.size) {
    return Refuse(env, "places: expected fields, their number, places of three numbers a point.");
  }
  Places(fields, places.data);
  return nullptr;
}

}  // namespace

NAPI_MODULE_INIT() {
  Export(env, exports, "variogram", VariogramOfNode);
  Export(env, exports, "distances", DistancesOfNode);
  Export(env, exports, "places", PlacesOfNode);
  return exports;
}
