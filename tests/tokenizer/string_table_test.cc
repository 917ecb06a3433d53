#include "tokenizer/string_table.h"

#include <gtest/gtest.h>

#include <random>
#include <unordered_map>

#include "tokenizer/word_cache.h"

namespace thaw {
namespace {

std::string random_string(std::mt19937& random, size_t longest) {
  std::string text(random() % (longest + 1), ' ');
  for (char& byte : text)
    byte = static_cast<char>(random() % 4 == 0 ? random() : 'a' + random() % 3);
  return text;
}

TEST(StringTable, HoldsWhatAMapHolds) {
  std::mt19937 random(5);
  StringTable table;
  std::unordered_map<std::string, int32_t> map;
  EXPECT_EQ(table.find("a"), StringTable::kAbsent);
  for (int i = 0; i < 20000; ++i) {
    const std::string text = random_string(random, 9);
    const auto id = static_cast<int32_t>(random() % 100000);
    table.insert(text, id);
    map[text] = id;
  }
  EXPECT_EQ(table.size(), map.size());
  for (const auto& [text, id] : map) ASSERT_EQ(table.find(text), id);
  for (int i = 0; i < 20000; ++i) {
    const std::string text = random_string(random, 9);
    const auto found = map.find(text);
    ASSERT_EQ(table.find(text), found == map.end() ? StringTable::kAbsent : found->second);
  }
}

TEST(WordCache, GivesBackOnlyWhatItWasGivenForTheSameWord) {
  std::mt19937 random(6);
  WordCache cache;
  cache.start();
  const auto ids_of = [](const std::string& word) {  // up to 7: more than it keeps
    std::vector<int32_t> ids;
    for (size_t i = 0; i < 1 + word.size() % 7; ++i) {
      ids.push_back(static_cast<int32_t>(std::hash<std::string>()(word) % 65536 + i));
    }
    return ids;
  };
  int found = 0;
  for (int i = 0; i < 200000; ++i) {
    const std::string word = random_string(random, i % 2 ? 3 : 25);
    std::vector<int32_t> ids;
    if (cache.append(word, ids)) {
      ++found;
      ASSERT_EQ(ids, ids_of(word));
    } else {
      ASSERT_TRUE(ids.empty());
      const std::vector<int32_t> right = ids_of(word);
      cache.remember(word, right.data(), right.size());
    }
  }
  EXPECT_GT(found, 10000);
}

TEST(WordCache, HoldsNothingBeforeItIsStarted) {
  WordCache cache;
  std::vector<int32_t> ids = {1};
  cache.remember("word", ids.data(), 1);
  EXPECT_FALSE(cache.append("word", ids));
}

}  // namespace
}  // namespace thaw
