#include "files/file_calls.h"

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <atomic>
#include <cerrno>
#include <cstdio>

namespace thaw {
namespace {

constexpr unsigned kExchange = 1 << 1;  // RENAME_EXCHANGE of <linux/fs.h>

constexpr FileCalls kSystem{
    [](const char* path, int flags, mode_t mode) { return ::open(path, flags, mode); },
    [](int file, const void* bytes, size_t count, off_t at) {
      return ::pwrite(file, bytes, count, at);
    },
    [](int file, off_t size) { return ::ftruncate(file, size); },
    [](int file, off_t size) {
      errno = ::posix_fallocate(file, 0, size);
      return errno == 0 ? 0 : -1;
    },
    [](int file, size_t size) {
      return ::mmap(nullptr, size, PROT_READ | PROT_WRITE, MAP_SHARED, file, 0);
    },
    [](int file, mode_t mode) { return ::fchmod(file, mode); },
    [](int file) { return ::fsync(file); },
    [](int file) { return ::close(file); },
    [](const char* from, const char* to) { return ::rename(from, to); },
    [](const char* one, const char* other) {
      return static_cast<int>(::syscall(SYS_renameat2, AT_FDCWD, one, AT_FDCWD, other, kExchange));
    },
    [](const char* target, const char* path) { return ::symlink(target, path); },
    [](const char* path) { return ::unlink(path); },
    [](const char* path, mode_t mode) { return ::mkdir(path, mode); },
    [](const char* path) { return ::rmdir(path); },
};

std::atomic<const FileCalls*> in_use{&kSystem};

}  // namespace

const FileCalls& system_file_calls() { return kSystem; }

const FileCalls& file_calls() { return *in_use.load(std::memory_order_acquire); }

void set_file_calls(const FileCalls& calls) { in_use.store(&calls, std::memory_order_release); }

}  // namespace thaw
