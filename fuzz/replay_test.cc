// Every input of the corpora once through its target: what fuzzing reached stays read as it is, and
// what it found stays mended, whatever compiler thaw is built with.
#include <gtest/gtest.h>

#include <algorithm>
#include <chrono>
#include <filesystem>
#include <string>
#include <vector>

#include "base/files.h"
#include "fuzz/target.h"

namespace thaw::fuzz {
namespace {

namespace fs = std::filesystem;

std::vector<fs::path> files_of(const std::string& target) {
  std::vector<fs::path> files;
  for (const char* kind : {"corpus", "regressions"}) {
    const fs::path folder = fs::path(THAW_SOURCE_DIR) / "fuzz" / kind / target;
    if (!fs::is_directory(folder)) continue;
    for (const auto& entry : fs::directory_iterator(folder)) files.push_back(entry.path());
  }
  std::sort(files.begin(), files.end());
  return files;
}

class Corpus : public ::testing::TestWithParam<Target> {};

TEST_P(Corpus, IsReadOrRefusedInTime) {
  const std::vector<fs::path> files = files_of(GetParam().name);
  ASSERT_FALSE(files.empty()) << "a target has a corpus: scripts/fuzz.sh --new-corpus";
  for (const fs::path& file : files) {
    SCOPED_TRACE(file.string());
    // A copy of exactly its size, so that a sanitizer sees a step beyond.
    const std::string bytes = read_text_file(file);
    const std::vector<char> exact(bytes.begin(), bytes.end());
    const auto start = std::chrono::steady_clock::now();
    EXPECT_NO_THROW(GetParam().run({exact.data(), exact.size()}));
    const std::chrono::duration<double> took = std::chrono::steady_clock::now() - start;
    EXPECT_LT(took.count(), 30) << "small inputs are read in a moment";
  }
}

std::vector<Target> all_targets() {
  std::vector<Target> all = targets();
  std::sort(all.begin(), all.end(),
            [](const Target& a, const Target& b) { return std::string(a.name) < b.name; });
  return all;
}

INSTANTIATE_TEST_SUITE_P(Fuzz, Corpus, ::testing::ValuesIn(all_targets()),
                         [](const auto& info) { return std::string(info.param.name); });

TEST(Corpora, BelongToTargets) {
  for (const char* kind : {"corpus", "regressions"}) {
    const fs::path folder = fs::path(THAW_SOURCE_DIR) / "fuzz" / kind;
    if (!fs::is_directory(folder)) continue;
    for (const auto& entry : fs::directory_iterator(folder)) {
      const std::string name = entry.path().filename().string();
      EXPECT_TRUE(std::any_of(targets().begin(), targets().end(), [&](const Target& target) {
        return target.name == name;
      })) << entry.path();
    }
  }
}

}  // namespace
}  // namespace thaw::fuzz
