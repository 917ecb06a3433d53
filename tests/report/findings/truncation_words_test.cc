#include "report/findings/truncation_words.h"

#include <gtest/gtest.h>

namespace thaw {
namespace {

TruncationFindings findings(int most, int64_t longest) {
  TruncationFindings found{256, most, {}};
  found.splits["train"] = {800, 10, 80'000, 2'400, longest};
  found.splits["test"] = {400, 2, 40'000, 600, 300};
  found.splits["validation"] = {100, 0, 1'000, 0, 90};
  return found;
}

TEST(TruncationWords, NameNumbersSplitsAndTheFlag) {
  EXPECT_EQ(truncation_sentence(findings(512, 300)),
            "12 of 1,300 texts are cut at 256 tokens (10 of train and 2 of test); 2.5 % of all "
            "tokens are not read; max_length = 300 reads all of them");
  EXPECT_NE(truncation_sentence(findings(512, 1'000))
                .find("max_length = 512, the most that the model takes, reads more"),
            std::string::npos);
  EXPECT_NE(
      truncation_sentence(findings(256, 1'000)).find("the model takes no more than 256 tokens"),
      std::string::npos);
}

TEST(TruncationWords, SayThatNothingIsCutOrThatNobodyCounted) {
  TruncationFindings found{128, 512, {}};
  EXPECT_EQ(truncation_sentence(found), "");
  found.splits["train"] = {1, 0, 10, 0, 12};
  EXPECT_EQ(truncation_sentence(found), "no text is longer than 128 tokens, so all are read whole");
  EXPECT_EQ(truncation_sentence({}), "");
}

TEST(TruncationWords, SharesAreNeverRoundedToNoneOrAll) {
  EXPECT_EQ(small_percent(0, 0), "0.0 %");
  EXPECT_EQ(small_percent(0, 10), "0.0 %");
  EXPECT_EQ(small_percent(1, 100'000), "less than 0.1 %");
  EXPECT_EQ(small_percent(31, 1'000), "3.1 %");
  EXPECT_EQ(small_percent(99'999, 100'000), "more than 99.9 %");
  EXPECT_EQ(small_percent(5, 5), "100.0 %");
}

}  // namespace
}  // namespace thaw
