// Gravity of the three-dimensional gas.
//
// It is fast because rows are brought into a transform's order as they are copied, and because a plane is transformed along z
// in slices that the processor's nearest memory holds.

#include "cloud.h"
#include "fourier.h"

namespace {

constexpr int kSlice = 16;     // rows along z that are transformed at once

// A transform: where its rows go, and its angles (see Combine).
struct Transform {
  int length;
  const int32_t *order;
  const double *tables;
};

// A spectrum's planes of ny rows of nz numbers, which are padded with zeros to the transforms' lengths.
struct Planes {
  int count, ny, nz;
  Transform y, z;
};

// Where a plane is transformed along y, and slices of it along z.
struct Work {
  Rows y, y_back, z, z_back;
};

// Multiplies a slice of a plane by the kernel's values, which are even in both directions; its rows are copied into the order
// of the transform back.
void Multiply(const Planes &planes, const Work &work, const double *kernel, int first, int count) {
  const int my = planes.y.length, mz = planes.z.length, hy = my / 2 + 1;
  for (int k = 0; k < mz; k++) {
    const double *const row = kernel + size_t(std::min(k, mz - k)) * hy;
    const Rows from = work.z.From(size_t(k) * count), to = work.z_back.From(size_t(planes.z.order[k]) * count);
    for (int j = 0; j < count; j++) {
      const int y = first + j;
      const double factor = row[y < hy ? y : my - y];
      to.re[j] = from.re[j] * factor;
      to.im[j] = from.im[j] * factor;
    }
  }
}

// Convolves a slice of a plane, which is transformed along y, along z.
void ConvolveSlice(const Planes &planes, const Work &work, const double *kernel, int first, int count) {
  const int nz = planes.nz, mz = planes.z.length;
  const Rows from = work.y.From(size_t(first) * nz), back = work.z_back;
  for (int k = 0; k < mz; k++) {
    const Rows to = work.z.From(size_t(planes.z.order[k]) * count);
    for (int j = 0; j < count; j++) {
      to.re[j] = k < nz ? from.re[size_t(j) * nz + k] : 0;
      to.im[j] = k < nz ? from.im[size_t(j) * nz + k] : 0;
    }
  }
  Combine(work.z, mz, count, planes.z.tables);
  Multiply(planes, work, kernel, first, count);
  Combine({back.im, back.re}, mz, count, planes.z.tables);  // exchanged parts make the inverse transform
  for (int j = 0; j < count; j++) {
    const Rows to = work.y_back.From(size_t(planes.y.order[first + j]) * nz);
    for (int k = 0; k < nz; k++) {
      to.re[k] = back.re[size_t(k) * count + j];
      to.im[k] = back.im[size_t(k) * count + j];
    }
  }
}

// Convolves one plane of the spectrum along y and z.
void ConvolvePlane(const Planes &planes, const Work &work, const Rows &plane, const double *kernel) {
  const int ny = planes.ny, nz = planes.nz, my = planes.y.length;
  for (int j = 0; j < my; j++) {
    const Rows from = plane.From(size_t(j) * nz), to = work.y.From(size_t(planes.y.order[j]) * nz);
    for (int k = 0; k < nz; k++) {
      to.re[k] = j < ny ? from.re[k] : 0;
      to.im[k] = j < ny ? from.im[k] : 0;
    }
  }
  Combine(work.y, my, nz, planes.y.tables);
  for (int first = 0; first < my; first += kSlice)
    ConvolveSlice(planes, work, kernel, first, std::min(kSlice, my - first));
  Combine({work.y_back.im, work.y_back.re}, my, nz, planes.y.tables);
  std::copy_n(work.y_back.re, size_t(ny) * nz, plane.re);
  std::copy_n(work.y_back.im, size_t(ny) * nz, plane.im);
}

// Whether a transform is one: each row goes to one of its rows, and its tables are those of the length.
bool IsWhole(const ConstIntegers &order, const ConstDoubles &tables) {
  return order.length >= 1 && order.length < 1e9 && IsOrder(order) && tables.length == TableSize(int(order.length));
}

// Convolves the planes of a spectrum.
Result ConvolveLoop(Doubles re, Doubles im, ConstDoubles kernel, int count, int ny, int nz, ConstIntegers y_order,
                    ConstDoubles y_tables, ConstIntegers z_order, ConstDoubles z_tables) {
  const int my = int(y_order.length), mz = int(z_order.length);
  const double size = double(ny) * nz, hy = my / 2 + 1, hz = mz / 2 + 1;
  const bool good = count >= 0 && ny >= 1 && nz >= 1 && IsWhole(y_order, y_tables) && IsWhole(z_order, z_tables) &&
                    ny <= my && nz <= mz && re.length >= count * size && im.length >= count * size &&
                    kernel.length >= count * hy * hz;
  if (!good)
    return "convolve: expected re, im, kernel, planes, ny, nz, y order, y tables, z order, z tables of a grid.";
  const size_t plane = size_t(my) * nz, slice = size_t(mz) * kSlice;
  const Zeros memory(4 * (plane + slice));
  if (!memory.data) return "convolve: expected memory for a plane, found none.";
  double *const slices = memory.data + 4 * plane;
  const Rows first = {memory.data, memory.data + plane}, first_slice = {slices, slices + slice};
  const Work work = {first, first.From(2 * plane), first_slice, first_slice.From(2 * slice)};
  const Planes planes = {count, ny, nz, {my, y_order.data, y_tables.data}, {mz, z_order.data, z_tables.data}};
  for (int i = 0; i < count; i++)
    ConvolvePlane(planes, work, Rows{re.data, im.data}.From(size_t(i) * size), kernel.data + size_t(i * hy * hz));
  return {};
}

// A grid of cells, and the factor of differences of the potential: the length of the time over the spacing, negative.
struct Grid {
  int nx, ny, nz;
  double factor;
  bool is_periodic;
};

// Neighbours of a cell along an axis: their distances in the potential's array, and the factor of their difference.
struct Neighbours {
  ptrdiff_t below, above;
  double factor;
};

Neighbours NeighboursOf(const Grid &grid, int i, int n, ptrdiff_t stride) {
  const bool is_first = i == 0, is_last = i == n - 1, is_periodic = grid.is_periodic;
  const ptrdiff_t around = is_periodic ? (n - 1) * stride : 0;
  const double factor = (!is_first && !is_last) || is_periodic ? 0.5 : 1;
  return {is_first ? around : -stride, is_last ? -around : stride, grid.factor * factor};
}

INLINE double Change(const double *potential, const Neighbours &at) {
  return at.factor * (potential[at.above] - potential[at.below]);
}

// Changes the velocity of a cell, and its momentum and energy with it.
INLINE void Accelerate(double *cell, double *state, double x, double y, double z) {
  const double r = state[0];
  cell[1] += r * x;
  cell[2] += r * y;
  cell[3] += r * z;
  cell[4] += r * (x * (state[1] + 0.5 * x) + y * (state[2] + 0.5 * y) + z * (state[3] + 0.5 * z));
  state[1] += x;
  state[2] += y;
  state[3] += z;
}

// Accelerates all cells by their potential.
void Kick(const Grid &grid, double *conserved, double *primitive, const double *potential) {
  const int nx = grid.nx, ny = grid.ny, nz = grid.nz;
  for (int i = 0; i < nx; i++) {
    const Neighbours x = NeighboursOf(grid, i, nx, ptrdiff_t(ny) * nz);
    for (int j = 0; j < ny; j++) {
      const Neighbours y = NeighboursOf(grid, j, ny, nz);
      const size_t row = (size_t(i + kGhosts) * (ny + 2 * kGhosts) + j + kGhosts) * (nz + 2 * kGhosts) + kGhosts;
      const double *const at = potential + (size_t(i) * ny + j) * nz;
      for (int k = 0; k < nz; k++) {
        const Neighbours z = NeighboursOf(grid, k, nz, 1);
        Accelerate(conserved + (row + k) * kConserved, primitive + (row + k) * kState, Change(at + k, x),
                   Change(at + k, y), Change(at + k, z));
      }
    }
  }
}

Result KickLoop(Doubles u, Doubles w, ConstDoubles potential, int nx, int ny, int nz, double factor, int is_periodic) {
  const double cells = (nx + 2.0 * kGhosts) * (ny + 2 * kGhosts) * (nz + 2 * kGhosts);
  const bool good = nx >= 1 && ny >= 1 && nz >= 1 && u.Has(cells * kConserved) && w.Has(cells * kState) &&
                    potential.Has(double(nx) * ny * nz);
  if (!good) return "kick: expected u, w, potential, nx, ny, nz, factor, periodic of a grid.";
  Kick({nx, ny, nz, factor, is_periodic == 1}, u.data, w.data, potential.data);
  return {};
}

}  // namespace

LOOP("convolve", ConvolveLoop)
LOOP("kick", KickLoop)
