#include "fuzz/target.h"

#include <sys/mman.h>
#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <map>
#include <stdexcept>
#include <system_error>

namespace thaw::fuzz {
namespace fs = std::filesystem;
namespace {

// The descriptor of the file in memory with this number.
int descriptor_of(int number) {
  static std::map<int, int> descriptors;
  const auto [found, is_new] = descriptors.emplace(number, -1);
  if (is_new) {
    found->second = ::memfd_create("thaw-fuzz", MFD_CLOEXEC);
    require(found->second >= 0, "memory files can be made");
  }
  return found->second;
}

}  // namespace

std::vector<Target>& targets() {
  static std::vector<Target> all;
  return all;
}

void require(bool holds, const char* invariant) {
  if (!holds) throw std::logic_error(std::string("this does not hold: ") + invariant);
}

bool accepts(const std::function<void()>& body) {
  try {
    body();
    return true;
  } catch (const Error& error) {
    if (std::getenv("THAW_FUZZ_SHOW") != nullptr) std::fprintf(stderr, "%s\n", error.what());
    return false;
  }
}

fs::path memory_file(int number, std::string_view bytes) {
  const int descriptor = descriptor_of(number);
  const bool written =
      ::ftruncate(descriptor, static_cast<off_t>(bytes.size())) == 0 &&
      ::pwrite(descriptor, bytes.data(), bytes.size(), 0) == static_cast<ssize_t>(bytes.size());
  require(written, "memory files can be written");
  return "/proc/self/fd/" + std::to_string(descriptor);
}

MemoryFolder::MemoryFolder() {
  std::string name = (fs::temp_directory_path() / "thaw-fuzz.XXXXXX").string();
  require(::mkdtemp(name.data()) != nullptr, "a temporary folder can be made");
  path_ = name;
}

MemoryFolder::~MemoryFolder() {
  std::error_code ignored;
  fs::remove_all(path_, ignored);
}

void MemoryFolder::add(const std::string& name, std::string_view bytes) {
  // Behind those that targets number themselves.
  const fs::path file = memory_file(100 + static_cast<int>(links_.size()), bytes);
  const fs::path link = path_ / name;
  fs::create_directories(link.parent_path());
  fs::create_symlink(file, link);
  links_.push_back(link);
}

void MemoryFolder::clear() {
  for (const fs::path& link : links_) fs::remove(link);
  links_.clear();
}

}  // namespace thaw::fuzz
