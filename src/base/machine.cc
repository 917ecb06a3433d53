#include "base/machine.h"

#include <unistd.h>

#include <cstdio>
#include <fstream>
#include <sstream>

#include "base/threads.h"

namespace thaw {
namespace {

// The text after `key` and its separator in a file of "key: value" or key=value lines.
std::string line_value(const char* path, const std::string& key) {
  std::ifstream file(path);
  std::string line;
  while (std::getline(file, line)) {
    if (line.compare(0, key.size(), key) != 0) continue;
    size_t begin = line.find_first_of(":=");
    if (begin == std::string::npos) continue;
    begin = line.find_first_not_of(" \t\"", begin + 1);
    const size_t end = line.find_last_not_of(" \t\"");
    return begin == std::string::npos ? "" : line.substr(begin, end - begin + 1);
  }
  return "";
}

double kilobytes(const char* path, const std::string& key) {
  const std::string text = line_value(path, key);
  return text.empty() ? 0 : std::stod(text);
}

}  // namespace

std::map<std::string, std::string> machine_description() {
  std::map<std::string, std::string> machine;
  machine["cpu"] = line_value("/proc/cpuinfo", "model name");
  machine["cores"] = std::to_string(sysconf(_SC_NPROCESSORS_ONLN));
  machine["threads"] = std::to_string(thread_count());
  char memory[32];
  std::snprintf(memory, sizeof(memory), "%.1f GB",
                kilobytes("/proc/meminfo", "MemTotal") * 1024 / 1e9);
  machine["memory"] = memory;
  machine["system"] = line_value("/etc/os-release", "PRETTY_NAME");
  return machine;
}

std::map<std::string, std::string> build_description() {
  return {{"thaw", THAW_VERSION}, {"compiler", "g++ " __VERSION__}};
}

void reset_peak_memory() {
  std::ofstream file("/proc/self/clear_refs");
  file << "5";
}

double peak_memory_mb() { return kilobytes("/proc/self/status", "VmHWM") * 1024 / 1e6; }

double resident_memory_mb() { return kilobytes("/proc/self/status", "VmRSS") * 1024 / 1e6; }

}  // namespace thaw
