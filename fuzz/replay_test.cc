// Every input of the corpora once through its target: what fuzzing reached stays read as it is, and
// what it found stays mended, whatever compiler thaw is built with.
#include <gtest/gtest.h>

#include <algorithm>
#include <chrono>
#include <cstdlib>
#include <exception>
#include <filesystem>
#include <random>
#include <string>
#include <vector>

#include "files/files.h"
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

// A few of what libFuzzer's mutations are, without its sense for what is new.
std::string spoilt(std::string text, const std::string& other, std::mt19937_64& random) {
  const auto below = [&](size_t limit) { return limit == 0 ? 0 : random() % limit; };
  static const std::vector<std::string> signs = {"\"",
                                                 "{",
                                                 "}",
                                                 "[",
                                                 "]",
                                                 ",",
                                                 ":",
                                                 "\n",
                                                 "\\",
                                                 "\0",
                                                 "0",
                                                 "-1",
                                                 "1e999",
                                                 "9223372036854775808",
                                                 "\xFF",
                                                 "\x80",
                                                 "\xEF\xBB\xBF",
                                                 "../",
                                                 "null",
                                                 "\u202E",
                                                 "'",
                                                 "%",
                                                 "&",
                                                 "<",
                                                 "="};
  for (size_t changes = 1 + below(4); changes > 0; --changes) {
    const size_t at = below(text.size() + 1);
    switch (below(7)) {
      case 0:
        if (at < text.size()) text[at] = static_cast<char>(random());
        break;
      case 1:
        if (at < text.size()) text[at] = static_cast<char>(text[at] ^ (1 << below(8)));
        break;
      case 2:
        text.erase(at, below(1 + below(64)));
        break;
      case 3:
        text.insert(at, signs[below(signs.size())]);
        break;
      case 4:
        text.insert(at, text.substr(below(text.size() + 1), below(64)));
        break;
      case 5:
        text.resize(at);
        break;
      default:
        text.insert(at, other.substr(below(other.size() + 1), below(200)));
    }
  }
  return text;
}

// THAW_FUZZ_ROUNDS in the environment: how many spoilt copies of each input. A machine without
// clang can so look for mistakes as well; libFuzzer finds them sooner.
TEST_P(Corpus, IsReadOrRefusedWhereItIsSpoilt) {
  const char* const asked = std::getenv("THAW_FUZZ_ROUNDS");
  const int rounds = asked == nullptr ? 4 : std::atoi(asked);
  std::vector<std::string> inputs;
  for (const fs::path& file : files_of(GetParam().name)) inputs.push_back(read_text_file(file));
  ASSERT_FALSE(inputs.empty());
  std::mt19937_64 random(static_cast<uint64_t>(rounds));
  for (int round = 0; round < rounds; ++round) {
    for (const std::string& input : inputs) {
      const std::string bytes = spoilt(input, inputs[random() % inputs.size()], random);
      const std::vector<char> exact(bytes.begin(), bytes.end());
      try {
        GetParam().run({exact.data(), exact.size()});
      } catch (const std::exception& error) {
        const fs::path kept = fs::temp_directory_path() / ("thaw-" + std::string(GetParam().name));
        write_file(kept, bytes);
        FAIL() << error.what() << "; the input is kept as " << kept;
      }
    }
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
