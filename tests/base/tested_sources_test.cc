// Whoever reads a source finds its tests: by its name, or by the line in it that says where.
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <map>
#include <regex>
#include <set>
#include <sstream>
#include <string>

namespace thaw {
namespace {

namespace fs = std::filesystem;

const fs::path kRoot = THAW_SOURCE_DIR;

std::string text_of(const fs::path& path) {
  std::ifstream in(path, std::ios::binary);
  EXPECT_TRUE(in) << path;
  std::stringstream text;
  text << in.rdbuf();
  return text.str();
}

// "batch" of batch.h, batch.cc, batch-inl.h, batch_test.cc and batch_slow_test.cc.
std::string stem_of(const fs::path& path) {
  return std::regex_replace(path.stem().string(), std::regex("(-inl|(_slow)?_test)$"), "");
}

std::vector<fs::path> sources_in(const fs::path& folder) {
  std::vector<fs::path> sources;
  for (const auto& entry : fs::recursive_directory_iterator(folder)) {
    const std::string extension = entry.path().extension();
    if (extension == ".cc" || extension == ".h") sources.push_back(entry.path());
  }
  return sources;
}

bool is_generated(const std::string& text) {
  return text.substr(0, text.find('\n')).find("do not edit") != std::string::npos;
}

// The test that a source names, "" where it names none.
std::string named_test(const std::string& text) {
  static const std::regex kLine("// Tests: (tests/[\\w/.]+)\n");
  std::smatch found;
  return std::regex_search(text, found, kLine) ? found[1].str() : "";
}

TEST(TestedSources, HaveATestOfTheirNameOrSayWhereTheyAreTested) {
  std::set<std::string> tests;
  for (const fs::path& test : sources_in(kRoot / "tests")) {
    if (test.filename().string().ends_with("_test.cc")) tests.insert(stem_of(test));
  }
  std::map<std::string, std::string> named;  // by the source's path without its ending
  for (const fs::path& source : sources_in(kRoot / "src")) {
    const std::string text = text_of(source);
    if (is_generated(text)) continue;
    const fs::path own = fs::relative(source.parent_path(), kRoot) / stem_of(source);
    const std::string test = named_test(text);
    if (!test.empty()) {
      EXPECT_TRUE(fs::is_regular_file(kRoot / test)) << source << " names " << test;
      EXPECT_EQ(tests.count(stem_of(source)), 0u)
          << source << " has a test of its name, and names " << test;
    }
    named[own.string()] += test;
  }
  EXPECT_GT(named.size(), 300u) << "hardly anything was read";
  for (const auto& [source, test] : named) {
    EXPECT_TRUE(!test.empty() || tests.count(fs::path(source).filename().string()) > 0)
        << source << " has no test of its name, and no line \"// Tests: tests/…_test.cc\"";
  }
}

// Folders of tests that are not of one room.
TEST(TestedSources, HaveTheirTestsInAFolderOfTheSamePath) {
  const std::set<std::string> others = {"app", "cases", "faults"};
  size_t seen = 0;
  for (const fs::path& test : sources_in(kRoot / "tests")) {
    if (!test.filename().string().ends_with("_test.cc")) continue;
    const std::string folder = fs::relative(test.parent_path(), kRoot / "tests");
    ++seen;
    EXPECT_TRUE(others.count(folder) > 0 || fs::is_directory(kRoot / "src" / folder))
        << test << " is in a folder that src/ does not have";
  }
  EXPECT_GT(seen, 100u);
}

}  // namespace
}  // namespace thaw
