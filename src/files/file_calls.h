#pragma once  // Tests: tests/faults/folder_faults_test.cc

#include <sys/types.h>

#include <cstddef>

namespace thaw {

// Every system call by which thaw changes the file system, a field for each, in one table that
// tests replace: to make the N-th call fail, to end the process there, or to write down what
// happened. Each does what the call of its name does, and sets errno. Nothing in src/ and app/
// makes these calls any other way (a test holds that); src/files/file_steps.h has them with errors
// as sentences.
struct FileCalls {
  // For writing, and for folders that are to be synced.
  int (*open)(const char* path, int flags, mode_t mode);
  ssize_t (*write)(int file, const void* bytes, size_t count, off_t at);  // pwrite
  int (*truncate)(int file, off_t size);                                  // ftruncate
  int (*allocate)(int file, off_t size);   // posix_fallocate from 0, but -1 and errno
  void* (*map)(int file, size_t size);     // mmap, shared, to read and write
  int (*set_mode)(int file, mode_t mode);  // fchmod
  int (*sync)(int file);                   // fsync
  int (*close)(int file);
  int (*rename)(const char* from, const char* to);
  int (*exchange)(const char* one, const char* other);  // renameat2 with RENAME_EXCHANGE
  int (*symlink)(const char* target, const char* path);
  int (*unlink)(const char* path);
  int (*mkdir)(const char* path, mode_t mode);
  int (*rmdir)(const char* path);
};

// The system's own.
const FileCalls& system_file_calls();

// Those in use: the system's, unless a test has set others. A table must outlive its use.
const FileCalls& file_calls();
void set_file_calls(const FileCalls& calls);

}  // namespace thaw
