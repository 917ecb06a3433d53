// The program itself on a failing disk: a sample of the calls of a whole run. The slow tests take
// every call.

#include <gmock/gmock.h>
#include <gtest/gtest-spi.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <set>
#include <string>

#include "tests/faults/program_sweep.h"
#include "tests/faults/small_commands.h"

namespace thaw {
namespace {

using testing::check;
using testing::Command;
using testing::error_in_turn;
using testing::Outcome;
using testing::run_with;
using testing::small_compare;
using testing::small_train;

// So many calls of the command, spread over all of them, and the fault at each.
void sample(const Command& command, size_t runs) {
  const Outcome whole = run_with(command, "");
  ASSERT_EQ(whole.code, 0) << whole.errors;
  check(whole);
  const size_t calls = whole.calls.size();
  ASSERT_GT(calls, 100u);
  for (size_t i = 0; i < runs; ++i) {
    const size_t at = 1 + i * (calls - 1) / (runs - 1);
    const std::string fault = i % 3 == 2 ? "KILL" : error_in_turn(i);
    const std::string lasts = i % 3 == 1 ? "+" : "";
    check(run_with(command, fault + "@" + std::to_string(at) + lasts));
  }
}

TEST(FaultsOfTrain, LoseNothingAndLeaveNothingHalf) { sample(small_train(), 48); }

TEST(FaultsOfCompare, LoseNothingAndLeaveNothingHalf) { sample(small_compare(), 48); }

TEST(FaultsOfTrain, AreSeenByEveryKindOfCall) {
  const Outcome run = run_with(small_train(), "");
  std::set<std::string> kinds;
  for (const auto& call : run.calls) kinds.insert(call.kind);
  for (const char* kind : {"open", "write", "sync", "close", "rename", "mkdir"}) {
    EXPECT_EQ(kinds.count(kind), 1u) << kind;
  }
}

TEST(FaultsOfTrain, SayThatTheDiskIsFullInOneSentence) {
  const Outcome run = run_with(small_train(), "ENOSPC@40+");
  EXPECT_EQ(run.code, 1);
  EXPECT_THAT(run.errors, ::testing::HasSubstr(": No space left on device; free space there or "));
}

TEST(FaultsOfTrain, OfShortWritesAreNone) {
  const Outcome whole = run_with(small_train(), "");
  const auto is_write = [](const auto& call) { return call.kind == "write"; };
  const auto first = std::find_if(whole.calls.begin(), whole.calls.end(), is_write);
  ASSERT_NE(first, whole.calls.end());
  const Outcome run =
      run_with(small_train(), "SHORT@" + std::to_string(first - whole.calls.begin() + 1));
  EXPECT_EQ(run.code, 0) << run.errors;
  check(run);
}

// The check must see what is wrong: runs that were not as they should have been.
TEST(ProgramSweep, SeesWhatIsLostOrHalf) {
  Outcome run;
  run.fault = "EIO@1";
  run.code = 1;
  run.errors = "thaw: /tmp/thaw-test-x/out: cannot be written: no; choose another\n";
  run.calls = {{"write", "/x"}};
  run.before = {{"a.csv", "a\n"}};
  run.after = run.before;
  check(run);
  const auto failures = [](const Outcome& wrong) {
    ::testing::TestPartResultArray results;
    {
      const ::testing::ScopedFakeTestPartResultReporter reporter(
          ::testing::ScopedFakeTestPartResultReporter::INTERCEPT_ONLY_CURRENT_THREAD, &results);
      check(wrong);
    }
    return results.size();
  };
  Outcome wrong = run;
  wrong.after.clear();
  EXPECT_EQ(failures(wrong), 1) << "lost";
  wrong = run;
  wrong.after["a.csv"] = "b\n";
  EXPECT_EQ(failures(wrong), 1) << "changed";
  wrong = run;
  wrong.after["out/results.json"] = "{";
  EXPECT_EQ(failures(wrong), 1) << "half";
  wrong.after = run.after;
  wrong.after["out/.thaw-partial-abcdef/results.json"] = "{";
  EXPECT_EQ(failures(wrong), 0) << "under a temporary name";
  wrong = run;
  wrong.code = 0;
  EXPECT_EQ(failures(wrong), 1) << "passed over";
  wrong = run;
  wrong.code = 70;
  EXPECT_EQ(failures(wrong), 1) << "a bug";
  wrong = run;
  wrong.errors = "thaw: no\nmore";
  EXPECT_EQ(failures(wrong), 1) << "no path, no remedy";
  wrong = run;
  wrong.unverified = {"out/full/config.json: is damaged"};
  EXPECT_EQ(failures(wrong), 1) << "a broken folder";
}

}  // namespace
}  // namespace thaw
