#include "data/audit/near_duplicates.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <fstream>
#include <map>
#include <nlohmann/json.hpp>
#include <string>

#include "base/random.h"
#include "base/threads.h"
#include "data/audit/shingles.h"

namespace thaw {
namespace {

using ::testing::IsEmpty;

TextColumn column(const std::vector<std::string>& texts) {
  TextColumn column;
  for (const std::string& text : texts) column.push_back(text);
  return column;
}

std::vector<NearDuplicate> find(const std::vector<std::vector<std::string>>& splits) {
  std::vector<TextColumn> columns;
  for (const auto& texts : splits) columns.push_back(column(texts));
  std::vector<const TextColumn*> pointers;
  for (const TextColumn& texts : columns) pointers.push_back(&texts);
  return find_near_duplicates(pointers);
}

// "1:4~0:2": row 4 of split 1 is near to row 2 of split 0.
std::vector<std::string> names(const std::vector<NearDuplicate>& found) {
  std::vector<std::string> list;
  for (const NearDuplicate& near : found) {
    list.push_back(std::to_string(near.split) + ":" + std::to_string(near.row) + "~" +
                   std::to_string(near.earlier_split) + ":" + std::to_string(near.earlier_row));
  }
  return list;
}

uint32_t below(uint64_t key, uint32_t counter, uint32_t limit) {
  return static_cast<uint32_t>(uint64_t{random_bits(key, counter)} * limit >> 32);
}

std::string random_word(uint64_t key) {
  std::string word;
  for (uint32_t i = 0; i < 2 + below(key, 100, 7); ++i)
    word += static_cast<char>('a' + below(key, i, 26));
  return word;
}

std::string random_text(uint64_t seed, int words) {
  std::string text;
  for (int i = 0; i < words; ++i) {
    text += (i == 0 ? "" : " ") + random_word(random_key(seed, below(seed, i, 3000)));
  }
  return text;
}

// Some characters replaced, removed or inserted.
std::string edited(std::string text, uint64_t seed, int edits) {
  for (int i = 0; i < edits; ++i) {
    const uint64_t key = random_key(seed, i);
    const size_t at = below(key, 0, static_cast<uint32_t>(text.size()));
    switch (below(key, 1, 3)) {
      case 0:
        text[at] = '#';
        break;
      case 1:
        text.erase(at, 1);
        break;
      default:
        text.insert(at, "+");
    }
  }
  return text;
}

TEST(Shingles, HaveTheJaccardIndexOfPythonsSets) {
  std::ifstream in(THAW_SOURCE_DIR "/tests/golden/near_duplicates_golden.json");
  const auto golden = nlohmann::json::parse(in);
  ASSERT_GE(golden.size(), 25u);
  for (const auto& pair : golden) {
    const std::string a = pair["a"], b = pair["b"];
    EXPECT_EQ(shingle_similarity(a, b), pair["similarity"].get<double>()) << a << "\n" << b;
    EXPECT_EQ(shingle_similarity(b, a), pair["similarity"].get<double>());
  }
}

TEST(Shingles, ReadInvalidUtf8AsReplacementCharacters) {
  EXPECT_EQ(shingle_similarity("caf\xE9 noir", "caf\xEF\xBF\xBD noir"), 1);
  EXPECT_EQ(shingle_similarity("\xF0\x9F", "\xEF\xBF\xBD\xEF\xBF\xBD"), 1);
}

TEST(NearDuplicates, FindWhatBruteForceFindsInTextsOfAllLengths) {
  // Each original has an edited copy in the second split; what is near is told by comparing all.
  int64_t near = 0, missed = 0;
  for (const int words : {5, 8, 15, 40, 150, 500}) {
    const int originals = words > 100 ? 40 : 250;
    std::vector<std::string> train, test;
    for (int i = 0; i < originals; ++i) {
      const uint64_t seed = random_key(words, i);
      train.push_back(random_text(seed, words));
      test.push_back(edited(train.back(), seed, 1 + i * words / 3 / originals));
    }
    std::map<int64_t, NearDuplicate> found;
    for (const NearDuplicate& match : find({train, test})) {
      if (match.split == 1 && match.earlier_split == 0) found[match.row] = match;
    }
    int64_t near_here = 0;
    for (int i = 0; i < originals; ++i) {
      double best = 0;
      for (const std::string& text : train)
        best = std::max(best, shingle_similarity(test[i], text));
      if (best < kNearDuplicate) {
        EXPECT_EQ(found.count(i), 0u) << train[i] << "\n" << test[i];
        continue;
      }
      ++near_here;
      missed += found.count(i) == 0;
      if (found.count(i) != 0) {
        EXPECT_EQ(found[i].similarity, best);
      }
    }
    EXPECT_GT(near_here, originals / 20) << words << " words";
    EXPECT_LT(near_here, originals) << words << " words";
    near += near_here;
  }
  EXPECT_GT(near, 200);
  EXPECT_LE(missed * 200, near);
}

TEST(NearDuplicates, FindPairsAtTheLimitItself) {
  // 36 shingles each, of which 4 differ: 32/40.
  std::vector<std::string> train, test;
  for (int i = 0; i < 2000; ++i) {
    std::string text;
    for (int c = 0; c < 40; ++c) text += static_cast<char>('a' + below(random_key(5, i), c, 26));
    train.push_back(text);
    text.replace(36, 4, "####");
    test.push_back(text);
  }
  ASSERT_EQ(shingle_similarity(train[0], test[0]), 0.8);
  EXPECT_GE(find({train, test}).size(), 1990u);
}

TEST(NearDuplicates, TellOfEachSplitTheMostSimilarRowBeforeIt) {
  const std::string text = "the quick brown fox jumps over the lazy dog near the river bank";
  EXPECT_THAT(
      names(find({{"something else entirely, of no concern", text + " today!!", text + " today"},
                  {text + " today?", "A line that stands here only, once"},
                  {"a line that stands here only, once!", text + " today", text + " Today?"}})),
      testing::ElementsAre("0:2~0:1", "1:0~0:2", "2:0~1:1", "2:2~1:0"));
}

TEST(NearDuplicates, LeaveOutWhatIsEqualToTheByte) {
  const std::string text = "a text that stands in both of the splits";
  EXPECT_THAT(find({{text, text}, {text}}), IsEmpty());
  // Where the bytes differ, it is near.
  EXPECT_THAT(names(find({{text, " " + text}, {text, "A" + text.substr(1)}})),
              testing::ElementsAre("0:1~0:0", "1:1~0:0", "1:1~1:0"));
}

TEST(NearDuplicates, DoNotTakeShortTextsForEachOther) {
  EXPECT_THAT(
      find({{"ok thanks", "thanks", "ok", "no", "yes", "ok then", "", " ", "thank you"},
            {"ok thnks", "thx", "o k", "y", "yes!", "ok thanks a lot", "", "\t", "Thank u"}}),
      IsEmpty());
  EXPECT_THAT(names(find({{"ok thanks", "no"}, {"OK thanks", "No", "n o"}})),
              testing::ElementsAre("1:0~0:0", "1:1~0:1"));
}

TEST(NearDuplicates, ReadAnyScript) {
  EXPECT_THAT(names(find({{"今日はとても良い天気ですね、散歩に行きましょう",
                           "😀😃😄😁😆😅🤣😂🙂🙃😉😊"},
                          {"今日はとても良い天気ですね、散歩に行きましょう!",
                           "😀😃😄😁😆😅🤣😂🙂🙃😉😇",
                           "明日は雨が降るでしょうから家にいましょうね"}})),
              testing::ElementsAre("1:0~0:0"));  // 7 of 9 emoji shingles are too few
}

TEST(NearDuplicates, ComparePairsByTheLessSimilarText) {
  const std::string premise = "a man in a red shirt is riding a bicycle along the long sea wall";
  TextColumn train, test;
  train.push_back(premise);
  train.push_back_pair("he is outside");
  for (const char* other : {"she sleeps in a bed", "He is outside"}) {
    test.push_back(premise);
    test.push_back_pair(other);
  }
  EXPECT_THAT(names(find_near_duplicates({&train, &test})), testing::ElementsAre("1:1~0:0"));
}

TEST(NearDuplicates, TakeCrowdsOneGiantTextAndNothing) {
  EXPECT_THAT(find({}), IsEmpty());
  EXPECT_THAT(find({{}, {}}), IsEmpty());
  const std::string text = "the very same text for each and every row";
  EXPECT_THAT(find({std::vector<std::string>(20000, text)}), IsEmpty());
  // Rows that are all near to each other: each has one before it, but the first.
  std::vector<std::string> crowd;
  for (int i = 0; i < 5000; ++i) {
    crowd.push_back("your order has been sent to the address that you gave us, number " +
                    std::to_string(10000 + i));
  }
  EXPECT_EQ(find({crowd}).size(), 4999u);
  // All but the equal one are near to the one before, and, but for the first of them, to another.
  EXPECT_EQ(find({{crowd[0]}, crowd}).size(), 4999u + 4998u);
  std::string giant;
  for (int i = 0; i < 200000; ++i) giant += random_word(i) + " ";
  EXPECT_THAT(names(find({{giant, "small", "another small text of some words"}, {giant + "end"}})),
              testing::ElementsAre("1:0~0:0"));
}

TEST(NearDuplicates, AreTheSameOnAnyNumberOfThreads) {
  std::vector<std::string> train, test;
  for (int i = 0; i < 3000; ++i) {
    train.push_back(random_text(random_key(3, i % 2000), 12));
    test.push_back(edited(train.back(), i, 2));
  }
  const int threads = thread_count();
  set_thread_count(1);
  const auto one = find({train, test});
  set_thread_count(7);
  const auto seven = find({train, test});
  set_thread_count(threads);
  ASSERT_GT(one.size(), 500u);
  EXPECT_EQ(names(one), names(seven));
}

}  // namespace
}  // namespace thaw
