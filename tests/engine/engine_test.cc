#include "engine/engine.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <thread>

#include "base/error.h"
#include "engine/cpu/gemm/quantized_linear.h"
#include "tests/golden/golden_texts.h"

namespace thaw {
namespace {

using golden::Golden;
using golden::GoldenTexts;

TEST(Engine, OfADeviceThatIsNotThereIsAnError) {
  try {
    open_engine("abacus");
    FAIL() << "there is none";
  } catch (const Error& error) {
    EXPECT_THAT(error.what(), testing::HasSubstr("abacus"));
  }
}

// Steps and logits of one network, in a context of so many threads.
std::vector<float> work(const std::string& family, int threads, NumberType frozen) {
  Context context(threads);
  const std::unique_ptr<Engine> engine = open_engine("cpu", context);
  const Golden golden(family);
  const GoldenTexts batch(golden, 0);
  ClassifierModel classifier = open_classifier(golden::folder(family));
  classifier.config.hidden_dropout = 0.1f;
  const FreezePlan plan = make_freeze_plan(classifier.table, "full");
  const auto network = engine->network(classifier, plan, {}, {});
  SingleProcess alone;
  for (int64_t step = 1; step <= 4; ++step) {
    network->accumulate({&batch.texts, nullptr, batch.rows}, {batch.labels.data(), {}, 0},
                        {true, 3, static_cast<uint64_t>(step), 0}, 1, nullptr);
    network->step({step, 1e-3, 0.01, 1}, alone);
  }
  network->flush();
  std::vector<float> found = network->values();
  const auto session = engine->session(classifier, {NumberType::kFp32, frozen}, false);
  const std::vector<float> logits = logits_of(*session, batch.texts);
  found.insert(found.end(), logits.begin(), logits.end());
  return found;
}

TEST(Engine, TwoNetworksOfTwoContextsRunAtOnce) {
  const auto bert = work("bert", 2, NumberType::kFp32), mpnet = work("mpnet", 1, NumberType::kFp32);
  for (int i = 0; i < 3; ++i) {
    std::vector<float> first, second, third;
    std::thread a([&] { first = work("bert", 2, NumberType::kFp32); });
    std::thread b([&] { second = work("mpnet", 1, NumberType::kFp32); });
    third = work("bert", 2, NumberType::kFp32);
    a.join();
    b.join();
    EXPECT_EQ(first, bert);
    EXPECT_EQ(second, mpnet);
    EXPECT_EQ(third, bert);
  }
}

TEST(Engine, TwoNetworksMultiplyIn8BitsAtOnce) {
  if (!cpu_has_int8()) GTEST_SKIP() << "this CPU has no fast int8";
  const auto expected = work("bert", 2, NumberType::kInt8);
  std::vector<float> first, second;
  std::thread a([&] { first = work("bert", 2, NumberType::kInt8); });
  std::thread b([&] { second = work("bert", 2, NumberType::kInt8); });
  a.join();
  b.join();
  EXPECT_EQ(first, expected);
  EXPECT_EQ(second, expected);
}

}  // namespace
}  // namespace thaw
