#include "experiment/journal.h"

#include <gtest/gtest.h>

#include <memory>

#include "base/error.h"
#include "tests/model_io/temporary_folder.h"

namespace thaw {
namespace {

TEST(Journal, LetsOneProcessAtATimeWorkOnARun) {
  const TemporaryFolder folder;
  const AskedRun asked{"compare", folder.path(), {}, {}};
  const Listener listener;
  const auto open = [&] {
    return std::make_unique<Journal>(folder.path(), asked, RunIdentity{}, "fp32", 1000,
                                     CheckpointInterval{}, listener);
  };
  auto first = open();
  try {
    open();
    FAIL();
  } catch (const CannotGoOn& error) {
    EXPECT_EQ(std::string(error.what()),
              folder.path().string() +
                  ": another process is working on this run; let it finish, or end it");
  }
  EXPECT_TRUE(Journal::is_unfinished(folder.path())) << "the first one's is as it was";
  first.reset();
  EXPECT_TRUE(open()->goes_on());
}

TEST(Journal, KeepsTheMemoryThatTheRunBeganWith) {
  const TemporaryFolder folder;
  const AskedRun asked{"compare", folder.path(), {}, {}};
  const auto open = [&](int64_t memory) {
    return Journal(folder.path(), asked, RunIdentity{}, "fp32", memory, CheckpointInterval{}, {})
        .memory();
  };
  EXPECT_EQ(open(1000), 1000);
  EXPECT_EQ(open(7), 1000) << "so that steps are cut as they were";
}

}  // namespace
}  // namespace thaw
