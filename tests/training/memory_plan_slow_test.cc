// What training the real encoder takes is what was foreseen.

#include <gtest/gtest.h>
#include <malloc.h>

#include <fstream>
#include <numeric>
#include <string>

#include "base/machine.h"
#include "engine/cpu/gemm/linear.h"
#include "files/files.h"
#include "tests/training/test_run.h"
#include "training/memory_plan.h"

namespace thaw {
namespace {

constexpr int64_t kRows = 16, kLength = 128;

double resident_mb() {
  std::ifstream status("/proc/self/status");
  std::string word;
  while (status >> word) {
    double kilobytes = 0;
    if (word == "VmRSS:") return status >> kilobytes ? kilobytes * 1024 / 1e6 : 0;
  }
  return 0;
}

// MB that a few steps take on top of what is there.
template <class T>
double taken(const ClassifierModel& pretrained, const FreezePlan& plan,
             const TokenizedTexts& texts) {
  ClassifierModel classifier = pretrained;
  const std::vector<int32_t> labels(kRows, 1);
  ::malloc_trim(0);  // what an earlier training left with the C library
  reset_peak_memory();
  const double before = resident_mb();
  TestRun run(classifier, plan, number_type<T>());
  TrainingSettings settings;
  settings.epochs = 3;
  settings.batch_size = kRows;
  settings.frozen_dropout = plan.first_trained != kEmbeddingsGroup;  // all layers, no cache
  run.train({&texts, nullptr, labels.data()}, {&texts, nullptr, labels.data()}, settings, "x", {});
  return peak_memory_mb() - before;
}

TEST(MemoryPlan, ForeseesWhatTrainingTakesWithinAFifth) {
  const auto folder = cache_folder() / "models" / "minilm";
  if (!std::filesystem::exists(folder / "model.safetensors")) {
    GTEST_SKIP() << "the encoder is not there; scripts/fetch-minilm.sh fetches it";
  }
  OpenOptions options;
  options.label_names = {"a", "b"};
  const ClassifierModel pretrained = open_classifier(folder, options);
  double sum = 0;  // the mapped weights are resident from here on
  for (const Parameter& parameter : pretrained.table.list) {
    sum += std::accumulate(parameter.value, parameter.value + parameter.size(), 0.0);
  }
  ASSERT_NE(sum, 0);
  TokenizedTexts texts;
  texts.offsets.push_back(0);
  for (int64_t i = 0; i < kRows * kLength; ++i) {
    texts.ids.push_back(static_cast<int32_t>(1000 + i % 5000));
    if ((i + 1) % kLength == 0) texts.offsets.push_back(i + 1);
  }
  for (const char* strategy : {"full", "bitfit", "last-2"}) {
    const FreezePlan plan = make_freeze_plan(pretrained.table, strategy);
    const bool all_layers = plan.first_trained != kEmbeddingsGroup;
    const auto foreseen = [&](const MemoryNeed& need) {
      return static_cast<double>(need.bytes(kRows * kLength)) / 1e6;
    };
    const double fp32 = foreseen(open_engine()->need(pretrained.config, pretrained.table, plan,
                                                     NumberType::kFp32, all_layers));
    EXPECT_NEAR(taken<float>(pretrained, plan, texts) / fp32, 1, 0.2)
        << strategy << ", fp32, foreseen " << fp32 << " MB";
    if (!cpu_can_bf16()) continue;
    const double bf16 = foreseen(open_engine()->need(pretrained.config, pretrained.table, plan,
                                                     NumberType::kBf16, all_layers));
    EXPECT_NEAR(taken<Bf16>(pretrained, plan, texts) / bf16, 1, 0.2)
        << strategy << ", bf16, foreseen " << bf16 << " MB";
  }
}

}  // namespace
}  // namespace thaw
