// Rotations by position, and what attention's softmax passes back, in one pass over memory, as operations of TensorFlow.

#include "rows.h"

namespace lola {

FOR_EACH_PROCESSOR static void RotateRow(const float *__restrict x, const float *__restrict cosine,
                                         const float *__restrict sine, float *__restrict y, int64_t pairs) {
  for (int64_t i = 0; i < pairs; i++) {
    const float a = x[2 * i], b = x[2 * i + 1];
    y[2 * i] = a * cosine[i] - b * sine[i];
    y[2 * i + 1] = a * sine[i] + b * cosine[i];
  }
}

FOR_EACH_PROCESSOR static void RotateGradRow(const float *__restrict dy, const float *__restrict y,
                                             const float *__restrict cosine, const float *__restrict sine,
                                             float *__restrict dx, float *__restrict dtheta, int64_t pairs) {
  for (int64_t i = 0; i < pairs; i++) {
    const float a = dy[2 * i], b = dy[2 * i + 1];
    dx[2 * i] = a * cosine[i] + b * sine[i];
    dx[2 * i + 1] = b * cosine[i] - a * sine[i];
    dtheta[i] += b * y[2 * i] - a * y[2 * i + 1];
  }
}

// Rows of neighbours (x_0, x_1), (x_2, x_3), ... and the factors of their rotation, which leading axes share.
struct Rotation {
  int64_t shared, rows, pairs;
};

static bool RotationOf(OpKernelContext *context, const Tensor &x, const Tensor &cosine, const Tensor &sine,
                       Rotation *rotation) {
  const int64_t pairs = WidthOf(cosine), size = cosine.NumElements();
  const bool fits = pairs > 0 && size > 0 && WidthOf(x) == 2 * pairs && sine.NumElements() == size &&
                    x.NumElements() % (2 * size) == 0;
  Require(context, fits, "expected a cosine and a sine for each pair of a row");
  if (fits) *rotation = {x.NumElements() / (2 * size), size / pairs, pairs};
  return fits;
}

// Pairs of neighbours times cosine + i sine: inputs x [..., L, D], cosine and sine [L, D / 2] with any of the axes before.
static void Rotate(OpKernelContext *context) {
  Rotation rotation;
  if (!RotationOf(context, context->input(0), context->input(1), context->input(2), &rotation)) return;
  const float *x = Values(context, 0), *cosine = Values(context, 1), *sine = Values(context, 2);
  float *y = Result(context, 0, context->input(0).shape());
  if (!context->status().ok()) return;
  const auto [shared, rows, pairs] = rotation;
  Share(context, shared * rows, 4 * pairs, [=, rows = rows, pairs = pairs](int64_t first, int64_t last) {
    for (int64_t row = first; row < last; row++) {
      const int64_t at = row % rows * pairs;
      RotateRow(x + 2 * row * pairs, cosine + at, sine + at, y + 2 * row * pairs, pairs);
    }
  });
}

// The gradients of a rotation with respect to x and to its angles: inputs that of the value, the value, cosine and sine.
static void RotateGrad(OpKernelContext *context) {
  Rotation rotation;
  if (!RotationOf(context, context->input(0), context->input(2), context->input(3), &rotation)) return;
  const bool fits = context->input(1).NumElements() == context->input(0).NumElements();
  if (!Require(context, fits, "expected tensors of one size")) return;
  const float *dy = Values(context, 0), *y = Values(context, 1);
  const float *cosine = Values(context, 2), *sine = Values(context, 3);
  float *dx = Result(context, 0, context->input(0).shape()), *dtheta = Result(context, 1, context->input(2).shape());
  if (!context->status().ok()) return;
  const auto [shared, rows, pairs] = rotation;
  const auto work = [=, shared = shared, rows = rows, pairs = pairs](int64_t first, int64_t last) {
    std::fill_n(dtheta + first * pairs, (last - first) * pairs, 0.0f);
    for (int64_t n = 0; n < shared; n++) {
      for (int64_t row = first; row < last; row++) {
        const int64_t from = 2 * (n * rows + row) * pairs, at = row * pairs;
        RotateGradRow(dy + from, y + from, cosine + at, sine + at, dx + from, dtheta + at, pairs);
      }
    }
  };
  Share(context, rows, 6 * shared * pairs, work);
}

FOR_EACH_PROCESSOR static void DotRows(const float *a, const float *b, float *sums, int64_t rows, int64_t width) {
  for (int64_t row = 0; row < rows; row++) sums[row] = DotOf(a + row * width, b + row * width, width);
}

// Products of rows, [..., C] and [..., C] to [..., 1].
static void RowDot(OpKernelContext *context) {
  const Tensor &input = context->input(0);
  if (!Require(context, context->input(1).NumElements() == input.NumElements(), "expected tensors of one size")) return;
  const int64_t width = WidthOf(input), rows = RowsOf(input).num_elements();
  const float *a = Values(context, 0), *b = Values(context, 1);
  float *sums = Result(context, 0, RowsOf(input));
  if (!context->status().ok()) return;
  Share(context, rows, 2 * width, [=](int64_t first, int64_t last) {
    DotRows(a + first * width, b + first * width, sums + first, last - first, width);
  });
}

FOR_EACH_PROCESSOR static void WeighDifferenceRow(const float *__restrict x, float shift, const float *__restrict weights,
                                                  float *__restrict y, int64_t width) {
  for (int64_t i = 0; i < width; i++) y[i] = (x[i] - shift) * weights[i];
}

// Differences of rows from a number each, times weights: inputs x [..., C], numbers [..., 1], weights [..., C].
static void WeighDifference(OpKernelContext *context) {
  const Tensor &input = context->input(0);
  const int64_t width = WidthOf(input), rows = RowsOf(input).num_elements();
  const bool fits = context->input(1).NumElements() == rows && context->input(2).NumElements() == input.NumElements();
  if (!Require(context, fits, "expected a number for each row and a weight for each value")) return;
  const float *x = Values(context, 0), *shifts = Values(context, 1), *weights = Values(context, 2);
  float *y = Result(context, 0, input.shape());
  if (!context->status().ok()) return;
  Share(context, rows, 2 * width, [=](int64_t first, int64_t last) {
    for (int64_t row = first; row < last; row++) {
      WeighDifferenceRow(x + row * width, shifts[row], weights + row * width, y + row * width, width);
    }
  });
}

REGISTER_OP("LolaRotate")
    .Input("x: float").Input("cosine: float").Input("sine: float")
    .Output("y: float").SetShapeFn(UnchangedShape);
REGISTER_KERNEL_BUILDER(Name("LolaRotate").Device(DEVICE_CPU), Kernel<Rotate>);

REGISTER_OP("LolaRotateGrad")
    .Input("dy: float").Input("y: float").Input("cosine: float").Input("sine: float")
    .Output("dx: float").Output("dtheta: float").SetShapeFn(UnknownShape);
REGISTER_KERNEL_BUILDER(Name("LolaRotateGrad").Device(DEVICE_CPU), Kernel<RotateGrad>);

REGISTER_OP("LolaRowDot").Input("a: float").Input("b: float").Output("sums: float").SetShapeFn(UnknownShape);
REGISTER_KERNEL_BUILDER(Name("LolaRowDot").Device(DEVICE_CPU), Kernel<RowDot>);

REGISTER_OP("LolaWeighDifference")
    .Input("x: float").Input("shifts: float").Input("weights: float")
    .Output("y: float").SetShapeFn(UnchangedShape);
REGISTER_KERNEL_BUILDER(Name("LolaWeighDifference").Device(DEVICE_CPU), Kernel<WeighDifference>);

}  // namespace lola
