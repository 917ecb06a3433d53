#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <mutex>
#include <set>
#include <string>
#include <unordered_map>
#include <vector>

#include "files/file_calls.h"

// How to put file-changing code through every failure that a file system has. Three tools:
//
// 1. FaultyCalls (this header): the N-th system call of files/file_calls.h fails, in this process.
//
//      const int64_t calls = calls_of([&] { write_file(path, text); });
//      for (int64_t at = 1; at <= calls; ++at) {
//        FaultyCalls faulty(Fault::parse("ENOSPC@" + std::to_string(at)));
//        ... what should throw; the destructor puts the system's own calls back
//      }
//
// 2. build/thaw_faults (faulty_program.cc): the program itself with such a fault, which it reads
//    from its environment; program_sweep.h runs it and looks at what it leaves behind.
//
//      FAULT=ENOSPC@17   the 17th call fails with this error; other names: EIO, EROFS, EDQUOT,
//                        ENOENT, EACCES
//      FAULT=ENOSPC@17+  and so does every one after it that could not work on such a disk
//      FAULT=KILL@17     the process is killed at the 17th call; a write is half done then
//      FAULT=SHORT@17    the 17th call, if it is a write, takes half of the bytes
//      FAULT=VANISH@17   the folder FAULT_BELOW is deleted before the 17th call
//      FAULT_CALLS=write,sync   counts only these (names of the members of FileCalls)
//      FAULT_BELOW=/folder      counts only calls on paths below this one
//      FAULT_TRACE=/file        appends a line for each call that counts: "17 sync /folder/file"
//
// 3. DiskModel (disk_model.h): records the calls and tells every state of the disk that a power
//    failure may leave after each of them.

namespace thaw::testing {

struct Fault {
  enum class Kind { kNone, kError, kKill, kShortWrite, kVanish };
  Kind kind = Kind::kNone;
  int64_t at = 0;      // which call, from 1
  int error = 0;       // a value of errno
  bool lasts = false;  // later calls fail as well

  // "ENOSPC@17", "EIO@3+", "KILL@5", "SHORT@2", "VANISH@4", "" (none). Throws
  // std::invalid_argument.
  static Fault parse(const std::string& text);
};

// The kind of call ("open", "write", …) and the path that it is about.
struct FileCall {
  std::string kind;
  std::filesystem::path path;
};

// Which calls count.
struct CallFilter {
  std::set<std::string> kinds;  // empty: all
  std::filesystem::path below;  // empty: everywhere
};

// The table of calls with a fault in it, in use while the object lives; one at a time. Threads may
// call it.
class FaultyCalls {
 public:
  explicit FaultyCalls(Fault fault, CallFilter filter = {});
  FaultyCalls(const FaultyCalls&) = delete;
  FaultyCalls& operator=(const FaultyCalls&) = delete;
  ~FaultyCalls();

  // Those that counted so far.
  int64_t count() const;
  std::vector<FileCall> calls() const;
  // Called with each one that counts, before it is made.
  std::function<void(int64_t number, const FileCall& call)> on_call;

  // What the table's functions ask: what is to happen with this call.
  enum class Verdict { kProceed, kFail, kHalf, kHalfAndKill };
  Verdict enter(const char* kind, const std::filesystem::path& path);
  std::filesystem::path path_of(int file);
  void opened(int file, const std::filesystem::path& path);

 private:
  bool counts(const std::string& kind, const std::filesystem::path& path) const;

  Fault fault_;
  CallFilter filter_;
  mutable std::mutex mutex_;
  std::vector<FileCall> calls_;
  std::unordered_map<int, std::filesystem::path> paths_;  // by descriptor
};

// How many calls the action makes.
int64_t calls_of(const std::function<void()>& action, const CallFilter& filter = {});

// Runs the action with the fault in a process of its own, which ends after it, whether or not it
// threw. Returns whether the process was killed (KILL@…).
bool killed_with(const Fault& fault, const std::function<void()>& action);

// Where sweeps put their folders: in memory where that can be, since a sweep syncs thousands of
// times and injects what a disk would do anyway.
std::filesystem::path sweep_place();

// Whether a failure of this kind of call is only one of tidying up, and so need not be told.
bool only_tidies(const FileCall& call);

}  // namespace thaw::testing
