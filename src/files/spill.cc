#include "files/spill.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/mman.h>

#include <cerrno>
#include <new>
#include <string>

#include "base/error.h"
#include "files/file_calls.h"
#include "files/file_steps.h"

namespace thaw {
namespace {

// A file without a name, or one whose name is removed at once where the file system has no such.
WritableFile open_nameless(const std::filesystem::path& folder) {
#ifdef O_TMPFILE
  try {
    return WritableFile(folder, O_TMPFILE | O_RDWR, 0600, folder);
  } catch (const Error&) {
  }
#endif
  WritableFile named = create_partial_file(folder, folder);
  remove_file(named.path());
  return named;
}

}  // namespace

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
  void* memory = MAP_FAILED;
  with_way_out("train on fewer or shorter texts", [&] {
    const WritableFile file = open_nameless(place.folder);
    // Taking the blocks now turns a full disk into an error here, and not into SIGBUS later.
    if (file_calls().allocate(file.descriptor(), size) == 0) {
      memory = file_calls().map(file.descriptor(), bytes);
    }
    if (memory != MAP_FAILED) return;
    throw file_error(
        fmt::format("cannot take the {} MB of frozen activations that do not fit into memory",
                    size / 1000000),
        errno, place.folder);
  });
  data_ = memory;
  size_ = size;
}

SpillBytes::~SpillBytes() {
  if (data_ != nullptr) ::munmap(data_, static_cast<size_t>(size_));
}

}  // namespace thaw
