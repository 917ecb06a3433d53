#pragma once  // Tests: tests/experiment/resume/resume_test.cc

#include <map>
#include <string>

namespace thaw {

// What this process runs on, for the record of a run: cpu, cores, memory, system.
std::map<std::string, std::string> machine_description();

// thaw's own version and the compiler's.
std::map<std::string, std::string> build_description();

// Starts a new measurement of peak_memory_mb(). Where the kernel does not allow it, the peak is
// that of the whole process.
void reset_peak_memory();

// Most memory resident at once since then, in MB of 10^6 bytes.
double peak_memory_mb();
// Memory resident now, in the same unit.
double resident_memory_mb();

}  // namespace thaw
