#include "experiment/run_plan.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "experiment/comparison.h"
#include "experiment/recipe/suited_settings.h"
#include "experiment/strategy_runner.h"
#include "tests/base/temporary_folder.h"
#include "tests/experiment/small_experiment.h"
#include "tokenizer/tokenizer.h"
#include "training/choose_c.h"
#include "training/logistic_regression.h"

namespace thaw {
namespace {

namespace fs = std::filesystem;
using ::testing::HasSubstr;
using ::testing::Not;

class RunPlanTest : public testing::Test {
 protected:
  // Without rates and epochs, so that they are searched.
  ExperimentSettings settings_of(const std::vector<std::string>& given, const std::string& out) {
    std::vector<Assignment> all;
    for (const std::string& text :
         {"data=" + data_.string(), "out=" + (folder_.path() / out).string(),
          std::string("max_length=24"), std::string("pooling=mean"),
          std::string("validation_size=100"), std::string("test_size=40")}) {
      all.push_back(parse_assignment(text, "--set"));
    }
    for (const std::string& text : given) all.push_back(parse_assignment(text, "--set"));
    return make_settings({}, all);
  }
  std::string said_plan(const std::vector<std::string>& given) {
    std::string said;
    Listener listener;
    listener.message = [&](const std::string& text) { said += text; };
    plan_comparison(settings_of(given, "planned"), tiny_model("bert"), false, listener);
    EXPECT_FALSE(fs::exists(folder_.path() / "planned"));
    return said;
  }

  TemporaryFolder folder_;
  fs::path data_ = folder_.write("rows.csv", small_table(260));
};

// What is planned is what is done, training for training.
TEST_F(RunPlanTest, CountsTheTrainingsThatAreMade) {
  int number = 0;
  for (const std::vector<std::string>& given : std::vector<std::vector<std::string>>{
           {"strategies=probe,last-1,full", "epochs=1"},
           {"strategies=last-1", "epochs=1", "seeds=2", "effort=quick"},
           {"strategies=probe,full", "epochs=1", "effort=thorough", "seeds=2"},
           {"strategies=full", "epochs=1", "search=lr", "sweep=size", "sizes=0.5"}}) {
    ExperimentSettings settings = settings_of(given, "out" + std::to_string(++number));
    int64_t made = 0, steps = 0;
    Listener listener;
    listener.progress = [&](const Progress& state) {
      if (!state.finished) return;
      const bool trained = state.stage.find(": epoch 1/") != std::string::npos;
      made += trained || state.stage.find(": exact solver") != std::string::npos ? 1 : 0;
      if (trained) steps += (state.total_rows + 15) / 16;
    };
    run_comparison(settings, tiny_model("bert"), false, listener);

    OpenOptions options;
    options.pooling = "mean";
    options.label_names = {"negative", "positive"};
    suit_settings(settings, open_classifier(tiny_model("bert"), options), {120, 100, {}});
    const auto planned = planned_trainings(settings, 120, 2, 3);
    int64_t planned_steps = 0;
    for (const PlannedTraining& training : planned) planned_steps += training.steps();
    EXPECT_EQ(static_cast<int64_t>(planned.size()), made) << number;
    EXPECT_EQ(planned_steps, steps) << number;
  }
}

// In iterations of the solver, which are those of any machine: of few rows, and of a rare label.
TEST_F(RunPlanTest, CountsTheWorkOfTheExactSolver) {
  OpenOptions options;
  options.pooling = "mean";
  options.label_names = {"negative", "positive"};
  struct Case {
    int rows, rare;
  };
  for (const auto& [rows, rare] : {Case{12, 6}, Case{24, 12}, Case{24, 3}, Case{60, 30}}) {
    const fs::path file = folder_.write("few.csv", small_table(400));
    DataOptions whole;
    whole.paths = {file.string()};
    whole.test_size = whole.validation_size = 0;
    const Split all = load_dataset(whole).train;
    PreparedData prepared;
    prepared.pretrained = {open_classifier(tiny_model("bert"), options)};
    TextColumn texts;
    int left[2] = {rows - rare, rare};
    for (int64_t row = 0; row < all.size(); ++row) {
      if (left[all.labels[row]]-- <= 0) continue;
      texts.push_back_row(all.texts, row);
      prepared.train_labels.push_back(all.labels[row]);
    }
    prepared.train = Tokenizer::load(tiny_model("bert")).encode_all(texts, 24);
    prepared.validation.offsets = prepared.test.offsets = {0};
    prepared.memory = int64_t{1} << 30;
    ExperimentSettings settings = settings_of({"strategies=probe"}, "none");
    suit_settings(settings, prepared.pretrained.front(), {rows, 0, {}});
    const std::unique_ptr<Engine> engine = open_engine();
    const Listener quiet;
    const StrategyRunner runner(settings, prepared, *engine, NumberType::kFp32, quiet);
    const MeasuredCosts::OfStrategy cost =
        measure_costs(settings, prepared, runner).strategies.front();
    const SolverWork work =
        solver_work(settings.strategies.front().inverse_regularization, {rows - rare, rare}, 0);
    const double planned = cost.fit_iterations * work.fits + cost.fit_row_iterations * work.rows;

    const auto session = runner.engine().session(prepared.pretrained.front(),
                                                 {NumberType::kFp32, NumberType::kFp32}, false);
    const auto cache = session->cache(prepared.train, {{}, true, {}}, "", quiet);
    const float* features = cache->features().data();
    const int64_t size = static_cast<int64_t>(cache->features().size()) / rows;
    int64_t checks = 0;  // one an iteration, and one where a solution is found
    Listener counting;
    counting.interrupted = [&] {
      ++checks;
      return StopRequest(false);
    };
    const ChosenC chosen =
        cross_validated_c(features, prepared.train_labels.data(), rows, size, 2, {}, counting);
    EXPECT_EQ(chosen.folds, std::min(5, rare));
    LogisticRegression(features, prepared.train_labels.data(), rows, size, 2)
        .fit(chosen.inverse_regularization, counting);
    const double made = static_cast<double>(checks) - work.fits;
    EXPECT_EQ(work.fits, 1 + 13 * chosen.folds);
    EXPECT_LT(planned / made, 1.25) << rows << " rows, " << rare << " of a label";
    EXPECT_GT(planned / made, 1 / 1.25) << rows << " rows, " << rare << " of a label";
  }
}

TEST(SolverWork, IsThatOfTheWayInWhichCIsFound) {
  double inverse_regularization = 0;  // chosen
  const auto work = [&](const std::vector<int64_t>& label_rows, int64_t validation_rows) {
    const SolverWork found = solver_work(inverse_regularization, label_rows, validation_rows);
    return std::pair(found.fits, found.rows);
  };
  EXPECT_EQ(work({60, 40}, 100), std::pair(13.0, 1300.0));           // by validation
  EXPECT_EQ(work({60, 40}, 99), std::pair(66.0, 100 + 13 * 400.0));  // five folds of 80 rows
  EXPECT_EQ(work({97, 3}, 0), std::pair(40.0, 100 + 13 * 200.0));
  EXPECT_EQ(work({99, 1}, 0), std::pair(1.0, 100.0));  // nothing can be held out
  inverse_regularization = 3;
  EXPECT_EQ(work({60, 40}, 100), std::pair(1.0, 100.0));
}

TEST_F(RunPlanTest, GrowsWithRowsLengthsEpochsSeedsAndDepth) {
  OpenOptions options;
  options.pooling = "mean";
  options.label_names = {"negative", "positive"};
  const auto plan_of = [&](int rows, int tokens, const std::vector<std::string>& given) {
    std::vector<std::string> all{"strategies=probe,last-1,full", "effort=quick"};
    all.insert(all.end(), given.begin(), given.end());
    ExperimentSettings settings = settings_of(all, "none");
    PreparedData prepared;
    prepared.test.offsets = {0};
    prepared.pretrained.assign(3, open_classifier(tiny_model("bert"), options));
    for (TokenizedTexts* texts : {&prepared.train, &prepared.validation}) {
      texts->ids.assign(static_cast<size_t>(rows) * tokens, 5);
      for (int row = 0; row <= rows; ++row) texts->offsets.push_back(int64_t{row} * tokens);
    }
    prepared.train_labels.assign(static_cast<size_t>(rows), 0);
    prepared.validation_labels = prepared.train_labels;
    prepared.memory = int64_t{1} << 30;
    suit_settings(settings, prepared.pretrained.front(), {rows, rows, {}});
    const Listener listener;
    const std::unique_ptr<Engine> engine = open_engine();
    const StrategyRunner runner(settings, prepared, *engine, NumberType::kFp32, listener);
    MeasuredCosts costs;
    for (size_t i = 0; i < settings.strategies.size(); ++i) {
      costs.strategies.push_back({0.1, 0.01 * static_cast<double>(i + 1), 1e-4, 1e-4, 1e-3, 1e-5});
    }
    return make_run_plan(settings, prepared, runner, costs);
  };
  const RunPlan plan = plan_of(100, 8, {"epochs=2"});
  const double seconds = plan.seconds();
  EXPECT_LT(seconds, plan_of(200, 8, {"epochs=2"}).seconds());
  EXPECT_LT(seconds, plan_of(100, 12, {"epochs=2"}).seconds());
  EXPECT_LT(seconds, plan_of(100, 8, {"epochs=3"}).seconds());
  EXPECT_LT(seconds, plan_of(100, 8, {"epochs=2", "seeds=3"}).seconds());
  EXPECT_LT(seconds, plan_of(100, 8, {"epochs=2", "sweep=size", "sizes=0.5"}).seconds());
  ASSERT_EQ(plan.strategies.size(), 3u);
  EXPECT_EQ(plan.strategies[0].steps, 0);  // solved
  EXPECT_EQ(plan.strategies[1].steps, 14);
  EXPECT_LT(plan.strategies[1].seconds, plan.strategies[2].seconds);
  EXPECT_LT(plan.strategies[1].memory, plan.strategies[2].memory);
  EXPECT_LT(plan.strategies[0].seconds, plan.strategies[1].seconds);
  EXPECT_FALSE(plan.stops_early);
}

TEST_F(RunPlanTest, SaysWhatItTakesAndWritesNothing) {
  const std::string plan = said_plan({"strategies=probe,last-1", "epochs=2", "effort=quick"});
  EXPECT_THAT(plan,
              HasSubstr("Each strategy is trained on 120 rows, validated on 100 and tested on 40"));
  EXPECT_THAT(plan, HasSubstr("probe: head ("));
  EXPECT_THAT(plan, HasSubstr("\nlast-1 "));
  EXPECT_THAT(plan, HasSubstr("Nothing was written"));
  EXPECT_THAT(plan, Not(HasSubstr("at most so many")));
  const std::string fair = said_plan({"strategies=last-1"});
  EXPECT_THAT(fair, HasSubstr("at most so many"));
  EXPECT_THAT(fair, HasSubstr("Trials of the search for last-1: 3 on 30 rows, 2 on 60 rows"));
}

TEST(RunPlanWords, SayAtMostWhereTrainingMayStopEarly) {
  RunPlan plan;
  plan.strategies = {
      {"probe", 1, 0, 0, 2, 0, 0}, {"last-1", 1, 0, 50, 58, 0, 0}, {"full", 1, 0, 50, 120, 0, 0}};
  EXPECT_EQ(estimate_sentence(plan), "About 3 min for probe, last-1 and full on this machine\n");
  plan.stops_early = true;
  EXPECT_THAT(estimate_sentence(plan), HasSubstr("At most about 3 min for probe, last-1 and full"));
  for (const auto& [seconds, text] :
       std::vector<std::pair<double, std::string>>{{0.01, "0.1 s"},
                                                   {0.5, "0.5 s"},
                                                   {7.4, "7 s"},
                                                   {33, "35 s"},
                                                   {58, "1 min"},
                                                   {3569, "59 min"},
                                                   {3600, "1 h 00 min"},
                                                   {8100, "2 h 20 min"}}) {
    plan.strategies = {{"full", 1, 0, 1, seconds, 0, 0}};
    EXPECT_THAT(estimate_sentence(plan), HasSubstr(" " + text + " for full")) << seconds;
  }
}

}  // namespace
}  // namespace thaw
