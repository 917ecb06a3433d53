#include "tokenizer/added_tokens.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/error.h"

namespace thaw {
namespace {

using ::testing::ElementsAre;

int32_t no_model(std::string_view) { return -1; }
std::string as_is(std::string_view text) { return std::string(text); }

std::vector<std::string> parts_of(const AddedTokens& tokens, std::string_view text) {
  std::vector<TextPart> parts;
  tokens.split_raw(text, parts);
  std::vector<std::string> out;
  for (const TextPart& part : parts) {
    out.push_back(part.id == TextPart::kText
                      ? std::string(part.text)
                      : std::to_string(part.id) + ":" + std::string(part.text));
  }
  return out;
}

AddedTokens with(std::vector<AddedToken> tokens) {
  for (AddedToken& token : tokens) token.normalized = false;
  AddedTokens added;
  added.add(tokens, no_model, 10);
  added.prepare(as_is);
  return added;
}

TEST(AddedTokens, TheLongestOfThoseThatStartFirstIsFound) {
  const AddedTokens tokens = with({{"ab"}, {"abab"}, {"b"}, {"babab"}});
  EXPECT_THAT(parts_of(tokens, "xababab"), ElementsAre("x", "11:abab", "10:ab"));
  EXPECT_THAT(parts_of(tokens, "bababa"), ElementsAre("13:babab", "a"));
  EXPECT_THAT(parts_of(tokens, ""), ElementsAre());
}

TEST(AddedTokens, SingleWordsNeedNoWordBesideThem) {
  const AddedTokens tokens = with({{"<m>", true}});
  EXPECT_THAT(parts_of(tokens, "<m> a<m> <m>a é<m> _<m> <m>,"),
              ElementsAre("10:<m>", " a<m> <m>a é<m> _<m> ", "10:<m>", ","));
}

TEST(AddedTokens, StripTakesAllKindsOfWhiteSpaceAlong) {
  const AddedTokens tokens =
      with({{"<l>", false, true}, {"<r>", false, false, true}, {"<b>", false, true, true}});
  EXPECT_THAT(parts_of(tokens, "a \u3000<l> b"), ElementsAre("a", "10: \u3000<l>", " b"));
  EXPECT_THAT(parts_of(tokens, "a <r>\t\u00a0b"), ElementsAre("a ", "11:<r>\t\u00a0", "b"));
  EXPECT_THAT(parts_of(tokens, " <b> <b> "), ElementsAre("12: <b> ", "12:<b> "));
  EXPECT_THAT(parts_of(with({{" ", false, true, true}}), "a   b"), ElementsAre("a", "10:   ", "b"));
}

TEST(AddedTokens, NewOnesAreNumberedBehindTheVocabularyAndKnownOnesKeepTheirId) {
  AddedTokens tokens;
  const auto model = [](std::string_view text) { return text == "known" ? 3 : -1; };
  tokens.add({{"a"}, {"known"}, {""}, {"b"}, {"a"}}, model, 10);
  EXPECT_EQ(tokens.find("a"), 10);
  EXPECT_EQ(tokens.find("known"), 3);
  EXPECT_EQ(tokens.find("b"), 11);
  EXPECT_EQ(tokens.find(""), -1);
  EXPECT_EQ(tokens.highest_id(), 11);
}

TEST(AddedTokens, SpecialOnesAreTextWhereTheyAreToBeSplit) {
  AddedTokens tokens = with({{"[A]", false, false, false, false, true}, {"[B]"}});
  tokens.set_splits_special_tokens(true);
  EXPECT_THAT(parts_of(tokens, "[A][B]"), ElementsAre("[A]", "11:[B]"));
}

TEST(AddedTokens, ThousandsAreFoundAsQuickly) {
  std::vector<AddedToken> many;
  for (int i = 0; i < 20000; ++i) many.push_back({"<extra_id_" + std::to_string(i) + ">"});
  const AddedTokens tokens = with(many);
  std::string text;
  for (int i = 0; i < 20000; ++i) text += "<extra_id_" + std::to_string(i) + "> ";
  EXPECT_EQ(parts_of(tokens, text).size(), 40000u);
}

}  // namespace
}  // namespace thaw
