#include "base/time_span.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/error.h"

namespace thaw {
namespace {

TEST(TimeSpan, ReadsWhatUsersWrite) {
  for (const auto& [text, seconds] :
       std::vector<std::pair<std::string, double>>{{"90", 90},
                                                   {"90s", 90},
                                                   {"5min", 300},
                                                   {"5 min", 300},
                                                   {"1h", 3600},
                                                   {"1.5h", 5400},
                                                   {"1h30min", 5400},
                                                   {"1 h 30 min", 5400},
                                                   {"2d", 172800},
                                                   {"0.5 hours", 1800},
                                                   {" 3m ", 180},
                                                   {"1min0.5s", 60.5}}) {
    EXPECT_DOUBLE_EQ(parse_time_span(text, "--budget"), seconds) << text;
  }
}

TEST(TimeSpan, RefusesTheRestWithItsRemedy) {
  for (const std::string text : {"", " ", "fast", "5 bananas", "-5min", "0", "0s", "5min1h", "1h1h",
                                 "1h30", "inf", "nan", "1e3s", "min", "1,5h", "5MIN"}) {
    try {
      parse_time_span(text, "--budget");
      ADD_FAILURE() << text;
    } catch (const Error& error) {
      EXPECT_EQ(error.where(), "--budget");
      EXPECT_THAT(error.what(), ::testing::HasSubstr("write it as 90s, 5min or 1h"));
    }
  }
}

}  // namespace
}  // namespace thaw
