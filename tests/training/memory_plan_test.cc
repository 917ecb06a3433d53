#include "training/memory_plan.h"

#include <gtest/gtest.h>

#include "base/error.h"

namespace thaw {
namespace {

constexpr MemoryNeed kNeed{1000, 10};  // 1,000 bytes and 10 for each token

// Memory of which so many bytes may be planned with: a sixth stays for what was not foreseen.
constexpr int64_t with_room(int64_t bytes) { return bytes * 6 / 5; }

TEST(MicroBatchTokens, AreUnlimitedWhereTheWholeStepFits) {
  EXPECT_EQ(choose_micro_batch_tokens(kNeed, with_room(1000 + 10 * 640), 640, 64, "full"), 0);
  EXPECT_EQ(choose_micro_batch_tokens({1000, 0}, with_room(1000), 640, 64, "probe"), 0);
}

TEST(MicroBatchTokens, AreTheMostThatFitInMultiplesOf32) {
  EXPECT_EQ(choose_micro_batch_tokens(kNeed, with_room(1000 + 10 * 639), 640, 64, "full"), 608);
  EXPECT_EQ(choose_micro_batch_tokens(kNeed, with_room(1000 + 10 * 64), 640, 64, "full"), 64);
}

TEST(MicroBatchTokens, ThatDoNotHoldTheLongestTextAreAnErrorBeforeTheFirstStep) {
  try {
    choose_micro_batch_tokens({700'000'000, 100'000}, 710'000'000, 4096, 512, "full");
    FAIL();
  } catch (const Error& error) {
    EXPECT_STREQ(error.what(),
                 "full: training it takes about 751 MB of memory even with one text at a time, and "
                 "710 MB are free; free memory or raise memory, train fewer layers (last-2, "
                 "probe), or cut texts with max_length");
  }
  EXPECT_THROW(choose_micro_batch_tokens({1000, 0}, with_room(999), 640, 64, "probe"), Error);
  EXPECT_THROW(choose_micro_batch_tokens(kNeed, -5, 640, 64, "full"), Error);
}

}  // namespace
}  // namespace thaw
