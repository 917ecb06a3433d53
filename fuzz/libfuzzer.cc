// The way from libFuzzer to the one target that is linked in.
#include <cstddef>
#include <cstdint>

#include "fuzz/target.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  static const thaw::fuzz::Target target = thaw::fuzz::targets().at(0);
  target.run({reinterpret_cast<const char*>(data), size});
  return 0;
}
