// A time step of the three-dimensional gas for all cells: the scheme of euler-sweep.cc with one more axis, and an internal energy
// that the mass flux carries at the temperature of the upwind side. The work of pressure on it needs the divergence, a sum of the
// velocities of faces.
//
// It is fast because planes of cells are split into one array per quantity, over which the processor's vectors run, and
// because loops do not branch: they compute both sides and select. A cell's fluxes wait for each other, so that its conserved
// state is read and written once.

#include "cloud.h"
#include "limiter.h"
#include "loop.h"

#include <cmath>
#include <cstdint>
#include <utility>

namespace {

constexpr double kLeastDensity = 1e-10, kLeastPressure = 1e-14;  // a run that needs them is not to be trusted

// Primitive state of a cell or a face, or its slopes.
struct State {
  double r, u, v, w, p;
};

// Those of a row, one array each.
struct Row {
  double *r, *u, *v, *w, *p;
  State operator[](size_t c) const { return {r[c], u[c], v[c], w[c], p[c]}; }
  Row From(ptrdiff_t c) const { return {r + c, u + c, v + c, w + c, p + c}; }
  // The velocity along an axis comes first.
  Row Turned(int axis) const {
    return axis == 0 ? *this : axis == 1 ? Row{r, v, u, w, p} : Row{r, w, u, v, p};
  }
};

INLINE void Put(const Row &row, size_t c, const State &state) {
  row.r[c] = state.r;
  row.u[c] = state.u;
  row.v[c] = state.v;
  row.w[c] = state.w;
  row.p[c] = state.p;
}

// What a row of faces moves from the cells below to those above, or changes of conserved states.
struct Moved {
  double *r, *u, *v, *w, *energy, *heat, *flow;
  Moved From(ptrdiff_t c) const { return {r + c, u + c, v + c, w + c, energy + c, heat + c, flow + c}; }
  Moved Turned(int axis) const {
    return axis == 0   ? *this
           : axis == 1 ? Moved{r, v, u, w, energy, heat, flow}
                       : Moved{r, w, u, v, energy, heat, flow};
  }
};

// States of a row of cells at their faces; those at the upper ones along x wait for the next plane.
struct Faces {
  Row lower_x, lower_y, upper_y, lower_z, upper_z;
};

struct Step {
  int nx, ny, nz;
  double a, gamma, dual;  // length of the step over the spacing; ratio of heat capacities; see Commit
};

INLINE State HalfSlopes(const Row &before, const Row &row, const Row &after, int c) {
  return {HalfSlope(before.r, row.r, after.r, c), HalfSlope(before.u, row.u, after.u, c),
          HalfSlope(before.v, row.v, after.v, c), HalfSlope(before.w, row.w, after.w, c),
          HalfSlope(before.p, row.p, after.p, c)};
}

INLINE State Sum(const State &a, const State &b) { return {a.r + b.r, a.u + b.u, a.v + b.v, a.w + b.w, a.p + b.p}; }

INLINE State Difference(const State &a, const State &b) {
  return {a.r - b.r, a.u - b.u, a.v - b.v, a.w - b.w, a.p - b.p};
}

INLINE State Select(bool first, const State &a, const State &b) {
  return {first ? a.r : b.r, first ? a.u : b.u, first ? a.v : b.v, first ? a.w : b.w, first ? a.p : b.p};
}

// The largest of three sizes.
INLINE double Largest(double a, double b, double c) {
  return Greater(Greater(std::fabs(a), std::fabs(b)), std::fabs(c));
}

// Splits cells into their quantities.
FOR_EACH_PROCESSOR void Split(const Row &row, const double *cells, int count) {
  FOR_EACH(c, count) {
    const double *cell = cells + kState * c;
    Put(row, c, {cell[0], cell[1], cell[2], cell[3], cell[4]});
  }
}

// A row and its neighbours: below and above along x, and along y.
struct Around {
  Row row, below_x, above_x, below_y, above_y;
};

// Extrapolates cells to their faces, half a step ahead; returns how many stay constant.
FOR_EACH_PROCESSOR int64_t Extrapolate(const Faces &faces, const Row &upper_x, const Around &around, const Step &step) {
  const double a = step.a, gamma = step.gamma;
  int64_t constant = 0;
  FOR_EACH(c, step.nz + 2) {
    const State cell = around.row[c];
    const auto [r, u, v, w, p] = cell;
    const State x = HalfSlopes(around.below_x, around.row, around.above_x, c);
    const State y = HalfSlopes(around.below_y, around.row, around.above_y, c);
    const State z = HalfSlopes(around.row.From(-1), around.row, around.row.From(1), c);

    const double divergence = x.u + y.v + z.w;
    const double dr = -a * (u * x.r + v * y.r + w * z.r + r * divergence);
    const double dp = -a * (u * x.p + v * y.p + w * z.p + gamma * p * divergence);
    const double r_min = r + dr - Largest(x.r, y.r, z.r);
    const double p_min = p + dp - Largest(x.p, y.p, z.p);
    const bool sound = (r_min >= 0.1 * r) & (p_min >= 0.1 * p);
    const double volume = 1 / r;
    const double du = -a * (u * x.u + v * y.u + w * z.u + volume * x.p);
    const double dv = -a * (u * x.v + v * y.v + w * z.v + volume * y.p);
    const double dw = -a * (u * x.w + v * y.w + w * z.w + volume * z.p);

    const State zero = {0, 0, 0, 0, 0};
    const State centre = Select(sound, Sum(cell, {dr, du, dv, dw, dp}), cell);
    const State half_x = Select(sound, x, zero), half_y = Select(sound, y, zero), half_z = Select(sound, z, zero);
    Put(faces.lower_x, c, Difference(centre, half_x));
    Put(upper_x, c, Sum(centre, half_x));
    Put(faces.lower_y, c, Difference(centre, half_y));
    Put(faces.upper_y, c, Sum(centre, half_y));
    Put(faces.lower_z, c, Difference(centre, half_z));
    Put(faces.upper_z, c, Sum(centre, half_z));
    constant += sound ? 0 : 1;
  }
  return constant;
}

// What moves through faces, from the states below and above them, by the HLLC solver; `u` is the velocity across the faces.
FOR_EACH_PROCESSOR void Exchange(const Moved &moved, const Row &below, const Row &above, int count, const Step &step) {
  const double a = step.a, gamma = step.gamma, g = gamma - 1, h = gamma / g;
  FOR_EACH(c, count) {
    const State lower = below[c], upper = above[c];
    const auto [rl, ul, vl, wl, pl] = lower;
    const auto [rr, ur, vr, wr, pr] = upper;

    const double tl = pl / rl, tr = pr / rr;
    const double ql = 0.5 * (ul * ul + vl * vl + wl * wl), qr = 0.5 * (ur * ur + vr * vr + wr * wr);
    const double sl = std::sqrt(rl), sr = std::sqrt(rr);
    const double weight = 1 / (sl + sr);
    const double ua = (sl * ul + sr * ur) * weight;
    const double va = (sl * vl + sr * vr) * weight;
    const double wa = (sl * wl + sr * wr) * weight;
    const double ha = (sl * (h * tl + ql) + sr * (h * tr + qr)) * weight;
    const double ca = std::sqrt(g * (ha - 0.5 * (ua * ua + va * va + wa * wa)));
    const double slow = Lesser(ul - std::sqrt(gamma * tl), ua - ca);
    const double fast = Greater(ur + std::sqrt(gamma * tr), ua + ca);

    const double ml = rl * (slow - ul), mr = rr * (fast - ur);
    const double middle = (pr - pl + ul * ml - ur * mr) / (ml - mr);
    // The upwind side is chosen before its division and not after, which would take two.
    const bool is_lower = middle >= 0;
    const auto [r, u, v, w, p] = Select(is_lower, lower, upper);
    const double m = is_lower ? ml : mr, q = is_lower ? ql : qr, t = is_lower ? tl : tr, outer = is_lower ? slow : fast;
    const bool is_between = (is_lower & (slow < 0)) | (!is_lower & (fast > 0));
    const double e = p / g + r * q;
    const double star = 1 / (outer - middle);
    const double pressure = p + m * (middle - u);
    const double energy = ((outer - u) * e - p * u + pressure * middle) * star;
    const double flow = (is_between ? middle : u) * a;
    const double mass = (is_between ? m * star : r) * flow;
    const double force = is_between ? pressure : p;
    moved.r[c] = mass;
    moved.u[c] = mass * (flow / a) + a * force;
    moved.v[c] = v * mass;
    moved.w[c] = w * mass;
    moved.energy[c] = flow * ((is_between ? energy : e) + force);
    moved.heat[c] = (mass * t) / g;
    moved.flow[c] = -flow;
  }
}

// What a row of cells gets through its faces along y and z.
struct Sides {
  Moved lower_y, upper_y, z;
};

// Adds up a number of a cell: what entered along x, along y, along z, less what leaves along z and along y.
INLINE double Gathered(double number, double x, const double *lower_y, const double *z, const double *upper_y, int c) {
  return number + x + lower_y[c] + z[c] - z[c + 1] - upper_y[c];
}

// Adds conserved states and all but what leaves along x to what entered along x.
FOR_EACH_PROCESSOR void Gather(const Moved &x, const double *conserved, const Sides &sides, int count) {
  const auto [lower, upper, z] = sides;
  FOR_EACH(c, count) {
    const double *cell = conserved + kConserved * c;
    x.r[c] = Gathered(cell[0], x.r[c], lower.r, z.r, upper.r, c);
    x.u[c] = Gathered(cell[1], x.u[c], lower.u, z.u, upper.u, c);
    x.v[c] = Gathered(cell[2], x.v[c], lower.v, z.v, upper.v, c);
    x.w[c] = Gathered(cell[3], x.w[c], lower.w, z.w, upper.w, c);
    x.energy[c] = Gathered(cell[4], x.energy[c], lower.energy, z.energy, upper.energy, c);
    x.heat[c] = Gathered(cell[5], x.heat[c], lower.heat, z.heat, upper.heat, c);
    x.flow[c] = Gathered(cell[6], x.flow[c], lower.flow, z.flow, upper.flow, c);
  }
}

// A row of cells in the solver's arrays, and its pressure before the step.
struct Cells {
  double *conserved, *primitive;
  const double *pressure;
};

// Finishes a step in cells, given their sums and what leaves along x: chooses between the two internal energies. Adds to the
// numbers of floors and of choices of the carried energy.
FOR_EACH_PROCESSOR void Commit(const Cells &cells, const Moved &sum, const Moved &x, const Step &step, int32_t *counts) {
  double *const conserved = cells.conserved, *const primitive = cells.primitive;
  const double *const pressure = cells.pressure;
  const double g = step.gamma - 1, dual = step.dual;
  int64_t floors = 0, carried = 0;
  FOR_EACH(c, step.nz) {
    double *const cell = conserved + kConserved * c, *const state = primitive + kState * c;
    const double found = sum.r[c] - x.r[c], mx = sum.u[c] - x.u[c], my = sum.v[c] - x.v[c], mz = sum.w[c] - x.w[c];
    const double total = sum.energy[c] - x.energy[c];
    const bool is_empty = found < kLeastDensity;
    const double r = is_empty ? kLeastDensity : found;
    const double volume = 1 / r;
    const double u = mx * volume, v = my * volume, w = mz * volume;
    const double kinetic = 0.5 * r * (u * u + v * v + w * w);
    const double work = 0.5 * (sum.flow[c] - x.flow[c]);
    const double rest = total - kinetic;
    const bool is_carried = rest <= dual * total;
    const double moved = (sum.heat[c] - x.heat[c] - work * pressure[c]) / (1 + g * work);
    const bool is_warm = moved * g >= kLeastPressure;
    const double heat = is_carried ? (is_warm ? moved : kLeastPressure / g) : rest;
    cell[0] = r, cell[1] = mx, cell[2] = my, cell[3] = mz;
    cell[4] = is_carried ? kinetic + heat : total, cell[5] = heat, cell[6] = 0;
    state[0] = r, state[1] = u, state[2] = v, state[3] = w, state[4] = g * heat;
    floors += (is_empty ? 1 : 0) + (is_carried & !is_warm ? 1 : 0);
    carried += is_carried ? 1 : 0;
  }
  counts[0] += int32_t(floors);
  counts[1] += int32_t(carried);
}

// Rows of a plane, one behind the other.
template <typename T>
struct Plane {
  T first;
  size_t length;
  T At(int j) const { return first.From(j * length); }
};

// Memory of all rows of a sweep.
class Rows {
 public:
  Rows(size_t rows, size_t length)
      : plane_(rows * length), length_(length), memory_(kPlanes * plane_ + kRows * length) {}
  bool AreThere() const { return memory_.data != nullptr; }
  Plane<Row> NextStates() { return {States(plane_), length_}; }
  Plane<Moved> NextMovedPlane() { return {Changes(plane_), length_}; }
  Moved NextMoved() { return Changes(length_); }
  Faces NextFaces() { return {States(length_), States(length_), States(length_), States(length_), States(length_)}; }

 private:
  // As many as Sweep takes.
  static constexpr size_t kPlanes = (3 + 2) * kState + 2 * kConserved, kRows = 2 * 5 * kState + 3 * kConserved;
  double *Array(size_t length) {
    double *const array = memory_.data + used_;
    used_ += length;
    return array;
  }
  Row States(size_t n) { return {Array(n), Array(n), Array(n), Array(n), Array(n)}; }
  Moved Changes(size_t n) { return {Array(n), Array(n), Array(n), Array(n), Array(n), Array(n), Array(n)}; }

  const size_t plane_, length_;
  const Zeros memory_;
  size_t used_ = 0;
};

// Takes a step; counts floors and choices of the carried energy, and returns how many cells stay constant. Ghosts of the
// conserved states, which nothing reads, are left alone. A plane is finished when what leaves it along x is known.
int64_t Sweep(const Step &step, double *conserved, double *primitive, int32_t *counts, Rows *rows) {
  const int ny = step.ny, nz = step.nz;
  const size_t length = nz + 2 * kGhosts, plane = (ny + 2 * kGhosts) * length;
  // States by row, from the first ghosts on; those at upper faces along x by row, and fluxes and sums, from the row -2 on.
  Plane<Row> before = rows->NextStates(), present = rows->NextStates(), after = rows->NextStates();
  Plane<Row> previous_x = rows->NextStates(), upper_x = rows->NextStates();
  Plane<Moved> sums = rows->NextMovedPlane(), moved_x = rows->NextMovedPlane();
  Faces below = rows->NextFaces(), faces = rows->NextFaces();
  Moved lower_y = rows->NextMoved(), upper_y = rows->NextMoved(), z = rows->NextMoved();
  const auto first = [&](int i, int j) { return (i + kGhosts) * plane + (j + kGhosts) * length + kGhosts; };
  const auto split = [&](const Plane<Row> &to, int i) {
    Split(to.first, primitive + (i + kGhosts) * plane * kState, int(plane));
  };

  int64_t constant = 0;
  split(present, -2);
  split(after, -1);
  for (int i = -1; i <= step.nx; i++) {
    const Plane<Row> free = before;
    before = present, present = after, after = free;
    split(after, i + 1);
    // Planes of ghosts need only the rows beside cells.
    const bool is_inside = i >= 0 && i < step.nx;
    for (int j = is_inside ? -1 : 0; j < (is_inside ? ny + 1 : ny); j++) {
      const int row = j + kGhosts;
      const Around around = {present.At(row).From(1), before.At(row).From(1), after.At(row).From(1),
                             present.At(row - 1).From(1), present.At(row + 1).From(1)};
      constant += Extrapolate(faces, upper_x.At(row), around, step);
      if (j >= 0 && j < ny && i >= 0) {
        Exchange(moved_x.At(row), previous_x.At(row).From(1), faces.lower_x.From(1), nz, step);
        if (i > 0) {
          const size_t cell = first(i - 1, j);
          const Cells cells = {conserved + cell * kConserved, primitive + cell * kState, before.At(row).p + kGhosts};
          Commit(cells, sums.At(row), moved_x.At(row), step, counts);
        }
      }
      if (is_inside && j >= 0) {
        Exchange(upper_y.Turned(1), below.upper_y.From(1).Turned(1), faces.lower_y.From(1).Turned(1), nz, step);
        if (j > 0) Gather(moved_x.At(row - 1), conserved + first(i, j - 1) * kConserved, {lower_y, upper_y, z}, nz);
        std::swap(lower_y, upper_y);
      }
      if (is_inside && j >= 0 && j < ny) {
        Exchange(z.Turned(2), faces.upper_z.Turned(2), faces.lower_z.From(1).Turned(2), nz + 1, step);
      }
      std::swap(below, faces);
    }
    std::swap(previous_x, upper_x);
    std::swap(sums, moved_x);
  }
  return constant;
}

Result CloudSweep(Doubles u, Doubles w, Integers counts, int nx, int ny, int nz, double a, double gamma, double dual) {
  const double rows = ny + 2 * kGhosts, length = nz + 2 * kGhosts, cells = (nx + 2 * kGhosts) * rows * length;
  const bool good = nx >= 1 && ny >= 1 && nz >= 1 && u.Has(cells * kConserved) && w.Has(cells * kState);
  if (!good || !counts.Has(2)) return "cloudSweep: expected u, w, counts, nx, ny, nz, a, gamma, dual of a grid.";
  Rows memory(rows, length);
  if (!memory.AreThere()) return "cloudSweep: expected memory for planes of cells, found none.";
  return double(Sweep({nx, ny, nz, a, gamma, dual}, u.data, w.data, counts.data, &memory));
}

}  // namespace

LOOP("cloudSweep", CloudSweep)
