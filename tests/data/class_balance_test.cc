#include "data/class_balance.h"

#include <gtest/gtest.h>

namespace thaw {
namespace {

TEST(ClassBalance, IsOfTheClassesThatHaveRows) {
  const ClassBalance balance = class_balance({30, 0, 300, 31});
  EXPECT_EQ(balance.largest, 2u);
  EXPECT_EQ(balance.smallest, 0u);
  EXPECT_EQ(balance.ratio(), 10);
  EXPECT_TRUE(balance.is_imbalanced());
  EXPECT_FALSE(class_balance({30, 299}).is_imbalanced());
}

TEST(ClassBalance, OfNothingIsEven) {
  EXPECT_EQ(class_balance({}).ratio(), 1);
  EXPECT_EQ(class_balance({0, 0}).ratio(), 1);
  EXPECT_FALSE(class_balance({500, 0}).is_imbalanced());
}

}  // namespace
}  // namespace thaw
