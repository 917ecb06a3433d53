#include <gtest/gtest.h>

#include <filesystem>
#include <string>

#include "base/error.h"
#include "tokenizer/tokenizer.h"

namespace thaw {
namespace {

namespace fs = std::filesystem;

const fs::path kGolden = fs::path(THAW_SOURCE_DIR) / "tests" / "golden";

TextColumn texts_of(bool pairs) {
  TextColumn texts;
  std::string text;
  for (int row = 0; row < 200; ++row) {
    text += row % 3 == 0 ? " film" : row % 3 == 1 ? " good" : " unknownword";
    if (row % 40 == 39) text.clear();
    texts.push_back(text);
    if (pairs) texts.push_back_pair("the film was not very good");
  }
  return texts;
}

TEST(Truncation, CountsWhatIsLostToTheToken) {
  const Tokenizer tokenizer = Tokenizer::load(kGolden / "bert");
  for (const bool pairs : {false, true}) {
    const TextColumn texts = texts_of(pairs);
    const auto whole = tokenizer.lengths(texts);
    const int special = tokenizer.special_tokens(pairs);
    EXPECT_EQ(special, pairs ? 3 : 2);
    for (const int max_length : {0, 4, 5, 9, 17, 45, 1000}) {
      const TokenizedTexts encoded = tokenizer.encode_all(texts, max_length);
      Truncation expected;
      for (int64_t row = 0; row < texts.size(); ++row) {
        const int64_t lost = whole[row] - encoded.length(row);
        expected.add({1, lost > 0 ? 1 : 0, whole[row] - special, lost, whole[row]});
      }
      const Truncation found = tokenizer.truncation(texts, encoded, max_length);
      EXPECT_EQ(found.texts, texts.size());
      EXPECT_EQ(found.cut_texts, expected.cut_texts) << max_length;
      EXPECT_EQ(found.tokens, expected.tokens) << max_length;
      EXPECT_EQ(found.lost, expected.lost) << max_length;
      EXPECT_EQ(found.longest, expected.longest) << max_length;
      EXPECT_EQ(found.lost > 0, max_length > 0 && max_length < found.longest);
    }
  }
}

TEST(Truncation, ALengthMustLeaveRoomForText) {
  const Tokenizer tokenizer = Tokenizer::load(kGolden / "bert");
  EXPECT_THROW(tokenizer.check_max_length(2, false), Error);
  EXPECT_THROW(tokenizer.check_max_length(3, true), Error);
  EXPECT_NO_THROW(tokenizer.check_max_length(3, false));
  EXPECT_NO_THROW(tokenizer.check_max_length(4, true));
}

}  // namespace
}  // namespace thaw
