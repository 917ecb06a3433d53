// Features that several trainings read are those of the weights that each starts from.

#include <gtest/gtest.h>

#include "engine/classify.h"
#include "experiment/comparison.h"
#include "tests/base/temporary_folder.h"
#include "tests/experiment/small_experiment.h"

namespace thaw {
namespace {

// The first probe makes the features of a frozen dense layer; the last freezes one that the second
// has trained.
TEST(SharedFeatures, AreNotTakenFromADenseLayerThatWasTrainedSince) {
  const TemporaryFolder folder;
  const auto data = folder.write("rows.csv", small_table(120));
  const auto results = run_comparison(
      small_experiment(
          data, folder.path() / "out",
          {"strategies=first,second,third", "first.strategy=probe", "second.strategy=probe",
           "third.strategy=probe", "first.freeze=pre_classifier.*", "third.freeze=pre_classifier.*",
           "third.init_from=second", "precision=fp32"}),
      tiny_model("distilbert"), false, {});
  DataOptions options;
  options.paths = {data.string()};
  const Dataset dataset = load_dataset(options);
  ASSERT_EQ(results.strategies.size(), 3u);
  for (const StrategyResult& strategy : results.strategies) {
    const auto saved = folder.path() / "out" / strategy.name;
    const auto tokens = Tokenizer::load(saved).encode_all(dataset.test.texts, 24);
    EXPECT_EQ(classify(open_classifier(saved), tokens, NumberType::kFp32, "", {}),
              strategy.test_logits)
        << strategy.name;
  }
}

}  // namespace
}  // namespace thaw
