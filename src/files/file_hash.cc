#include "files/file_hash.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <vector>

#include "base/error.h"
#include "base/sha256.h"

namespace thaw {
namespace fs = std::filesystem;
namespace {

constexpr char kRemedy[] = "use a copy of the folder that is whole, or make it again";

[[noreturn]] void fail(const fs::path& path) {
  const int error = errno;
  if (error == ENOENT) throw Error("is missing", path.string(), kRemedy);
  throw Error(std::string("cannot be read: ") + std::strerror(error), path.string(),
              error == EIO ? "look for the disk's failure in the system's log" : "");
}

}  // namespace

FileHash hash_file(int descriptor, const fs::path& path, int64_t most) {
  struct stat status {};
  if (::fstat(descriptor, &status) != 0) fail(path);
  if (!S_ISREG(status.st_mode)) throw Error("is no regular file", path.string(), kRemedy);
  FileHash found;
  Sha256 hash;
  std::vector<char> piece(1 << 18);
  while (found.bytes <= most) {
    const int64_t wanted =
        std::min<int64_t>(static_cast<int64_t>(piece.size()) - 1, most - found.bytes) + 1;
    const ssize_t count =
        ::pread(descriptor, piece.data(), static_cast<size_t>(wanted), found.bytes);
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) fail(path);
    if (count == 0) break;
    hash.update({piece.data(), static_cast<size_t>(count)});
    found.bytes += count;
  }
  found.sha256 = hash.hex();
  return found;
}

FileHash hash_file(const fs::path& path, int64_t most) {
  // Not blocking, for what turns out to be a pipe.
  const int descriptor = ::open(path.c_str(), O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
  if (descriptor < 0) {
    if (errno == ELOOP) throw Error("is no regular file", path.string(), kRemedy);
    fail(path);
  }
  try {
    FileHash found = hash_file(descriptor, path, most);
    ::close(descriptor);
    return found;
  } catch (...) {
    ::close(descriptor);
    throw;
  }
}

}  // namespace thaw
