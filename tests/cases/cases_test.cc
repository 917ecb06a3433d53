// Runs the table of cases (README.md): one test for each entry of tests/cases/*.toml.
#include <gtest/gtest.h>
#include <toml++/toml.h>
#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <regex>
#include <sstream>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include "tests/app/run_command.h"

namespace thaw {
namespace {
namespace fs = std::filesystem;

const fs::path kFolder = THAW_SOURCE_DIR "/tests/cases";
const fs::path kSharedData = THAW_SOURCE_DIR "/../shared/data";

using Texts = std::vector<std::string>;

struct Step {
  Texts run;
  std::string shell, stdin_text;
  int exit = 0;
  Texts standard_output, standard_error, absent, missing;
  std::vector<std::pair<std::string, Texts>> files;
};

struct Case {
  std::string name, peer;
  Texts needs;
  std::vector<Step> steps;
};

[[noreturn]] void refuse(const std::string& where, const std::string& what) {
  throw std::runtime_error(where + ": " + what);
}

Texts texts_of(const toml::node* node, const std::string& where) {
  Texts texts;
  if (node == nullptr) return texts;
  const toml::array* list = node->as_array();
  if (list == nullptr) refuse(where, "a list of strings is needed");
  for (const toml::node& entry : *list) {
    if (!entry.is_string()) refuse(where, "a list of strings is needed");
    texts.push_back(entry.as_string()->get());
  }
  return texts;
}

void check_keys(const toml::table& table, const Texts& known, const std::string& where) {
  for (const auto& [key, value] : table) {
    if (std::find(known.begin(), known.end(), std::string(key.str())) == known.end()) {
      refuse(where, "unknown key '" + std::string(key.str()) + "'");
    }
  }
}

Step read_step(const toml::table& table, const std::string& where) {
  check_keys(table,
             {"run", "shell", "stdin", "exit", "stdout", "stderr", "absent", "missing", "files"},
             where);
  Step step;
  step.run = texts_of(table.get("run"), where);
  step.shell = table["shell"].value_or(std::string());
  step.stdin_text = table["stdin"].value_or(std::string());
  step.exit = table["exit"].value_or(0);
  step.standard_output = texts_of(table.get("stdout"), where);
  step.standard_error = texts_of(table.get("stderr"), where);
  step.absent = texts_of(table.get("absent"), where);
  step.missing = texts_of(table.get("missing"), where);
  if (const toml::table* files = table["files"].as_table()) {
    for (const auto& [path, wanted] : *files) {
      step.files.emplace_back(std::string(path.str()), texts_of(&wanted, where));
    }
  }
  if (step.run.empty() == step.shell.empty()) refuse(where, "either 'run' or 'shell' is needed");
  return step;
}

Case read_case(const toml::table& table, const std::string& file) {
  Case read;
  read.name = table["name"].value_or(std::string());
  const std::string where = file + ", case '" + read.name + "'";
  check_keys(table, {"name", "peer", "needs", "step"}, where);
  read.peer = table["peer"].value_or(std::string());
  if (read.name.empty()) refuse(where, "it has no name");
  if (read.peer.empty()) refuse(where, "it names no peer");
  read.needs = texts_of(table.get("needs"), where);
  const toml::array* steps = table["step"].as_array();
  if (steps == nullptr) refuse(where, "it has no step");
  for (const toml::node& step : *steps) {
    if (!step.is_table()) refuse(where, "a step is no table");
    read.steps.push_back(read_step(*step.as_table(), where));
  }
  const bool says_something = std::any_of(read.steps.begin(), read.steps.end(), [](const Step& s) {
    return !s.standard_output.empty() || !s.standard_error.empty() || !s.files.empty();
  });
  if (!says_something) refuse(where, "it expects nothing of what the program says or writes");
  return read;
}

std::string shell_quoted(const std::string& text) {
  std::string result = "'";
  for (const char c : text) result += c == '\'' ? std::string("'\\''") : std::string(1, c);
  return result + "'";
}

std::string contents(const fs::path& path) {
  std::ifstream file(path, std::ios::binary);
  std::ostringstream text;
  text << file.rdbuf();
  return text.str();
}

bool holds(const std::string& text, const std::string& wanted) {
  if (!wanted.starts_with("re:")) return text.find(wanted) != std::string::npos;
  return std::regex_search(text, std::regex(wanted.substr(3)));
}

bool minilm_is_there() {
  return run_command(std::string(THAW_PROGRAM) + " inspect minilm </dev/null 2>&1").code == 0;
}

// "" where it is there, else what is missing.
std::string lacking(const std::string& need) {
  if (need == "parquet") {
    const bool there = fs::exists(fs::path(THAW_PROGRAM).parent_path() / "thaw_parquet.so");
    return there ? "" : "thaw was built without Parquet";
  }
  if (need == "minilm") return minilm_is_there() ? "" : "MiniLM is not in the cache";
  if (need == "shared-data") return fs::exists(kSharedData) ? "" : "shared/data is absent";
  if (need == "root") return ::geteuid() == 0 ? "" : "it needs root";
  if (need == "not-root") return ::geteuid() != 0 ? "" : "it needs a user who is not root";
  if (need.starts_with("program:")) {
    const std::string program = need.substr(8);
    const bool there =
        run_command("command -v " + shell_quoted(program) + " >/dev/null 2>&1").code == 0;
    return there ? "" : program + " is not installed";
  }
  return "unknown need: " + need;
}

class CaseTest : public testing::Test {
 public:
  explicit CaseTest(const Case& of) : case_(of) {}

  void TestBody() override {
    for (const std::string& need : case_.needs) {
      const std::string problem = lacking(need);
      ASSERT_FALSE(problem.starts_with("unknown")) << problem;
      if (!problem.empty()) GTEST_SKIP() << problem;
    }
    SCOPED_TRACE("right by: " + case_.peer);
    char pattern[] = "/tmp/thaw-case-XXXXXX";
    ASSERT_NE(::mkdtemp(pattern), nullptr);
    folder_ = pattern;
    for (size_t i = 0; i < case_.steps.size(); ++i) {
      run(case_.steps[i], i + 1);
      if (HasFailure()) break;
    }
    fs::remove_all(folder_);
  }

 private:
  std::string expanded(std::string text) const {
    const std::pair<std::string, std::string> places[] = {
        {"{files}", (kFolder / "files").string()},
        {"{golden}", THAW_SOURCE_DIR "/tests/golden"},
        {"{data}", kSharedData.string()},
        {"{tmp}", (folder_ / "work").string()},
        {"{thaw}", THAW_PROGRAM}};
    for (const auto& [name, value] : places) {
      for (size_t at = 0; (at = text.find(name, at)) != std::string::npos; at += value.size()) {
        text.replace(at, name.size(), value);
      }
    }
    return text;
  }

  void run(const Step& step, size_t number) const {
    fs::create_directories(folder_ / "work");
    std::string command = expanded(step.shell);
    if (command.empty()) {
      command = shell_quoted(THAW_PROGRAM);
      for (const std::string& argument : step.run)
        command += " " + shell_quoted(expanded(argument));
    }
    const fs::path input = folder_ / "stdin", output = folder_ / "stdout",
                   error = folder_ / "stderr";
    std::ofstream(input, std::ios::binary) << expanded(step.stdin_text);
    SCOPED_TRACE("step " + std::to_string(number) + ": " + command);
    // bash, since cases use <(…); OpenMP's threads sleep, as tests run side by side.
    const Outcome outcome = run_command(
        "cd " + shell_quoted((folder_ / "work").string()) + " && OMP_WAIT_POLICY=passive bash -c " +
        shell_quoted(command) + " <" + shell_quoted(input.string()) + " >" +
        shell_quoted(output.string()) + " 2>" + shell_quoted(error.string()));
    const std::string said = contents(output), complained = contents(error);
    const std::string all = "standard output:\n" + said + "standard error:\n" + complained;
    EXPECT_EQ(outcome.code, step.exit) << all;
    for (const std::string& wanted : step.standard_output) {
      EXPECT_TRUE(holds(said, expanded(wanted))) << "missing: " << wanted << "\n" << all;
    }
    for (const std::string& wanted : step.standard_error) {
      EXPECT_TRUE(holds(complained, expanded(wanted))) << "missing: " << wanted << "\n" << all;
    }
    for (const std::string& unwanted : step.absent) {
      EXPECT_FALSE(holds(said + complained, expanded(unwanted))) << "is there: " << unwanted << "\n"
                                                                 << all;
    }
    for (const std::string& path : step.missing) {
      EXPECT_FALSE(fs::exists(fs::symlink_status(expanded(path)))) << path << " exists\n" << all;
    }
    for (const auto& [path, wanted] : step.files) {
      const std::string file = expanded(path);
      ASSERT_TRUE(fs::exists(file)) << file << " is missing\n" << all;
      const std::string text = contents(file);
      for (const std::string& one : wanted) {
        EXPECT_TRUE(holds(text, expanded(one))) << "missing in " << path << ": " << one << "\n"
                                                << text.substr(0, 4000);
      }
    }
  }

  const Case& case_;
  fs::path folder_;
};

// "command_line" -> "CommandLineCases"
std::string suite_of(const fs::path& file) {
  std::string suite;
  bool upper = true;
  for (const char c : file.stem().string()) {
    if (c == '_') {
      upper = true;
      continue;
    }
    suite += upper ? static_cast<char>(std::toupper(static_cast<unsigned char>(c))) : c;
    upper = false;
  }
  return suite + "Cases";
}

void register_cases(std::vector<std::pair<std::string, Case>>& cases) {
  Texts names;
  for (const auto& entry : fs::directory_iterator(kFolder)) {
    const fs::path& file = entry.path();
    if (file.extension() != ".toml") continue;
    const toml::table table = toml::parse_file(file.string());
    check_keys(table, {"case"}, file.string());
    const toml::array* list = table["case"].as_array();
    if (list == nullptr) refuse(file.string(), "it has no case");
    for (const toml::node& node : *list) {
      cases.emplace_back(suite_of(file), read_case(*node.as_table(), file.string()));
      names.push_back(cases.back().first + "." + cases.back().second.name);
    }
  }
  std::sort(names.begin(), names.end());
  const auto twice = std::adjacent_find(names.begin(), names.end());
  if (twice != names.end()) refuse(*twice, "there are two cases of that name");
  for (const auto& [suite, one] : cases) {
    testing::RegisterTest(suite.c_str(), one.name.c_str(), nullptr, nullptr, __FILE__, __LINE__,
                          [&one = one]() -> CaseTest* { return new CaseTest(one); });
  }
}

}  // namespace
}  // namespace thaw

int main(int argc, char** argv) {
  testing::InitGoogleTest(&argc, argv);
  std::vector<std::pair<std::string, thaw::Case>> cases;
  try {
    thaw::register_cases(cases);
  } catch (const std::exception& error) {
    std::cerr << error.what() << "\n";
    return 1;
  }
  return RUN_ALL_TESTS();
}
