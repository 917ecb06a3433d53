#include "base/context.h"

#include <omp.h>
#include <sched.h>

#include <algorithm>
#include <atomic>

namespace thaw {
namespace {

thread_local Context* entered = nullptr;

int available_cores() {
  cpu_set_t cores;
  if (sched_getaffinity(0, sizeof(cores), &cores) == 0) return std::max(1, CPU_COUNT(&cores));
  return std::max(1, omp_get_num_procs());
}

// Of the calling thread: libraries that start threads themselves read it.
void set_team_size(int threads) {
  if (omp_get_max_threads() != threads) omp_set_num_threads(threads);
}

}  // namespace

Context::Context(int threads) : threads_(threads > 0 ? threads : available_cores()) {}

void Context::set_threads(int threads) {
  threads_ = threads > 0 ? threads : available_cores();
  if (&current() == this) {
    omp_set_dynamic(0);
    set_team_size(threads_);
  }
}

size_t Context::new_slot() {
  static std::atomic<size_t> next{0};
  return next++;
}

Context& Context::current() {
  if (entered != nullptr) return *entered;
  // Never destroyed: libraries that it keeps things of may be gone before it at the program's end.
  static Context& shared = *new Context;
  return shared;
}

InContext::InContext(Context& context, bool of_team) : before_(entered), of_team_(of_team) {
  entered = &context;
  if (!of_team_) set_team_size(context.threads());
}

InContext::~InContext() {
  entered = before_;
  if (!of_team_) set_team_size(Context::current().threads());
}

}  // namespace thaw
