#include "base/random.h"

#include <gtest/gtest.h>

#include <bit>
#include <cmath>
#include <cstdlib>
#include <set>
#include <vector>

namespace thaw {
namespace {

TEST(Random, Mix64GivesTheStreamOfSplitMix64) {
  // The first three numbers of the published generator with seed 0, whose state grows by this step.
  constexpr uint64_t kStep = 0x9E3779B97F4A7C15u;
  EXPECT_EQ(mix64(0), 0xE220A8397B1DCDAFu);
  EXPECT_EQ(mix64(kStep), 0x6E789E6AA1B965F4u);
  EXPECT_EQ(mix64(2 * kStep), 0x06C45D188009454Fu);
}

TEST(Random, BitsAreThoseOfEveryEarlierRun) {
  // Masks are recomputed, in the backward and after a resume: these values must never change.
  EXPECT_EQ(random_bits(0, 1), 0x688990C0u);
  EXPECT_EQ(random_bits(0, 0xFFFFFFFFu), 0x6768824Au);
  EXPECT_EQ(random_bits(0x0123456789ABCDEFu, 0), 0x3BEE2AE1u);
  EXPECT_EQ(random_bits(0x0123456789ABCDEFu, 2), 0xBC049279u);
  EXPECT_EQ(random_key(42, 1, 2, 3), 0x3FB96077DA5807FDu);
}

TEST(Random, BitsAreAPermutationOfTheCounters) {
  // Each step of the function can be undone, so no two counters of a stream share their bits.
  std::set<uint32_t> seen;
  for (uint32_t i = 0; i < 100000; ++i) seen.insert(random_bits(77, i));
  EXPECT_EQ(seen.size(), 100000u);
}

TEST(Random, EachBitIsSetHalfTheTime) {
  constexpr int kCount = 1 << 16;
  for (const uint64_t seed : {1, 2, 42}) {
    std::vector<int> ones(32);
    for (uint32_t i = 0; i < kCount; ++i) {
      const uint32_t bits = random_bits(random_key(seed, 0), i);
      for (int bit = 0; bit < 32; ++bit) ones[static_cast<size_t>(bit)] += bits >> bit & 1;
    }
    for (int bit = 0; bit < 32; ++bit) {
      // Five standard deviations: sqrt(n) / 2 each.
      EXPECT_NEAR(ones[static_cast<size_t>(bit)], kCount * 0.5, 5 * 128) << "bit " << bit;
    }
  }
}

TEST(Random, DropoutKeepsItsRateInEveryStreamAndWindow) {
  for (const double rate : {0.1, 0.5}) {
    for (uint64_t layer = 0; layer < 20; ++layer) {
      const uint64_t key = random_key(42, 7, layer, 3);
      int dropped = 0;
      for (uint32_t i = 0; i < 10000; ++i) dropped += random_bits(key, i) < rate * 4294967296.0;
      EXPECT_NEAR(dropped, 10000 * rate, 5 * std::sqrt(10000 * rate * (1 - rate)));
    }
  }
}

// Correlation of the "below one half" masks of two streams.
template <class Left, class Right>
double correlation(const Left& left, const Right& right) {
  constexpr int kCount = 1 << 16;
  int agreements = 0;
  for (uint32_t i = 0; i < kCount; ++i) agreements += left(i) >> 31 == right(i) >> 31;
  return 2.0 * agreements / kCount - 1;
}

TEST(Random, StreamsOfStepsLayersAndSitesAreIndependent) {
  const double limit = 5.0 / 256;  // five standard deviations
  const uint64_t key = random_key(42, 100, 3, 1);
  const auto stream = [](uint64_t of) { return [of](uint32_t i) { return random_bits(of, i); }; };
  EXPECT_EQ(correlation(stream(key), stream(key)), 1);
  for (const uint64_t other :
       {random_key(43, 100, 3, 1), random_key(42, 101, 3, 1), random_key(42, 100, 4, 1),
        random_key(42, 100, 3, 2), random_key(42, 3, 100, 1), random_key(42, 1, 3, 100)}) {
    EXPECT_LT(std::abs(correlation(stream(key), stream(other))), limit);
  }
  // Neighbours in a row, and in a column of 384 or 4096.
  for (const uint32_t distance : {1u, 2u, 384u, 4096u}) {
    const auto shifted = [&](uint32_t i) { return random_bits(key, i + distance); };
    EXPECT_LT(std::abs(correlation(stream(key), shifted)), limit) << distance;
  }
}

TEST(Random, AChangedCounterBitChangesHalfOfTheBits) {
  for (int flipped = 0; flipped < 32; ++flipped) {
    int changed = 0;
    for (uint32_t i = 0; i < 1000; ++i) {
      const uint32_t counter = i * 2654435761u;
      changed += std::popcount(random_bits(9, counter) ^ random_bits(9, counter ^ 1u << flipped));
    }
    EXPECT_NEAR(changed / 1000.0, 16, 1.5) << "bit " << flipped;
  }
}

}  // namespace
}  // namespace thaw
