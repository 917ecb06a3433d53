#include "resume.h"

#include <cstdio>
#include <filesystem>

#include "base/error.h"
#include "experiment/resume/journal.h"

namespace thaw {
namespace fs = std::filesystem;
namespace {

std::string g_command, g_out;

std::string out_of(const std::vector<Assignment>& given) {
  std::string out;
  for (const Assignment& assignment : given) {
    if (assignment.key == "out" && !assignment.values.empty()) out = assignment.values[0];
  }
  return out;
}

}  // namespace

void ResumeFlag::add_to(CLI::App& command) {
  option_ = command
                .add_option("--resume", folder_,
                            "go on with the interrupted run in this folder, with its settings; "
                            "without a name, with the one in --out, if there is one")
                ->type_name("FOLDER")
                ->expected(0, 1);
}

std::optional<RunSpec> ResumeFlag::what_to_run(RunSpec command_line) const {
  if (!given()) return command_line;
  std::string out = folder_;
  if (out.empty()) out = out_of(command_line.command_line);
  if (out.empty()) out = out_of(command_line.recipe);
  if (out.empty()) {
    throw Error("there is no folder to go on in", "--resume", "name it: --resume results",
                ErrorKind::kUsage);
  }
  if (Journal::is_finished(out)) {
    Journal::clear(out);
    std::printf("%s is complete: there is nothing left to do\n", out.c_str());
    return std::nullopt;
  }
  if (!names_folder()) return command_line;
  RunSpec asked = Journal::asked(out);
  if (asked.command != command_line.command) {
    throw CannotResume("the run was begun by " + command_words(asked.command), out,
                       "go on with " + command_words(asked.command, {{"resume", out}}));
  }
  // What else is said must agree with what was asked; a check of the journal sees to that.
  if (!command_line.recipe.empty()) asked.recipe = command_line.recipe;
  for (const Assignment& given : command_line.command_line) asked.command_line.push_back(given);
  std::error_code error;
  if (!fs::equivalent(asked.directory, fs::current_path(), error)) {
    out = fs::absolute(out).lexically_normal().string();
    fs::current_path(asked.directory, error);
    if (error) {
      throw Error("the folder in which the run was begun cannot be opened: " + error.message(),
                  asked.directory.string(), "put it back: paths are meant from there");
    }
  }
  asked.command_line.push_back({"", "out", {out}, "--resume"});
  return asked;
}

void remember_how_to_go_on(const std::string& command, const std::string& out) {
  g_command = command;
  g_out = out;
}

std::string resume_command() {
  if (g_out.empty() || !Journal::is_unfinished(g_out)) return "";
  return command_words(g_command, {{"resume", g_out}});
}

}  // namespace thaw
