#include "tokenizer/tokenizer.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/threads.h"
#include "tests/tokenizer/golden_folder.h"

namespace thaw {
namespace {

using ::testing::ElementsAre;

const nlohmann::json kBert = {{"tokenizer_class", "BertTokenizer"}};

Tokenizer uncased() {
  const TokenizerFiles files({{"tokenizer_config.json", kBert}});
  return Tokenizer::load(files.path());
}

TextColumn golden_texts() {
  TextColumn column;
  const auto golden = nlohmann::json::parse(read_text_file(golden_folder() / "golden.json"));
  for (const auto& text : golden["texts"]) column.push_back(text.get_ref<const std::string&>());
  return column;
}

TEST(TokenizerThreads, AnyNumberGivesTheSameTokens) {
  const Tokenizer tokenizer = uncased();
  const TextColumn texts = golden_texts();
  for (const int max_length : {0, 9}) {
    set_thread_count(1);
    const TokenizedTexts alone = tokenizer.encode_all(texts, max_length);
    ASSERT_EQ(alone.rows(), texts.size());
    for (const int threads : {2, 3, 7}) {
      set_thread_count(threads);
      const TokenizedTexts together = tokenizer.encode_all(texts, max_length);
      EXPECT_EQ(alone.ids, together.ids) << threads << " threads";
      EXPECT_EQ(alone.offsets, together.offsets) << threads << " threads";
    }
  }
  set_thread_count(0);
}

TEST(TokenizerThreads, ManyTextsGiveWhatEachGivesByItself) {
  const Tokenizer tokenizer = uncased();
  const TextColumn texts = golden_texts();
  const TokenizedTexts all = tokenizer.encode_all(texts, 12);
  const std::vector<int32_t> lengths = tokenizer.lengths(texts);
  for (int64_t row = 0; row < texts.size(); ++row) {
    const std::vector<int32_t> ids = tokenizer.encode(texts[row], 12);
    ASSERT_EQ(std::vector<int32_t>(all.ids.begin() + all.offsets[row],
                                   all.ids.begin() + all.offsets[row + 1]),
              ids);
    ASSERT_EQ(lengths[row], static_cast<int32_t>(tokenizer.encode(texts[row], 0).size()));
  }
}

TEST(TokenizerThreads, NoTextsGiveNoTokens) {
  const Tokenizer tokenizer = uncased();
  const TokenizedTexts none = tokenizer.encode_all(TextColumn(), 8);
  EXPECT_EQ(none.rows(), 0);
  EXPECT_TRUE(none.ids.empty());
  EXPECT_TRUE(tokenizer.lengths(TextColumn()).empty());
}

TEST(Truncation, LeavesTextsAloneWhereSpecialTokensHaveNoRoom) {
  // As the tokenizers package does: 0 and 1 leave no room for [CLS] and [SEP].
  const Tokenizer tokenizer = uncased();
  const auto all = tokenizer.encode("hello world hello", 0);
  EXPECT_EQ(tokenizer.encode("hello world hello", 1), all);
  EXPECT_THAT(tokenizer.encode("hello world hello", 2), ElementsAre(2, 3));
  EXPECT_THAT(tokenizer.encode("hello world hello", 3), ElementsAre(2, all[1], 3));
}

TEST(Truncation, KeepsTheEndWhereTheConfigurationSaysLeft) {
  nlohmann::json config = kBert;
  config["truncation_side"] = "left";
  const TokenizerFiles files({{"tokenizer_config.json", config}});
  const Tokenizer tokenizer = Tokenizer::load(files.path());
  const auto all = tokenizer.encode("hello the world", 0);
  const size_t end = all.size() - 1;
  EXPECT_THAT(tokenizer.encode("hello the world", 4),
              ElementsAre(2, all[end - 2], all[end - 1], 3));
  EXPECT_THAT(tokenizer.encode("hello the world", 2), ElementsAre(2, 3));
}

TEST(Utf8, InvalidBytesAreReplacedAsPythonReplacesThem) {
  // Without cleaning, each U+FFFD is a character of its word, so their number shows in what is
  // too long; expected counts are those of Python's bytes.decode("utf-8", "replace").
  const struct {
    std::string bytes;
    int replacements;
  } cases[] = {
      {"\xff", 1},
      {"\xc0\xaf", 2},
      {"\xed\xa0\x80", 3},
      {"\xe2\x82", 1},
      {"\xf0\x9f\x98", 1},
      {"\xf0\x9f", 1},
      {"\xf4\x90\x80\x80", 4},
      {"\xf0\x80\x80", 3},
      {"\xe0\x80\x80", 3},
      {"\x80\x80", 2},
      {"\xc3", 1},
      {"\xe2\x28\xa1", 2},  // the '(' in between stays and splits the word
  };
  for (const auto& [bytes, replacements] : cases) {
    nlohmann::json tokenizer = {{"normalizer", nullptr},
                                {"pre_tokenizer", nullptr},
                                {"post_processor", nullptr},
                                {"added_tokens", nlohmann::json::array()},
                                {"model",
                                 {{"type", "WordPiece"},
                                  {"unk_token", "?"},
                                  {"continuing_subword_prefix", ""},
                                  {"max_input_chars_per_word", 100},
                                  {"vocab", {{"?", 0}, {"\xEF\xBF\xBD", 1}, {"x", 2}, {"(", 3}}}}}};
    const TokenizerFiles files({{"tokenizer.json", tokenizer}});
    const std::vector<int32_t> ids = Tokenizer::load(files.path()).encode("x" + bytes + "x", 0);
    EXPECT_EQ(std::count(ids.begin(), ids.end(), 1), replacements) << nlohmann::json(ids).dump();
    EXPECT_EQ(ids.front(), 2);
    EXPECT_EQ(ids.back(), 2);
  }
}

// A sentence encoder's own way with texts, before all else.
TEST(PreparedTexts, HaveThePromptBeforeThemAndAreLowered) {
  nlohmann::json config = kBert;
  config["do_lower_case"] = false;
  const TokenizerFiles files({{"tokenizer_config.json", config}});
  const Tokenizer plain = Tokenizer::load(files.path());
  Tokenizer tokenizer = Tokenizer::load(files.path());
  tokenizer.prepare_texts("The ", true);
  EXPECT_NE(plain.encode("HELLO", 0), plain.encode("hello", 0));
  const auto expected = plain.encode("the hello", 0);
  EXPECT_EQ(tokenizer.encode("HELLO", 0), expected);
  TextColumn texts;
  texts.push_back("HELLO");
  EXPECT_EQ(tokenizer.encode_all(texts, 0).ids, expected);
  EXPECT_EQ(tokenizer.lengths(texts)[0], static_cast<int32_t>(expected.size()));
  std::vector<int32_t> types, plain_types;
  EXPECT_EQ(tokenizer.encode_pair("HELLO", "WORLD", 0, types),
            plain.encode_pair("the hello", "world", 0, plain_types))
      << "of a pair, before the first";
}

TEST(TokenizerFolder, TellsLengthsAndNamesOfItsFiles) {
  nlohmann::json config = kBert;
  config["model_max_length"] = 512;
  const TokenizerFiles files(
      {{"tokenizer_config.json", config}, {"special_tokens_map.json", {{"pad_token", "[MASK]"}}}});
  const Tokenizer tokenizer = Tokenizer::load(files.path());
  EXPECT_EQ(tokenizer.model_max_length(), 512);
  EXPECT_EQ(tokenizer.pad_id(), 4);
  EXPECT_EQ(tokenizer.vocabulary_size(), static_cast<int64_t>(golden_vocabulary().size()));
  EXPECT_THAT(tokenizer.files(),
              ElementsAre(files.path() / "vocab.txt", files.path() / "tokenizer_config.json",
                          files.path() / "special_tokens_map.json"));
}

TEST(TokenizerFolder, AbsurdLengthMeansNone) {
  for (const char* length : {"1e30", "1000000000000000019884624838656", "0", "-3", "null"}) {
    const TokenizerFiles files({{"tokenizer_config.json", kBert}});
    write_file(files.path() / "tokenizer_config.json",
               std::string("{\"model_max_length\": ") + length + "}");
    EXPECT_EQ(Tokenizer::load(files.path()).model_max_length(), 0) << length;
  }
}

TEST(TokenizerFolder, TokensBehindTheVocabularyCountIntoItsSize) {
  nlohmann::json config = kBert;
  config["extra_special_tokens"] = {"<one>", "<two>"};
  const TokenizerFiles files({{"tokenizer_config.json", config}});
  const Tokenizer tokenizer = Tokenizer::load(files.path());
  const auto size = static_cast<int32_t>(golden_vocabulary().size());
  EXPECT_EQ(tokenizer.vocabulary_size(), size + 2);
  EXPECT_THAT(tokenizer.encode("<two><one>", 0), ElementsAre(2, size + 1, size, 3));
}

}  // namespace
}  // namespace thaw
