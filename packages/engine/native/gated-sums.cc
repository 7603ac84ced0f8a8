// Sums of values times gates in one pass over memory, as operations of TensorFlow.

#include "rows.h"

namespace lola {

constexpr int kMaxTerms = 4;

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
  if (!Require(context, tensor.dims() == 3, "expected values [B, L, C]")) return false;
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
static void GateGrad(OpKernelContext *context) {
  Sizes sizes;
  if (!SizesOf(context, context->input(0), &sizes)) return;
  if (!Require(context, context->input(1).shape() == context->input(0).shape(), "expected tensors of one shape")) return;
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

// Sums of columns, [N, C] to [C].
FOR_EACH_PROCESSOR static void AddRows(const float *__restrict x, int64_t count, int64_t width, float *__restrict sums,
                                       int64_t first, int64_t last) {
  std::fill(sums + first, sums + last, 0.0f);
  for (int64_t row = 0; row < count; row++)
    for (int64_t c = first; c < last; c++) sums[c] += x[row * width + c];
}

constexpr int64_t kColumnsTogether = 4 * kLanes;  // whole lines of the cache, several at a time

static void ColumnSums(OpKernelContext *context) {
  const Tensor &x = context->input(0);
  const int64_t width = WidthOf(x), count = width > 0 ? x.NumElements() / width : 0;
  float *sums = Result(context, 0, TensorShape({width}));
  if (!sums) return;
  const float *rows = Values(context, 0);
  const auto work = [=](int64_t first, int64_t last) {
    AddRows(rows, count, width, sums, first * kColumnsTogether, std::min(last * kColumnsTogether, width));
  };
  Share(context, (width + kColumnsTogether - 1) / kColumnsTogether, count * kColumnsTogether / 4, work);
}

REGISTER_OP("LolaGatedSum")
    .Input("x: N * float").Input("gates: N * float").Input("shift: float")
    .Attr("N: int >= 1")
    .Output("y: float").SetShapeFn(UnchangedShape);
REGISTER_KERNEL_BUILDER(Name("LolaGatedSum").Device(DEVICE_CPU), GatedSumKernel);

REGISTER_OP("LolaTimesGates")
    .Input("dy: float").Input("gates: N * float")
    .Attr("N: int >= 1")
    .Output("dx: N * float").SetShapeFn(UnknownShape);
REGISTER_KERNEL_BUILDER(Name("LolaTimesGates").Device(DEVICE_CPU), TimesGatesKernel);

REGISTER_OP("LolaGateGrad").Input("dy: float").Input("x: float").Output("dgate: float").SetShapeFn(UnknownShape);
REGISTER_KERNEL_BUILDER(Name("LolaGateGrad").Device(DEVICE_CPU), Kernel<GateGrad>);

REGISTER_OP("LolaColumnSums").Input("x: float").Output("sums: float").SetShapeFn(UnknownShape);
REGISTER_KERNEL_BUILDER(Name("LolaColumnSums").Device(DEVICE_CPU), Kernel<ColumnSums>);

}  // namespace lola
