// Linear layers of few rows: x w^T + b in one pass, as an operation of TensorFlow.

#include "products.h"

namespace lola {

constexpr int64_t kColumns = 2 * kStep;  // outputs that are computed together, of whole panels on every processor

// Columns of outputs, for all rows.
template <typename P>
static INLINE void Apply(Input x, Input w, const float *bias, Output y, int64_t rows, int64_t size, int64_t columns) {
  const int64_t width = Padded(columns), block = width == columns ? 0 : rows;
  Workspace workspace(size * width + width + block * width + 3 * kStep);
  const Right weights = PackTransposed<P>(w, columns, size, workspace.Take(size * width));
  float *const first = workspace.Take(width);
  for (int64_t j = 0; j < width; j++) first[j] = bias && j < columns ? bias[j] : 0;
  if (block == 0) return Multiply<P>(Rows(x.data, x.stride), weights, y.data, y.stride, rows, {first, 0});
  float *const sums = workspace.Take(block * width);
  Multiply<P>(Rows(x.data, x.stride), weights, sums, width, rows, {first, 0});
  Unpack(sums, width, rows, columns, y);
}

FOR_THIS_PROCESSOR(ApplyHere, Apply,
                   (Input x, Input w, const float *bias, Output y, int64_t rows, int64_t size, int64_t columns),
                   (x, w, bias, y, rows, size, columns))

// Inputs x [N, in], w [out, in] and the bias [out], or a bias of no numbers; the result [N, out].
static void Affine(OpKernelContext *context) {
  const Tensor &x = context->input(0), &w = context->input(1), &b = context->input(2);
  const bool fits = x.dims() == 2 && w.dims() == 2 && w.dim_size(1) == x.dim_size(1) &&
                    (b.NumElements() == 0 || b.NumElements() == w.dim_size(0));
  if (!Require(context, fits, "expected rows [N, in], weights [out, in] and a bias [out] or of no numbers")) return;
  const int64_t rows = x.dim_size(0), size = x.dim_size(1), outputs = w.dim_size(0);
  const float *from = Values(context, 0), *weights = Values(context, 1);
  const float *bias = b.NumElements() > 0 ? Values(context, 2) : nullptr;
  float *y = Result(context, 0, TensorShape({rows, outputs}));
  if (!context->status().ok()) return;
  Share(context, (outputs + kColumns - 1) / kColumns, rows * size * kColumns / 32, [=](int64_t first, int64_t last) {
    for (int64_t j = first * kColumns; j < std::min(outputs, last * kColumns); j += kColumns) {
      ApplyHere({from, size}, {weights + j * size, size}, bias ? bias + j : nullptr, {y + j, outputs}, rows, size,
                std::min(kColumns, outputs - j));
    }
  });
}

REGISTER_OP("LolaAffine").Input("x: float").Input("w: float").Input("b: float").Output("y: float").SetShapeFn(UnknownShape);
REGISTER_KERNEL_BUILDER(Name("LolaAffine").Device(DEVICE_CPU), Kernel<Affine>);

}  // namespace lola
