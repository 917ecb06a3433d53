// Fused attention, both directions, on batches as training meets them: 16 short texts (MiniLM and
// BERT base), and 8 of the longest that BERT takes. Operations are those of the matrix products
// alone: 4 S^2 d forward and 10 S^2 d backward for a head. One thread, unless THAW_BENCH_THREADS
// says more.
//
//   thaw_bench_attention --benchmark_filter='forward.*float.*512'
#include <benchmark/benchmark.h>

#include <cstdlib>
#include <random>
#include <vector>

#include "base/bf16.h"
#include "base/threads.h"
#include "bench/fma_peak.h"
#include "engine/cpu/ops/attention.h"

namespace thaw {
namespace {

template <class T>
struct Batch {
  Batch(int64_t sequences, int64_t mean_length, int64_t head_size)
      : hidden(12 * head_size), shape{12, head_size, nullptr, sequences} {
    std::mt19937 bits(1);
    std::normal_distribution<float> normal;
    offsets.push_back(0);
    for (int64_t i = 0; i < sequences; ++i) {
      // Short texts differ in length, long ones are cut to the same.
      const int64_t spread = mean_length < 512 ? mean_length / 2 : 0;
      const int64_t length = mean_length - spread / 2 + (spread > 0 ? i * spread / 15 : 0);
      offsets.push_back(offsets.back() + static_cast<int32_t>(length));
      operations += 2.0 * 12 * static_cast<double>(length * length * head_size);
    }
    shape.offsets = offsets.data();
    const auto tokens = static_cast<size_t>(offsets.back());
    qkv.resize(tokens * 3 * static_cast<size_t>(hidden));
    d_context.resize(tokens * static_cast<size_t>(hidden));
    for (T& x : qkv) x = from_float<T>(normal(bits));
    for (T& x : d_context) x = from_float<T>(normal(bits));
    d_qkv.resize(qkv.size());
    context.resize(d_context.size());
    log_sum_exp.resize(tokens * 12);
    scratch.resize(static_cast<size_t>(attention_scratch(shape)));
  }

  void forward(Dropout dropout) {
    attention_forward(shape, qkv.data(), dropout, context.data(), log_sum_exp.data(),
                      scratch.data());
  }
  void backward(Dropout dropout) {
    attention_backward(
        shape, {.qkv = qkv.data(), .context = context.data(), .log_sum_exp = log_sum_exp.data()},
        d_context.data(), dropout, d_qkv.data(), scratch.data());
  }

  int64_t hidden;
  AttentionShape shape;
  std::vector<int32_t> offsets;
  std::vector<T> qkv, d_context, d_qkv, context;
  std::vector<float> log_sum_exp, scratch;
  double operations = 0;  // of one matrix product of all heads
};

template <class T, bool kBackward>
void attention(benchmark::State& state) {
  const char* threads = std::getenv("THAW_BENCH_THREADS");
  set_thread_count(threads != nullptr ? std::atoi(threads) : 1);
  Batch<T> batch(state.range(0), state.range(1), state.range(2));
  const Dropout dropout{static_cast<float>(state.range(3)) / 100, 1};
  const double peak = bench::fma_peak() * thread_count();
  batch.forward(dropout);
  for (auto _ : state) {
    if (kBackward) {
      batch.backward(dropout);
    } else {
      batch.forward(dropout);
    }
  }
  const double done =
      batch.operations * (kBackward ? 5 : 2) * static_cast<double>(state.iterations()) * 1e-9;
  state.counters["GFLOP/s"] = benchmark::Counter(done, benchmark::Counter::kIsRate);
  state.counters["of_peak_%"] = benchmark::Counter(100 * done / peak, benchmark::Counter::kIsRate);
}

void shapes(benchmark::internal::Benchmark* bench) {
  bench->ArgNames({"sequences", "tokens", "head_size", "dropout_%"});
  // One thread's own time does not count what others do on the machine.
  if (std::getenv("THAW_BENCH_THREADS") != nullptr) bench->UseRealTime();
  for (const int64_t dropout : {0, 10}) {
    for (const int64_t head_size : {32, 64}) {
      bench->Args({16, 30, head_size, dropout});
      bench->Args({8, 512, head_size, dropout});
    }
  }
}

BENCHMARK_TEMPLATE(attention, float, false)->Name("forward/float")->Apply(shapes);
BENCHMARK_TEMPLATE(attention, Bf16, false)->Name("forward/bf16")->Apply(shapes);
BENCHMARK_TEMPLATE(attention, float, true)->Name("backward/float")->Apply(shapes);
BENCHMARK_TEMPLATE(attention, Bf16, true)->Name("backward/bf16")->Apply(shapes);

}  // namespace
}  // namespace thaw

BENCHMARK_MAIN();
