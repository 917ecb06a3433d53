#pragma once

#include <dnnl.hpp>

namespace thaw {

// Throws std::bad_alloc where oneDNN failed for want of memory; returns where it did for another
// reason. Version 3 calls it a runtime error where no memory was left to write code into, which is
// told from others by asking the system for some.
void throw_want_of_memory(const dnnl::error& error);

// What `call` returns, which calls oneDNN. Its errors for want of memory are std::bad_alloc.
template <class Call>
decltype(auto) with_want_of_memory(const Call& call) {
  try {
    return call();
  } catch (const dnnl::error& error) {
    throw_want_of_memory(error);
    throw;
  }
}

}  // namespace thaw
