// Rows of tensors: what the operations of networks read, write, share out and sum.
//
// Bound by memory: a chain of operations reads and writes tensors of all activations several times. Rows are divided among
// TensorFlow's own threads; sums over rows are taken in an order that does not depend on their number.
#pragma once

#include "kernels.h"

namespace lola {

using tensorflow::TensorShape;
using tensorflow::shape_inference::UnchangedShape;
using tensorflow::shape_inference::UnknownShape;

constexpr int kLanes = 16;  // partial sums of a row

static inline const float *Values(OpKernelContext *context, int input) { return context->input(input).flat<float>().data(); }

static inline float *Result(OpKernelContext *context, int output, const TensorShape &shape) {
  Tensor *made = nullptr;
  const absl::Status status = context->allocate_output(output, shape, &made);
  if (!status.ok()) context->CtxFailure(status);
  return status.ok() ? made->flat<float>().data() : nullptr;
}

// Refuses inputs that do not fit; returns whether they do.
static inline bool Require(OpKernelContext *context, bool fits, const char *expected) {
  if (!fits) context->CtxFailure(absl::InvalidArgumentError(expected));
  return fits;
}

// Size of the last axis.
static inline int64_t WidthOf(const Tensor &tensor) { return tensor.dims() > 0 ? tensor.dim_size(tensor.dims() - 1) : 1; }

// The shape with a last axis of 1.
static inline TensorShape RowsOf(const Tensor &tensor) {
  TensorShape shape = tensor.shape();
  if (shape.dims() > 0) shape.set_dim(shape.dims() - 1, 1);
  return shape;
}

// e^r of a number or a vector, to rounding, for |r| up to half of ln 2.
template <typename T>
static INLINE T ExpOfRest(T r) {
  T p = r * 1.9875691500e-4f + 1.3981999507e-3f;
  p = p * r + 8.3334519073e-3f;
  p = p * r + 4.1665795894e-2f;
  p = p * r + 1.6666665459e-1f;
  p = p * r + 5.0000001201e-1f;
  return p * r * r + r + 1.0f;
}

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

}  // namespace lola
