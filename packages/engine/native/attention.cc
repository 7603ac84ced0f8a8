// Attention in one pass: softmax(q k^T) v and its gradients without weights in memory, as operations of TensorFlow.
//
// A head's keys and values are brought into the cache once, and blocks of queries pass over them.

#include "products.h"

namespace lola {

constexpr int kMostRows = 64, kRowMultiple = 8;  // queries of a block
constexpr int64_t kBlock = 24 << 10;             // weights of a block, more or less

// e^x of numbers to about 0: 2^n e^r. Where x is less than the smallest power's, it is that power.
template <typename P>
static INLINE typename P::Vector Exp(typename P::Vector x) {
  using Vector = typename P::Vector;
  using Integers = typename P::Integers;
  const Vector least = Vector{} - 87.0f;
  const Vector bounded = least > x ? least : x;  // NaN stays
  const Vector shifted = bounded * 1.44269504f + 12582912.0f;  // its last bits are n
  const Vector n = shifted - 12582912.0f;
  const Vector r = (bounded - n * 0.693359375f) + n * 2.12194440e-4f;
  const Integers power = (__builtin_convertvector(n, Integers) + 127) << 23;
  return ExpOfRest(r) * reinterpret_cast<const Vector &>(power);
}

// Joins the numbers of a vector, half by half.
template <typename P, typename Join>
static INLINE float Joined(typename P::Vector x, const Join &join) {
  if constexpr (P::kLanes == 4) return join(join(x[0], x[2]), join(x[1], x[3]));
  else {
    using Half = Processor<sizeof(x) / 2, P::kRows>;
    typename Half::Vector halves[2];
    std::memcpy(halves, &x, sizeof(x));
    return Joined<Half>(join(halves[0], halves[1]), join);
  }
}

// Attention of one head: `length` tokens, queries and keys of `size` numbers, values of `depth`.
struct Head {
  int64_t length, size, depth;
  Input q, k, v;

  int64_t RowsOfBlock() const {
    return std::clamp(kBlock / Padded(length) / kRowMultiple * kRowMultiple, int64_t(kRowMultiple), int64_t(kMostRows));
  }
};

struct HeadGradient {
  const float *log_sums;
  Input y, dy;
  Output dq, dk, dv;
};

template <typename P>
static INLINE void Attend(const Head &head, Output y, float *log_sums) {
  using Vector = typename P::Vector;
  const auto [length, size, depth, q, k, v] = head;
  const int64_t width = Padded(length), deep = Padded(depth), block = head.RowsOfBlock();
  Workspace workspace(size * width + length * deep + block * (width + deep) + 4 * kStep);
  const Right keys = PackTransposed<P>(k, length, size, workspace.Take(size * width));
  const Right values = PackRows<P>(v, length, depth, workspace.Take(length * deep));
  float *const weights = workspace.Take(block * width), *const means = workspace.Take(block * deep);
  for (int64_t first = 0; first < length; first += block) {
    const int64_t rows = std::min(block, length - first);
    Multiply<P>(Rows(q[first], q.stride), keys, weights, width, rows);
    float factors[kMostRows];
    for (int64_t i = 0; i < rows; i++) {
      float *const row = weights + i * width;
      for (int64_t j = length; j < width; j++) row[j] = -INFINITY;
      Vector *const vectors = reinterpret_cast<Vector *>(row);
      const int64_t count = width / P::kLanes;
      const auto larger = [](auto a, auto b) { return b > a ? b : a; };
      Vector most = vectors[0];
      for (int64_t j = 1; j < count; j++) most = larger(most, vectors[j]);
      const float largest = Joined<P>(most, larger);
      Vector sums{};
      for (int64_t j = 0; j < count; j++) sums += vectors[j] = Exp<P>(vectors[j] - largest);
      const float sum = Joined<P>(sums, [](auto a, auto b) { return a + b; });
      factors[i] = 1 / sum;
      log_sums[first + i] = largest + std::log(sum);
    }
    Multiply<P>(Rows(weights, width), values, means, deep, rows);
    for (int64_t i = 0; i < rows; i++)
      for (int64_t j = 0; j < depth; j++) y[first + i][j] = means[i * deep + j] * factors[i];
  }
}

// With weights p, and gradients dp of them, those of scores are ds = p (dp - <dy, y>).
template <typename P>
static INLINE void AttendGrad(const Head &head, const HeadGradient &gradient) {
  using Vector = typename P::Vector;
  const auto [length, size, depth, q, k, v] = head;
  const auto [log_sums, y, dy, dq, dk, dv] = gradient;
  const int64_t width = Padded(length), wide = Padded(size), deep = Padded(depth), block = head.RowsOfBlock();
  Workspace workspace((size + depth) * width + length * (2 * wide + deep) + block * (2 * width + 2 * wide + deep) +
                      9 * kStep);
  const Right keys = PackTransposed<P>(k, length, size, workspace.Take(size * width));
  const Right values = PackTransposed<P>(v, length, depth, workspace.Take(depth * width));
  const Right key_rows = PackRows<P>(k, length, size, workspace.Take(length * wide));
  float *const key_sums = workspace.Take(length * wide), *const value_sums = workspace.Take(length * deep);
  float *const weights = workspace.Take(block * width), *const changes = workspace.Take(block * width);
  float *const query_memory = workspace.Take(block * wide), *const query_sums = workspace.Take(block * wide);
  float *const dy_memory = workspace.Take(block * deep);
  for (int64_t first = 0; first < length; first += block) {
    const int64_t rows = std::min(block, length - first);
    const Right query_rows = PackRows<P>(q.From(first), rows, size, query_memory);
    const Right dy_rows = PackRows<P>(dy.From(first), rows, depth, dy_memory);
    Multiply<P>(Rows(q[first], q.stride), keys, weights, width, rows);
    Multiply<P>(Rows(dy[first], dy.stride), values, changes, width, rows);
    for (int64_t i = 0; i < rows; i++) {
      const float shift = DotOf(dy[first + i], y[first + i], depth), log_sum = log_sums[first + i];
      for (int64_t j = 0; j < width; j += P::kLanes) {
        Vector &weight = *reinterpret_cast<Vector *>(weights + i * width + j);
        Vector &change = *reinterpret_cast<Vector *>(changes + i * width + j);
        weight = Exp<P>(weight - log_sum);
        change = weight * (change - shift);
      }
    }
    Multiply<P>(Rows(changes, width), key_rows, query_sums, wide, rows);
    Multiply<P>(Columns(changes, width), query_rows, key_sums, wide, length, {first > 0 ? key_sums : nullptr, wide});
    Multiply<P>(Columns(weights, width), dy_rows, value_sums, deep, length, {first > 0 ? value_sums : nullptr, deep});
    Unpack(query_sums, wide, rows, size, dq.From(first));
  }
  Unpack(key_sums, wide, length, size, dk);
  Unpack(value_sums, deep, length, depth, dv);
}

FOR_THIS_PROCESSOR(AttendHere, Attend, (const Head &head, Output y, float *log_sums), (head, y, log_sums))
FOR_THIS_PROCESSOR(AttendGradHere, AttendGrad, (const Head &head, const HeadGradient &gradient), (head, gradient))

// Tokens of rows, with queries and keys [B, L, 2, H, D] and values [B, L, H, E].
struct Tokens {
  int64_t rows, length, heads, size, depth;

  int64_t Heads() const { return rows * heads; }
  int64_t Cost() const { return length * length * (size + depth) / 8; }

  // A head's numbers in a tensor of `parts` parts of H heads of `width` numbers, part by part.
  template <typename T>
  Strided<T> In(T *data, int64_t head, int64_t width, int64_t parts = 1, int64_t part = 0) const {
    const int64_t stride = parts * heads * width;
    return {data + head / heads * length * stride + (part * heads + head % heads) * width, stride};
  }

  Head Of(const float *qk, const float *v, int64_t head) const {
    const Input q = In(qk, head, size, 2), k = In(qk, head, size, 2, 1);
    return {length, size, depth, q, k, In(v, head, depth)};
  }
};

static bool TokensOf(OpKernelContext *context, const Tensor &qk, const Tensor &v, Tokens *tokens) {
  const bool have_axes = qk.dims() == 5 && v.dims() == 4 && qk.NumElements() > 0 && v.NumElements() > 0;
  const bool fits = have_axes && qk.dim_size(2) == 2 && qk.dim_size(0) == v.dim_size(0) &&
                    qk.dim_size(1) == v.dim_size(1) && qk.dim_size(3) == v.dim_size(2);
  if (!Require(context, fits, "expected queries and keys [B, L, 2, H, D] and values [B, L, H, E]")) return false;
  *tokens = {qk.dim_size(0), qk.dim_size(1), qk.dim_size(3), qk.dim_size(4), v.dim_size(3)};
  return true;
}

// Inputs qk and v; the mean values [B, L, H, E], and the logarithms of the sums of weights [B, H, L].
static void Attention(OpKernelContext *context) {
  Tokens tokens;
  if (!TokensOf(context, context->input(0), context->input(1), &tokens)) return;
  const float *qk = Values(context, 0), *v = Values(context, 1);
  float *y = Result(context, 0, context->input(1).shape());
  float *log_sums = y ? Result(context, 1, TensorShape({tokens.rows, tokens.heads, tokens.length})) : nullptr;
  if (!log_sums) return;
  Share(context, tokens.Heads(), tokens.Cost(), [=](int64_t first, int64_t last) {
    for (int64_t head = first; head < last; head++) {
      AttendHere(tokens.Of(qk, v, head), tokens.In(y, head, tokens.depth), log_sums + head * tokens.length);
    }
  });
}

// Inputs the value's gradient, qk, v, the value and the logarithms; the gradients of qk and v.
static void AttentionGrad(OpKernelContext *context) {
  Tokens tokens;
  if (!TokensOf(context, context->input(1), context->input(2), &tokens)) return;
  const int64_t size = context->input(2).NumElements();
  const bool fits = context->input(0).NumElements() == size && context->input(3).NumElements() == size &&
                    context->input(4).NumElements() == tokens.Heads() * tokens.length;
  if (!Require(context, fits, "expected a gradient, a value and logarithms of attention")) return;
  const float *dy = Values(context, 0), *qk = Values(context, 1), *v = Values(context, 2), *y = Values(context, 3);
  const float *log_sums = Values(context, 4);
  float *dqk = Result(context, 0, context->input(1).shape());
  float *dv = dqk ? Result(context, 1, context->input(2).shape()) : nullptr;
  if (!dv) return;
  Share(context, tokens.Heads(), 3 * tokens.Cost(), [=](int64_t first, int64_t last) {
    for (int64_t head = first; head < last; head++) {
      const auto &[rows, length, heads, size, depth] = tokens;
      const Output dq = tokens.In(dqk, head, size, 2), dk = tokens.In(dqk, head, size, 2, 1);
      AttendGradHere(tokens.Of(qk, v, head), {log_sums + head * length, tokens.In(y, head, depth), tokens.In(dy, head, depth),
                                              dq, dk, tokens.In(dv, head, depth)});
    }
  });
}

REGISTER_OP("LolaAttention")
    .Input("qk: float").Input("v: float").Output("y: float").Output("log_sums: float").SetShapeFn(UnknownShape);
REGISTER_KERNEL_BUILDER(Name("LolaAttention").Device(DEVICE_CPU), Kernel<Attention>);

REGISTER_OP("LolaAttentionGrad")
    .Input("dy: float").Input("qk: float").Input("v: float").Input("y: float").Input("log_sums: float")
    .Output("dqk: float").Output("dv: float").SetShapeFn(UnknownShape);
REGISTER_KERNEL_BUILDER(Name("LolaAttentionGrad").Device(DEVICE_CPU), Kernel<AttentionGrad>);

}  // namespace lola
