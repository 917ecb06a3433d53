// The program itself on a failing disk: errors at every call of a whole run, and the program is
// killed once at every call. THAW_SOAK in the environment: with every error at every call, passing
// and lasting.

#include <gtest/gtest.h>

#include <cstdio>
#include <cstdlib>
#include <string>
#include <vector>

#include "tests/faults/program_sweep.h"
#include "tests/faults/small_commands.h"

namespace thaw {
namespace {

using testing::check;
using testing::Command;
using testing::error_in_turn;
using testing::Outcome;
using testing::run_with;

// So many of the five errors at each call.
void sweep(const Command& command, size_t errors) {
  const Outcome whole = run_with(command, "");
  ASSERT_EQ(whole.code, 0) << whole.errors;
  const bool soak = std::getenv("THAW_SOAK") != nullptr;
  size_t runs = 0;
  for (size_t at = 1; at <= whole.calls.size(); ++at) {
    const std::string here = "@" + std::to_string(at);
    std::vector<std::string> faults = {"KILL" + here};
    for (size_t turn = at; turn < at + (soak ? 5 : errors); ++turn) {
      faults.push_back(error_in_turn(turn) + here);
      if (soak || (turn == at && at % 4 == 0)) faults.push_back(faults.back() + "+");
    }
    for (const std::string& fault : faults) check(run_with(command, fault));
    runs += faults.size();
  }
  ::testing::Test::RecordProperty("calls", static_cast<int>(whole.calls.size()));
  ::testing::Test::RecordProperty("runs", static_cast<int>(runs));
  std::printf("%zu calls, %zu runs with a fault\n", whole.calls.size(), runs);
}

TEST(FaultsOfTrainAtEveryCall, LoseNothingAndLeaveNothingHalf) { sweep(testing::small_train(), 5); }

TEST(FaultsOfCompareAtEveryCall, LoseNothingAndLeaveNothingHalf) {
  sweep(testing::small_compare(), 2);
}

}  // namespace
}  // namespace thaw
