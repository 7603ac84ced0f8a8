// What all operations of the project's own need.
#pragma once

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <cstring>

#include "tensorflow/core/framework/common_shape_fns.h"
#include "tensorflow/core/framework/op.h"
#include "tensorflow/core/framework/op_kernel.h"
#include "tensorflow/core/framework/shape_inference.h"
#include "tensorflow/core/util/work_sharder.h"

// Compiled for several processors: the loader takes the best that it runs on. LOLA_AVX2 leaves AVX-512 out, so that a processor
// with AVX-512 computes as a processor without it does.
#if defined(__x86_64__) && defined(LOLA_AVX2)
#define FOR_EACH_PROCESSOR __attribute__((target_clones("avx2", "default")))
#elif defined(__x86_64__)
#define FOR_EACH_PROCESSOR __attribute__((target_clones("avx512f", "avx2", "default")))
#else
#define FOR_EACH_PROCESSOR
#endif

#define INLINE inline __attribute__((always_inline))

namespace lola {

using tensorflow::DEVICE_CPU;
using tensorflow::OpKernel;
using tensorflow::OpKernelConstruction;
using tensorflow::OpKernelContext;
using tensorflow::Tensor;

// An operation without attributes, by the function that computes it.
template <void (*compute)(OpKernelContext *)>
class Kernel : public OpKernel {
 public:
  using OpKernel::OpKernel;
  void Compute(OpKernelContext *context) override { compute(context); }
};

}  // namespace lola
