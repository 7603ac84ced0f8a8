// A time step of the Euler solver for all cells.
//
// Cells are extrapolated to their faces, half a step ahead, with limited slopes (MUSCL-Hancock); the flux between the two states
// at a face comes of the HLLC Riemann solver: three waves of speeds S_L <= S_M <= S_R part four constant states, and the outer
// speeds are the lower and upper of the one-sided ones and those of Roe's average (Toro, chapter 10).
//
// It is fast because rows of cells are split into one array per quantity, over which the processor's vectors run, and because
// loops do not branch: they compute both sides and select. What is left is mostly the time of divisions and roots.

#include "loop.h"
#include "limiter.h"

#include <cmath>
#include <cstdint>
#include <utility>

namespace {

constexpr int kState = 4;   // numbers per cell: density, two velocities and pressure, or density, two momenta and energy
constexpr int kGhosts = 2;  // cells beyond each end of an axis
constexpr double kLeastDensity = 1e-8, kLeastPressure = 1e-9;  // a run that needs them is not to be trusted

// Numbers of a cell or a face: of a state, or of a flux.
struct State {
  double r, u, v, p;
};

// Those of a row, one array each.
struct Row {
  double *r, *u, *v, *p;
  State operator[](int c) const { return {r[c], u[c], v[c], p[c]}; }
  Row From(int c) const { return {r + c, u + c, v + c, p + c}; }
  Row Turned() const { return {r, v, u, p}; }  // the axes change places
};

INLINE void Put(const Row &row, int c, const State &state) {
  row.r[c] = state.r;
  row.u[c] = state.u;
  row.v[c] = state.v;
  row.p[c] = state.p;
}

// States of a row of cells at their faces.
struct Faces {
  Row lower_x, upper_x, lower_y, upper_y;
};

struct Step {
  int nx, ny;
  double ax, ay, gamma;  // length of the step over the spacing along both axes; ratio of heat capacities
};

// The larger one, NaN if one is: Math.max where no zero is negative.
INLINE double Max(double a, double b) { return (a > b) | (a != a) ? a : b; }

INLINE State HalfSlopes(const Row &before, const Row &row, const Row &after, int c) {
  return {HalfSlope(before.r, row.r, after.r, c), HalfSlope(before.u, row.u, after.u, c),
          HalfSlope(before.v, row.v, after.v, c), HalfSlope(before.p, row.p, after.p, c)};
}

INLINE State Sum(const State &a, const State &b) { return {a.r + b.r, a.u + b.u, a.v + b.v, a.p + b.p}; }

INLINE State Difference(const State &a, const State &b) { return {a.r - b.r, a.u - b.u, a.v - b.v, a.p - b.p}; }

INLINE State Select(bool first, const State &a, const State &b) {
  return {first ? a.r : b.r, first ? a.u : b.u, first ? a.v : b.v, first ? a.p : b.p};
}

// Splits cells into their quantities.
FOR_EACH_PROCESSOR void Split(const Row &row, const double *cells, int count) {
  FOR_EACH(c, count) {
    const double *cell = cells + kState * c;
    Put(row, c, {cell[0], cell[1], cell[2], cell[3]});
  }
}

// Extrapolates cells to their faces, half a step ahead; returns how many stay constant.
FOR_EACH_PROCESSOR int Extrapolate(const Faces &faces, const Row &before, const Row &row, const Row &after, int count,
                                   double hx, double hy, double gamma) {
  const double ax = 2 * hx, ay = 2 * hy;
  int64_t constant = 0;
  FOR_EACH(c, count) {
    const auto [r, u, v, p] = row[c];
    const State x = HalfSlopes(before, row, after, c), y = HalfSlopes(row.From(-1), row, row.From(1), c);

    const double dr = -(ax * (u * x.r + r * x.u) + ay * (v * y.r + r * y.v));
    const double dp = -(ax * (u * x.p + gamma * p * x.u) + ay * (v * y.p + gamma * p * y.v));
    const double r_min = r + dr - Greater(std::fabs(x.r), std::fabs(y.r));
    const double p_min = p + dp - Greater(std::fabs(x.p), std::fabs(y.p));
    const bool sound = (r_min >= 0.1 * r) & (p_min >= 0.1 * p);
    const double volume = 1 / r;
    const double du = -(ax * (u * x.u + volume * x.p) + ay * (v * y.u));
    const double dv = -(ax * (u * x.v) + ay * (v * y.v + volume * y.p));

    const State zero = {0, 0, 0, 0};
    const State centre = Select(sound, {r + dr, u + du, v + dv, p + dp}, {r, u, v, p});
    const State half_x = Select(sound, x, zero), half_y = Select(sound, y, zero);
    Put(faces.lower_x, c, Difference(centre, half_x));
    Put(faces.upper_x, c, Sum(centre, half_x));
    Put(faces.lower_y, c, Difference(centre, half_y));
    Put(faces.upper_y, c, Sum(centre, half_y));
    constant += sound ? 0 : 1;
  }
  return constant;
}

// Fluxes through faces from the states below and above them, by the HLLC solver; `u` is the velocity across the faces.
FOR_EACH_PROCESSOR void Hllc(const Row &flux, const Row &below, const Row &above, int count, double gamma) {
  const double g = gamma - 1, h = gamma / g;
  FOR_EACH(c, count) {
    const State lower = below[c], upper = above[c];
    const auto [rl, ul, vl, pl] = lower;
    const auto [rr, ur, vr, pr] = upper;

    const double tl = pl / rl, tr = pr / rr;
    const double ql = 0.5 * (ul * ul + vl * vl), qr = 0.5 * (ur * ur + vr * vr);
    const double sl = std::sqrt(rl), sr = std::sqrt(rr);
    const double weight = 1 / (sl + sr);
    const double ua = (sl * ul + sr * ur) * weight;
    const double va = (sl * vl + sr * vr) * weight;
    const double ha = (sl * (h * tl + ql) + sr * (h * tr + qr)) * weight;
    const double ca = std::sqrt(g * (ha - 0.5 * (ua * ua + va * va)));
    const double slow = Lesser(ul - std::sqrt(gamma * tl), ua - ca);
    const double fast = Greater(ur + std::sqrt(gamma * tr), ua + ca);

    const double ml = rl * (slow - ul), mr = rr * (fast - ur);
    const double middle = (pr - pl + ul * ml - ur * mr) / (ml - mr);
    // The upwind side is chosen before its division and not after, which would take two.
    const bool is_lower = middle >= 0;
    const auto [r, u, v, p] = Select(is_lower, lower, upper);
    const double m = is_lower ? ml : mr, q = is_lower ? ql : qr, outer = is_lower ? slow : fast;
    const bool is_between = (is_lower & (slow < 0)) | (!is_lower & (fast > 0));
    const double e = p / g + r * q;
    const double star = 1 / (outer - middle);
    const double pressure = p + m * (middle - u);
    const double energy = ((outer - u) * e - p * u + pressure * middle) * star;
    const State upwind = Select(is_between, {m * star, middle, v, pressure}, {r, u, v, p});
    const double mass = upwind.r * upwind.u;
    const double work = upwind.u * ((is_between ? energy : e) + upwind.p);
    Put(flux, c, {mass, mass * upwind.u + upwind.p, mass * v, work});
  }
}

// A row of cells in the solver's arrays, four numbers a cell, and the signal speed of each.
struct Cells {
  double *conserved, *primitive, *speeds;
  int count;
};

// Advances cells by their fluxes; returns how many have too little density or pressure.
FOR_EACH_PROCESSOR int Advance(const Cells &cells, const Row &below, const Row &above, const Row &across,
                               const Step &step) {
  const double ax = step.ax, ay = step.ay, gamma = step.gamma;
  double *const conserved = cells.conserved, *const primitive = cells.primitive, *const speeds = cells.speeds;
  int64_t low = 0;
  FOR_EACH(c, cells.count) {
    double *const cell = conserved + kState * c, *const state = primitive + kState * c;
    const State x = Difference(above[c], below[c]), y = Difference(across[c + 1], across[c]);
    const double r = cell[0] - (ax * x.r + ay * y.r);
    const double mx = cell[1] - (ax * x.u + ay * y.u);
    const double my = cell[2] - (ax * x.v + ay * y.v);
    const double e = cell[3] - (ax * x.p + ay * y.p);
    const double volume = 1 / r;
    const double kinetic = 0.5 * (mx * mx + my * my) * volume;
    const double p = (gamma - 1) * (e - kinetic);
    const double u = mx * volume, v = my * volume;
    cell[0] = r, cell[1] = mx, cell[2] = my, cell[3] = e;
    state[0] = r, state[1] = u, state[2] = v, state[3] = p;
    speeds[c] = Max(std::fabs(u), std::fabs(v)) + std::sqrt(gamma * p * volume);
    low += (r >= kLeastDensity) & (p >= kLeastPressure) ? 0 : 1;
  }
  return low;
}

// Lifts advanced cells with too little density or pressure.
void Lift(const Cells &cells, double gamma) {
  for (int c = 0; c < cells.count; c++) {
    double *const cell = cells.conserved + kState * c, *const state = cells.primitive + kState * c;
    if (cell[0] >= kLeastDensity && state[3] >= kLeastPressure) continue;
    const double r = Max(cell[0], kLeastDensity), mx = cell[1], my = cell[2];
    const double volume = 1 / r;
    const double kinetic = 0.5 * (mx * mx + my * my) * volume;
    const double p = Max((gamma - 1) * (cell[3] - kinetic), kLeastPressure);
    const double u = mx * volume, v = my * volume;
    cell[0] = r, cell[3] = p / (gamma - 1) + kinetic;
    state[0] = r, state[1] = u, state[2] = v, state[3] = p;
    cells.speeds[c] = Max(std::fabs(u), std::fabs(v)) + std::sqrt(gamma * p * volume);
  }
}

// The larger signal speed, NaN if one is.
INLINE double Faster(double speed, double fastest) { return (speed > fastest) | (speed != speed) ? speed : fastest; }

FOR_EACH_PROCESSOR void KeepFastest(double *fastest, const double *speeds, int count) {
  FOR_EACH(c, count) fastest[c] = Faster(speeds[c], fastest[c]);
}

// Memory of all rows of a sweep.
class Rows {
 public:
  explicit Rows(size_t length) : length_(length), memory_(kArrays * length) {}
  bool AreThere() const { return memory_.data != nullptr; }
  double *Array() { return memory_.data + length_ * used_++; }
  Row Next() { return {Array(), Array(), Array(), Array()}; }
  Faces NextFaces() { return {Next(), Next(), Next(), Next()}; }

 private:
  static constexpr size_t kArrays = 4 * (3 + 2 * 4 + 3) + 2;  // as many as Sweep takes
  const size_t length_;
  const Zeros memory_;
  size_t used_ = 0;
};

// Takes a step; counts cells that were lifted and cells that stayed constant. Rows are updated in place as soon as the next
// row's slopes no longer need them.
double Sweep(const Step &step, double *conserved, double *primitive, int32_t *counts, Rows *rows) {
  const int length = step.ny + 2 * kGhosts;
  const size_t stride = size_t(length) * kState;
  Row before = rows->Next(), row = rows->Next(), after = rows->Next();
  Faces previous = rows->NextFaces(), faces = rows->NextFaces();
  Row below = rows->Next(), above = rows->Next();
  const Row across = rows->Next();
  double *const speeds = rows->Array(), *const fastest = rows->Array();

  Split(before, primitive, length);
  Split(row, primitive + stride, length);
  for (int i = -1; i <= step.nx; i++) {
    double *const next = primitive + (i + kGhosts + 1) * stride;
    Split(after, next, length);
    counts[1] += Extrapolate(faces, before.From(1), row.From(1), after.From(1), step.ny + 2, step.ax / 2, step.ay / 2,
                             step.gamma);
    if (i >= 0) Hllc(above, previous.upper_x.From(1), faces.lower_x.From(1), step.ny, step.gamma);
    if (i > 0) {
      const size_t first = (i + kGhosts - 1) * stride + kGhosts * kState;
      const Cells cells = {conserved + first, primitive + first, speeds, step.ny};
      const int low = Advance(cells, below, above, across, step);
      if (low > 0) Lift(cells, step.gamma);
      counts[0] += low;
      KeepFastest(fastest, speeds, step.ny);
    }
    if (i >= 0 && i < step.nx) {
      const Row lower = faces.upper_y.Turned(), upper = faces.lower_y.Turned().From(1);
      Hllc(across.Turned(), lower, upper, step.ny + 1, step.gamma);
    }
    std::swap(below, above);
    std::swap(previous, faces);
    const Row free = before;
    before = row, row = after, after = free;
  }
  double result = 0;
  for (int c = 0; c < step.ny; c++) result = Faster(fastest[c], result);
  return result;
}

Result EulerSweep(Doubles u, Doubles w, Integers counts, int nx, int ny, double ax, double ay, double gamma) {
  const double length = ny + 2 * kGhosts, size = (nx + 2 * kGhosts) * length * kState;
  if (nx < 1 || ny < 1 || !u.Has(size) || !w.Has(size) || !counts.Has(2))
    return "eulerSweep: expected u, w, counts, nx, ny, ax, ay, gamma of a grid.";
  Rows rows(length);
  if (!rows.AreThere()) return "eulerSweep: expected memory for rows of cells, found none.";
  return Sweep({nx, ny, ax, ay, gamma}, u.data, w.data, counts.data, &rows);
}

}  // namespace

LOOP("eulerSweep", EulerSweep)
