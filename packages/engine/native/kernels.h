// What all operations of the project's own need.
#pragma once

#include <algorithm>
#include <atomic>
#include <cmath>
#include <cstdint>
#include <cstring>
#include <memory>
#include <thread>

#include "tensorflow/core/framework/common_shape_fns.h"
#include "tensorflow/core/framework/op.h"
#include "tensorflow/core/framework/op_kernel.h"
#include "tensorflow/core/framework/shape_inference.h"

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

constexpr int64_t kWorthSharing = 10000;  // numbers, a few microseconds
constexpr int kPartsOfThread = 16;
constexpr int kPatience = 1 << 12;  // looks before the processor is given to others

// Calls work(first, last) on parts of [0, count), each number of about `cost`. The calling thread takes parts as well, and waits
// awake for those that others have begun: most operations end before a sleeping thread would run.
template <typename Work>
static void Share(OpKernelContext *context, int64_t count, int64_t cost, const Work &work) {
  struct Progress {
    std::atomic<int64_t> next{0}, done{0};
  };
  const auto *threads = context->device()->tensorflow_cpu_worker_threads();
  const int64_t worth = std::min(count, count * cost / kWorthSharing), workers = std::min<int64_t>(threads->num_threads, worth);
  if (workers < 2) return work(0, count);
  const int64_t most = std::min(worth, kPartsOfThread * workers), size = (count + most - 1) / most;
  const int64_t parts = (count + size - 1) / size;
  const auto progress = std::make_shared<Progress>();
  const auto take = [progress, size, parts, count, &work] {  // a helper that comes late finds no part, and no work
    for (int64_t part; (part = progress->next.fetch_add(1)) < parts; progress->done.fetch_add(1)) {
      work(part * size, std::min(count, (part + 1) * size));
    }
  };
  for (int64_t helper = 1; helper < workers; helper++) threads->workers->Schedule(take);
  take();
  for (int looks = 0; progress->done.load() < parts; looks++) {
    if (looks >= kPatience) std::this_thread::yield();
  }
}

}  // namespace lola
