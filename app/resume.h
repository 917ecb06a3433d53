#pragma once

#include <CLI/CLI.hpp>
#include <optional>
#include <string>
#include <vector>

#include "experiment/resume/run_fingerprint.h"

namespace thaw {

// The flag --resume of commands that keep a journal: with a folder it goes on with the run in
// there, without one it does so where --out holds one and else begins it.
class ResumeFlag {
 public:
  void add_to(CLI::App& command);
  bool given() const { return option_ != nullptr && option_->count() > 0; }
  // Settings come from the folder that it names.
  bool names_folder() const { return given() && !folder_.empty(); }

  // What is to be run: what the command line asks for, or what the folder's run was asked for. Goes
  // into the directory from which that was begun. Nothing where the run is finished, which the user
  // is told. Throws Error.
  std::optional<RunSpec> what_to_run(RunSpec command_line) const;

 private:
  CLI::Option* option_ = nullptr;
  std::string folder_;
};

// Ends what main() says of an error, where the folder then holds a run that can go on.
void remember_how_to_go_on(const std::string& command, const std::string& out);
// "thaw compare --resume OUT"; "": there is nothing to go on with.
std::string resume_command();

}  // namespace thaw
