#include "base/memory.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <cmath>
#include <cstdio>
#include <fstream>
#include <string_view>
#include <utility>

#include "base/error.h"

namespace thaw {
namespace fs = std::filesystem;
namespace {

constexpr int64_t kUnknown = int64_t{1} << 62;

// The number in a file that holds one; kUnknown for "max" and where there is no such file.
int64_t number_in(const fs::path& path) {
  std::ifstream file(path);
  int64_t number = 0;
  return file >> number && number >= 0 ? number : kUnknown;
}

// The number behind `key` in lines of "key number".
int64_t number_after(const fs::path& path, const std::string& key) {
  std::ifstream file(path);
  std::string word, rest;
  while (file >> word) {
    int64_t number = 0;
    if (word == key) return file >> number && number >= 0 ? number : kUnknown;
    std::getline(file, rest);
  }
  return kUnknown;
}

int64_t free_for_programs(const fs::path& root) {
  const int64_t kilobytes = number_after(root / "proc/meminfo", "MemAvailable:");
  return kilobytes >= kUnknown / 1024 ? kUnknown : kilobytes * 1024;
}

// What one control group leaves; its files are named differently in the two versions.
int64_t left_by(const fs::path& folder, const char* limit, const char* used, const char* cache) {
  const int64_t most = number_in(folder / limit), taken = number_in(folder / used);
  if (most >= kUnknown || taken >= kUnknown) return kUnknown;
  const int64_t given_back = number_after(folder / "memory.stat", cache);
  const int64_t held = taken - (given_back < kUnknown ? std::min(given_back, taken) : 0);
  return std::max<int64_t>(0, most - held);
}

// The least that the process's own group and those above it leave.
int64_t left_by_groups(const fs::path& root) {
  std::ifstream file(root / "proc/self/cgroup");
  std::string line;
  int64_t least = kUnknown;
  while (std::getline(file, line)) {  // "0::/user.slice" or "4:memory:/docker/…"
    const size_t first = line.find(':'), second = line.find(':', first + 1);
    if (first == std::string::npos || second == std::string::npos) continue;
    const std::string kinds = line.substr(first + 1, second - first - 1);
    const bool unified = kinds.empty();
    if (!unified && kinds != "memory") continue;
    const fs::path top = root / (unified ? "sys/fs/cgroup" : "sys/fs/cgroup/memory");
    fs::path below = fs::path(line.substr(second + 1)).relative_path();
    for (;;) {
      least = std::min(
          least, unified ? left_by(top / below, "memory.max", "memory.current", "inactive_file")
                         : left_by(top / below, "memory.limit_in_bytes", "memory.usage_in_bytes",
                                   "total_inactive_file"));
      if (below.empty()) break;
      below = below.parent_path();
    }
  }
  return least;
}

// 0 for what is no unit.
double bytes_of(std::string_view unit) {
  constexpr std::pair<std::string_view, double> kUnits[] = {
      {"B", 1},     {"kB", 1e3},     {"KB", 1e3},     {"MB", 1e6},     {"GB", 1e9},
      {"TB", 1e12}, {"KiB", 0x1p10}, {"MiB", 0x1p20}, {"GiB", 0x1p30}, {"TiB", 0x1p40},
      {"k", 1e3},   {"K", 1e3},      {"M", 1e6},      {"G", 1e9}};
  for (const auto& [name, bytes] : kUnits) {
    if (unit == name) return bytes;
  }
  return 0;
}

}  // namespace

int64_t available_memory() { return available_memory("/"); }

int64_t available_memory(const fs::path& root) {
  return std::min(free_for_programs(root), left_by_groups(root));
}

int64_t parse_byte_size(const std::string& text, const std::string& where) {
  double value = 0;
  const char* const last = text.data() + text.size();
  const auto [end, error] = std::from_chars(text.data(), last, value, std::chars_format::fixed);
  std::string_view unit(end, static_cast<size_t>(last - end));
  while (unit.starts_with(' ')) unit.remove_prefix(1);
  const double bytes = error == std::errc() ? value * bytes_of(unit) : 0;
  if (!(bytes >= 1) || bytes > 0x1p60) {
    throw Error(fmt::format("'{}' is not a size of memory", text), where,
                "write it as 800MB or 1.5GB");
  }
  return static_cast<int64_t>(bytes);
}

std::string format_byte_size(int64_t bytes) {
  char text[32];
  const auto value = static_cast<double>(bytes);
  if (value >= 999.5e6) {
    std::snprintf(text, sizeof(text), "%.1f GB", value / 1e9);
  } else {
    std::snprintf(text, sizeof(text), "%.0f MB", std::max(1.0, value / 1e6));
  }
  return text;
}

}  // namespace thaw
