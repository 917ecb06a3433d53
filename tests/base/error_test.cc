#include "base/error.h"

#include <gtest/gtest.h>

#include <exception>

namespace thaw {
namespace {

TEST(Error, TellsPlaceFactAndRemedyInOneSentence) {
  const Error error("label 'spm' is not one of ham, spam", "train.csv:812", "correct the label");
  EXPECT_STREQ(error.what(),
               "train.csv:812: label 'spm' is not one of ham, spam; correct the label");
  EXPECT_EQ(error.fact(), "label 'spm' is not one of ham, spam");
  EXPECT_EQ(error.where(), "train.csv:812");
  EXPECT_EQ(error.remedy(), "correct the label");
}

TEST(Error, LeavesOutWhatIsUnknown) {
  EXPECT_STREQ(Error("there is nothing to train on").what(), "there is nothing to train on");
  EXPECT_STREQ(Error("is empty", "train.csv").what(), "train.csv: is empty");
  EXPECT_STREQ(Error("is empty", "", "add rows").what(), "is empty; add rows");
}

TEST(Error, NamesASettingAsItsPlace) {
  const Error error("must be above 0", Setting{"fraction"}, "e.g. 0.3", ErrorKind::kUsage);
  EXPECT_STREQ(error.what(), "fraction: must be above 0; e.g. 0.3");
  EXPECT_EQ(error.setting(), "fraction");
  EXPECT_EQ(Error("is empty", "train.csv").setting(), "");
  EXPECT_STREQ(Error("has a pooling", Setting{"pooling", "mean"}).what(),
               "pooling = mean: has a pooling");
}

TEST(Error, CanBeToldOfAnotherPlace) {
  const Error error("must be above 0", Setting{"fraction"}, "e.g. 0.3", ErrorKind::kUsage);
  const Error there = error.at("x.toml:7").of_kind(ErrorKind::kData);
  EXPECT_STREQ(there.what(), "x.toml:7: must be above 0; e.g. 0.3");
  EXPECT_EQ(there.kind(), ErrorKind::kData);
  EXPECT_EQ(there.setting(), "");
  EXPECT_EQ(Error("is wrong").at(Setting{"seed"}).setting(), "seed");
  EXPECT_STREQ(error.with_remedy("lower it").what(), "fraction: must be above 0; lower it");
}

TEST(Error, OfWritingEndsWithTheNearestWayOut) {
  const Error full = Error::of_output("cannot be written", "a/b", "free space there or ");
  EXPECT_EQ(full.kind(), ErrorKind::kOutput);
  EXPECT_STREQ(full.what(), "a/b: cannot be written; free space there or choose another folder");
  const auto way_out = [&](const Error& thrown) {
    try {
      with_way_out("the far way", [&] { with_way_out("the near way", [&] { throw thrown; }); });
    } catch (const Error& error) {
      return std::string(error.what());
    }
    return std::string();
  };
  EXPECT_EQ(way_out(full), "a/b: cannot be written; free space there or the near way");
  EXPECT_EQ(way_out(full.at("c")), "c: cannot be written; free space there or the near way");
  EXPECT_EQ(way_out(Error("is empty", "a", "add rows")), "a: is empty; add rows");
  EXPECT_EQ(way_out(Error("is not empty", "a", "empty it", ErrorKind::kOutput)),
            "a: is not empty; empty it");
  EXPECT_EQ(with_way_out("a way", [] { return 7; }), 7);
}

TEST(Error, IsCaughtAsAStandardException) {
  try {
    throw Error("is empty", "train.csv");
  } catch (const std::exception& error) {
    EXPECT_STREQ(error.what(), "train.csv: is empty");
  }
}

}  // namespace
}  // namespace thaw
