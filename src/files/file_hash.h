#pragma once  // Tests: tests/files/durable_folder_test.cc

#include <cstdint>
#include <filesystem>
#include <string>

namespace thaw {

struct FileHash {
  int64_t bytes = 0;   // read
  std::string sha256;  // of these, 64 lower-case digits
};

// Reads a file to its end, or one byte past `most`. It is read rather than mapped, so that a disk
// that fails is an Error, too, and no signal. Throws Error for what is missing, unreadable or no
// regular file (a symbolic link is none).
FileHash hash_file(const std::filesystem::path& path, int64_t most = INT64_MAX);

// The same of an open file, from its beginning.
FileHash hash_file(int descriptor, const std::filesystem::path& path, int64_t most = INT64_MAX);

}  // namespace thaw
