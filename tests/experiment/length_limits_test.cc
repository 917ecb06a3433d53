#include "experiment/length_limits.h"

#include <gtest/gtest.h>

#include <filesystem>

namespace thaw {
namespace {

namespace fs = std::filesystem;

const fs::path kGolden = fs::path(THAW_SOURCE_DIR) / "tests" / "golden";

// sentence-transformers 5: SentenceTransformer(folder).max_seq_length is 10 there, where the
// tokenizer's model_max_length and the positions are 16.
TEST(LengthLimits, OfASentenceEncoderAreThoseThatATrainingTakes) {
  const fs::path folder = kGolden / "saved_before" / "pooling";
  const Tokenizer tokenizer = Tokenizer::load(folder);
  EXPECT_EQ(tokenizer.model_max_length(), 16);
  const LengthLimits limits = length_limits(folder, tokenizer, {"a", "b"});
  EXPECT_EQ(limits.usual, 10);
  EXPECT_EQ(limits.most, 16);
}

TEST(LengthLimits, LengthsTellWhatIsLost) {
  const SplitLengths lengths{{5, 10, 30}, {12}, {}, 2};
  const TruncationFindings found = truncation_of_lengths(lengths, 10, {10, 16});
  EXPECT_EQ(found.max_length, 10);
  EXPECT_EQ(found.most, 16);
  EXPECT_EQ(found.splits.size(), 2u);
  EXPECT_EQ(found.splits.at("train").cut_texts, 1);
  EXPECT_EQ(found.all().texts, 4);
  EXPECT_EQ(found.all().cut_texts, 2);
  EXPECT_EQ(found.all().tokens, 5 + 10 + 30 + 12 - 4 * 2);
  EXPECT_EQ(found.all().lost, 20 + 2);
  EXPECT_EQ(found.all().longest, 30);
}

}  // namespace
}  // namespace thaw
