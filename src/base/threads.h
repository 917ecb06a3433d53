#pragma once

#include <omp.h>

#include <algorithm>
#include <cstdint>
#include <exception>

#include "base/context.h"

namespace thaw {

// Threads of the current context (base/context.h); 0 means all cores that this process may run on.
// One team size for our loops and for oneDNN's: mixing sizes makes OpenMP rebuild its team.
inline void set_thread_count(int threads) { Context::current().set_threads(threads); }
inline int thread_count() { return Context::current().threads(); }

// Calls body(begin, end, part) on at most thread_count() contiguous parts of [0, count), each a
// multiple of `grain` but the last. The cut depends on count, grain and the thread count alone, so
// results that are combined in order of `part` have the same bits in every run.
// The first exception that a part throws is thrown again here.
template <class Body>
void parallel_parts(int64_t count, int64_t grain, const Body& body) {
  if (count <= 0) return;
  const int64_t blocks = (count + grain - 1) / grain;
  const int parts = static_cast<int>(std::min<int64_t>(thread_count(), blocks));
  if (parts <= 1) {
    body(int64_t{0}, count, 0);
    return;
  }
  std::exception_ptr thrown;
  Context& context = Context::current();
#pragma omp parallel num_threads(context.threads())
  {
    const InContext inside(context, true);
    // One part a thread, unless the team is smaller than asked for, as it is within another team.
    for (int part = omp_get_thread_num(); part < parts; part += omp_get_num_threads()) {
      const int64_t begin = blocks * part / parts * grain;
      const int64_t end = std::min(count, blocks * (part + 1) / parts * grain);
      try {
        if (begin < end) body(begin, end, part);
      } catch (...) {
#pragma omp critical(thaw_parallel_parts)
        if (!thrown) thrown = std::current_exception();
      }
    }
  }
  if (thrown) std::rethrow_exception(thrown);
}

}  // namespace thaw
