#include "engine/cpu/gemm/want_of_memory.h"

#include <sys/mman.h>

#include <new>

namespace thaw {

void throw_want_of_memory(const dnnl::error& error) {
  if (error.status == dnnl_out_of_memory) throw std::bad_alloc();
  if (error.status != dnnl_runtime_error) return;
  // Far more than a product's code takes, far less than anything is done with.
  constexpr size_t kBytes = size_t{64} << 20;
  void* const probe =
      ::mmap(nullptr, kBytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  if (probe == MAP_FAILED) throw std::bad_alloc();
  ::munmap(probe, kBytes);
}

}  // namespace thaw
