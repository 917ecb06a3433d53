#include "text/value_list.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/error.h"

namespace thaw {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

std::string refusal(const std::string& text) {
  try {
    split_value_list(text);
  } catch (const Error& error) {
    EXPECT_EQ(error.kind(), ErrorKind::kUsage);
    return error.what();
  }
  return "";
}

TEST(ValueList, IsCutAtCommasAndTrimmed) {
  EXPECT_THAT(split_value_list("neg, pos"), ElementsAre("neg", "pos"));
  EXPECT_THAT(split_value_list("a,,b"), ElementsAre("a", "", "b"));
  EXPECT_THAT(split_value_list(" ,-0.5, 1 "), ElementsAre("-0.5", "1"));
  EXPECT_THAT(split_value_list(""), IsEmpty());
}

TEST(ValueList, KeepsCommasAndSpacesInQuotes) {
  EXPECT_THAT(split_value_list(R"("a, b",c)"), ElementsAre("a, b", "c"));
  EXPECT_THAT(split_value_list(R"( c , " a " )"), ElementsAre("c", " a "));
  EXPECT_THAT(split_value_list(R"("say ""hi"", you","")"), ElementsAre(R"(say "hi", you)", ""));
  // A quote that stands within a value is a character, as inches are.
  EXPECT_THAT(split_value_list(R"(5" screen,7" screen)"),
              ElementsAre(R"(5" screen)", R"(7" screen)"));
  EXPECT_THAT(refusal(R"("a, b)"), HasSubstr("a quote of the list is not closed"));
  EXPECT_THAT(refusal(R"("a" b,c)"), HasSubstr("followed by more text"));
}

TEST(ValueList, IsWrittenSoThatItReadsBackTheSame) {
  const std::vector<std::string> values = {"plain", "a, b", " edge ", "\"quoted\"", "5\" wide", ""};
  EXPECT_EQ(value_list(values), R"(plain,"a, b"," edge ","""quoted""",5" wide,"")");
  EXPECT_EQ(split_value_list(value_list(values)), values);
}

TEST(CommaList, SaysHowManyThereAreWhereItLeavesSomeOut) {
  const std::vector<std::string> values = {"a", "b", "c"};
  EXPECT_EQ(comma_list(values, 3), "a, b, c");
  EXPECT_EQ(comma_list(values, 2), "a, b, … (3 in all)");
  EXPECT_EQ(comma_list({}, 2), "");
  EXPECT_EQ(comma_list(values, 2, [](const std::string& value) { return "<" + value + ">"; }),
            "<a>, <b>, … (3 in all)");
}

TEST(ShellWord, IsQuotedWhereAShellWouldCutOrReadIt) {
  EXPECT_EQ(shell_word("neg,pos"), "neg,pos");
  EXPECT_EQ(shell_word("1 star,2 stars"), "'1 star,2 stars'");
  EXPECT_EQ(shell_word("it's"), "'it'\\''s'");
  EXPECT_EQ(shell_word(R"("a, b",c)"), R"('"a, b",c')");
  EXPECT_EQ(shell_word("-1,0"), "'-1,0'");
}

}  // namespace
}  // namespace thaw
