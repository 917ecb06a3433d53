#include "model/frozen_hash.h"

#include <gtest/gtest.h>

#include "base/sha256.h"
#include "base/threads.h"
#include "model/classifier.h"
#include "tests/golden/golden.h"

namespace thaw {
namespace {

TEST(FrozenHash, ChangesWithEveryFrozenValueAndWithNoOther) {
  ClassifierModel bert = open_classifier(golden::folder("bert"));
  const FreezePlan plan = make_freeze_plan(bert.table, "last-1");
  const std::string before = frozen_hash(bert.table, plan);
  EXPECT_EQ(before.size(), 64u);
  for (size_t i = 0; i < bert.table.list.size(); ++i) {
    Parameter& parameter = bert.table.list[i];
    const float* own = parameter.value;
    std::vector<float> changed(own, own + parameter.size());
    changed.back() = -changed.back() + 1;
    parameter.value = changed.data();
    EXPECT_EQ(frozen_hash(bert.table, plan) == before, plan.trainable[i]) << parameter.name;
    parameter.value = own;
  }
}

TEST(FrozenHash, IsTheSameOnAnyNumberOfThreads) {
  const ClassifierModel bert = open_classifier(golden::folder("bert"));
  const FreezePlan plan = make_freeze_plan(bert.table, "probe");
  set_thread_count(1);
  const std::string one = frozen_hash(bert.table, plan);
  set_thread_count(0);
  EXPECT_EQ(frozen_hash(bert.table, plan), one);
}

TEST(FrozenHash, IsEmptyWhereNothingIsFrozen) {
  const ClassifierModel bert = open_classifier(golden::folder("bert"));
  EXPECT_EQ(frozen_hash(bert.table, make_freeze_plan(bert.table, "full")), "");
}

}  // namespace
}  // namespace thaw
