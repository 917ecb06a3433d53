// What build/thaw_faults has besides the sources of the program: a fault from the environment, as
// faulty_calls.h describes it. It is set before main() and stays.

#include <fcntl.h>
#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <exception>
#include <memory>
#include <sstream>
#include <string>

#include "tests/faults/faulty_calls.h"

namespace thaw::testing {
namespace {

std::string variable(const char* name) {
  const char* value = std::getenv(name);
  return value != nullptr ? value : "";
}

bool install() {
  CallFilter filter;
  filter.below = variable("FAULT_BELOW");
  std::istringstream kinds(variable("FAULT_CALLS"));
  for (std::string kind; std::getline(kinds, kind, ',');) filter.kinds.insert(kind);
  try {
    // Never deleted, since calls may be made until the very end.
    auto* const faulty = new FaultyCalls(Fault::parse(variable("FAULT")), filter);
    const std::string trace = variable("FAULT_TRACE");
    if (trace.empty()) return true;
    const int file = ::open(trace.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0666);
    faulty->on_call = [file](int64_t number, const FileCall& call) {
      const std::string line =
          std::to_string(number) + " " + call.kind + " " + call.path.string() + "\n";
      if (::write(file, line.data(), line.size()) < 0) std::abort();
    };
  } catch (const std::exception& error) {
    std::fprintf(stderr, "thaw_faults: not understood: %s\n", error.what());
    std::_Exit(3);
  }
  return true;
}

[[maybe_unused]] const bool installed = install();

}  // namespace
}  // namespace thaw::testing
