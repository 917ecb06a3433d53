// Every file of a tokenizer may be broken: one sentence with its place, or a tokenizer that works.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <ctime>

#include "base/error.h"
#include "tests/tokenizer/golden_folder.h"
#include "tokenizer/tokenizer.h"

namespace thaw {
namespace {

using nlohmann::json;
using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

json small_tokenizer() {
  return {{"version", "1.0"},
          {"added_tokens", json::array()},
          {"normalizer",
           {{"type", "BertNormalizer"},
            {"clean_text", true},
            {"handle_chinese_chars", true},
            {"strip_accents", nullptr},
            {"lowercase", true}}},
          {"pre_tokenizer", {{"type", "BertPreTokenizer"}}},
          {"post_processor", nullptr},
          {"model",
           {{"type", "WordPiece"},
            {"unk_token", "[UNK]"},
            {"continuing_subword_prefix", "##"},
            {"max_input_chars_per_word", 100},
            {"vocab", {{"[UNK]", 0}, {"a", 1}, {"##b", 2}}}}}};
}

Tokenizer load(const std::string& text) {
  const TemporaryFolder folder;
  write_file(folder.path() / "tokenizer.json", text);
  return Tokenizer::load(folder.path());
}
Tokenizer load(const json& tokenizer) { return load(tokenizer.dump()); }

std::string error_of(const std::function<void()>& act) {
  try {
    act();
  } catch (const Error& error) {
    return error.what();
  }
  return "no error";
}
std::string error_of(const json& tokenizer) {
  return error_of([&] { load(tokenizer); });
}

json changed(const char* pointer, const json& value) {
  json tokenizer = small_tokenizer();
  tokenizer[json::json_pointer(pointer)] = value;
  return tokenizer;
}

TEST(TokenizerJson, EveryTruncationOfTheFileIsAnError) {
  const std::string text = small_tokenizer().dump();
  for (size_t size = 0; size < text.size(); ++size) {
    EXPECT_THAT(error_of([&] { load(text.substr(0, size)); }), HasSubstr("tokenizer.json")) << size;
  }
}

TEST(TokenizerJson, UnknownComponentsAreNamed) {
  EXPECT_THAT(error_of(changed("/normalizer", {{"type", "Sparkle"}})),
              AllOf(HasSubstr("normalizer 'Sparkle'"), HasSubstr("BertNormalizer")));
  EXPECT_THAT(error_of(changed("/pre_tokenizer", {{"type", "Sparkle"}})),
              HasSubstr("pre-tokenizer 'Sparkle'"));
  EXPECT_THAT(error_of(changed("/model/type", "Sentinel")), HasSubstr("model 'Sentinel'"));
  EXPECT_THAT(error_of(changed("/post_processor", {{"type", "Wrap"}})),
              HasSubstr("post-processor 'Wrap'"));
  EXPECT_THAT(error_of(changed("/normalizer", json::array({1}))), HasSubstr("without a type"));
}

TEST(TokenizerJson, FieldsOfTheWrongKindAreNamed) {
  const std::pair<const char*, json> cases[] = {
      {"/normalizer/lowercase", 1},
      {"/normalizer/strip_accents", "yes"},
      {"/model/unk_token", nullptr},
      {"/model/vocab", json::array()},
      {"/model/max_input_chars_per_word", -1},
      {"/added_tokens", "none"},
      {"/added_tokens", json::array({{{"content", "x"}}})},
      {"/post_processor", {{"type", "BertProcessing"}, {"cls", "x"}, {"sep", json::array()}}},
  };
  for (const auto& [pointer, value] : cases) {
    const std::string field = std::string(pointer).substr(std::string(pointer).rfind('/') + 1);
    const std::string shown = error_of(changed(pointer, value));
    EXPECT_THAT(shown, HasSubstr("tokenizer.json")) << pointer;
    if (field != "post_processor" && field != "added_tokens") {
      EXPECT_THAT(shown, HasSubstr(field)) << pointer;
    }
  }
}

TEST(TokenizerJson, TemplatesThatThawCannotFollowAreErrors) {
  const json a = {{"Sequence", {{"id", "A"}, {"type_id", 0}}}};
  const json cls = {{"SpecialToken", {{"id", "[CLS]"}, {"type_id", 0}}}};
  const auto with = [](const json& single) {
    return changed(
        "/post_processor",
        {{"type", "TemplateProcessing"}, {"single", single}, {"special_tokens", json::object()}});
  };
  EXPECT_EQ(error_of(with(json::array({a}))), "no error");
  EXPECT_THAT(error_of(with(json::array({a, a}))), HasSubstr("does not use each text once"));
  EXPECT_THAT(error_of(with(json::array())), HasSubstr("does not use each text once"));
  EXPECT_THAT(error_of(with(json::array({cls, a}))), HasSubstr("'[CLS]'"));
  EXPECT_THAT(error_of(with(json::array({{{"Sequence", {{"id", "B"}}}}}))), HasSubstr("single"));
}

TEST(TokenizerJson, VocabulariesThatCannotBeAreErrors) {
  EXPECT_THAT(error_of(changed("/model/vocab", json::object())), HasSubstr("empty"));
  EXPECT_THAT(error_of(changed("/model/vocab", {{"a", 0}})), HasSubstr("unknown token '[UNK]'"));
  EXPECT_THAT(error_of(changed("/model/vocab/a", -1)), HasSubstr("id -1"));
  EXPECT_THAT(error_of(changed("/model/vocab/a", 4294967296)), HasSubstr("4294967296"));
  EXPECT_THAT(error_of(changed("/model/vocab/a", 1.5)), HasSubstr("token 'a'"));
  EXPECT_THAT(error_of(changed("/model/vocab/a", 18446744073709551615u)), HasSubstr("token 'a'"));
}

TEST(TokenizerJson, NoIdBehindTheLargestIsGivenOut) {
  json tokenizer = changed("/model/vocab/a", 2147483647);
  tokenizer["added_tokens"] = json::array();
  for (const char* content : {"a", "<new>"}) {
    tokenizer["added_tokens"].push_back({{"id", 5},
                                         {"content", content},
                                         {"single_word", false},
                                         {"lstrip", false},
                                         {"rstrip", false},
                                         {"normalized", false},
                                         {"special", false}});
  }
  EXPECT_THAT(error_of(tokenizer), HasSubstr("no id left for the added token '<new>'"));
}

TEST(TokenizerJson, HolesAndDoubleIdsAreTakenAsTheyStand) {
  const Tokenizer tokenizer =
      load(changed("/model/vocab", {{"[UNK]", 7}, {"a", 1000}, {"c", 7}, {"##b", 3}}));
  EXPECT_THAT(tokenizer.encode("ab c d", 0), ElementsAre(1000, 3, 7, 7));
  EXPECT_EQ(tokenizer.vocabulary_size(), 1001);
}

TEST(TokenizerJson, DeepNestingIsAnErrorAndNotACrash) {
  EXPECT_THAT(error_of([] { load(std::string(1000000, '[')); }), HasSubstr("tokenizer.json"));
}

TEST(TokenizerJson, AVocabularyWithVeryLongTokensWorks) {
  json tokenizer = small_tokenizer();
  const std::string longest(300, 'q');
  tokenizer["model"]["max_input_chars_per_word"] = 1000;
  tokenizer["model"]["vocab"][longest] = 3;
  tokenizer["model"]["vocab"]["##" + longest] = 4;
  tokenizer["model"]["vocab"]["##q"] = 5;
  const Tokenizer loaded = load(tokenizer);
  EXPECT_THAT(loaded.encode(longest + longest + "q", 0), ElementsAre(3, 4, 5));
  EXPECT_THAT(loaded.encode(std::string(1001, 'q'), 0), ElementsAre(0));
}

// Half a second of the processor at most is what any of these takes; without limits some would take
// days, and others all memory.
template <class Act>
void expect_quick(const Act& act) {
  const std::clock_t begin = std::clock();
  act();
  EXPECT_LT(static_cast<double>(std::clock() - begin) / CLOCKS_PER_SEC, 10);
}

json with_split(const std::string& expression) {
  return changed("/pre_tokenizer", {{"type", "Split"},
                                    {"pattern", {{"Regex", expression}}},
                                    {"behavior", "Isolated"},
                                    {"invert", false}});
}

TEST(TokenizerJson, ARegularExpressionThatBacktracksWithoutEndGivesUp) {
  const std::string text = std::string(4000, 'a') + "!";
  for (const char* expression : {"(a+)+$", "(a|aa)+$", "(a*)*b", "(?:a?){40}a{40}b"}) {
    expect_quick([&] {
      const Tokenizer tokenizer = load(with_split(expression));
      error_of([&] { tokenizer.encode(text, 0); });
    });
  }
  EXPECT_THAT(error_of([&] { load(with_split("(a+)+$")).encode(text, 0); }),
              HasSubstr("the regular expression '(a+)+$' gave up on a text"));
}

TEST(TokenizerJson, ARegularExpressionThatNestsWithoutEndIsRefused) {
  expect_quick([] {
    EXPECT_THAT(error_of(with_split(std::string(5000, '(') + std::string(5000, ')'))),
                HasSubstr("is not understood"));
  });
}

// \K moves a match's beginning, here behind its end.
TEST(TokenizerJson, AMatchThatIsMovedStaysInTheText) {
  for (const char* expression : {"(?=ab\\K)", "a\\K", "(?<=a)\\K", "(?=a\\Kb)x?"}) {
    SCOPED_TRACE(expression);
    error_of([&] {
      for (const int32_t id : load(with_split(expression)).encode("xabab a", 0)) EXPECT_LE(id, 2);
    });
  }
}

TEST(TokenizerJson, NormalizersThatDoubleATextAgainAndAgainAreStopped) {
  json steps = json::array();
  for (int i = 0; i < 60; ++i) {
    steps.push_back({{"type", "Replace"}, {"pattern", {{"String", "a"}}}, {"content", "aa"}});
  }
  const json tokenizer = changed("/normalizer", {{"type", "Sequence"}, {"normalizers", steps}});
  expect_quick([&] {
    EXPECT_THAT(error_of([&] { load(tokenizer).encode("a a a", 0); }),
                HasSubstr("bytes of one of 5"));
  });
  const json one = changed("/normalizer", {{"type", "Replace"},
                                           {"pattern", {{"String", "a"}}},
                                           {"content", std::string(1'000'000, 'b')}});
  expect_quick([&] {
    EXPECT_THAT(error_of([&] { load(one).encode(std::string(4000, 'a'), 0); }),
                HasSubstr("bytes of one of 4000"));
  });
}

TEST(TokenizerJson, PreTokenizersThatDoubleATextAgainAndAgainAreStopped) {
  json steps = json::array();
  for (int i = 0; i < 60; ++i) {
    steps.push_back({{"type", "ByteLevel"},
                     {"add_prefix_space", false},
                     {"trim_offsets", false},
                     {"use_regex", false}});
  }
  json tokenizer = changed("/pre_tokenizer", {{"type", "Sequence"}, {"pretokenizers", steps}});
  tokenizer["normalizer"] = nullptr;
  expect_quick([&] {
    EXPECT_THAT(error_of([&] { load(tokenizer).encode("\u00e9", 0); }),
                HasSubstr("bytes of one of 2"));
  });
}

TEST(TokenizerJson, LongTokensCostNoMoreThanTheirLengthAtEachPlace) {
  json tokenizer = small_tokenizer();
  tokenizer["model"]["max_input_chars_per_word"] = 1'000'000;
  tokenizer["model"]["vocab"]["##" + std::string(4000, 'b') + "c"] = 3;
  const Tokenizer loaded = load(tokenizer);
  expect_quick([&] { EXPECT_EQ(loaded.encode("a" + std::string(8000, 'b'), 0).size(), 8001u); });
}

TEST(TokenizerFolder, WithoutATokenizerIsAnErrorThatNamesIt) {
  const TemporaryFolder folder;
  EXPECT_THAT(error_of([&] { Tokenizer::load(folder.path()); }),
              AllOf(HasSubstr(folder.path().string()), HasSubstr("vocab.txt")));
}

TEST(TokenizerFolder, BrokenConfigurationsAreErrors) {
  const std::pair<json, const char*> cases[] = {
      {json::array(), "JSON object"},
      {{{"do_lower_case", "yes"}}, "do_lower_case"},
      {{{"cls_token", nullptr}}, "cls_token"},
      {{{"cls_token", 5}}, "cls_token"},
      {{{"truncation_side", "top"}}, "truncation_side"},
      {{{"added_tokens_decoder", {{"x", {{"content", "y"}}}}}}, "'x'"},
      {{{"added_tokens_decoder", {{"7", "y"}}}}, "'7'"},
      {{{"extra_special_tokens", 3}}, "extra_special_tokens"},
  };
  for (const auto& [config, part] : cases) {
    const TokenizerFiles files({{"tokenizer_config.json", config}});
    EXPECT_THAT(error_of([&] { Tokenizer::load(files.path()); }),
                AllOf(HasSubstr(part), HasSubstr("tokenizer_config.json")))
        << config.dump();
  }
}

TEST(TokenizerFolder, AnUnknownTokenThatTheVocabularyLacksIsAnError) {
  const TokenizerFiles files({{"tokenizer_config.json", {{"unk_token", "[NONE]"}}}});
  EXPECT_THAT(error_of([&] { Tokenizer::load(files.path()); }),
              AllOf(HasSubstr("'[NONE]'"), HasSubstr("vocab.txt")));
}

TEST(TokenizerFolder, OtherTokenizerClassesNeedATokenizerJson) {
  const json config = {{"tokenizer_class", "BertJapaneseTokenizer"}};
  const TokenizerFiles files({{"tokenizer_config.json", config}});
  EXPECT_THAT(error_of([&] { Tokenizer::load(files.path()); }),
              HasSubstr("'BertJapaneseTokenizer'"));
}

TEST(TokenizerFolder, ABertClassWithAnotherModelIsAnError) {
  json tokenizer = small_tokenizer();
  tokenizer["model"]["type"] = "BPE";
  const json config = {{"tokenizer_class", "BertTokenizer"}};
  const TokenizerFiles files({{"tokenizer.json", tokenizer}, {"tokenizer_config.json", config}});
  EXPECT_THAT(error_of([&] { Tokenizer::load(files.path()); }), HasSubstr("not WordPiece"));
}

TEST(TokenizerFolder, VocabTxtTakesLinesAsTheyComeAndTheLastOfEqualOnes) {
  const TemporaryFolder folder;
  write_file(folder.path() / "vocab.txt",
             "[PAD]\r\n[UNK]\n[CLS] \n[SEP]\t\n[MASK]\n\nhello\u3000\n  a\nb\nb\n##a\nlast");
  const Tokenizer tokenizer = Tokenizer::load(folder.path());
  EXPECT_THAT(tokenizer.encode("hello ba b last z", 0), ElementsAre(2, 6, 9, 10, 9, 11, 1, 3));
  write_file(folder.path() / "vocab.txt", "[PAD]\n[UNK]\n[CLS]\n[SEP]\n[MASK]\n\xff\n");
  EXPECT_THAT(error_of([&] { Tokenizer::load(folder.path()); }), HasSubstr("not UTF-8"));
  write_file(folder.path() / "vocab.txt", "");
  EXPECT_THAT(error_of([&] { Tokenizer::load(folder.path()); }), HasSubstr("empty"));
}

}  // namespace
}  // namespace thaw
