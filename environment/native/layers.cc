// Parts of networks in one pass over memory, as operations of TensorFlow: SiLU, norms, gated sums, rotations by position, and
// what the softmax of attention passes back.
//
// All are bound by memory: as chains of operations they read and write tensors of all activations several times. Rows are
// divided among TensorFlow's own threads; sums over rows are taken in an order that does not depend on their number.

#include "kernels.h"
#include "tensorflow/core/framework/common_shape_fns.h"

namespace lola {

using tensorflow::TensorShape;
using tensorflow::shape_inference::UnknownShape;

constexpr int kLanes = 16;     // partial sums of a row
constexpr int kMaxTerms = 4;   // of a gated sum
constexpr int64_t kTile = 4096;  // numbers of a tile of an element-wise operation

static const float *Values(OpKernelContext *context, int input) { return context->input(input).flat<float>().data(); }

static float *Result(OpKernelContext *context, int output, const TensorShape &shape) {
  Tensor *made = nullptr;
  const absl::Status status = context->allocate_output(output, shape, &made);
  if (!status.ok()) context->CtxFailure(status);
  return status.ok() ? made->flat<float>().data() : nullptr;
}

static void Require(OpKernelContext *context, bool fits, const char *expected) {
  OP_REQUIRES(context, fits, absl::InvalidArgumentError(expected));
}

// Calls work(first, last) on parts of [0, count), each of about `cost` numbers.
template <typename Work>
static void Share(OpKernelContext *context, int64_t count, int64_t cost, const Work &work) {
  const auto *threads = context->device()->tensorflow_cpu_worker_threads();
  tensorflow::Shard(threads->num_threads, threads->workers, count, cost, work);
}

// e^x to rounding: 2^n times a polynomial of what is left of x. Straight code, so that the compiler makes vectors of it.
static inline float Exp(float x) {
  x = std::min(89.0f, std::max(-87.0f, x));  // infinite from 88.4 on
  const float shifted = x * 1.44269504f + 12582912.0f;  // its last bits are n
  const float n = shifted - 12582912.0f;
  const float r = (x - n * 0.693359375f) + n * 2.12194440e-4f;
  float p = 1.9875691500e-4f;
  p = p * r + 1.3981999507e-3f;
  p = p * r + 8.3334519073e-3f;
  p = p * r + 4.1665795894e-2f;
  p = p * r + 1.6666665459e-1f;
  p = p * r + 5.0000001201e-1f;
  p = p * r * r + r + 1.0f;
  const int32_t bits = (static_cast<int32_t>(n) + 127) << 23;
  float power;
  std::memcpy(&power, &bits, sizeof power);
  return p * power;
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
class SiluKernel : public OpKernel {
 public:
  using OpKernel::OpKernel;

  void Compute(OpKernelContext *context) override {
    const float *x = Values(context, 0);
    const int64_t size = context->input(0).NumElements();
    float *y = Result(context, 0, context->input(0).shape());
    if (!context->status().ok()) return;
    Share(context, (size + kTile - 1) / kTile, 4 * kTile, [=](int64_t first, int64_t last) {
      SiluRow(x + first * kTile, y + first * kTile, std::min(size, last * kTile) - first * kTile);
    });
  }
};

// The gradient of SiLU: inputs that of the value, and x.
class SiluGradKernel : public OpKernel {
 public:
  using OpKernel::OpKernel;

  void Compute(OpKernelContext *context) override {
    const float *dy = Values(context, 0), *x = Values(context, 1);
    const int64_t size = context->input(0).NumElements();
    Require(context, context->input(1).NumElements() == size, "expected tensors of one size");
    if (!context->status().ok()) return;
    float *dx = Result(context, 0, context->input(0).shape());
    if (!context->status().ok()) return;
    Share(context, (size + kTile - 1) / kTile, 4 * kTile, [=](int64_t first, int64_t last) {
      const int64_t from = first * kTile;
      SiluGradRow(dy + from, x + from, dx + from, std::min(size, last * kTile) - from);
    });
  }
};

// Sums of a row, lane by lane.
static inline float SumOf(const float *__restrict x, int64_t count) {
  float lanes[kLanes] = {};
  int64_t i = 0;
  for (; i + kLanes <= count; i += kLanes) {
    for (int k = 0; k < kLanes; k++) lanes[k] += x[i + k];
  }
  float sum = 0;
  for (int k = 0; k < kLanes; k++) sum += lanes[k];
  for (; i < count; i++) sum += x[i];
  return sum;
}

static inline float DotOf(const float *__restrict x, const float *__restrict y, int64_t count) {
  float lanes[kLanes] = {};
  int64_t i = 0;
  for (; i + kLanes <= count; i += kLanes) {
    for (int k = 0; k < kLanes; k++) lanes[k] += x[i + k] * y[i + k];
  }
  float sum = 0;
  for (int k = 0; k < kLanes; k++) sum += lanes[k];
  for (; i < count; i++) sum += x[i] * y[i];
  return sum;
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

// Size of the last axis.
static int64_t WidthOf(const Tensor &tensor) { return tensor.dims() > 0 ? tensor.dim_size(tensor.dims() - 1) : 1; }

// The shape with a last axis of 1.
static TensorShape RowsOf(const Tensor &tensor) {
  TensorShape shape = tensor.shape();
  if (shape.dims() > 0) shape.set_dim(shape.dims() - 1, 1);
  return shape;
}

// Rows divided by the root of their mean square, of their deviations from the mean if `centred`; and that factor.
class NormKernel : public NormKernelBase {
 public:
  using NormKernelBase::NormKernelBase;

  void Compute(OpKernelContext *context) override {
    const Tensor &input = context->input(0);
    const int64_t width = WidthOf(input), rows = width > 0 ? input.NumElements() / width : 0;
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
    const int64_t width = WidthOf(input), rows = width > 0 ? input.NumElements() / width : 0;
    Require(context, context->input(1).NumElements() == input.NumElements() && context->input(2).NumElements() == rows,
            "expected a value and factors of the gradient's rows");
    if (!context->status().ok()) return;
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

// Terms of a gated sum at one row, and what they become.
struct Terms {
  int count;
  const float *x[kMaxTerms];
  const float *gates[kMaxTerms];
  int64_t batches[kMaxTerms];  // of the gates: as many as the values have, or 1
  float *out[kMaxTerms];
};

FOR_EACH_PROCESSOR static void GatedSumRow(int count, const float *const *x, const float *const *gates,
                                           const float *shift, float *__restrict y, int64_t width) {
  const float *x0 = x[0], *g0 = gates[0];
  if (shift) {
    for (int64_t i = 0; i < width; i++) y[i] = x0[i] * g0[i] + shift[i];
  } else {
    for (int64_t i = 0; i < width; i++) y[i] = x0[i] * g0[i];
  }
  for (int t = 1; t < count; t++) {
    const float *xt = x[t], *gt = gates[t];
    for (int64_t i = 0; i < width; i++) y[i] += xt[i] * gt[i];
  }
}

FOR_EACH_PROCESSOR static void MultiplyRow(const float *__restrict a, const float *__restrict b, float *__restrict y,
                                           int64_t width) {
  for (int64_t i = 0; i < width; i++) y[i] = a[i] * b[i];
}

FOR_EACH_PROCESSOR static void AddProductRow(const float *__restrict a, const float *__restrict b, float *__restrict sum,
                                             int64_t width) {
  for (int64_t i = 0; i < width; i++) sum[i] += a[i] * b[i];
}

// Sizes of values [B, L, C].
struct Sizes {
  int64_t batch, length, width;
};

static bool SizesOf(OpKernelContext *context, const Tensor &tensor, Sizes *sizes) {
  Require(context, tensor.dims() == 3, "expected values [B, L, C]");
  if (!context->status().ok()) return false;
  *sizes = {tensor.dim_size(0), tensor.dim_size(1), tensor.dim_size(2)};
  return true;
}

// Reads gates [B or 1, 1, C]; returns their number of batches, 0 if they are none.
static int64_t BatchesOf(OpKernelContext *context, const Tensor &gate, const Sizes &sizes) {
  const bool fits = gate.dims() == 3 && gate.dim_size(1) == 1 && gate.dim_size(2) == sizes.width &&
                    (gate.dim_size(0) == sizes.batch || gate.dim_size(0) == 1);
  Require(context, fits, "expected gates [B or 1, 1, C]");
  return fits ? gate.dim_size(0) : 0;
}

class TermsKernelBase : public OpKernel {
 public:
  explicit TermsKernelBase(OpKernelConstruction *context) : OpKernel(context) {
    OP_REQUIRES_OK(context, context->GetAttr("N", &count_));
    OP_REQUIRES(context, count_ <= kMaxTerms, absl::InvalidArgumentError("expected at most four terms"));
  }

 protected:
  int count_;
};

// The sum of values times gates, and a shift: inputs x_1 ... x_N [B, L, C], g_1 ... g_N and the shift [B or 1, 1, C]; a shift of
// no numbers is none.
class GatedSumKernel : public TermsKernelBase {
 public:
  using TermsKernelBase::TermsKernelBase;

  void Compute(OpKernelContext *context) override {
    Sizes sizes;
    if (!SizesOf(context, context->input(0), &sizes)) return;
    Terms terms = {count_};
    for (int t = 0; t < count_; t++) {
      Require(context, context->input(t).shape() == context->input(0).shape(), "expected values of one shape");
      terms.x[t] = Values(context, t);
      terms.gates[t] = Values(context, count_ + t);
      terms.batches[t] = BatchesOf(context, context->input(count_ + t), sizes);
      if (!context->status().ok()) return;
    }
    const Tensor &shift = context->input(2 * count_);
    const float *shifts = shift.NumElements() > 0 ? shift.flat<float>().data() : nullptr;
    const int64_t shift_batches = shifts ? BatchesOf(context, shift, sizes) : 1;
    float *y = Result(context, 0, context->input(0).shape());
    if (!context->status().ok()) return;
    Share(context, sizes.batch * sizes.length, 2 * count_ * sizes.width, [=](int64_t first, int64_t last) {
      const auto at = [&sizes](int64_t row, int64_t batches) {
        return batches == 1 ? 0 : row / sizes.length * sizes.width;
      };
      for (int64_t row = first; row < last; row++) {
        const float *x[kMaxTerms], *gates[kMaxTerms];
        for (int t = 0; t < terms.count; t++) {
          x[t] = terms.x[t] + row * sizes.width;
          gates[t] = terms.gates[t] + at(row, terms.batches[t]);
        }
        const float *shift = shifts ? shifts + at(row, shift_batches) : nullptr;
        GatedSumRow(terms.count, x, gates, shift, y + row * sizes.width, sizes.width);
      }
    });
  }
};

// Values [B, L, C] times each of N gates [B or 1, 1, C]: the gradients of a gated sum's values.
class TimesGatesKernel : public TermsKernelBase {
 public:
  using TermsKernelBase::TermsKernelBase;

  void Compute(OpKernelContext *context) override {
    Sizes sizes;
    if (!SizesOf(context, context->input(0), &sizes)) return;
    const float *dy = Values(context, 0);
    Terms terms = {count_};
    for (int t = 0; t < count_; t++) {
      terms.gates[t] = Values(context, 1 + t);
      terms.batches[t] = BatchesOf(context, context->input(1 + t), sizes);
      terms.out[t] = Result(context, t, context->input(0).shape());
      if (!context->status().ok()) return;
    }
    Share(context, sizes.batch * sizes.length, 2 * count_ * sizes.width, [=](int64_t first, int64_t last) {
      for (int64_t row = first; row < last; row++) {
        const int64_t from = row * sizes.width, batch = row / sizes.length * sizes.width;
        for (int t = 0; t < terms.count; t++) {
          const float *gate = terms.gates[t] + (terms.batches[t] == 1 ? 0 : batch);
          MultiplyRow(dy + from, gate, terms.out[t] + from, sizes.width);
        }
      }
    });
  }
};

// The gradient of a gate of a gated sum: inputs that of the sum and the gate's values, both [B, L, C]; products summed over L,
// [B, 1, C].
class GateGradKernel : public OpKernel {
 public:
  using OpKernel::OpKernel;

  void Compute(OpKernelContext *context) override {
    Sizes sizes;
    if (!SizesOf(context, context->input(0), &sizes)) return;
    Require(context, context->input(1).shape() == context->input(0).shape(), "expected tensors of one shape");
    if (!context->status().ok()) return;
    const float *dy = Values(context, 0), *x = Values(context, 1);
    float *gate = Result(context, 0, TensorShape({sizes.batch, 1, sizes.width}));
    if (!context->status().ok()) return;
    Share(context, sizes.batch, 2 * sizes.length * sizes.width, [=](int64_t first, int64_t last) {
      std::fill_n(gate + first * sizes.width, (last - first) * sizes.width, 0.0f);
      for (int64_t row = first * sizes.length; row < last * sizes.length; row++) {
        const int64_t from = row * sizes.width;
        AddProductRow(dy + from, x + from, gate + row / sizes.length * sizes.width, sizes.width);
      }
    });
  }
};

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
class RotateKernel : public OpKernel {
 public:
  using OpKernel::OpKernel;

  void Compute(OpKernelContext *context) override {
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
};

// The gradients of a rotation with respect to x and to its angles: inputs that of the value, the value, cosine and sine.
class RotateGradKernel : public OpKernel {
 public:
  using OpKernel::OpKernel;

  void Compute(OpKernelContext *context) override {
    Rotation rotation;
    if (!RotationOf(context, context->input(0), context->input(2), context->input(3), &rotation)) return;
    Require(context, context->input(1).NumElements() == context->input(0).NumElements(), "expected tensors of one size");
    if (!context->status().ok()) return;
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
};

FOR_EACH_PROCESSOR static void DotRows(const float *a, const float *b, float *sums, int64_t rows, int64_t width) {
  for (int64_t row = 0; row < rows; row++) sums[row] = DotOf(a + row * width, b + row * width, width);
}

// Products of rows, [..., C] and [..., C] to [..., 1].
class RowDotKernel : public OpKernel {
 public:
  using OpKernel::OpKernel;

  void Compute(OpKernelContext *context) override {
    const Tensor &input = context->input(0);
    Require(context, context->input(1).NumElements() == input.NumElements(), "expected tensors of one size");
    if (!context->status().ok()) return;
    const int64_t width = WidthOf(input), rows = width > 0 ? input.NumElements() / width : 0;
    const float *a = Values(context, 0), *b = Values(context, 1);
    float *sums = Result(context, 0, RowsOf(input));
    if (!context->status().ok()) return;
    Share(context, rows, 2 * width, [=](int64_t first, int64_t last) {
      DotRows(a + first * width, b + first * width, sums + first, last - first, width);
    });
  }
};

FOR_EACH_PROCESSOR static void WeighDifferenceRow(const float *__restrict x, float shift, const float *__restrict weights,
                                                  float *__restrict y, int64_t width) {
  for (int64_t i = 0; i < width; i++) y[i] = (x[i] - shift) * weights[i];
}

// Differences of rows from a number each, times weights: inputs x [..., C], numbers [..., 1], weights [..., C].
class WeighDifferenceKernel : public OpKernel {
 public:
  using OpKernel::OpKernel;

  void Compute(OpKernelContext *context) override {
    const Tensor &input = context->input(0);
    const int64_t width = WidthOf(input), rows = width > 0 ? input.NumElements() / width : 0;
    Require(context, context->input(1).NumElements() == rows && context->input(2).NumElements() == input.NumElements(),
            "expected a number for each row and a weight for each value");
    if (!context->status().ok()) return;
    const float *x = Values(context, 0), *shifts = Values(context, 1), *weights = Values(context, 2);
    float *y = Result(context, 0, input.shape());
    if (!context->status().ok()) return;
    Share(context, rows, 2 * width, [=](int64_t first, int64_t last) {
      for (int64_t row = first; row < last; row++) {
        WeighDifferenceRow(x + row * width, shifts[row], weights + row * width, y + row * width, width);
      }
    });
  }
};

REGISTER_OP("LolaSilu").Input("x: float").Output("y: float").SetShapeFn(tensorflow::shape_inference::UnchangedShape);
REGISTER_KERNEL_BUILDER(Name("LolaSilu").Device(DEVICE_CPU), SiluKernel);

REGISTER_OP("LolaSiluGrad")
    .Input("dy: float")
    .Input("x: float")
    .Output("dx: float")
    .SetShapeFn(tensorflow::shape_inference::UnchangedShape);
REGISTER_KERNEL_BUILDER(Name("LolaSiluGrad").Device(DEVICE_CPU), SiluGradKernel);

REGISTER_OP("LolaNorm")
    .Input("x: float")
    .Attr("eps: float")
    .Attr("centred: bool")
    .Attr("correction: int")
    .Output("y: float")
    .Output("scale: float")
    .SetShapeFn(UnknownShape);
REGISTER_KERNEL_BUILDER(Name("LolaNorm").Device(DEVICE_CPU), NormKernel);

REGISTER_OP("LolaNormGrad")
    .Input("dy: float")
    .Input("y: float")
    .Input("scale: float")
    .Attr("eps: float")
    .Attr("centred: bool")
    .Attr("correction: int")
    .Output("dx: float")
    .SetShapeFn(tensorflow::shape_inference::UnchangedShape);
REGISTER_KERNEL_BUILDER(Name("LolaNormGrad").Device(DEVICE_CPU), NormGradKernel);

REGISTER_OP("LolaGatedSum")
    .Input("x: N * float")
    .Input("gates: N * float")
    .Input("shift: float")
    .Attr("N: int >= 1")
    .Output("y: float")
    .SetShapeFn(tensorflow::shape_inference::UnchangedShape);
REGISTER_KERNEL_BUILDER(Name("LolaGatedSum").Device(DEVICE_CPU), GatedSumKernel);

REGISTER_OP("LolaTimesGates")
    .Input("dy: float")
    .Input("gates: N * float")
    .Attr("N: int >= 1")
    .Output("dx: N * float")
    .SetShapeFn(UnknownShape);
REGISTER_KERNEL_BUILDER(Name("LolaTimesGates").Device(DEVICE_CPU), TimesGatesKernel);

REGISTER_OP("LolaGateGrad").Input("dy: float").Input("x: float").Output("dgate: float").SetShapeFn(UnknownShape);
REGISTER_KERNEL_BUILDER(Name("LolaGateGrad").Device(DEVICE_CPU), GateGradKernel);

REGISTER_OP("LolaRotate")
    .Input("x: float")
    .Input("cosine: float")
    .Input("sine: float")
    .Output("y: float")
    .SetShapeFn(tensorflow::shape_inference::UnchangedShape);
REGISTER_KERNEL_BUILDER(Name("LolaRotate").Device(DEVICE_CPU), RotateKernel);

REGISTER_OP("LolaRotateGrad")
    .Input("dy: float")
    .Input("y: float")
    .Input("cosine: float")
    .Input("sine: float")
    .Output("dx: float")
    .Output("dtheta: float")
    .SetShapeFn(UnknownShape);
REGISTER_KERNEL_BUILDER(Name("LolaRotateGrad").Device(DEVICE_CPU), RotateGradKernel);

REGISTER_OP("LolaRowDot").Input("a: float").Input("b: float").Output("sums: float").SetShapeFn(UnknownShape);
REGISTER_KERNEL_BUILDER(Name("LolaRowDot").Device(DEVICE_CPU), RowDotKernel);

REGISTER_OP("LolaWeighDifference")
    .Input("x: float")
    .Input("shifts: float")
    .Input("weights: float")
    .Output("y: float")
    .SetShapeFn(tensorflow::shape_inference::UnchangedShape);
REGISTER_KERNEL_BUILDER(Name("LolaWeighDifference").Device(DEVICE_CPU), WeighDifferenceKernel);

}  // namespace lola
