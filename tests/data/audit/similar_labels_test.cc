// Labels that look alike are found, and what tells them apart is shown.

#include "data/audit/similar_labels.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace thaw {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

SimilarLabels only_group(const std::vector<std::string>& names) {
  const auto groups = find_similar_labels(names);
  EXPECT_EQ(groups.size(), 1u);
  return groups.empty() ? SimilarLabels() : groups.front();
}

TEST(SimilarLabels, AreNamedWithTheCodePointsThatNobodySees) {
  for (const auto& [character, shown] :
       {std::pair{"\u200B", "<U+200B>"}, std::pair{"\u200D", "<U+200D>"},
        std::pair{"\uFEFF", "<U+FEFF>"}, std::pair{"\u00AD", "<U+00AD>"},
        std::pair{"\u202E", "<U+202E>"}, std::pair{"\u2060", "<U+2060>"},
        std::pair{"\u0001", "<U+0001>"}}) {
    const auto group = only_group({"neg", std::string("po") + character + "s", "pos"});
    EXPECT_THAT(group.labels, ElementsAre(1, 2));
    EXPECT_THAT(group.differences, ElementsAre("invisible characters"));
    EXPECT_THAT(group.shown, ElementsAre(std::string("'po") + shown + "s'", "'pos'"));
  }
}

TEST(SimilarLabels, MayDifferInWhiteSpaceOfAnyKind) {
  EXPECT_THAT(only_group({"very good", "very  good"}).differences, ElementsAre("white space"));
  EXPECT_THAT(only_group({"good", "good "}).shown, ElementsAre("'good'", "'good '"));
  const auto group = only_group({"very good", "very\u00A0good", "very\u3000good"});
  EXPECT_THAT(group.labels, ElementsAre(0, 1, 2));
  EXPECT_THAT(group.differences, ElementsAre("white space"));
  EXPECT_THAT(group.shown, ElementsAre("'very good'", "'very<U+00A0>good'", "'very<U+3000>good'"));
}

// unicodedata.normalize("NFKC", …) makes one of each.
TEST(SimilarLabels, MayDifferInUnicodeForm) {
  auto group = only_group({"caf\u00E9", "cafe\u0301"});
  EXPECT_THAT(group.differences, ElementsAre("Unicode form"));
  EXPECT_THAT(group.shown, ElementsAre("'caf<U+00E9>'", "'cafe<U+0301>'"));
  group = only_group({"A1", "\uFF21\uFF11"});
  EXPECT_THAT(group.differences, ElementsAre("Unicode form"));
  EXPECT_THAT(group.shown, ElementsAre("'A1'", "'<U+FF21><U+FF11>'"));
  EXPECT_THAT(only_group({"\uAC00", "\u1100\u1161"}).differences, ElementsAre("Unicode form"));
}

TEST(SimilarLabels, MayDifferInCaseAndInSeveralThings) {
  EXPECT_THAT(only_group({"Positive", "positive"}).differences, ElementsAre("case"));
  EXPECT_THAT(only_group({"STRASSE", "stra\u00DFe"}).differences, ElementsAre("case"));
  EXPECT_THAT(only_group({"Pos", "pos\u200B "}).differences,
              ElementsAre("invisible characters", "white space", "case"));
}

TEST(SimilarLabels, MayDifferInLettersOfAnotherScript) {
  // The o, the a and the P of Cyrillic and Greek.
  auto group = only_group({"pos", "p\u043Es"});
  EXPECT_THAT(group.differences, ElementsAre("letters that look alike"));
  EXPECT_THAT(group.shown, ElementsAre("'pos'", "'p<U+043E>s'"));
  EXPECT_THAT(only_group({"pos", "p\u03BFs"}).differences, ElementsAre("letters that look alike"));
  EXPECT_THAT(only_group({"b\u0430d", "neutral", "bad"}).labels, ElementsAre(0, 2));
  EXPECT_THAT(only_group({"\u03A1OS", "pos "}).differences,
              ElementsAre("white space", "letters that look alike", "case"));
  // Two words of Greek that differ in case stay one group, though only the capitals look Latin.
  EXPECT_THAT(only_group({"\u0392\u0397\u03A4\u0391", "\u03B2\u03B7\u03C4\u03B1"}).differences,
              ElementsAre("case"));
  EXPECT_THAT(only_group({"\u0392", "\u03B2", "B"}).labels, ElementsAre(0, 1, 2));
  // Letters that look like no Latin one.
  EXPECT_THAT(find_similar_labels({"\u0434\u0430", "da", "\u043D\u0435\u0442", "het"}), IsEmpty());
}

TEST(SimilarLabels, AreNoneWhereLabelsDifferInWhatIsRead) {
  EXPECT_THAT(find_similar_labels({"neg", "pos", "1", "11", "caf\u00E9", "cafe", "c++", "c"}),
              IsEmpty());
  EXPECT_THAT(find_similar_labels({}), IsEmpty());
  EXPECT_EQ(format_similar_labels({}), "");
}

TEST(SimilarLabels, AreToldInALine) {
  EXPECT_EQ(format_similar_labels(find_similar_labels({"pos", "neg", "pos\u200B", "Neg"})),
            "warning: labels that are perhaps the same: 'pos' and 'pos<U+200B>' differ only in "
            "invisible characters; 'neg' and 'Neg' differ only in case (data() counts their "
            "rows); write each label in one way in the file\n");
}

TEST(SimilarLabels, TakeBytesThatAreNoText) {
  EXPECT_THAT(find_similar_labels({"a\xFF", "a", std::string("\0", 1), ""}).size(), 1u);
}

}  // namespace
}  // namespace thaw
