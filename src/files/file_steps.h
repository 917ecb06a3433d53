#pragma once  // Tests: tests/faults/full_disk_test.cc

#include <sys/types.h>

#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>

#include "base/error.h"

// The steps by which files are changed: system calls of file_calls.h whose failure is an Error of
// kind kOutput with the path and what to do there. How to choose another place is known to whoever
// chose this one: with_way_out() of base/error.h.

namespace thaw {

// "PATH: cannot be written: No space left on device; free space there or choose another folder".
// `error` is a value of errno; what to do depends on it.
Error file_error(const std::string& what, int error, const std::filesystem::path& path);

// A file that is written to, closed at the latest with the object. Movable.
class WritableFile {
 public:
  WritableFile() = default;
  // Opens it as open(2) does with these flags (and O_CLOEXEC). Errors name `shown` where that is
  // not empty: a temporary file goes by the name that it is to have. Throws Error.
  WritableFile(const std::filesystem::path& path, int flags, mode_t mode,
               std::filesystem::path shown = {});
  WritableFile(WritableFile&& other) noexcept;
  WritableFile& operator=(WritableFile&& other) noexcept;
  ~WritableFile();

  int descriptor() const { return descriptor_; }
  const std::filesystem::path& path() const { return path_; }

  // All of the bytes, however few the system takes at once.
  void write(std::string_view bytes, int64_t at);
  void truncate(int64_t size);
  void sync();
  // An error here is one of writing: some file systems tell only now.
  void close();

 private:
  [[noreturn]] void fail(int error) const;

  std::filesystem::path path_, shown_;
  int descriptor_ = -1;
};

// Creates the folder and what is missing of those above, and makes that last. Throws Error.
void create_folders(const std::filesystem::path& folder);

// Makes names that were added to the folder or taken from it outlast a power failure. Throws Error,
// but not on a file system that cannot do so.
void sync_folder(const std::filesystem::path& folder);

// Renames a file onto another or none, or a folder onto an empty one or none, and makes that last.
void rename_file(const std::filesystem::path& from, const std::filesystem::path& to);

// Removes a file (false: it is there still), or a folder with all that is in it, without following
// symbolic links. What cannot be removed stays, and is no error.
bool remove_file(const std::filesystem::path& path) noexcept;
void remove_tree(const std::filesystem::path& path) noexcept;

// ---- Temporary files and folders

// What is not finished yet is called ".thaw-partial-" and six letters or digits, and locked
// (flock) by the program that works on it.
inline constexpr char kPartialPrefix[] = ".thaw-partial-";
bool is_partial_name(const std::string& name);

// Makes a new one in the folder and opens it. Errors name `shown`.
WritableFile create_partial_file(const std::filesystem::path& folder,
                                 const std::filesystem::path& shown);
WritableFile create_partial_folder(const std::filesystem::path& folder,
                                   const std::filesystem::path& shown);

}  // namespace thaw
