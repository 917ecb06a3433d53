// Every script says what it does when it is asked, and does nothing where it is misunderstood.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <string>
#include <vector>

#include "tests/app/run_command.h"

namespace thaw {
namespace {

namespace fs = std::filesystem;
using ::testing::EndsWith;
using ::testing::HasSubstr;

const fs::path kScripts = fs::path(THAW_SOURCE_DIR) / "scripts";

std::vector<std::string> scripts() {
  std::vector<std::string> names;
  for (const auto& entry : fs::directory_iterator(kScripts)) {
    const std::string name = entry.path().filename().string();
    const bool script = name.ends_with(".sh") || name.ends_with(".py");
    if (script && name != "common.sh") names.push_back(name);  // the others source that
  }
  std::sort(names.begin(), names.end());
  return names;
}

// What it wrote there, and how it ended; one that goes to work instead is stopped.
Outcome run_script(const std::string& name, const std::string& options) {
  const char* program = name.ends_with(".py") ? "python3" : "bash";
  return run_command("timeout 20 " + std::string(program) + " '" + (kScripts / name).string() +
                     "' " + options + " </dev/null");
}

TEST(Scripts, SayWhatTheyDo) {
  ASSERT_GT(scripts().size(), 14u) << "hardly any script was found";
  for (const std::string& name : scripts()) {
    const Outcome asked = run_script(name, "--help 2>&1");
    EXPECT_EQ(asked.code, 0) << name << ": " << asked.text;
    EXPECT_THAT(asked.text, HasSubstr("scripts/" + name)) << name;
    EXPECT_GT(std::count(asked.text.begin(), asked.text.end(), '\n'), 2) << name << asked.text;
    EXPECT_EQ(asked.text.find('#'), std::string::npos) << name << ": " << asked.text;
    const Outcome briefly = run_script(name, "-h 2>&1");
    EXPECT_EQ(briefly.code, 0) << name;
    EXPECT_EQ(briefly.text, asked.text) << name;
    // Behind other options as well, before any of them is acted on.
    EXPECT_EQ(run_script(name, "--no-such-option --help 2>&1").text, asked.text) << name;
  }
}

TEST(Scripts, RefuseAnUnknownOptionInOneSentence) {
  for (const std::string& name : scripts()) {
    const Outcome refused = run_script(name, "--no-such-option 2>&1");
    EXPECT_EQ(refused.code, 2) << name << ": " << refused.text;
    EXPECT_THAT(refused.text, HasSubstr("'--no-such-option' is no argument that")) << name;
    EXPECT_THAT(refused.text, EndsWith("scripts/" + name + " --help says how it is called.\n"));
    const std::string sentence = refused.text.substr(refused.text.find_first_not_of('\n'));
    EXPECT_EQ(std::count(sentence.begin(), sentence.end(), '\n'), 1) << name << sentence;
    EXPECT_EQ(run_script(name, "--no-such-option 2>/dev/null").text, "") << name;
  }
}

}  // namespace
}  // namespace thaw
