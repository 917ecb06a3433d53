#include "base/files.h"

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <sstream>
#include <streambuf>
#include <utility>

#include "base/error.h"

namespace thaw {
namespace fs = std::filesystem;
namespace {

std::string reason() { return std::strerror(errno); }

// Closes a descriptor, whatever happens.
class Descriptor {
 public:
  explicit Descriptor(int number) : number_(number) {}
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;
  ~Descriptor() {
    if (number_ >= 0) ::close(number_);
  }
  int get() const { return number_; }
  bool close() { return ::close(std::exchange(number_, -1)) == 0; }

 private:
  int number_;
};

// Writes all of a streambuf's output to a descriptor, remembering the first failure.
class DescriptorBuffer : public std::streambuf {
 public:
  explicit DescriptorBuffer(int descriptor) : descriptor_(descriptor) {
    setp(buffer_, buffer_ + sizeof(buffer_));
  }
  int error() const { return error_; }

 protected:
  int overflow(int c) override {
    if (!flush()) return traits_type::eof();
    if (c != traits_type::eof()) {
      *pptr() = static_cast<char>(c);
      pbump(1);
    }
    return traits_type::not_eof(c);
  }
  int sync() override { return flush() ? 0 : -1; }
  std::streamsize xsputn(const char* bytes, std::streamsize count) override {
    if (count < epptr() - pptr()) {
      std::memcpy(pptr(), bytes, static_cast<size_t>(count));
      pbump(static_cast<int>(count));
      return count;
    }
    return flush() && write_all(bytes, static_cast<size_t>(count)) ? count : 0;
  }

 private:
  bool flush() {
    const bool written = write_all(pbase(), static_cast<size_t>(pptr() - pbase()));
    setp(buffer_, buffer_ + sizeof(buffer_));
    return written;
  }
  bool write_all(const char* bytes, size_t count) {
    while (count > 0) {
      const ssize_t written = ::write(descriptor_, bytes, count);
      if (written < 0 && errno == EINTR) continue;
      if (written <= 0) {
        if (error_ == 0) error_ = errno;
        return false;
      }
      bytes += written;
      count -= static_cast<size_t>(written);
    }
    return true;
  }

  int descriptor_;
  int error_ = 0;
  char buffer_[1 << 16];
};

void sync_folder(const fs::path& folder) {
  const int descriptor = ::open(folder.empty() ? "." : folder.c_str(), O_RDONLY | O_DIRECTORY);
  if (descriptor < 0) return;
  ::fsync(descriptor);
  ::close(descriptor);
}

// What a pipe (`<(command)` in a shell, /dev/stdin) has to say, as a file in memory.
int spooled(const Descriptor& pipe, const fs::path& path) {
  const int spool = ::memfd_create("thaw", MFD_CLOEXEC);
  if (spool < 0) throw Error("cannot be read: " + reason(), path.string());
  DescriptorBuffer buffer(spool);
  char bytes[1 << 16];
  for (;;) {
    const ssize_t count = ::read(pipe.get(), bytes, sizeof(bytes));
    if (count < 0 && errno == EINTR) continue;
    if (count == 0 && buffer.pubsync() == 0) return spool;
    if (count <= 0 || buffer.sputn(bytes, count) != count) {
      const std::string why = reason();
      ::close(spool);
      throw Error("cannot be read: " + why, path.string());
    }
  }
}

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
  const Descriptor spool(S_ISREG(status.st_mode) ? -1 : spooled(opened, path));
  const Descriptor& source = spool.get() < 0 ? opened : spool;
  if (::fstat(source.get(), &status) != 0) {
    throw Error("cannot be read: " + reason(), path.string());
  }
  MappedFile file;
  file.size_ = static_cast<size_t>(status.st_size);
  if (file.size_ > 0) {
    void* address = ::mmap(nullptr, file.size_, PROT_READ, MAP_PRIVATE, source.get(), 0);
    if (address == MAP_FAILED) {
      throw Error("cannot be mapped into memory: " + reason(), path.string());
    }
    file.data_ = static_cast<const std::byte*>(address);
  }
  return file;
}

MappedFile::MappedFile(MappedFile&& other) noexcept
    : data_(std::exchange(other.data_, nullptr)), size_(std::exchange(other.size_, 0)) {}

MappedFile& MappedFile::operator=(MappedFile&& other) noexcept {
  std::swap(data_, other.data_);
  std::swap(size_, other.size_);
  return *this;
}

MappedFile::~MappedFile() {
  if (data_ != nullptr) ::munmap(const_cast<std::byte*>(data_), size_);
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
  std::string temporary = path.string() + ".XXXXXX";
  Descriptor descriptor(::mkostemp(temporary.data(), O_CLOEXEC));
  if (descriptor.get() < 0) {
    throw Error("cannot be written: " + reason(), path.string(),
                "choose a folder that exists and that you may write to");
  }
  const auto require = [&](bool succeeded) {
    if (succeeded) return;
    throw Error("cannot be written: " + reason(), path.string(),
                "free space or choose another folder");
  };
  try {
    DescriptorBuffer buffer(descriptor.get());
    std::ostream out(&buffer);
    write(out);
    out.flush();
    if (!out.good()) errno = buffer.error() != 0 ? buffer.error() : EIO;
    require(out.good());
    const mode_t mask = ::umask(0);
    ::umask(mask);
    require(::fchmod(descriptor.get(), 0666 & ~mask) == 0);
    require(::fsync(descriptor.get()) == 0);
    require(descriptor.close());
    require(::rename(temporary.c_str(), path.c_str()) == 0);
  } catch (...) {
    ::unlink(temporary.c_str());
    throw;
  }
  sync_folder(path.parent_path());
}

void create_output_folder(const fs::path& folder, bool may_hold_files) {
  std::error_code error;
  if (fs::exists(folder, error)) {
    if (!fs::is_directory(folder, error)) {
      throw Error("is a file where a folder for results is needed", folder.string(),
                  "name another folder with --out");
    }
    const bool empty = fs::is_empty(folder, error);
    if (error) {
      throw Error("cannot be opened: " + error.message(), folder.string(),
                  "name another folder with --out");
    }
    if (!empty && !may_hold_files) {
      throw Error("is not empty", folder.string(), "name a new folder with --out, or empty it");
    }
  } else if (!fs::create_directories(folder, error) && error) {
    throw Error("cannot be created: " + error.message(), folder.string(),
                "name another folder with --out");
  }
  if (::access(folder.c_str(), W_OK | X_OK) != 0) {
    throw Error("cannot be written to: " + reason(), folder.string(),
                "name another folder with --out");
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
