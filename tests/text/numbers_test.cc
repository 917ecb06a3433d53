#include "text/numbers.h"

#include <gtest/gtest.h>

#include <cmath>

namespace thaw {
namespace {

TEST(Numbers, AreGroupedAndShortened) {
  EXPECT_EQ(grouped(0), "0");
  EXPECT_EQ(grouped(999), "999");
  EXPECT_EQ(grouped(12284), "12,284");
  EXPECT_EQ(grouped(-1234567), "-1,234,567");
  EXPECT_EQ(grouped(-123), "-123");
  EXPECT_EQ(short_count(9999), "9,999");
  EXPECT_EQ(short_count(592130), "592 k");
  EXPECT_EQ(short_count(999999), "1.00 M");
  EXPECT_EQ(short_count(66955010), "66.96 M");
}

TEST(Numbers, ChangesHaveASignAndZeroHasNone) {
  EXPECT_EQ(points(0.029632), "+2.96");
  EXPECT_EQ(points(-0.005), "−0.50");
  EXPECT_EQ(points(0.00001), "0.00");
  EXPECT_EQ(points(-0.00001), "0.00");
}

TEST(Numbers, TimesCarryOverToTheNextUnit) {
  EXPECT_EQ(duration(0.0213), "0.021 s");
  EXPECT_EQ(duration(0.43), "0.43 s");
  EXPECT_EQ(duration(31.24), "31.2 s");
  EXPECT_EQ(duration(59.96), "1 min 00 s");
  EXPECT_EQ(duration(3599.6), "1 h 00 min");
  EXPECT_EQ(duration(3720), "1 h 02 min");
  EXPECT_EQ(memory(812.4), "812 MB");
  EXPECT_EQ(memory(2934), "2.9 GB");
}

TEST(Numbers, WhatIsNotFiniteIsADash) {
  for (const double bad : {std::nan(""), HUGE_VAL}) {
    EXPECT_EQ(fixed(bad, 2), "–");
    EXPECT_EQ(points(bad), "–");
    EXPECT_EQ(percent(bad), "–");
    EXPECT_EQ(duration(bad), "–");
    EXPECT_EQ(memory(bad), "–");
    EXPECT_EQ(factor(bad), "–");
  }
}

TEST(Numbers, ShortestReadsBackAsTheSame) {
  EXPECT_EQ(shortest(0.6471019211983068), "0.6471019211983068");
  EXPECT_EQ(shortest(0.1f), "0.1");
  EXPECT_EQ(shortest(1.0), "1");
}

}  // namespace
}  // namespace thaw
