#include "base/spill.h"

#include <fcntl.h>
#include <sys/mman.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <fstream>
#include <new>
#include <string>

#include "base/error.h"

namespace thaw {
namespace {

// A file without a name, or one whose name is removed at once where the file system has no such.
int open_nameless(const std::filesystem::path& folder) {
#ifdef O_TMPFILE
  const int file = ::open(folder.c_str(), O_TMPFILE | O_RDWR | O_CLOEXEC, 0600);
  if (file >= 0) return file;
#endif
  std::string name = (folder / ".thaw-frozen-XXXXXX").string();
  const int named = ::mkstemp(name.data());
  if (named >= 0) ::unlink(name.c_str());
  return named;
}

}  // namespace

int64_t half_of_free_memory() {
  std::ifstream info("/proc/meminfo");
  std::string key, unit;
  int64_t kilobytes = 0;
  while (info >> key >> kilobytes) {
    if (key == "MemAvailable:") return kilobytes * 512;
    std::getline(info, unit);
  }
  return int64_t{1} << 62;  // not Linux: memory is what it is
}

SpillBytes::SpillBytes(int64_t size, SpillPlace& place) {
  if (size <= 0) return;
  const auto bytes = static_cast<size_t>(size);
  in_file_ = !place.folder.empty() && size > place.limit;
  if (!in_file_) {
    void* memory =
        ::mmap(nullptr, bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (memory == MAP_FAILED) throw std::bad_alloc();
    ::madvise(memory, bytes, MADV_HUGEPAGE);
    place.limit -= size;
    data_ = memory;
    size_ = size;
    return;
  }
  const int file = open_nameless(place.folder);
  // Taking the blocks now turns a full disk into an error here, and not into SIGBUS later.
  int error = file < 0 ? errno : ::posix_fallocate(file, 0, size);
  void* memory = MAP_FAILED;
  if (error == 0) {
    memory = ::mmap(nullptr, bytes, PROT_READ | PROT_WRITE, MAP_SHARED, file, 0);
    if (memory == MAP_FAILED) error = errno;
  }
  if (file >= 0) ::close(file);
  if (memory == MAP_FAILED) {
    throw Error(
        "cannot take the " + std::to_string(size / 1000000) +
            " MB of frozen activations that do not fit into memory: " + std::strerror(error),
        place.folder.string(), "make room there, or train on fewer or shorter texts");
  }
  data_ = memory;
  size_ = size;
}

SpillBytes::~SpillBytes() {
  if (data_ != nullptr) ::munmap(data_, static_cast<size_t>(size_));
}

}  // namespace thaw
