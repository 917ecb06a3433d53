#include "files/files.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <streambuf>
#include <utility>
#include <vector>

#include "base/error.h"
#include "base/setting_words.h"
#include "files/durable_folder.h"
#include "files/file_calls.h"
#include "files/file_steps.h"

namespace thaw {
namespace fs = std::filesystem;
namespace {

std::string reason() { return std::strerror(errno); }

// Closes a descriptor that is only read, whatever happens.
class Descriptor {
 public:
  explicit Descriptor(int number) : number_(number) {}
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;
  ~Descriptor() {
    if (number_ >= 0) ::close(number_);
  }
  int get() const { return number_; }

 private:
  int number_;
};

// Hands a streambuf's output on in large pieces.
class PieceBuffer : public std::streambuf {
 public:
  // `take` gets each piece, and may throw.
  explicit PieceBuffer(std::function<void(std::string_view piece)> take) : take_(std::move(take)) {
    setp(buffer_, buffer_ + sizeof(buffer_));
  }

 protected:
  int overflow(int c) override {
    flush();
    if (c != traits_type::eof()) {
      *pptr() = static_cast<char>(c);
      pbump(1);
    }
    return traits_type::not_eof(c);
  }
  int sync() override {
    flush();
    return 0;
  }
  std::streamsize xsputn(const char* bytes, std::streamsize count) override {
    if (count < epptr() - pptr()) {
      std::memcpy(pptr(), bytes, static_cast<size_t>(count));
      pbump(static_cast<int>(count));
    } else {
      flush();
      take_({bytes, static_cast<size_t>(count)});
    }
    return count;
  }

 private:
  void flush() {
    const std::string_view piece(pbase(), static_cast<size_t>(pptr() - pbase()));
    setp(buffer_, buffer_ + sizeof(buffer_));
    if (!piece.empty()) take_(piece);
  }

  std::function<void(std::string_view)> take_;
  char buffer_[1 << 16];
};

}  // namespace

MappedFile MappedFile::open(const fs::path& path) {
  const Descriptor opened(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
  if (opened.get() < 0) {
    throw Error(errno == ENOENT ? "there is no such file" : "cannot be read: " + reason(),
                path.string(), errno == ENOENT ? "check the path" : "");
  }
  struct stat status {};
  if (::fstat(opened.get(), &status) != 0 || S_ISDIR(status.st_mode)) {
    throw Error("is a folder where a file is needed", path.string());
  }
  if (S_ISREG(status.st_mode)) {
    MappedFile file;
    file.map(opened.get(), path.string());
    return file;
  }
  // What a pipe (`<(command)` in a shell, /dev/stdin) has to say.
  return in_memory(
      [&](const Sink& sink) {
        std::vector<char> bytes(size_t{1} << 16);
        while (true) {
          const ssize_t count = ::read(opened.get(), bytes.data(), bytes.size());
          if (count < 0 && errno == EINTR) continue;
          if (count < 0) throw Error("cannot be read: " + reason(), path.string());
          if (count == 0) return;
          sink({bytes.data(), static_cast<size_t>(count)});
        }
      },
      path.string());
}

MappedFile MappedFile::in_memory(const std::function<void(const Sink&)>& write,
                                 const std::string& where) {
  MappedFile file;
  file.memory_ = ::memfd_create("thaw", MFD_CLOEXEC);
  if (file.memory_ < 0) throw Error("cannot be read: " + reason(), where);
  write([&](std::string_view piece) {
    // A file in memory takes all of a piece or fails.
    const ssize_t count = ::write(file.memory_, piece.data(), piece.size());
    if (count != static_cast<ssize_t>(piece.size())) {
      throw Error("cannot be read: " + reason(), where);
    }
  });
  file.map(file.memory_, where);
  return file;
}

void MappedFile::map(int descriptor, const std::string& where) {
  struct stat status {};
  if (::fstat(descriptor, &status) != 0) throw Error("cannot be read: " + reason(), where);
  const auto size = static_cast<size_t>(status.st_size);
  if (size == 0) return;
  void* address = ::mmap(nullptr, size, PROT_READ, MAP_PRIVATE, descriptor, 0);
  if (address == MAP_FAILED) throw Error("cannot be mapped into memory: " + reason(), where);
  data_ = static_cast<const std::byte*>(address);
  size_ = size;
}

MappedFile::MappedFile(MappedFile&& other) noexcept
    : data_(std::exchange(other.data_, nullptr)),
      size_(std::exchange(other.size_, 0)),
      memory_(std::exchange(other.memory_, -1)) {}

MappedFile& MappedFile::operator=(MappedFile&& other) noexcept {
  std::swap(data_, other.data_);
  std::swap(size_, other.size_);
  std::swap(memory_, other.memory_);
  return *this;
}

MappedFile::~MappedFile() {
  if (data_ != nullptr) ::munmap(const_cast<std::byte*>(data_), size_);
  if (memory_ >= 0) ::close(memory_);
}

void MappedFile::release(size_t begin, size_t end) const {
  if (begin >= end) return;
  ::madvise(const_cast<std::byte*>(data_) + begin, end - begin, MADV_DONTNEED);
}

void MappedFile::discard(size_t begin, size_t end) const {
  release(begin, end);
  if (memory_ < 0 || begin >= end) return;
  // Where that does not work, the memory is only given back later.
  ::fallocate(memory_, FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE, static_cast<off_t>(begin),
              static_cast<off_t>(end - begin));
}

fs::path MappedFile::memory_path() const {
  return memory_ < 0 ? fs::path() : fs::path(fmt::format("/proc/self/fd/{}", memory_));
}

std::string read_text_file(const fs::path& path) {
  return std::string(MappedFile::open(path).text());
}

void write_file(const fs::path& path, std::string_view bytes) {
  write_file(path, [&](std::ostream& out) {
    out.write(bytes.data(), static_cast<std::streamsize>(bytes.size()));
  });
}

void write_file(const fs::path& path, const std::function<void(std::ostream&)>& write) {
  WritableFile file = create_partial_file(path.parent_path(), path);
  try {
    int64_t at = 0;
    PieceBuffer buffer([&](std::string_view piece) {
      file.write(piece, at);
      at += static_cast<int64_t>(piece.size());
    });
    std::ostream out(&buffer);
    out.exceptions(std::ios::badbit);  // so that an Error of a piece comes out here
    write(out);
    out.flush();
    if (!out.good()) throw file_error("cannot be written", EIO, path);
    file.sync();
    file.close();
    if (file_calls().rename(file.path().c_str(), path.c_str()) != 0) {
      throw file_error("cannot be written", errno, path);
    }
  } catch (...) {
    remove_file(file.path());
    throw;
  }
  sync_folder(path.parent_path());
}

void create_output_folder(const fs::path& folder, bool may_hold_files) {
  std::error_code error;
  if (fs::exists(folder, error)) {
    if (!fs::is_directory(folder, error)) {
      throw Error::of_output("is a file where a folder for results is needed", folder.string(), "");
    }
    if (!may_hold_files) remove_leftovers(folder);
    const bool empty = fs::is_empty(folder, error);
    if (error) {
      throw Error::of_output("cannot be opened: " + error.message(), folder.string(), "");
    }
    if (!empty && !may_hold_files) {
      throw Error("is not empty", folder.string(),
                  fmt::format("name a new folder with {}, or empty it", setting("out")),
                  ErrorKind::kOutput);
    }
  } else {
    create_folders(folder);
  }
  if (::access(folder.c_str(), W_OK | X_OK) != 0) {
    throw Error::of_output("cannot be written to: " + reason(), folder.string(), "");
  }
}

fs::path cache_folder() {
  const auto set = [](const char* name) -> const char* {
    const char* value = std::getenv(name);
    return value != nullptr && *value != '\0' ? value : nullptr;
  };
  if (const char* own = set("THAW_CACHE")) return own;
  if (const char* xdg = set("XDG_CACHE_HOME")) return fs::path(xdg) / "thaw";
  if (const char* home = set("HOME")) return fs::path(home) / ".cache" / "thaw";
  return fs::path("/tmp/thaw-cache");
}

}  // namespace thaw
