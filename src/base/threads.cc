#include "base/threads.h"

#include <sched.h>

namespace thaw {
namespace {

int available_cores() {
  cpu_set_t cores;
  if (sched_getaffinity(0, sizeof(cores), &cores) == 0) return std::max(1, CPU_COUNT(&cores));
  return std::max(1, omp_get_num_procs());
}

int& team_size() {
  static int size = available_cores();
  return size;
}

}  // namespace

void set_thread_count(int threads) {
  team_size() = threads > 0 ? threads : available_cores();
  omp_set_dynamic(0);
  omp_set_num_threads(team_size());
}

int thread_count() { return team_size(); }

}  // namespace thaw
