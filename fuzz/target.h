#pragma once

#include <algorithm>
#include <filesystem>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"

// What fuzz targets share. A target is a function of any bytes, in a file of its own under
// fuzz/targets/. libFuzzer runs it millions of times (fuzz/CMakeLists.txt), and the test suite runs
// it once on each file of its corpus (fuzz/replay_test.cc), with whatever compiler thaw has.
namespace thaw::fuzz {

struct Target {
  const char* name;  // "safetensors": of the program, and of the folder of its corpus
  void (*run)(std::string_view input);
};

// Those that are linked in.
std::vector<Target>& targets();

struct Registration {
  Registration(const char* name, void (*run)(std::string_view)) {
    targets().push_back({name, run});
  }
};

// THAW_FUZZ_TARGET(safetensors) { … input … }
#define THAW_FUZZ_TARGET(name)                                                  \
  static void run_##name(std::string_view input);                               \
  static const thaw::fuzz::Registration registration_##name{#name, run_##name}; \
  static void run_##name(std::string_view input)

// Throws std::logic_error where an invariant does not hold, naming it: nothing catches it, so that
// libFuzzer sees a crash and the test suite a failure.
void require(bool holds, const char* invariant);

// Whether the body ran to its end. thaw::Error is how input is refused; any other exception is a
// finding. THAW_FUZZ_SHOW in the environment shows what was said.
bool accepts(const std::function<void()>& body);

// Bytes as a file with a path, without a disk. Of a fixed number, each used again and again.
std::filesystem::path memory_file(int number, std::string_view bytes);

// A folder that holds such files under names; those of before are gone. Names may have folders.
class MemoryFolder {
 public:
  MemoryFolder();
  ~MemoryFolder();
  MemoryFolder(const MemoryFolder&) = delete;
  MemoryFolder& operator=(const MemoryFolder&) = delete;

  const std::filesystem::path& path() const { return path_; }
  void add(const std::string& name, std::string_view bytes);
  void clear();

 private:
  std::filesystem::path path_;
  std::vector<std::filesystem::path> links_;
};

// Takes an input apart: numbers from its front, or the parts between separators.
class Input {
 public:
  explicit Input(std::string_view bytes) : bytes_(bytes) {}

  // 0 where nothing is left.
  unsigned take_byte() {
    if (bytes_.empty()) return 0;
    const auto byte = static_cast<unsigned char>(bytes_.front());
    bytes_.remove_prefix(1);
    return byte;
  }
  // What stands before the next byte 0xFF, which no UTF-8 holds, or all that is left.
  std::string_view take_part() {
    const size_t end = std::min(bytes_.find('\xFF'), bytes_.size());
    const std::string_view part = bytes_.substr(0, end);
    bytes_.remove_prefix(std::min(end + 1, bytes_.size()));
    return part;
  }
  std::string_view rest() const { return bytes_; }

 private:
  std::string_view bytes_;
};

}  // namespace thaw::fuzz
