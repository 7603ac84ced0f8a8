// Rotations of queries and keys by position, in one pass over memory, as operations of TensorFlow.

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

REGISTER_OP("LolaRotate")
    .Input("x: float").Input("cosine: float").Input("sine: float")
    .Output("y: float").SetShapeFn(UnchangedShape);
REGISTER_KERNEL_BUILDER(Name("LolaRotate").Device(DEVICE_CPU), Kernel<Rotate>);

REGISTER_OP("LolaRotateGrad")
    .Input("dy: float").Input("y: float").Input("cosine: float").Input("sine: float")
    .Output("dx: float").Output("dtheta: float").SetShapeFn(UnknownShape);
REGISTER_KERNEL_BUILDER(Name("LolaRotateGrad").Device(DEVICE_CPU), Kernel<RotateGrad>);

}  // namespace lola
