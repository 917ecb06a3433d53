#pragma once

#include <CLI/CLI.hpp>
#include <optional>
#include <string>

#include "console.h"
#include "experiment/resume/run_fingerprint.h"
#include "results/results.h"
#include "resume.h"

namespace thaw {

// What a command has run, and where it has written.
struct FinishedRun {
  ComparisonResults results;
  std::string out;
};

// What the commands that train have in common: their flags besides settings, and what is done
// before the first training.
class RunCommand {
 public:
  void add_to(CLI::App& command);
  const std::string& recipe() const { return recipe_; }
  const ResumeFlag& resume() const { return resume_; }

  // Runs what is given, or what it resumes; with `single` one strategy alone. Nothing where the run
  // is finished already or only its plan was asked for. `what`: is written to the folder that the
  // user has to name. Throws Error; ends the program after --self-check.
  std::optional<FinishedRun> run(const RunSpec& given, bool single, const std::string& what) const;

 private:
  std::string recipe_;
  ResumeFlag resume_;
  ConsoleOptions console_;
  bool plan_ = false, self_check_ = false;
};

}  // namespace thaw
