// SiLU and norms of rows in one pass over memory, as operations of TensorFlow.

#include "rows.h"

namespace lola {

constexpr int64_t kTogether = 4096;  // numbers of a tile of an element-wise operation

// e^x to rounding: 2^n times that of the rest. Straight code, so that the compiler makes vectors of it.
static inline float Exp(float x) {
  x = std::min(89.0f, std::max(-87.0f, x));  // infinite from 88.4 on
  const float shifted = x * 1.44269504f + 12582912.0f;  // its last bits are n
  const float n = shifted - 12582912.0f;
  const float r = (x - n * 0.693359375f) + n * 2.12194440e-4f;
  const int32_t bits = (static_cast<int32_t>(n) + 127) << 23;
  float power;
  std::memcpy(&power, &bits, sizeof power);
  return ExpOfRest(r) * power;
}

FOR_EACH_PROCESSOR static void SiluRow(const float *__restrict x, float *__restrict y, int64_t count) {
  for (int64_t i = 0; i < count; i++) y[i] = x[i] / (1.0f + Exp(-x[i]));
}

FOR_EACH_PROCESSOR static void SiluGradRow(const float *__restrict dy, const float *__restrict x, float *__restrict dx,
                                           int64_t count) {
  for (int64_t i = 0; i < count; i++) {
    const float sigmoid = 1.0f / (1.0f + Exp(-x[i]));
    dx[i] = dy[i] * (sigmoid + x[i] * sigmoid * (1.0f - sigmoid));
  }
}

// x sigmoid(x).
static void Silu(OpKernelContext *context) {
  const float *x = Values(context, 0);
  const int64_t size = context->input(0).NumElements();
  float *y = Result(context, 0, context->input(0).shape());
  if (!context->status().ok()) return;
  Share(context, (size + kTogether - 1) / kTogether, 4 * kTogether, [=](int64_t first, int64_t last) {
    SiluRow(x + first * kTogether, y + first * kTogether, std::min(size, last * kTogether) - first * kTogether);
  });
}

// The gradient of SiLU: inputs that of the value, and x.
static void SiluGrad(OpKernelContext *context) {
  const float *dy = Values(context, 0), *x = Values(context, 1);
  const int64_t size = context->input(0).NumElements();
  if (!Require(context, context->input(1).NumElements() == size, "expected tensors of one size")) return;
  float *dx = Result(context, 0, context->input(0).shape());
  if (!context->status().ok()) return;
  Share(context, (size + kTogether - 1) / kTogether, 4 * kTogether, [=](int64_t first, int64_t last) {
    const int64_t from = first * kTogether;
    SiluGradRow(dy + from, x + from, dx + from, std::min(size, last * kTogether) - from);
  });
}

struct Norm {
  float eps;
  bool centred;
  int64_t correction;
};

FOR_EACH_PROCESSOR static void NormRows(const Norm norm, const float *x, float *y, float *scales, int64_t rows,
                                        int64_t width) {
  const float whole = 1.0f / width, part = 1.0f / (width - norm.correction);
  for (int64_t row = 0; row < rows; row++, x += width, y += width) {
    const float mean = norm.centred ? SumOf(x, width) * whole : 0.0f;
    for (int64_t i = 0; i < width; i++) y[i] = x[i] - mean;
    const float scale = 1.0f / std::sqrt(DotOf(y, y, width) * part + norm.eps);
    for (int64_t i = 0; i < width; i++) y[i] *= scale;
    scales[row] = scale;
  }
}

FOR_EACH_PROCESSOR static void NormGradRows(const Norm norm, const float *dy, const float *y, const float *scales,
                                            float *dx, int64_t rows, int64_t width) {
  const float whole = 1.0f / width, part = 1.0f / (width - norm.correction);
  for (int64_t row = 0; row < rows; row++, dy += width, y += width, dx += width) {
    const float along = DotOf(dy, y, width) * part;
    const float mean = norm.centred ? SumOf(dy, width) * whole : 0.0f;
    const float scale = scales[row];
    for (int64_t i = 0; i < width; i++) dx[i] = (dy[i] - y[i] * along - mean) * scale;
  }
}

class NormKernelBase : public OpKernel {
 public:
  explicit NormKernelBase(OpKernelConstruction *context) : OpKernel(context) {
    OP_REQUIRES_OK(context, context->GetAttr("eps", &norm_.eps));
    OP_REQUIRES_OK(context, context->GetAttr("centred", &norm_.centred));
    OP_REQUIRES_OK(context, context->GetAttr("correction", &norm_.correction));
  }

 protected:
  Norm norm_;
};

// Rows divided by the root of their mean square, of their deviations from the mean if `centred`; and that factor.
class NormKernel : public NormKernelBase {
 public:
  using NormKernelBase::NormKernelBase;

  void Compute(OpKernelContext *context) override {
    const Tensor &input = context->input(0);
    const int64_t width = WidthOf(input), rows = RowsOf(input).num_elements();
    const float *x = Values(context, 0);
    float *y = Result(context, 0, input.shape()), *scales = Result(context, 1, RowsOf(input));
    if (!context->status().ok()) return;
    const Norm norm = norm_;
    Share(context, rows, 3 * width, [=](int64_t first, int64_t last) {
      NormRows(norm, x + first * width, y + first * width, scales + first, last - first, width);
    });
  }
};

// The gradient of a norm: inputs that of the value, the value, and the factors.
class NormGradKernel : public NormKernelBase {
 public:
  using NormKernelBase::NormKernelBase;

  void Compute(OpKernelContext *context) override {
    const Tensor &input = context->input(0);
    const int64_t width = WidthOf(input), rows = RowsOf(input).num_elements();
    const bool fits = context->input(1).NumElements() == input.NumElements() && context->input(2).NumElements() == rows;
    if (!Require(context, fits, "expected a value and factors of the gradient's rows")) return;
    const float *dy = Values(context, 0), *y = Values(context, 1), *scales = Values(context, 2);
    float *dx = Result(context, 0, input.shape());
    if (!context->status().ok()) return;
    const Norm norm = norm_;
    Share(context, rows, 3 * width, [=](int64_t first, int64_t last) {
      const int64_t at = first * width;
      NormGradRows(norm, dy + at, y + at, scales + first, dx + at, last - first, width);
    });
  }
};

REGISTER_OP("LolaSilu").Input("x: float").Output("y: float").SetShapeFn(UnchangedShape);
REGISTER_KERNEL_BUILDER(Name("LolaSilu").Device(DEVICE_CPU), Kernel<Silu>);

REGISTER_OP("LolaSiluGrad").Input("dy: float").Input("x: float").Output("dx: float").SetShapeFn(UnchangedShape);
REGISTER_KERNEL_BUILDER(Name("LolaSiluGrad").Device(DEVICE_CPU), Kernel<SiluGrad>);

REGISTER_OP("LolaNorm")
    .Input("x: float")
    .Attr("eps: float").Attr("centred: bool").Attr("correction: int")
    .Output("y: float").Output("scale: float").SetShapeFn(UnknownShape);
REGISTER_KERNEL_BUILDER(Name("LolaNorm").Device(DEVICE_CPU), NormKernel);

REGISTER_OP("LolaNormGrad")
    .Input("dy: float").Input("y: float").Input("scale: float")
    .Attr("eps: float").Attr("centred: bool").Attr("correction: int")
    .Output("dx: float").SetShapeFn(UnchangedShape);
REGISTER_KERNEL_BUILDER(Name("LolaNormGrad").Device(DEVICE_CPU), NormGradKernel);

}  // namespace lola
