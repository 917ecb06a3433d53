#pragma once

#include <filesystem>
#include <functional>
#include <map>
#include <string>
#include <vector>

#include "tests/faults/faulty_calls.h"

namespace thaw::testing {

// A command of the program that is run again and again, each time with another fault
// (build/thaw_faults, see faulty_calls.h), and what it leaves behind.
//
//   Command command;
//   command.arguments = "train --model M --data D --out {work}/out";
//   command.below = "out";
//   command.prepare = [](const fs::path& work) { write_file(work / "beside", "kept"); };
//   const size_t calls = run_with(command, "").calls.size();
//   for (size_t at = 1; at <= calls; ++at) check(run_with(command, "EIO@" + std::to_string(at)));
struct Command {
  std::string arguments;  // {work} stands for the folder that each run has anew
  std::string below;      // calls count below this folder of {work}; empty: all in {work}
  // Puts into the new folder what is there before.
  std::function<void(const std::filesystem::path& work)> prepare;
};

// The files of a folder with their bytes, by relative path; links by their targets.
using Contents = std::map<std::string, std::string>;
Contents contents_of(const std::filesystem::path& folder);

struct Outcome {
  std::string fault;
  int code = 0;            // of exit; 128 and the signal for what was killed
  std::string errors;      // standard error
  Contents before, after;  // of {work}
  std::vector<FileCall> calls;
  std::vector<std::string> unverified;  // what verify_folder says of folders of {work}

  // The call that the fault was for; null where the run had fewer.
  const FileCall* failed() const;
};

Outcome run_with(const Command& command, const std::string& fault);

// What each run must keep to, as test failures that name the fault:
// - it was killed, or ended with 0 (only where the failure was one of tidying up, or
// `may_succeed`),
//   or with 1 and one sentence that names a path in {work};
// - every file that was there before is there, with the same bytes, but for those that `replaced`
//   names: they have their old bytes or are whole;
// - every new file is whole, or lies under a temporary name (is_partial_name);
// - every folder with a manifest.json or a config.json verifies.
struct Expectation {
  bool may_succeed = false;
  std::function<bool(const std::string& path)> replaced;
};
void check(const Outcome& run, const Expectation& expectation = {});

// Whether a file looks whole by its kind: JSON that parses, HTML and SVG that are closed, text that
// ends with a line, a zip archive with its directory. What is of another kind passes.
bool is_whole(const std::string& path, const std::string& bytes);

}  // namespace thaw::testing
