// The ids of Transformers' fast tokenizer for odd texts, in many configurations.

#include <gtest/gtest.h>

#include "tests/tokenizer/golden_folder.h"
#include "tokenizer/tokenizer.h"

namespace thaw {
namespace {

const nlohmann::json& golden() {
  static const nlohmann::json file =
      nlohmann::json::parse(read_text_file(golden_folder() / "golden.json"));
  return file;
}

std::vector<std::string> configuration_names() {
  std::vector<std::string> names;
  for (const auto& configuration : golden()["configurations"])
    names.push_back(configuration["name"]);
  return names;
}

class WordPieceTokens : public ::testing::TestWithParam<std::string> {};

TEST_P(WordPieceTokens, AgreeWithTransformersOnOddTexts) {
  const auto& all = golden()["configurations"];
  const auto found = std::find_if(all.begin(), all.end(),
                                  [](const auto& one) { return one["name"] == GetParam(); });
  ASSERT_NE(found, all.end());
  const nlohmann::json& configuration = *found;
  const TokenizerFiles files(configuration["files"].get<std::map<std::string, nlohmann::json>>());
  const Tokenizer tokenizer = Tokenizer::load(files.path());

  const auto texts = golden()["texts"].get<std::vector<std::string>>();
  const auto lengths = configuration["lengths"].get<std::vector<int>>();
  const auto expected = configuration["ids"].get<std::vector<std::vector<int32_t>>>();
  const auto hashes = configuration["hashes"].get<std::string>();
  ASSERT_GE(texts.size(), 2000u);
  ASSERT_EQ(hashes.size(), 3 * texts.size());
  int different = 0;
  for (size_t row = 0; row < texts.size() && different < 10; ++row) {
    const std::vector<int32_t> ids = tokenizer.encode(texts[row], lengths[row % lengths.size()]);
    const bool equal = row < expected.size()
                           ? ids == expected[row]
                           : fingerprint(ids.data(), static_cast<int64_t>(ids.size())) ==
                                 hashes.substr(3 * row, 3);
    different += !equal;
    EXPECT_TRUE(equal) << "row " << row << ": " << nlohmann::json(texts[row]).dump(-1, ' ', true)
                       << " gave " << nlohmann::json(ids).dump();
  }
}

INSTANTIATE_TEST_SUITE_P(Golden, WordPieceTokens, ::testing::ValuesIn(configuration_names()),
                         [](const auto& info) { return info.param; });

}  // namespace
}  // namespace thaw
