#include "bench/triad.h"

#include <algorithm>
#include <chrono>

#include "base/buffer.h"
#include "base/threads.h"

namespace thaw::bench {
namespace {

#if defined(__x86_64__) && defined(__GNUC__) && !defined(__clang__)
__attribute__((target_clones("avx512f", "avx2", "default"), optimize("O3")))
#endif
void triad(float* __restrict a, const float* __restrict b, const float* __restrict c,
           int64_t count) {
  for (int64_t i = 0; i < count; ++i) a[i] = b[i] + 0.5f * c[i];
}

}  // namespace

double triad_speed(int64_t bytes, int repetitions) {
  const int64_t count = bytes / 12;
  Buffer<float> a(count), b(count), c(count);
  double best = 1e9;
  for (int repetition = 0; repetition < repetitions; ++repetition) {
    const auto start = std::chrono::steady_clock::now();
    parallel_parts(count, 4096, [&](int64_t begin, int64_t end, int) {
      triad(a.data() + begin, b.data() + begin, c.data() + begin, end - begin);
    });
    const std::chrono::duration<double> seconds = std::chrono::steady_clock::now() - start;
    best = std::min(best, seconds.count());
  }
  return static_cast<double>(bytes) / best * 1e-9;
}

}  // namespace thaw::bench
