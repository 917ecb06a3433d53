#pragma once

#include <filesystem>
#include <functional>

#include "tests/faults/faulty_calls.h"
#include "tests/faults/program_sweep.h"

namespace thaw::testing {

// A function that changes a folder, put through every failure of each of its calls in this process.
//
//   sweep({[](const fs::path& folder) { write_file(folder / "x", "old"); },
//          [](const fs::path& folder) { write_file(folder / "x", "new"); }});
struct Writing {
  // Puts into a new folder what is there before.
  std::function<void(const std::filesystem::path& folder)> prepare;
  // The change. It throws Error when it fails, and gives the same files each time.
  std::function<void(const std::filesystem::path& folder)> write;
};

// ENOSPC, EIO, EROFS, EDQUOT and ENOENT at every call, once passing and once lasting, as test
// failures. The Error must name a path in the folder and a remedy; the files must then be the old
// ones or all of the new ones, with nothing else that remove_leftovers does not take away. Only
// tidying up may fail without an Error. `once`: without the lasting errors, under which what has
// been done cannot be undone.
void sweep_errors(const Writing& writing, bool once = false);

// The process is killed at every call: again the old files or the new ones.
void sweep_kills(const Writing& writing);

// A write takes half of its bytes, at every call: the new files.
void sweep_short_writes(const Writing& writing);

// All three.
void sweep(const Writing& writing);

// The files of a folder that are not temporary.
Contents lasting_contents(const std::filesystem::path& folder);

// How many calls the change makes.
size_t calls_of(const Writing& writing);

}  // namespace thaw::testing
