#include "files/file_steps.h"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <random>
#include <utility>

#include "files/file_calls.h"

namespace thaw {
namespace fs = std::filesystem;
namespace {

// What to do at the place itself, and the word that leads on to another place.
std::string first_step(int error) {
  switch (error) {
    case ENOSPC:
    case EFBIG:
      return "free space there or ";
    case EDQUOT:
      return "delete files of yours there, since your quota is used up, or ";
    case EIO:
      return "look for the disk's failure in the system's log, and ";
    case EROFS:
      return "make the disk writable or ";
    case EACCES:
    case EPERM:
      return "get the permission to write there or ";
    case ENOENT:
      return "see whether the folder is still there, or ";
    default:
      return "";
  }
}

std::string random_name() {
  static constexpr char kLetters[] = "0123456789abcdefghijklmnopqrstuvwxyz";
  std::random_device device;
  std::string name = kPartialPrefix;
  for (int i = 0; i < 6; ++i) name += kLetters[device() % 36];
  return name;
}

// Locks what was just made. False: someone who tidies up was faster and removed it.
bool lock_partial(int descriptor) {
  while (::flock(descriptor, LOCK_EX) != 0 && errno == EINTR) {
  }
  struct stat status {};
  return ::fstat(descriptor, &status) != 0 || status.st_nlink > 0;
}

template <class Make>
WritableFile create_partial(const fs::path& folder, const Make& make) {
  for (int attempt = 0;; ++attempt) {
    WritableFile made = make(folder / random_name(), attempt < 100);
    if (made.descriptor() >= 0 && lock_partial(made.descriptor())) return made;
  }
}

}  // namespace

Error file_error(const std::string& what, int error, const fs::path& path) {
  return Error::of_output(what + ": " + std::strerror(error), path.string(), first_step(error));
}

// ---- WritableFile

WritableFile::WritableFile(const fs::path& path, int flags, mode_t mode, fs::path shown)
    : path_(path), shown_(std::move(shown)) {
  if (shown_.empty()) shown_ = path;
  do {
    descriptor_ = file_calls().open(path_.c_str(), flags | O_CLOEXEC, mode);
  } while (descriptor_ < 0 && errno == EINTR);
  if (descriptor_ < 0) fail(errno);
}

WritableFile::WritableFile(WritableFile&& other) noexcept { *this = std::move(other); }

WritableFile& WritableFile::operator=(WritableFile&& other) noexcept {
  std::swap(path_, other.path_);
  std::swap(shown_, other.shown_);
  std::swap(descriptor_, other.descriptor_);
  return *this;
}

WritableFile::~WritableFile() {
  // A failure here would change nothing: what matters has been closed by close().
  if (descriptor_ >= 0) ::close(descriptor_);
}

void WritableFile::fail(int error) const { throw file_error("cannot be written", error, shown_); }

void WritableFile::write(std::string_view bytes, int64_t at) {
  while (!bytes.empty()) {
    const ssize_t written = file_calls().write(descriptor_, bytes.data(), bytes.size(), at);
    if (written < 0 && errno == EINTR) continue;
    if (written <= 0) fail(written == 0 ? EIO : errno);
    at += written;
    bytes.remove_prefix(static_cast<size_t>(written));
  }
}

void WritableFile::truncate(int64_t size) {
  if (file_calls().truncate(descriptor_, size) != 0) fail(errno);
}

void WritableFile::sync() {
  int result;
  do {
    result = file_calls().sync(descriptor_);
  } while (result != 0 && errno == EINTR);
  if (result != 0) fail(errno);
}

void WritableFile::close() {
  // After EINTR, too, Linux has closed it.
  if (file_calls().close(std::exchange(descriptor_, -1)) != 0 && errno != EINTR) fail(errno);
}

// ---- Folders and names

void create_folders(const fs::path& folder) {
  std::error_code error;
  if (folder.empty() || fs::is_directory(folder, error)) return;
  const fs::path parent = folder.parent_path();
  if (parent != folder) create_folders(parent);
  if (folder.filename().empty()) return;  // "a/" is "a"
  if (file_calls().mkdir(folder.c_str(), 0777) != 0) {
    const int why = errno;
    if (why == EEXIST && fs::is_directory(folder, error)) return;  // by another program
    throw file_error("cannot be created", why, folder);
  }
  sync_folder(parent);
}

void sync_folder(const fs::path& folder) {
  const fs::path path = folder.empty() ? fs::path(".") : folder;
  const FileCalls& calls = file_calls();
  int descriptor, result = 0, error = 0;
  do {
    descriptor = calls.open(path.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC, 0);
  } while (descriptor < 0 && errno == EINTR);
  if (descriptor < 0) throw file_error("cannot be synced", errno, path);
  do {
    result = calls.sync(descriptor);
  } while (result != 0 && errno == EINTR);
  if (result != 0) error = errno;
  if (calls.close(descriptor) != 0 && errno != EINTR && error == 0) error = errno;
  // EINVAL: a file system that has nothing to sync for a folder.
  if (error != 0 && error != EINVAL) throw file_error("cannot be synced", error, path);
}

void rename_file(const fs::path& from, const fs::path& to) {
  if (file_calls().rename(from.c_str(), to.c_str()) != 0) {
    throw file_error("cannot be written", errno, to);
  }
  sync_folder(to.parent_path());
}

bool remove_file(const fs::path& path) noexcept {
  return file_calls().unlink(path.c_str()) == 0 || errno == ENOENT;
}

void remove_tree(const fs::path& path) noexcept {
  try {
    std::error_code error;
    if (fs::symlink_status(path, error).type() != fs::file_type::directory) {
      remove_file(path);
      return;
    }
    for (fs::directory_iterator entry(path, error), end; !error && entry != end;
         entry.increment(error)) {
      remove_tree(entry->path());
    }
    file_calls().rmdir(path.c_str());
  } catch (const std::exception&) {  // no memory for a name
  }
}

// ---- Temporary files and folders

bool is_partial_name(const std::string& name) {
  const std::string prefix = kPartialPrefix;
  return name.size() == prefix.size() + 6 && name.starts_with(prefix);
}

WritableFile create_partial_file(const fs::path& folder, const fs::path& shown) {
  return create_partial(folder, [&](const fs::path& path, bool may_be_taken) {
    const int flags = O_RDWR | O_CREAT | O_EXCL | O_NOFOLLOW;
    try {
      return WritableFile(path, flags, 0666, shown);
    } catch (const Error&) {
      std::error_code error;
      if (!may_be_taken || !fs::exists(path, error)) throw;
      return WritableFile();  // another one has this name
    }
  });
}

WritableFile create_partial_folder(const fs::path& folder, const fs::path& shown) {
  return create_partial(folder, [&](const fs::path& path, bool may_be_taken) {
    if (file_calls().mkdir(path.c_str(), 0777) != 0) {
      if (errno == EEXIST && may_be_taken) return WritableFile();
      throw file_error("cannot be created", errno, shown);
    }
    try {
      return WritableFile(path, O_RDONLY | O_DIRECTORY, 0, shown);
    } catch (...) {
      file_calls().rmdir(path.c_str());
      throw;
    }
  });
}

}  // namespace thaw
