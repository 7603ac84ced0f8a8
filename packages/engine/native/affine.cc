// Linear layers in one pass, x w^T + b, as an operation of TensorFlow.
//
// Weights are brought into panels or tiles, which stay in the cache while blocks of rows pass over them.

#include "tiles.h"

namespace lola {

constexpr int64_t kColumns = 2 * kStep;  // whole panels on every processor
constexpr int64_t kRowsTogether = 64;    // rows that stay in the first cache while a panel changes
constexpr int64_t kRowsOfPart = 1024;
constexpr int64_t kCached = 1 << 18;     // numbers that stay in a core's cache
constexpr int64_t kFewest = 512;         // rows for which splitting weights into tiles pays off

// Some columns of the result, of as many rows of weights.
template <typename P>
static INLINE void Apply(Input x, Input w, const float *bias, Output y, int64_t rows, int64_t size, int64_t columns) {
  const int64_t width = Padded(columns);
  Workspace workspace(size * width + width + kRowsTogether * kColumns + 3 * kStep);
  float *const memory = workspace.Take(size * width), *const first = workspace.Take(width);
  float *const sums = workspace.Take(kRowsTogether * kColumns);
  const Right weights = PackTransposed<P>(w, columns, size, memory);
  for (int64_t j = 0; j < width; j++) first[j] = bias && j < columns ? bias[j] : 0;
  for (int64_t row = 0; row < rows; row += kRowsTogether) {
    const int64_t count = std::min(kRowsTogether, rows - row);
    for (int64_t j = 0; j < columns; j += P::kColumns) {
      const Right panel = {weights.data + j * size, size, std::min<int64_t>(P::kColumns, width - j)};
      const bool fits = j + panel.width <= columns;
      Multiply<P>(Rows(x[row], x.stride), panel, fits ? y[row] + j : sums, fits ? y.stride : kColumns, count, {first + j, 0});
      if (!fits) Unpack(sums, kColumns, count, columns - j, {y[row] + j, y.stride});
    }
  }
}

FOR_THIS_PROCESSOR(ApplyHere, Apply,
                   (Input x, Input w, const float *bias, Output y, int64_t rows, int64_t size, int64_t columns),
                   (x, w, bias, y, rows, size, columns))

#ifdef WITH_TILES
// All of the result, where its sizes are those of whole tiles.
static void ApplyTiles(OpKernelContext *context, Input x, Input w, const float *bias, Output y, int64_t rows) {
  const int64_t size = x.stride, outputs = y.stride, first = 2 * outputs;  // numbers of 16 bits before the tiles: the bias
  Tensor memory;
  const absl::Status status = context->allocate_temp(tensorflow::DT_UINT16, TensorShape({first + outputs * size * kParts}), &memory);
  if (!status.ok()) return context->CtxFailure(status);
  uint16_t *const packed = memory.flat<uint16_t>().data() + first;
  float *const start = reinterpret_cast<float *>(packed - first);
  for (int64_t j = 0; j < outputs; j++) start[j] = bias ? bias[j] : 0;
  Share(context, outputs / kLines, kLines * size, [=](int64_t begin, int64_t end) {
    for (int64_t j = begin * kLines; j < end * kLines; j += kLines) SplitTransposed(w.From(j), size, packed + j * size * kParts);
  });
  Share(context, (rows + kSide - 1) / kSide, size * outputs, [=](int64_t begin, int64_t end) {
    const int64_t i = begin * kSide;
    MultiplyRows(x.From(i), std::min(rows, end * kSide) - i, size, packed, outputs, start, y.From(i));
  });
}
#endif

// Inputs x [N, in], w [out, in], and a bias [out] or of no numbers; the result [N, out].
static void Affine(OpKernelContext *context) {
  const Tensor &x = context->input(0), &w = context->input(1), &b = context->input(2);
  const bool fits = x.dims() == 2 && w.dims() == 2 && w.dim_size(1) == x.dim_size(1) &&
                    (b.NumElements() == 0 || b.NumElements() == w.dim_size(0));
  if (!Require(context, fits, "expected rows [N, in], weights [out, in], and a bias [out] or of no numbers")) return;
  const int64_t rows = x.dim_size(0), size = x.dim_size(1), outputs = w.dim_size(0);
  const float *from = Values(context, 0), *weights = Values(context, 1);
  const float *bias = b.NumElements() > 0 ? Values(context, 2) : nullptr;
  float *y = Result(context, 0, TensorShape({rows, outputs}));
  if (!context->status().ok()) return;
#ifdef WITH_TILES
  if (HasTiles() && rows >= kFewest && size % kSide == 0 && outputs % kSide == 0)
    return ApplyTiles(context, {from, size}, {weights, size}, bias, {y, outputs}, rows);
#endif
  // Few rows are divided by columns, so that weights are brought once.
  const int64_t height = rows * size <= kCached ? rows : kRowsOfPart;
  const int64_t width = height == rows ? kColumns : std::max(kColumns, kCached / 2 / size / kColumns * kColumns);
  const int64_t across = (outputs + width - 1) / width, parts = (rows + height - 1) / height * across;
  Share(context, parts, std::min(height, rows) * size * std::min(width, outputs) / 32, [=](int64_t begin, int64_t end) {
    for (int64_t part = begin; part < end; part++) {
      const int64_t i = part / across * height, j = part % across * width;
      ApplyHere({from + i * size, size}, {weights + j * size, size}, bias ? bias + j : nullptr, {y + i * outputs + j, outputs},
                std::min(height, rows - i), size, std::min(width, outputs - j));
    }
  });
}

REGISTER_OP("LolaAffine").Input("x: float").Input("w: float").Input("b: float").Output("y: float").SetShapeFn(UnknownShape);
REGISTER_KERNEL_BUILDER(Name("LolaAffine").Device(DEVICE_CPU), Kernel<Affine>);

}  // namespace lola
