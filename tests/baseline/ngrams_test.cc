#include "baseline/ngrams.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <set>

#include "base/random.h"
#include "base/threads.h"
#include "baseline/ngram_counts.h"

namespace thaw {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using testing::UnorderedElementsAre;

std::vector<std::string> ngrams(const std::string& text, NgramKind kind) {
  NgramTexts texts;
  texts.push_back(text, kind);
  std::vector<std::string> found;
  StringTable table;
  for_each_ngram(kind, texts[0], [&](size_t begin, size_t length, uint64_t hash) {
    found.emplace_back(texts[0].substr(begin, length));
    table.insert(found.back(), 7);
    EXPECT_EQ(table.find(found.back(), hash), 7) << found.back();
  });
  return found;
}

TEST(Ngrams, OfWordsAreWordsOfTwoCharactersAndTheirPairs) {
  EXPECT_THAT(ngrams("I'd say: It's GOOD", NgramKind::kWords),
              UnorderedElementsAre("say", "it", "good", "say it", "it good"));
  EXPECT_THAT(ngrams("好 映画", NgramKind::kWords), ElementsAre("映画"));
  EXPECT_THAT(ngrams("snake_case", NgramKind::kWords), ElementsAre("snake_case"));
  EXPECT_THAT(ngrams("a b c ?! 😀", NgramKind::kWords), IsEmpty());
  EXPECT_THAT(ngrams("", NgramKind::kWords), IsEmpty());
}

TEST(Ngrams, OfCharactersStayWithinAWordAndTheSpacesAroundIt) {
  EXPECT_THAT(ngrams("\tAb ", NgramKind::kCharacters),
              UnorderedElementsAre(" a", "ab", "b ", " ab", "ab ", " ab "));
  EXPECT_THAT(ngrams("a  é", NgramKind::kCharacters),
              UnorderedElementsAre(" a", "a ", " a ", " é", "é ", " é "));
  EXPECT_THAT(ngrams("abcd", NgramKind::kCharacters),
              UnorderedElementsAre(" a", "ab", "bc", "cd", "d ", " ab", "abc", "bcd", "cd ", " abc",
                                   "abcd", "bcd ", " abcd", "abcd "));
  EXPECT_THAT(ngrams(" \n ", NgramKind::kCharacters), IsEmpty());
}

TEST(Ngrams, ReadInvalidBytesAsTheReplacementCharacter) {
  EXPECT_THAT(
      ngrams("a\xFF", NgramKind::kCharacters),
      UnorderedElementsAre(" a", "a\uFFFD", "\uFFFD ", " a\uFFFD", "a\uFFFD ", " a\uFFFD "));
}

// Words of few letters, so that many repeat.
TextColumn random_texts(int64_t rows) {
  TextColumn texts;
  for (int64_t row = 0; row < rows; ++row) {
    const uint64_t key = random_key(3, row);
    std::string text;
    for (uint32_t i = 0; i < random_bits(key, 0) % 40; ++i) {
      text += "abé 文\tC"[random_bits(key, i + 1) % 4];
      if (random_bits(key, i + 100) % 9 == 0) text += "文é";
    }
    texts.push_back(text);
  }
  return texts;
}

class NgramCountsTest : public testing::Test {
 protected:
  void TearDown() override { set_thread_count(0); }
};

TEST_F(NgramCountsTest, AreThoseOfSetsHoweverSmallTheTableAndWhateverTheThreads) {
  const TextColumn column = random_texts(300);
  for (const NgramKind kind : {NgramKind::kWords, NgramKind::kCharacters}) {
    std::map<std::string, int64_t> expected;
    for (int64_t row = 0; row < column.size(); ++row) {
      const auto all = ngrams(std::string(column[row]), kind);
      for (const std::string& ngram : std::set(all.begin(), all.end())) ++expected[ngram];
    }
    ASSERT_GT(expected.size(), 200u);
    for (const int threads : {1, 3}) {
      set_thread_count(threads);
      const NgramTexts texts = ngram_texts(column, TextSide::kFirst, kind);
      for (const int64_t table : {1 << 20, 10}) {
        const NgramCounts counts = count_ngrams(texts, kind, 1 << 20, table);
        EXPECT_EQ(counts.distinct, static_cast<int64_t>(expected.size()));
        EXPECT_FALSE(counts.capped());
        ASSERT_EQ(counts.ngrams.size(), expected.size());
        size_t i = 0;
        for (const auto& [ngram, rows] : expected) {
          EXPECT_EQ(counts.ngrams[i], ngram);
          EXPECT_EQ(counts.document_frequency[i++], rows) << ngram;
        }
      }
    }
  }
}

TEST_F(NgramCountsTest, TheCapKeepsWhatMostTextsHaveAndOfEqualsTheFirstOfTheAlphabet) {
  TextColumn column;
  for (const char* text : {"cc bb aa zz zz zz", "zz cc", "zz cc", "dd bb"}) column.push_back(text);
  const NgramTexts texts = ngram_texts(column, TextSide::kFirst, NgramKind::kWords);
  // 3: cc, zz; 2: bb, zz cc; 1: aa, aa zz, bb aa, cc bb, dd, dd bb, zz zz
  const auto kept = [&](int64_t most) {
    const NgramCounts counts = count_ngrams(texts, NgramKind::kWords, most);
    EXPECT_EQ(counts.distinct, 11);
    EXPECT_EQ(counts.capped(), most < 11);
    return counts.ngrams;
  };
  EXPECT_THAT(kept(1), ElementsAre("cc"));
  EXPECT_THAT(kept(3), ElementsAre("bb", "cc", "zz"));
  EXPECT_THAT(kept(5), ElementsAre("aa", "bb", "cc", "zz", "zz cc"));
  EXPECT_THAT(kept(11), testing::SizeIs(11));
}

}  // namespace
}  // namespace thaw
