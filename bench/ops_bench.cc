// Throughput of the ops that stand between the matrix products, each against a triad
// (a = b + s c) over as many bytes, measured in the same program: 'of_triad' is the share of the
// memory's own speed that the op reaches. Bytes are those that an op must read and write.
//
//   thaw_bench_ops --benchmark_filter=gelu
//   taskset -c 0 thaw_bench_ops    one thread

#include <benchmark/benchmark.h>

#include <chrono>
#include <map>
#include <random>
#include <vector>

#include "base/bf16.h"
#include "base/threads.h"
#include "bench/triad.h"
#include "engine/cpu/ops/activation.h"
#include "engine/cpu/ops/adamw.h"
#include "engine/cpu/ops/dropout.h"
#include "engine/cpu/ops/embedding.h"
#include "engine/cpu/ops/layer_norm.h"
#include "engine/cpu/ops/pooling.h"

namespace thaw {
namespace {

// Bytes a second of the triad over `bytes` in all.
double triad_speed(int64_t bytes) {
  static std::map<int64_t, double> known;
  const auto found = known.find(bytes);
  if (found != known.end()) return found->second;
  return known[bytes] = bench::triad_speed(bytes, 30) * 1e9;
}

template <class T>
std::vector<T> random_values(int64_t count, unsigned seed) {
  std::mt19937 bits(seed);
  std::normal_distribution<float> normal;
  std::vector<float> pattern(4099);
  for (float& value : pattern) value = normal(bits);
  std::vector<T> values(count);
  for (int64_t i = 0; i < count; ++i) values[i] = from_float<T>(pattern[i % pattern.size()]);
  return values;
}

// Runs `op` over and over; `bytes` is what one call has to move. The best call counts, as the best
// triad does, so that a busy machine shows in the spread and not in the ratio.
template <class Op>
void measure(benchmark::State& state, int64_t bytes, const Op& op) {
  const double speed = triad_speed(bytes);
  double best = 1e9;
  op();
  for (auto _ : state) {
    const auto start = std::chrono::steady_clock::now();
    op();
    benchmark::ClobberMemory();
    const std::chrono::duration<double> seconds = std::chrono::steady_clock::now() - start;
    best = std::min(best, seconds.count());
  }
  state.counters["best_us"] = best * 1e6;
  state.counters["GB/s"] = static_cast<double>(bytes) / best * 1e-9;
  state.counters["of_triad"] = static_cast<double>(bytes) / best / speed;
}

// The arrays that an op over [rows, columns] needs.
template <class T>
struct Arrays {
  explicit Arrays(const benchmark::State& state)
      : rows(state.range(0)),
        columns(state.range(1)),
        bytes(rows * columns * static_cast<int64_t>(sizeof(T))),
        x(random_values<T>(rows * columns, 1)),
        y(random_values<T>(rows * columns, 2)),
        z(random_values<T>(rows * columns, 3)),
        u(random_values<T>(rows * columns, 4)),
        gamma(columns, 1),
        beta(columns),
        mean(rows),
        rstd(rows, 1),
        scratch(thread_count() * 3 * columns) {}
  int64_t rows, columns, bytes;
  std::vector<T> x, y, z, u;
  std::vector<float> gamma, beta, mean, rstd, scratch;
};

constexpr Dropout kDropout = {0.1f, 12345};

template <class T>
void dropout(benchmark::State& state) {
  Arrays<T> a(state);
  measure(state, 2 * a.bytes,
          [&] { dropout_forward(a.x.data(), a.rows * a.columns, kDropout, a.y.data()); });
}

template <class T>
void residual_norm(benchmark::State& state) {
  Arrays<T> a(state);
  const LayerNormWeights weights = {a.gamma.data(), a.beta.data(), 1e-12f};
  const Dropout rate = state.range(2) != 0 ? kDropout : Dropout{};
  // The branch is overwritten by the sum, so its numbers grow from call to call, slowly.
  measure(state, 4 * a.bytes, [&] {
    residual_norm_forward({a.rows, a.columns},
                          {.residual = a.x.data(), .branch = a.y.data(), .dropout = rate}, weights,
                          a.z.data(), {.mean = a.mean.data(), .rstd = a.rstd.data()});
  });
}

template <class T>
void residual_norm_back(benchmark::State& state) {
  Arrays<T> a(state);
  const LayerNormWeights weights = {a.gamma.data(), a.beta.data(), 1e-12f};
  const Dropout rate = state.range(2) != 0 ? kDropout : Dropout{};
  std::vector<float> d_gamma(a.columns), d_beta(a.columns), d_bias(a.columns);
  measure(state, 4 * a.bytes, [&] {
    residual_norm_backward(
        {a.rows, a.columns},
        {.sum = a.y.data(), .mean = a.mean.data(), .rstd = a.rstd.data(), .dropout = rate}, weights,
        a.x.data(), {.d_sum = a.z.data(), .d_branch = a.u.data()},
        {.gamma = d_gamma.data(), .beta = d_beta.data(), .branch_bias = d_bias.data()},
        a.scratch.data());
  });
}

template <class T>
void gelu(benchmark::State& state) {
  Arrays<T> a(state);
  measure(state, 2 * a.bytes, [&] {
    activation_forward(Activation::kGelu, a.x.data(), a.rows * a.columns, a.y.data());
  });
}

template <class T>
void gelu_back(benchmark::State& state) {
  Arrays<T> a(state);
  std::vector<float> d_bias(a.columns);
  measure(state, 3 * a.bytes, [&] {
    activation_backward(Activation::kGelu, {a.rows, a.columns}, a.x.data(), a.y.data(), a.z.data(),
                        d_bias.data(), a.scratch.data());
  });
}

template <class T>
void bias_back(benchmark::State& state) {
  Arrays<T> a(state);
  std::vector<float> d_bias(a.columns);
  measure(state, a.bytes,
          [&] { bias_backward(a.x.data(), a.rows, a.columns, d_bias.data(), a.scratch.data()); });
}

// Ids spread over BERT's vocabulary, sequences of 32 tokens.
template <class T>
struct Embedded : Arrays<T> {
  static constexpr int64_t kVocabulary = 30522;
  explicit Embedded(const benchmark::State& state)
      : Arrays<T>(state),
        word(random_values<float>(kVocabulary * this->columns, 5)),
        position(random_values<float>(32 * this->columns, 6)),
        type(random_values<float>(this->columns, 7)) {
    for (int64_t t = 0; t < this->rows; ++t) {
      ids.push_back(static_cast<int32_t>(random_bits(1, static_cast<uint32_t>(t)) % kVocabulary));
      positions.push_back(static_cast<int32_t>(t % 32));
      if (t % 32 == 0) offsets.push_back(static_cast<int32_t>(t));
    }
    offsets.push_back(static_cast<int32_t>(this->rows));
  }
  EmbeddingIndices indices() const {
    return {.ids = ids.data(), .positions = positions.data(), .tokens = this->rows};
  }
  std::vector<float> word, position, type;
  std::vector<int32_t> ids, positions, offsets;
};

template <class T>
void embedding(benchmark::State& state) {
  Embedded<T> a(state);
  const EmbeddingTables tables = {a.word.data(), a.position.data(), a.type.data()};
  measure(state, a.bytes + a.rows * a.columns * 4,
          [&] { embedding_forward(tables, a.indices(), a.rows, a.columns, a.x.data()); });
}

template <class T>
void embedding_back(benchmark::State& state) {
  Embedded<T> a(state);
  const EmbeddingGradients gradients = {a.word.data(), a.position.data(), a.type.data()};
  measure(state, a.bytes + 2 * a.rows * a.columns * 4,
          [&] { embedding_backward(a.indices(), a.x.data(), a.columns, gradients); });
}

template <class T>
void mean_pooling(benchmark::State& state) {
  Embedded<T> a(state);
  measure(state, a.bytes, [&] {
    mean_pooling_forward(a.x.data(), a.offsets.data(), a.rows / 32, a.columns, a.word.data());
  });
}

template <class T>
void mean_pooling_back(benchmark::State& state) {
  Embedded<T> a(state);
  measure(state, a.bytes, [&] {
    mean_pooling_backward(a.word.data(), a.offsets.data(), a.rows / 32, a.rows, a.columns,
                          a.x.data());
  });
}

template <class T>
void max_pooling(benchmark::State& state) {
  Embedded<T> a(state);
  std::vector<int32_t> argmax(a.rows * a.columns);
  measure(state, a.bytes, [&] {
    max_pooling_forward(a.x.data(), a.offsets.data(), a.rows / 32, a.columns, a.word.data(),
                        argmax.data());
  });
}

void adamw(benchmark::State& state) {
  Arrays<float> a(state);
  const AdamW rule = {.learning_rate = 1e-5, .weight_decay = 0.01, .step = 10};
  std::fill(a.u.begin(), a.u.end(), 1.0f);
  measure(state, 8 * a.bytes, [&] {
    adamw_update(rule, a.rows * a.columns, a.x.data(), a.y.data(), a.z.data(), a.u.data());
  });
}

void squares(benchmark::State& state) {
  Arrays<float> a(state);
  measure(state, a.bytes,
          [&] { benchmark::DoNotOptimize(sum_of_squares(a.x.data(), a.rows * a.columns)); });
}

void shapes(benchmark::internal::Benchmark* b) {
  b->Args({480, 384})->Args({480, 1536})->Args({4096, 384})->UseRealTime();
}
void shapes_without_and_with_dropout(benchmark::internal::Benchmark* b) {
  for (const int64_t dropout : {0, 1}) {
    b->Args({480, 384, dropout})->Args({480, 1536, dropout})->Args({4096, 384, dropout});
  }
  b->UseRealTime();
}

#define THAW_BENCHMARK(op)             \
  BENCHMARK(op<float>)->Apply(shapes); \
  BENCHMARK(op<Bf16>)->Apply(shapes)
THAW_BENCHMARK(dropout);
BENCHMARK(residual_norm<float>)->Apply(shapes_without_and_with_dropout);
BENCHMARK(residual_norm<Bf16>)->Apply(shapes_without_and_with_dropout);
BENCHMARK(residual_norm_back<float>)->Apply(shapes_without_and_with_dropout);
BENCHMARK(residual_norm_back<Bf16>)->Apply(shapes_without_and_with_dropout);
THAW_BENCHMARK(gelu);
THAW_BENCHMARK(gelu_back);
THAW_BENCHMARK(bias_back);
THAW_BENCHMARK(embedding);
THAW_BENCHMARK(embedding_back);
THAW_BENCHMARK(mean_pooling);
THAW_BENCHMARK(mean_pooling_back);
THAW_BENCHMARK(max_pooling);
BENCHMARK(adamw)->Apply(shapes);
BENCHMARK(squares)->Apply(shapes);

}  // namespace
}  // namespace thaw

BENCHMARK_MAIN();
