// Pairs of texts: the ids and token types of Transformers' fast tokenizers, cut to many lengths.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/error.h"
#include "data/readers/text_column.h"
#include "tests/tokenizer/golden_folder.h"
#include "tokenizer/tokenizer.h"

namespace thaw {
namespace {

using nlohmann::json;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using Ids = std::vector<int32_t>;
using Files = std::map<std::string, json>;

TEST(Pairs, HaveTheIdsAndTokenTypesOfTransformersAtEveryLength) {
  const json golden = json::parse(read_text_file(golden_folder() / "pairs.json"));
  const auto texts = golden["texts"].get<std::vector<std::string>>();
  ASSERT_GE(golden["configurations"].size(), 6u);
  for (const json& configuration : golden["configurations"]) {
    SCOPED_TRACE(configuration["name"].get<std::string>());
    const TokenizerFiles files(configuration["files"].get<Files>());
    const Tokenizer tokenizer = Tokenizer::load(files.path());
    ASSERT_EQ(configuration["rows"].size(), texts.size() * texts.size());
    for (const json& row : configuration["rows"]) {
      const std::string& first = texts[row[0].get<size_t>()];
      const std::string& second = texts[row[1].get<size_t>()];
      Ids types;
      EXPECT_EQ(tokenizer.encode_pair(first, second, row[2].get<int>(), types), row[3].get<Ids>())
          << row.dump();
      EXPECT_EQ(types, row[4].get<Ids>()) << row.dump();
    }
  }
}

TEST(Pairs, OfAColumnLieRowAfterRowWithTheirTypes) {
  const TokenizerFiles files(
      Files{{"tokenizer_config.json", {{"tokenizer_class", "BertTokenizer"}}}});
  const Tokenizer tokenizer = Tokenizer::load(files.path());
  TextColumn texts;
  for (int row = 0; row < 300; ++row) {
    texts.push_back(std::string(static_cast<size_t>(row % 7), 'a') + " hello");
    texts.push_back_pair("the world " + std::to_string(row));
  }
  const TokenizedTexts all = tokenizer.encode_all(texts, 9);
  const std::vector<int32_t> lengths = tokenizer.lengths(texts);
  ASSERT_EQ(all.rows(), 300);
  ASSERT_EQ(all.types.size(), all.ids.size());
  for (int64_t row = 0; row < 300; ++row) {
    Ids types;
    const Ids ids = tokenizer.encode_pair(texts[row], texts.pair(row), 9, types);
    const auto begin = all.offsets[row], end = all.offsets[row + 1];
    EXPECT_EQ(Ids(all.ids.begin() + begin, all.ids.begin() + end), ids);
    EXPECT_EQ(Ids(all.types.begin() + begin, all.types.begin() + end), types);
    EXPECT_EQ(
        lengths[row],
        static_cast<int32_t>(tokenizer.encode_pair(texts[row], texts.pair(row), 0, types).size()));
  }
}

TEST(Pairs, AreRefusedByATemplateWithoutThem) {
  const json piece = {{"Sequence", {{"id", "A"}, {"type_id", 0}}}};
  for (const json& pair : {json(nullptr), json::array({piece}), json::array({piece, piece})}) {
    const json file = {{"added_tokens", json::array()},
                       {"normalizer", nullptr},
                       {"pre_tokenizer", {{"type", "BertPreTokenizer"}}},
                       {"post_processor",
                        {{"type", "TemplateProcessing"},
                         {"single", json::array({piece})},
                         {"pair", pair},
                         {"special_tokens", json::object()}}},
                       {"model",
                        {{"type", "WordPiece"},
                         {"unk_token", "[UNK]"},
                         {"continuing_subword_prefix", "##"},
                         {"max_input_chars_per_word", 100}}}};
    const TokenizerFiles files(
        Files{{"tokenizer_config.json", {{"tokenizer_class", "PreTrainedTokenizerFast"}}},
              {"tokenizer.json", file}});
    const Tokenizer tokenizer = Tokenizer::load(files.path());
    TextColumn texts;
    texts.push_back("hello");
    texts.push_back_pair("world");
    try {
      tokenizer.encode_all(texts, 0);
      FAIL() << "was accepted: " << pair;
    } catch (const Error& error) {
      EXPECT_THAT(error.what(), HasSubstr("knows no pairs of texts"));
    }
  }
}

}  // namespace
}  // namespace thaw
