// Optimisers' updates in one pass over memory, as operations of TensorFlow.
//
// An update is element-wise and bound by memory: as a chain of operations it reads and writes vectors of all parameters about
// thirty times, here each of its inputs once and each of its outputs once. Threads are TensorFlow's own, of which each takes
// slices. Results of long vectors go around the caches, which do not hold them: a plain write would first read what it
// overwrites.

#include <functional>

#ifdef __x86_64__
#include <immintrin.h>
#endif

#include "kernels.h"

namespace lola {

constexpr int64_t kTile = 256;                   // numbers: what a tile of every vector takes stays in the first cache
constexpr int64_t kStreamed = int64_t{1} << 21;  // length from which vectors go around the caches
constexpr int kMaxVectors = 4;

// A tile of every input and output.
using Inputs = const float *const *;
using Outputs = float *const *;
using Tile = std::function<void(Inputs, Outputs, int64_t)>;

// Copies past the caches; `to` begins at a multiple of 64 bytes. Whole lines at once leave more of the memory's rate.
#ifdef __x86_64__
__attribute__((target("avx512f"))) static void Stream(const float *from, float *to, int64_t count) {
  int64_t i = 0;
  for (; i + 16 <= count; i += 16) _mm512_stream_ps(to + i, _mm512_loadu_ps(from + i));
  std::memcpy(to + i, from + i, (count - i) * sizeof(float));
}

__attribute__((target("default"))) static void Stream(const float *from, float *to, int64_t count) {
  int64_t i = 0;
  for (; i + 4 <= count; i += 4) _mm_stream_ps(to + i, _mm_loadu_ps(from + i));
  std::memcpy(to + i, from + i, (count - i) * sizeof(float));
}
#else
static void Stream(const float *from, float *to, int64_t count) { std::memcpy(to, from, count * sizeof(float)); }
#endif

// Computes the first outputs, vectors of the shape of the first input, from the first inputs, tile by tile.
static void ForEachTile(OpKernelContext *context, int inputs, int outputs, const Tile &tile) {
  const Tensor &model = context->input(0);
  const int64_t size = model.NumElements();
  const float *from[kMaxVectors];
  float *to[kMaxVectors];
  for (int i = 0; i < inputs; i++) {
    OP_REQUIRES(context, context->input(i).NumElements() == size,
                absl::InvalidArgumentError("expected vectors of one length"));
    from[i] = context->input(i).flat<float>().data();
  }
  for (int i = 0; i < outputs; i++) {
    Tensor *output;
    OP_REQUIRES_OK(context, context->allocate_output(i, model.shape(), &output));
    to[i] = output->flat<float>().data();
  }
  const bool streamed = size >= kStreamed;
  const auto slice = [=, &tile](int64_t first, int64_t last) {
    alignas(64) float results[kMaxVectors][kTile];
    for (int64_t begin = first * kTile; begin < std::min(size, last * kTile); begin += kTile) {
      const int64_t count = std::min(kTile, size - begin);
      const float *x[kMaxVectors];
      float *y[kMaxVectors];
      for (int i = 0; i < inputs; i++) x[i] = from[i] + begin;
      for (int i = 0; i < outputs; i++) y[i] = streamed ? results[i] : to[i] + begin;
      tile(x, y, count);
      for (int i = 0; streamed && i < outputs; i++) Stream(results[i], to[i] + begin, count);
    }
#ifdef __x86_64__
    _mm_sfence();
#endif
  };
  Share(context, (size + kTile - 1) / kTile, kTile, slice);
}

static float ScalarOf(OpKernelContext *context, int input) { return context->input(input).flat<float>()(0); }

static void Read(OpKernelConstruction *context, const char *name, float *value) {
  OP_REQUIRES_OK(context, context->GetAttr(name, value));
}

struct AdamWFactors {
  float scale, newest1, newest2, eps, move, keep;
};

FOR_EACH_PROCESSOR static void AdamWTile(const AdamWFactors f, const float *__restrict weights,
                                         const float *__restrict gradient, const float *__restrict first,
                                         const float *__restrict second, float *__restrict new_weights,
                                         float *__restrict new_first, float *__restrict new_second, int64_t count) {
  for (int64_t i = 0; i < count; i++) {
    const float g = gradient[i] * f.scale;
    const float m = first[i] + (g - first[i]) * f.newest1;
    const float v = second[i] + (g * g - second[i]) * f.newest2;
    new_first[i] = m;
    new_second[i] = v;
    new_weights[i] = weights[i] * f.keep - m / (std::sqrt(v) + f.eps) * f.move;
  }
}

// AdamW with a clipped gradient: inputs weights, gradient, both moments; factor of the gradient, learning rate and number of
// earlier updates. A factor of 0 drops the gradient, infinite or not. `newest` is 1 - beta.
class AdamWKernel : public OpKernel {
 public:
  explicit AdamWKernel(OpKernelConstruction *context) : OpKernel(context) {
    Read(context, "newest1", &newest1_);
    Read(context, "newest2", &newest2_);
    Read(context, "eps", &eps_);
    Read(context, "weight_decay", &weight_decay_);
  }

  void Compute(OpKernelContext *context) override {
    const float scale = ScalarOf(context, 4), rate = ScalarOf(context, 5);
    const double updates = ScalarOf(context, 6) + 1.0;
    const auto bias = [updates](double newest) { return -std::expm1(updates * std::log1p(-newest)); };
    const double root = std::sqrt(bias(newest2_));
    // the fraction is expanded by the root of the second moment's bias
    const AdamWFactors factors = {scale,
                                  newest1_,
                                  newest2_,
                                  static_cast<float>(eps_ * root),
                                  static_cast<float>(rate * root / bias(newest1_)),
                                  1 - rate * weight_decay_};
    static const float zeros[kTile] = {};
    ForEachTile(context, 4, 3, [&factors](Inputs x, Outputs y, int64_t count) {
      AdamWTile(factors, x[0], factors.scale == 0 ? zeros : x[1], x[2], x[3], y[0], y[1], y[2], count);
    });
  }

 private:
  float newest1_, newest2_, eps_, weight_decay_;
};

FOR_EACH_PROCESSOR static void DirectionTile(float weight1, float weight2, float square, const float *__restrict first,
                                             const float *__restrict second, const float *__restrict gradient,
                                             float *__restrict new_first, float *__restrict new_second,
                                             float *__restrict direction, int64_t count) {
  for (int64_t i = 0; i < count; i++) {
    const float g = gradient[i];
    const float m = first[i] + (g - first[i]) * weight1;
    const float v = second[i] + (g * g - second[i]) * weight2;
    new_first[i] = m;
    new_second[i] = v;
    direction[i] = m / std::sqrt(v + square);
  }
}

// Moments and direction m / sqrt(v + eps^2): inputs both moments and the gradient; weights of the newest value in each.
class DirectionKernel : public OpKernel {
 public:
  explicit DirectionKernel(OpKernelConstruction *context) : OpKernel(context) { Read(context, "eps", &eps_); }

  void Compute(OpKernelContext *context) override {
    const float weight1 = ScalarOf(context, 3), weight2 = ScalarOf(context, 4), square = eps_ * eps_;
    ForEachTile(context, 3, 3, [=](Inputs x, Outputs y, int64_t count) {
      DirectionTile(weight1, weight2, square, x[0], x[1], x[2], y[0], y[1], y[2], count);
    });
  }

 private:
  float eps_;
};

FOR_EACH_PROCESSOR static void LerpTile(float weight, const float *__restrict average, const float *__restrict value,
                                        float *__restrict result, int64_t count) {
  for (int64_t i = 0; i < count; i++) result[i] = average[i] + (value[i] - average[i]) * weight;
}

// A moving average: inputs average and newest value; the newest value's weight.
static void Lerp(OpKernelContext *context) {
  const float weight = ScalarOf(context, 2);
  ForEachTile(context, 2, 1, [weight](Inputs x, Outputs y, int64_t count) {
    LerpTile(weight, x[0], x[1], y[0], count);
  });
}

static absl::Status ShapesOfFirst(tensorflow::shape_inference::InferenceContext *context) {
  for (int i = 0; i < context->num_outputs(); i++) context->set_output(i, context->input(0));
  return absl::OkStatus();
}

REGISTER_OP("LolaAdamW")
    .Input("weights: float").Input("gradient: float").Input("first: float").Input("second: float")
    .Input("scale: float").Input("rate: float").Input("step: float")
    .Attr("newest1: float").Attr("newest2: float").Attr("eps: float").Attr("weight_decay: float")
    .Output("new_weights: float").Output("new_first: float").Output("new_second: float").SetShapeFn(ShapesOfFirst);
REGISTER_KERNEL_BUILDER(Name("LolaAdamW").Device(DEVICE_CPU), AdamWKernel);

REGISTER_OP("LolaDirection")
    .Input("first: float").Input("second: float").Input("gradient: float").Input("weight1: float")
    .Input("weight2: float")
    .Attr("eps: float")
    .Output("new_first: float").Output("new_second: float").Output("direction: float").SetShapeFn(ShapesOfFirst);
REGISTER_KERNEL_BUILDER(Name("LolaDirection").Device(DEVICE_CPU), DirectionKernel);

REGISTER_OP("LolaLerp")
    .Input("average: float").Input("value: float").Input("weight: float")
    .Output("result: float").SetShapeFn(ShapesOfFirst);
REGISTER_KERNEL_BUILDER(Name("LolaLerp").Device(DEVICE_CPU), Kernel<Lerp>);

}  // namespace lola
