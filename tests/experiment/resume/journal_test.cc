#include "experiment/resume/journal.h"

#include <gtest/gtest.h>

#include <memory>

#include "base/error.h"
#include "tests/base/temporary_folder.h"
#include "tests/experiment/small_experiment.h"

namespace thaw {
namespace {

TEST(Journal, LetsOneProcessAtATimeWorkOnARun) {
  const TemporaryFolder folder;
  const RunSpec asked{"compare", folder.path(), {}, {}};
  const Listener listener;
  const auto open = [&] {
    return std::make_unique<Journal>(folder.path(), asked, RunFingerprint{}, NumberType::kFp32,
                                     1000, CheckpointInterval{}, listener);
  };
  auto first = open();
  try {
    open();
    FAIL();
  } catch (const CannotResume& error) {
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
  const RunSpec asked{"compare", folder.path(), {}, {}};
  const auto open = [&](int64_t memory) {
    return Journal(folder.path(), asked, RunFingerprint{}, NumberType::kFp32, memory,
                   CheckpointInterval{}, {})
        .memory();
  };
  EXPECT_EQ(open(1000), 1000);
  EXPECT_EQ(open(7), 1000) << "so that steps are cut as they were";
}

TEST(Journal, CountsTheTimeOfATrainingThatWasBrokenOff) {
  const TemporaryFolder folder;
  const RunSpec asked{"compare", folder.path(), {}, {}};
  ClassifierModel classifier = open_classifier(tiny_model("bert"));
  const auto network =
      open_engine()->network(classifier, make_freeze_plan(classifier.table, "probe"), {}, {});
  const auto open = [&] {
    return std::make_unique<Journal>(folder.path(), asked, RunFingerprint{}, NumberType::kFp32,
                                     1000, CheckpointInterval{}, Listener{});
  };
  TrainingProgress progress;
  progress.outcome.steps.resize(3);
  for (const double so_far : {30.0, 50.0}) {  // the second process is killed as well
    progress.outcome.seconds = so_far;
    open()->checkpointer(0, "probe").save(progress, *network);
    const auto next = open();
    EXPECT_EQ(next->seconds_before(), 0) << "nothing was finished";
    TrainingProgress kept;
    ASSERT_TRUE(next->checkpointer(0, "probe").restore(kept, *network));
    EXPECT_EQ(next->seconds_before(), so_far);
    progress.outcome.steps.resize(6);
  }
}

}  // namespace
}  // namespace thaw
