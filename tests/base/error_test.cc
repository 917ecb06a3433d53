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

TEST(Error, IsCaughtAsAStandardException) {
  try {
    throw Error("is empty", "train.csv");
  } catch (const std::exception& error) {
    EXPECT_STREQ(error.what(), "train.csv: is empty");
  }
}

}  // namespace
}  // namespace thaw
