#include "engine/batch.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <numeric>

namespace thaw {
namespace {

// Row i has lengths[i] tokens, whose ids are 100 i + position.
TokenizedTexts texts_of_lengths(const std::vector<int>& lengths) {
  TokenizedTexts texts;
  texts.offsets.push_back(0);
  for (size_t row = 0; row < lengths.size(); ++row) {
    for (int t = 0; t < lengths[row]; ++t) texts.ids.push_back(static_cast<int>(100 * row) + t);
    texts.offsets.push_back(static_cast<int64_t>(texts.ids.size()));
  }
  return texts;
}

TEST(Batch, HoldsItsRowsEndToEndAndRoundsTheTokenCountUp) {
  const auto texts = texts_of_lengths({3, 1, 2});
  const std::vector<int64_t> rows{2, 0};
  Batch batch;
  gather_batch(texts, rows.data(), 2, batch);
  EXPECT_EQ(batch.ids, (std::vector<int32_t>{200, 201, 0, 1, 2}));
  EXPECT_EQ(batch.positions, (std::vector<int32_t>{0, 1, 0, 1, 2}));
  EXPECT_EQ(batch.offsets, (std::vector<int32_t>{0, 2, 5}));
  EXPECT_EQ(batch.tokens, 5);
  EXPECT_EQ(batch.padded_tokens, 32);
}

TEST(Batch, TakesTheTokenTypesOfItsRowsWhereThereAreAny) {
  auto texts = texts_of_lengths({3, 1, 2});
  texts.types = {0, 1, 1, 0, 0, 1};
  const std::vector<int64_t> rows{2, 0};
  Batch batch;
  gather_batch(texts, rows.data(), 2, batch);
  EXPECT_EQ(batch.types, (std::vector<int32_t>{0, 1, 0, 1, 1}));
  texts.types.clear();
  gather_batch(texts, rows.data(), 2, batch);
  EXPECT_TRUE(batch.types.empty());
}

TEST(EpochOrder, IsAPermutationThatChangesWithSeedAndEpochAlone) {
  const auto order = epoch_order(1000, 42, 1);
  EXPECT_EQ(order, epoch_order(1000, 42, 1));
  EXPECT_NE(order, epoch_order(1000, 42, 2));
  EXPECT_NE(order, epoch_order(1000, 43, 1));
  auto sorted = order;
  std::sort(sorted.begin(), sorted.end());
  std::vector<int64_t> expected(1000);
  std::iota(expected.begin(), expected.end(), 0);
  EXPECT_EQ(sorted, expected);
}

TEST(EpochOrder, PutsEveryRowEverywhereAboutEquallyOften) {
  std::vector<int> first(10);
  for (int epoch = 0; epoch < 10000; ++epoch) ++first[epoch_order(10, 7, epoch)[0]];
  for (const int count : first) EXPECT_NEAR(count, 1000, 150);  // five standard deviations
}

TEST(BatchesByTokens, KeepBelowTheLimitAndLoseNoRow) {
  const auto texts = texts_of_lengths({5, 40, 3, 3, 12, 1, 7, 100});
  const auto batches = batches_by_tokens(texts, 16);
  std::vector<int64_t> rows;
  for (const auto& batch : batches) {
    int64_t tokens = 0;
    for (const int64_t row : batch) tokens += texts.length(row);
    EXPECT_TRUE(tokens <= 16 || batch.size() == 1) << tokens;
    rows.insert(rows.end(), batch.begin(), batch.end());
  }
  EXPECT_TRUE(std::is_sorted(rows.begin(), rows.end(), [&](int64_t a, int64_t b) {
    return texts.length(a) < texts.length(b);
  }));
  std::sort(rows.begin(), rows.end());
  EXPECT_EQ(rows, (std::vector<int64_t>{0, 1, 2, 3, 4, 5, 6, 7}));
}

TEST(LargestBatch, IsThatOfTheGivenOrder) {
  const auto texts = texts_of_lengths({5, 40, 3, 60, 10});
  EXPECT_EQ(largest_batch_tokens(texts, {0, 1, 2, 3, 4}, 2), 64);
  EXPECT_EQ(largest_batch_tokens(texts, {1, 3, 0, 2, 4}, 2), 128);
  EXPECT_EQ(largest_batch_tokens(texts, {0, 2, 4, 1, 3}, 16), 128);
  EXPECT_EQ(largest_batch_tokens(texts_of_lengths({5}), {0}, 16), 32);
}

TEST(MicroBatchesByTokens, KeepTheOrderAndStayWithinTheBudget) {
  const auto texts = texts_of_lengths({5, 40, 3, 60, 10, 200, 1});
  const std::vector<int64_t> rows{0, 1, 2, 3, 4, 5, 6};
  const auto parts = [&](int64_t budget) {
    return micro_batches_by_tokens(texts, rows.data(), static_cast<int64_t>(rows.size()), budget);
  };
  EXPECT_EQ(parts(0), (std::vector<int64_t>{7}));
  EXPECT_EQ(parts(64), (std::vector<int64_t>{3, 1, 1, 1, 1}));  // a text too long goes alone
  EXPECT_EQ(parts(96), (std::vector<int64_t>{3, 2, 1, 1}));
  EXPECT_EQ(parts(10000), (std::vector<int64_t>{7}));
  EXPECT_EQ(largest_batch_tokens(texts, rows, 4, 64), 224);
  EXPECT_EQ(largest_batch_tokens(texts, {0, 1, 2, 3}, 4, 64), 64);
}

}  // namespace
}  // namespace thaw
