#include "api/run_experiment.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <string>

#include "api/evaluate.h"
#include "base/error.h"
#include "data/load.h"
#include "tests/base/error_of.h"
#include "tests/base/temporary_folder.h"
#include "tests/experiment/small_experiment.h"

namespace thaw {
namespace {

namespace fs = std::filesystem;
using ::testing::HasSubstr;
using ::testing::StartsWith;

class RunExperiment : public testing::Test {
 protected:
  TemporaryFolder folder_;
  fs::path data_ = folder_.write("rows.csv", small_table(120));
  fs::path out_ = folder_.path() / "out";
};

TEST_F(RunExperiment, TrainsAModelThatAnswersAsItDidInTheTest) {
  ExperimentSettings settings =
      small_experiment(data_, out_, {"strategies=probe", "precision=fp32"});
  settings.model = tiny_model("bert").string();
  const ComparisonResults results = run_experiment(settings, true);
  ASSERT_EQ(results.strategies.size(), 1u);
  TrainedModelOptions options;
  options.precision = "fp32";
  TrainedModel model(out_.string(), options);
  EXPECT_EQ(model.label_names(), results.label_names);
  EXPECT_EQ(model.max_length(), 24);
  const Dataset data = load_dataset(settings.data);
  const Evaluation evaluation =
      evaluate(model.classifier(), model.logits(data.test.texts), data.test.labels);
  EXPECT_EQ(evaluation.metrics.confusion, results.strategies[0].test.confusion);
  EXPECT_TRUE(slice_evaluation(model, data.test, evaluation, "probe").slices.empty());
}

TEST(StrategyToTake, IsTheRecommendedOneOrElseTheFirstThatFinished) {
  ComparisonResults results;
  results.strategies.resize(3);
  results.strategies[0].failure = "the loss was not a finite number";
  Recommendation recommendation;
  EXPECT_EQ(strategy_to_take(results, recommendation), &results.strategies[1]);
  recommendation.chosen = 2;
  EXPECT_EQ(strategy_to_take(results, recommendation), &results.strategies[2]);
  for (StrategyResult& each : results.strategies) each.failure = "it did not fit";
  EXPECT_EQ(strategy_to_take(results, {}), nullptr);
}

TEST_F(RunExperiment, NamesTheLineOfTheRecipeThatNamedNoModel) {
  const auto model = [](const std::string& where) {
    return Assignment{"", "model", {"./none"}, where};
  };
  const auto given = small_assignments(data_, out_, {});
  ExperimentSettings of_recipe = make_settings({model("mine.toml:3")}, given);
  try {
    run_experiment(of_recipe, false);
    ADD_FAILURE() << "no Error was thrown";
  } catch (const Error& error) {
    EXPECT_THAT(error.what(), StartsWith("mine.toml:3: there is no folder './none'"));
    EXPECT_EQ(error.kind(), ErrorKind::kData);
  }
  auto named = given;
  named.push_back(model("model"));
  ExperimentSettings settings = make_settings({}, named);
  EXPECT_THAT(error_of([&] { run_experiment(settings, false); }),
              StartsWith("model: there is no folder './none'"));
  EXPECT_FALSE(fs::exists(out_));
}

TEST_F(RunExperiment, PlansWithoutWriting) {
  ExperimentSettings settings = small_experiment(data_, out_, {"strategies=probe"});
  settings.model = tiny_model("bert").string();
  std::string said;
  Listener listener;
  listener.message = [&](const std::string& text) { said += text; };
  plan_experiment(settings, false, listener);
  EXPECT_THAT(said, HasSubstr("probe"));
  EXPECT_FALSE(fs::exists(out_));
}

}  // namespace
}  // namespace thaw
