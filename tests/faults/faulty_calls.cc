#include "tests/faults/faulty_calls.h"

#include <signal.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <map>
#include <stdexcept>
#include <utility>

namespace thaw::testing {
namespace {

namespace fs = std::filesystem;
using Verdict = FaultyCalls::Verdict;

FaultyCalls* in_use = nullptr;

const FileCalls& real() { return system_file_calls(); }

// Whether the call is to be made as ever.
bool proceeds(const char* kind, const fs::path& path) {
  return in_use->enter(kind, path) == Verdict::kProceed;
}

constexpr FileCalls kFaulty{
    [](const char* path, int flags, mode_t mode) {
      if (!proceeds("open", path)) return -1;
      const int file = real().open(path, flags, mode);
      if (file >= 0) in_use->opened(file, path);
      return file;
    },
    [](int file, const void* bytes, size_t count, off_t at) -> ssize_t {
      const Verdict verdict = in_use->enter("write", in_use->path_of(file));
      if (verdict == Verdict::kFail) return -1;
      if (verdict == Verdict::kProceed) return real().write(file, bytes, count, at);
      const ssize_t half = real().write(file, bytes, (count + 1) / 2, at);
      if (verdict == Verdict::kHalfAndKill) ::kill(::getpid(), SIGKILL);
      return half;
    },
    [](int file, off_t size) {
      return proceeds("truncate", in_use->path_of(file)) ? real().truncate(file, size) : -1;
    },
    [](int file, off_t size) {
      return proceeds("allocate", in_use->path_of(file)) ? real().allocate(file, size) : -1;
    },
    [](int file, size_t size) {
      return proceeds("map", in_use->path_of(file)) ? real().map(file, size) : MAP_FAILED;
    },
    [](int file, mode_t mode) {
      return proceeds("set_mode", in_use->path_of(file)) ? real().set_mode(file, mode) : -1;
    },
    [](int file) { return proceeds("sync", in_use->path_of(file)) ? real().sync(file) : -1; },
    [](int file) {
      // Closed it is in any case, as on Linux.
      const bool fine = proceeds("close", in_use->path_of(file));
      const int error = errno, result = real().close(file);
      if (!fine) errno = error;
      return fine ? result : -1;
    },
    [](const char* from, const char* to) {
      return proceeds("rename", to) ? real().rename(from, to) : -1;
    },
    [](const char* one, const char* other) {
      return proceeds("exchange", other) ? real().exchange(one, other) : -1;
    },
    [](const char* target, const char* path) {
      return proceeds("symlink", path) ? real().symlink(target, path) : -1;
    },
    [](const char* path) { return proceeds("unlink", path) ? real().unlink(path) : -1; },
    [](const char* path, mode_t mode) {
      return proceeds("mkdir", path) ? real().mkdir(path, mode) : -1;
    },
    [](const char* path) { return proceeds("rmdir", path) ? real().rmdir(path) : -1; },
};

// What still works on a disk with this error: a full one can be read and tidied up.
bool lasting_error_spares(int error, const std::string& kind) {
  if (kind == "close") return true;
  if (error != ENOSPC && error != EDQUOT) return false;
  return kind == "unlink" || kind == "rmdir" || kind == "sync";
}

}  // namespace

Fault Fault::parse(const std::string& text) {
  if (text.empty()) return {};
  static const std::map<std::string, int> kErrors = {{"ENOSPC", ENOSPC}, {"EIO", EIO},
                                                     {"EROFS", EROFS},   {"EDQUOT", EDQUOT},
                                                     {"ENOENT", ENOENT}, {"EACCES", EACCES}};
  static const std::map<std::string, Kind> kOthers = {
      {"KILL", Kind::kKill}, {"SHORT", Kind::kShortWrite}, {"VANISH", Kind::kVanish}};
  const size_t sign = text.find('@');
  const std::string name = text.substr(0, sign);
  Fault fault;
  size_t digits = 0;
  if (sign != std::string::npos) fault.at = std::stoll(text.substr(sign + 1), &digits);
  const std::string rest = sign == std::string::npos ? "?" : text.substr(sign + 1 + digits);
  fault.lasts = rest == "+";
  const auto error = kErrors.find(name);
  const auto other = kOthers.find(name);
  if (fault.at < 1 || (!rest.empty() && !fault.lasts) ||
      (error == kErrors.end() && other == kOthers.end())) {
    throw std::invalid_argument("FAULT=" + text);
  }
  fault.kind = error != kErrors.end() ? Kind::kError : other->second;
  if (error != kErrors.end()) fault.error = error->second;
  return fault;
}

FaultyCalls::FaultyCalls(Fault fault, CallFilter filter)
    : fault_(fault), filter_(std::move(filter)) {
  in_use = this;
  set_file_calls(kFaulty);
}

FaultyCalls::~FaultyCalls() {
  set_file_calls(system_file_calls());
  in_use = nullptr;
}

int64_t FaultyCalls::count() const {
  const std::lock_guard lock(mutex_);
  return static_cast<int64_t>(calls_.size());
}

std::vector<FileCall> FaultyCalls::calls() const {
  const std::lock_guard lock(mutex_);
  return calls_;
}

fs::path FaultyCalls::path_of(int file) {
  const std::lock_guard lock(mutex_);
  const auto found = paths_.find(file);
  return found == paths_.end() ? fs::path() : found->second;
}

void FaultyCalls::opened(int file, const fs::path& path) {
  const std::lock_guard lock(mutex_);
  paths_[file] = path;
}

bool FaultyCalls::counts(const std::string& kind, const fs::path& path) const {
  if (!filter_.kinds.empty() && filter_.kinds.count(kind) == 0) return false;
  return filter_.below.empty() || path.string().starts_with(filter_.below.string());
}

FaultyCalls::Verdict FaultyCalls::enter(const char* kind, const fs::path& path) {
  const std::lock_guard lock(mutex_);
  if (!counts(kind, path)) return Verdict::kProceed;
  calls_.push_back({kind, path});
  const auto number = static_cast<int64_t>(calls_.size());
  if (on_call) on_call(number, calls_.back());
  const bool is_write = calls_.back().kind == "write";
  const bool is_it = number == fault_.at;
  switch (fault_.kind) {
    case Fault::Kind::kError:
      if (!is_it && !(fault_.lasts && number > fault_.at)) break;
      if (!is_it && lasting_error_spares(fault_.error, kind)) break;
      errno = fault_.error;
      return Verdict::kFail;
    case Fault::Kind::kKill:
      if (!is_it) break;
      if (is_write) return Verdict::kHalfAndKill;
      ::kill(::getpid(), SIGKILL);
      break;
    case Fault::Kind::kShortWrite:
      if (is_it && is_write) return Verdict::kHalf;
      break;
    case Fault::Kind::kVanish:
      if (is_it) {
        std::error_code ignored;
        fs::remove_all(filter_.below, ignored);
      }
      break;
    case Fault::Kind::kNone:
      break;
  }
  return Verdict::kProceed;
}

int64_t calls_of(const std::function<void()>& action, const CallFilter& filter) {
  const FaultyCalls counting({}, filter);
  action();
  return counting.count();
}

bool killed_with(const Fault& fault, const std::function<void()>& action) {
  const pid_t child = ::fork();
  if (child < 0) throw std::runtime_error("fork failed");
  if (child == 0) {
    const FaultyCalls faulty(fault);
    try {
      action();
    } catch (const std::exception& error) {
      std::fprintf(stderr, "%s\n", error.what());
    }
    ::_exit(0);
  }
  int status = 0;
  if (::waitpid(child, &status, 0) != child) throw std::runtime_error("waitpid failed");
  return WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL;
}

fs::path sweep_place() {
  const fs::path memory = "/dev/shm";
  return ::access(memory.c_str(), W_OK | X_OK) == 0 ? memory : fs::temp_directory_path();
}

bool only_tidies(const FileCall& call) { return call.kind == "unlink" || call.kind == "rmdir"; }

}  // namespace thaw::testing
