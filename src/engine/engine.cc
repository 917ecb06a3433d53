#include "engine/engine.h"

#include "base/error.h"
#include "engine/cpu/cpu_engine.h"

namespace thaw {

std::unique_ptr<Engine> open_engine(const std::string& device, Context& context) {
  if (device == "cpu") return std::make_unique<CpuEngine>(context);
  throw Error("is no device that thaw can use", device, "use cpu");
}

}  // namespace thaw
