#include "tests/faults/program_sweep.h"

#include <gtest/gtest.h>
#include <signal.h>
#include <sys/wait.h>

#include <algorithm>
#include <cstdlib>
#include <fstream>
#include <iterator>
#include <nlohmann/json.hpp>
#include <set>
#include <sstream>

#include "base/error.h"
#include "files/durable_folder.h"
#include "files/file_steps.h"
#include "tests/base/temporary_folder.h"

namespace thaw::testing {
namespace {

namespace fs = std::filesystem;

std::string text_of(const fs::path& path) {
  std::ifstream in(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

std::string with_folder(std::string text, const fs::path& work) {
  for (size_t at; (at = text.find("{work}")) != std::string::npos;) {
    text.replace(at, 6, work.string());
  }
  return text;
}

std::vector<FileCall> read_trace(const fs::path& path) {
  std::vector<FileCall> calls;
  std::ifstream in(path);
  for (std::string line; std::getline(in, line);) {
    const size_t kind = line.find(' ') + 1, file = line.find(' ', kind) + 1;
    calls.push_back({line.substr(kind, file - kind - 1), line.substr(file)});
  }
  return calls;
}

bool is_temporary(const std::string& path) {
  const fs::path parts(path);
  return std::any_of(parts.begin(), parts.end(),
                     [](const fs::path& part) { return is_partial_name(part.string()); });
}

// A folder that has a manifest must agree with it; one with a model must have one. Its files may
// have come into place when the manifest, which is the last, has not.
void verify(const fs::path& folder) {
  const std::string name = folder.filename();
  const bool is_module =  // part of a model
      name == "0_Transformer" || name == "1_Pooling" || name == "2_Dense";
  if (fs::exists(folder / kManifestName)) return verify_folder(folder);
  const bool is_model = fs::exists(folder / "config.json") || fs::exists(folder / "thaw.json");
  if (is_module || !is_model) return;
  for (const auto& entry : fs::directory_iterator(folder)) {
    const fs::path manifest = entry.path() / kManifestName;
    if (!is_partial_name(entry.path().filename()) || !fs::exists(manifest)) continue;
    for (const auto& file : parse_manifest(text_of(manifest), manifest)) verify_entry(folder, file);
    return;
  }
  throw Error("is a model without a manifest", folder.string());
}

void check_ending(const Outcome& run, const Expectation& expectation) {
  if (run.code == 128 + SIGKILL) {
    EXPECT_EQ(run.fault.substr(0, 4), "KILL");
    return;
  }
  const bool tidied = run.failed() != nullptr && only_tidies(*run.failed());
  // What is kept for resuming may fail to be written: that is told, and the run goes on.
  const bool for_resuming =
      run.failed() != nullptr && run.failed()->path.string().find("/.resume") != std::string::npos;
  if (run.code == 0) {
    const bool may = expectation.may_succeed || tidied || for_resuming || run.fault.empty() ||
                     run.fault.starts_with("SHORT");
    EXPECT_TRUE(may) << "the failure was passed over";
    return;
  }
  EXPECT_EQ(run.code, 1);
  EXPECT_FALSE(run.fault.starts_with("SHORT")) << "the rest could have been written";
  // One sentence, behind progress and before how to go on.
  std::istringstream lines(run.errors);
  bool is_told = false;
  for (std::string line; std::getline(lines, line);) {
    is_told = is_told || (line.starts_with("thaw: ") && line.find("; ") != std::string::npos &&
                          line.find("thaw-test-") != std::string::npos);
  }
  EXPECT_TRUE(is_told) << "no sentence with a path and a remedy";
}

void check_files(const Outcome& run, const Expectation& expectation) {
  for (const auto& [path, bytes] : run.before) {
    const auto after = run.after.find(path);
    if (after == run.after.end()) {
      ADD_FAILURE() << path << " is lost";
    } else if (after->second != bytes) {
      const bool may = expectation.replaced && expectation.replaced(path);
      EXPECT_TRUE(may && is_whole(path, after->second)) << path << " has other bytes";
    }
  }
  for (const auto& [path, bytes] : run.after) {
    if (run.before.count(path) > 0 || is_temporary(path)) continue;
    EXPECT_TRUE(is_whole(path, bytes)) << path << " is not whole: " << bytes.substr(0, 200);
  }
}

}  // namespace

Contents contents_of(const fs::path& folder) {
  Contents contents;
  for (const auto& entry : fs::recursive_directory_iterator(folder)) {
    const std::string name = entry.path().lexically_relative(folder).string();
    if (entry.is_symlink()) {
      contents[name] = "-> " + fs::read_symlink(entry.path()).string();
    } else if (entry.is_regular_file()) {
      contents[name] = text_of(entry.path());
    }
  }
  return contents;
}

bool is_whole(const std::string& path, const std::string& bytes) {
  const std::string ending = fs::path(path).extension().string();
  if (ending == ".json") return nlohmann::json::accept(bytes);
  if (ending == ".html") return bytes.ends_with("</html>\n");
  if (ending == ".svg") return bytes.find("</svg>") != std::string::npos && bytes.ends_with(">\n");
  if (ending == ".csv" || ending == ".md") return bytes.ends_with("\n");
  if (ending == ".zip") {
    constexpr size_t kEnd = 22;  // bytes of the record that ends an archive without a comment
    return bytes.size() >= kEnd && bytes.substr(bytes.size() - kEnd, 4) == "PK\5\6";
  }
  return true;
}

const FileCall* Outcome::failed() const {
  const size_t sign = fault.find('@');
  const size_t at = sign == std::string::npos ? 0 : std::stoul(fault.substr(sign + 1));
  return at >= 1 && at <= calls.size() ? &calls[at - 1] : nullptr;
}

Outcome run_with(const Command& command, const std::string& fault) {
  const TemporaryFolder folder(sweep_place());
  const fs::path work = folder / "work", trace = folder / "trace", errors = folder / "errors";
  fs::create_directory(work);
  if (command.prepare) command.prepare(work);
  Outcome run;
  run.fault = fault;
  run.before = contents_of(work);
  const fs::path below = command.below.empty() ? work : work / command.below;
  const std::string line =
      "exec env FAULT=" + fault + " FAULT_BELOW=" + below.string() +
      " FAULT_TRACE=" + trace.string() + " OMP_WAIT_POLICY=passive " THAW_FAULTS_PROGRAM " " +
      with_folder(command.arguments, work) + " >/dev/null 2>" + errors.string();
  const int status = std::system(line.c_str());
  run.code = WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status);
  run.errors = text_of(errors);
  run.after = contents_of(work);
  run.calls = read_trace(trace);
  for (const auto& entry : fs::recursive_directory_iterator(work)) {
    const std::string name = entry.path().lexically_relative(work).string();
    if (!entry.is_directory() || is_temporary(name)) continue;
    if (name.find(".resume-done") != std::string::npos) continue;  // on its way out
    try {
      verify(entry.path());
    } catch (const Error& error) {
      run.unverified.push_back(error.what());
    }
  }
  return run;
}

void check(const Outcome& run, const Expectation& expectation) {
  const FileCall* failed = run.failed();
  SCOPED_TRACE("FAULT=" + run.fault + ": " +
               (failed != nullptr ? failed->kind + " " + failed->path.string() : "") + "\n" +
               run.errors);
  check_ending(run, expectation);
  check_files(run, expectation);
  for (const std::string& broken : run.unverified) ADD_FAILURE() << broken;
}

}  // namespace thaw::testing
