#include "experiment/recipe/suited_settings.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <map>

#include "tests/experiment/small_experiment.h"

namespace thaw {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

class SuitedSettings : public testing::Test {
 protected:
  ExperimentSettings suited(const std::vector<std::string>& given, TrainingScale scale,
                            const std::string& model = "bert") {
    std::vector<Assignment> flags;
    for (const auto& text : given) flags.push_back(parse_assignment(text, "--set"));
    return suit(make_settings({}, flags), scale, model);
  }
  ExperimentSettings suit(ExperimentSettings settings, TrainingScale scale,
                          const std::string& model = "bert") {
    OpenOptions options;
    options.label_names = {"no", "yes"};
    if (model == "bert") options.pooling = "mean";
    suit_settings(settings, open_classifier(tiny_model(model), options), scale);
    return settings;
  }
  static std::vector<std::string> names(const ExperimentSettings& settings) {
    std::vector<std::string> list;
    for (const auto& s : settings.strategies) list.push_back(s.name + (s.hidden ? "*" : ""));
    return list;
  }
};

constexpr TrainingScale kEnough{600, 200};

TEST_F(SuitedSettings, ByDefaultTheProbeIsSolvedAndTheOtherHeadsStartFromIt) {
  const auto settings = suited({}, kEnough);
  ASSERT_THAT(names(settings), ElementsAre("probe", "last-1", "full"));
  EXPECT_EQ(settings.strategies[0].solver, Solver::kLbfgs);
  for (const size_t i : {1, 2}) {
    const StrategySettings& s = settings.strategies[i];
    EXPECT_EQ(s.init_from, "probe");
    EXPECT_EQ(s.head_start, HeadStart::kProbe);
    EXPECT_EQ(s.training.epochs, suited_epochs(600, 16, s, 3));
    EXPECT_EQ(s.training.best_epoch, BestEpoch::kCalibratedLoss);
    ASSERT_EQ(s.candidates.size(), 3u);
    EXPECT_LT(s.candidates[0].learning_rate, s.candidates[1].learning_rate);
    EXPECT_LT(s.candidates[1].learning_rate, s.candidates[2].learning_rate);
  }
}

// What says that nothing reads so few validation rows is right about the settings that come of it.
TEST_F(SuitedSettings, ChooseByFewRowsOnlyWhereItIsSaid) {
  for (const auto& [given, chooses] : std::vector<std::pair<std::vector<std::string>, bool>>{
           {{}, false},
           {{"strategies=probe"}, false},
           {{"strategies=probe,lp-ft,bitfit,last-2", "effort=thorough"}, false},
           {{"learning_rate=1e-3"}, false},
           {{"best_epoch=last", "epochs=2"}, false},
           {{"epochs=2", "learning_rate=1e-3"}, true},
           {{"full.epochs=2"}, true},
           {{"best_epoch=calibrated_loss"}, true},
           {{"patience=2"}, true}}) {
    std::vector<Assignment> flags;
    for (const auto& text : given) flags.push_back(parse_assignment(text, "--set"));
    EXPECT_EQ(chooses_by_few_rows(make_settings({}, flags)), chooses);
    for (const std::string model : {"bert", "distilbert"}) {
      bool reads = false;
      for (const StrategySettings& s : suited(given, {120, 49}, model).strategies) {
        const TrainingSettings& t = s.training;
        if (s.solver == Solver::kLbfgs) continue;
        reads |= t.best_epoch != BestEpoch::kLast || t.patience > 0 || !s.candidates.empty();
      }
      EXPECT_EQ(reads, chooses) << model;
    }
  }
  for (const std::string search : {"search=lr", "precision_target=0.9"}) {
    EXPECT_TRUE(chooses_by_few_rows(make_settings({}, {parse_assignment(search, "--set")})));
  }
}

TEST_F(SuitedSettings, AProbeThatWasNotAskedForIsHiddenAndStandsBeforeWhatStartsFromIt) {
  const auto settings = suited({"strategies=full,last-1"}, kEnough);
  ASSERT_THAT(names(settings), ElementsAre("exact probe*", "full", "last-1"));
  EXPECT_EQ(settings.strategies[1].init_from, "exact probe");
  EXPECT_EQ(settings.strategies[2].init_from, "exact probe");
}

TEST_F(SuitedSettings, AProbeThatIsTrainedStepByStepIsNotTheStartOfOthers) {
  const auto settings = suited({"strategies=probe,full", "probe.learning_rate=1e-3"}, kEnough);
  ASSERT_THAT(names(settings), ElementsAre("probe", "exact probe*", "full"));
  EXPECT_EQ(settings.strategies[0].solver, Solver::kAdamW);
  EXPECT_DOUBLE_EQ(settings.strategies[0].training.learning_rate, 1e-3);
  EXPECT_EQ(settings.strategies[2].init_from, "exact probe");
}

TEST_F(SuitedSettings, ClassWeightsAreThoseOfTheStrategyThatStartsFromTheProbe) {
  const auto settings = suited({"strategies=probe,full", "full.class_weights=balanced"}, kEnough);
  ASSERT_THAT(names(settings), ElementsAre("probe", "exact probe*", "full"));
  EXPECT_FALSE(settings.strategies[0].training.loss.balanced_classes);
  EXPECT_TRUE(settings.strategies[1].training.loss.balanced_classes);
}

TEST_F(SuitedSettings, GivenRatesAndEpochsStayToTheLetterWithANewHead) {
  const auto settings = suited({"strategies=full", "learning_rate=2e-5", "epochs=3"}, kEnough);
  // The probe's optimum is a reference; nothing starts from it.
  ASSERT_THAT(names(settings), ElementsAre("full", "exact probe*"));
  const StrategySettings& full = settings.strategies[0];
  EXPECT_EQ(full.head_start, HeadStart::kNew);
  EXPECT_EQ(full.init_from, "");
  EXPECT_DOUBLE_EQ(full.training.learning_rate, 2e-5);
  EXPECT_DOUBLE_EQ(full.training.head_learning_rate, 0);
  EXPECT_EQ(full.training.epochs, 3);
  EXPECT_EQ(full.training.best_epoch, BestEpoch::kLoss);
  EXPECT_EQ(full.training.patience, 0);
  EXPECT_TRUE(full.candidates.empty());
  EXPECT_EQ(fingerprint_of_choices(settings), "");
}

TEST_F(SuitedSettings, EpochsAloneDoNotBringBackANewHeadOrOneRateForAll) {
  const auto settings = suited({"epochs=3"}, kEnough);
  ASSERT_THAT(names(settings), ElementsAre("probe", "last-1", "full"));
  EXPECT_EQ(settings.strategies[0].solver, Solver::kLbfgs);
  EXPECT_EQ(settings.strategies[2].init_from, "probe");
  EXPECT_EQ(settings.strategies[2].training.epochs, 3);
  EXPECT_EQ(settings.strategies[2].candidates.size(), 3u);
  EXPECT_NE(fingerprint_of_choices(settings), "");
}

TEST_F(SuitedSettings, ANewHeadThatWasAskedForHasALargerRateThanTheEncoder) {
  const auto settings = suited({"strategies=full", "head_start=new"}, kEnough);
  const TrainingSettings& t = settings.strategies[0].training;
  EXPECT_EQ(settings.strategies[0].init_from, "");
  EXPECT_GT(t.head_learning_rate, t.learning_rate);
  const TrainingSettings& tried = settings.strategies[0].candidates.front();
  EXPECT_NEAR(tried.head_learning_rate / tried.learning_rate,
              t.head_learning_rate / t.learning_rate, 0.1);
}

TEST_F(SuitedSettings, WithFewValidationRowsNothingIsChosenByThem) {
  const auto settings = suited({}, {32, 10});
  for (const auto& s : settings.strategies) {
    EXPECT_TRUE(s.candidates.empty());
    EXPECT_EQ(s.training.best_epoch, BestEpoch::kLast);
    EXPECT_EQ(s.training.patience, 0);
  }
  EXPECT_EQ(settings.strategies[2].training.epochs, 20);
  EXPECT_THAT(describe_choice_of_settings(settings, {32, 10}),
              HasSubstr("10 validation rows are too few to choose by (it takes 100)"));
}

TEST_F(SuitedSettings, TheEffortSaysHowMuchIsTried) {
  EXPECT_TRUE(suited({"effort=quick"}, kEnough).strategies[2].candidates.empty());
  EXPECT_EQ(suited({"effort=fair"}, kEnough).strategies[2].candidates.size(), 3u);
  const auto thorough = suited({"effort=thorough"}, kEnough);
  EXPECT_EQ(thorough.strategies[2].candidates.size(), 8u);  // four rates, two epoch counts
  EXPECT_EQ(thorough.seeds, 3);
  EXPECT_EQ(suited({"effort=thorough", "seeds=2"}, kEnough).seeds, 2);
  // A search that is given outright wins.
  EXPECT_TRUE(suited({"search=lr"}, kEnough).strategies[2].candidates.empty());
}

TEST_F(SuitedSettings, ThoroughEffortTriesClassWeightsWhereLabelsAreImbalanced) {
  const TrainingScale unbalanced{600, 200, class_balance({570, 30})};
  const auto settings = suited({"effort=thorough"}, unbalanced);
  // Heads start from a probe of their own loss, and that of the comparison may have either.
  ASSERT_THAT(names(settings),
              ElementsAre("probe", "exact probe*", "balanced exact probe*", "last-1", "full"));
  EXPECT_EQ(settings.strategies[0].candidates.size(), 2u);
  EXPECT_EQ(settings.strategies[0].solver, Solver::kLbfgs);
  EXPECT_TRUE(settings.strategies[2].training.loss.balanced_classes);
  for (const size_t i : {3, 4}) {
    const StrategySettings& s = settings.strategies[i];
    EXPECT_EQ(s.init_from, "exact probe");
    EXPECT_EQ(s.balanced_start, "balanced exact probe");
    ASSERT_EQ(s.candidates.size(), 16u);
    EXPECT_FALSE(s.candidates[7].loss.balanced_classes);
    EXPECT_TRUE(s.candidates[8].loss.balanced_classes);
    EXPECT_EQ(s.candidates[8].learning_rate, s.candidates[0].learning_rate);
  }
  const auto tries = [&](const std::vector<std::string>& given, TrainingScale scale) {
    const auto own = suited(given, scale);
    return std::any_of(own.strategies.begin(), own.strategies.end(), tries_class_weights);
  };
  EXPECT_FALSE(tries({"effort=fair"}, unbalanced));
  EXPECT_FALSE(tries({"effort=thorough", "class_weights=none"}, unbalanced));
  EXPECT_FALSE(tries({"effort=thorough"}, {600, 200, class_balance({540, 60})}));
  EXPECT_FALSE(tries({"effort=thorough"}, {600, 90, class_balance({570, 30})}));
  // Weights alone, where rates are given.
  EXPECT_EQ(suited({"effort=thorough", "learning_rate=1e-4"}, unbalanced)
                .strategies.back()
                .candidates.size(),
            2u);
}

TEST_F(SuitedSettings, ImbalanceIsSaidInALineUnlessClassWeightsAreGiven) {
  const TrainingScale scale{630, 200, class_balance({600, 30})};
  const auto line = [&](const std::vector<std::string>& given, TrainingScale s) {
    return describe_imbalance(suited(given, s), s, {"no", "yes"});
  };
  EXPECT_EQ(line({}, scale),
            "Imbalance: 'no' (600) has 20 times the training rows of 'yes' (30); try "
            "class_weights = balanced\n");
  EXPECT_THAT(line({"effort=thorough"}, scale), HasSubstr("class weights are tried on validation"));
  EXPECT_EQ(line({"class_weights=balanced"}, scale), "");
  EXPECT_EQ(line({"class_weights=none"}, scale), "");
  EXPECT_EQ(line({}, {630, 200, class_balance({570, 60})}), "");
}

TEST_F(SuitedSettings, BiasesAloneTakeLargerStepsAndWiderEncodersSmallerOnes) {
  const auto settings = suited({"strategies=full,bitfit"}, kEnough);
  EXPECT_GT(settings.strategies[2].training.learning_rate,
            5 * settings.strategies[1].training.learning_rate);
}

TEST_F(SuitedSettings, FewerLayersTakeLargerSteps) {
  const auto settings = suited({"strategies=last-1,last-2,full"}, kEnough);
  std::map<std::string, double> rates;
  for (const StrategySettings& s : settings.strategies) {
    rates[s.name] = s.training.learning_rate;
  }
  EXPECT_NEAR(rates["last-1"] / rates["last-2"], 2, 0.05);
  EXPECT_GT(rates["last-2"], rates["full"]);
}

TEST_F(SuitedSettings, FullAndLpFtFromOneHeadAreRefused) {
  try {
    suited({"strategies=full,lp-ft"}, kEnough);
    FAIL() << "they are one training";
  } catch (const Error& error) {
    EXPECT_THAT(error.what(), HasSubstr("the same training as 'lp-ft'"));
    EXPECT_THAT(error.what(), HasSubstr("full.head_start = new"));
  }
  EXPECT_THAT(names(suited({"strategies=full,lp-ft", "full.head_start=new"}, kEnough)),
              ElementsAre("full", "exact probe*", "lp-ft"));
}

TEST_F(SuitedSettings, LpFtStartsFromTheProbeBeforeItOrFromASolvedOneOfItsOwn) {
  const auto listed = suited({"strategies=probe,lp-ft", "learning_rate=1e-4", "epochs=2"}, kEnough);
  ASSERT_THAT(names(listed), ElementsAre("probe", "lp-ft", "exact probe*"));
  EXPECT_EQ(listed.strategies[1].init_from, "probe");
  const auto alone = suited({"strategies=lp-ft", "learning_rate=1e-4", "epochs=2"}, kEnough);
  ASSERT_THAT(names(alone), ElementsAre("exact probe*", "lp-ft"));
  EXPECT_EQ(alone.strategies[1].init_from, "exact probe");
  EXPECT_EQ(alone.strategies[1].training.epochs, 2);
}

TEST_F(SuitedSettings, AHeadWithADenseLayerIsTrainedOnThePretrainedVectors) {
  const auto settings = suited({"strategies=full"}, kEnough, "distilbert");
  ASSERT_THAT(names(settings), ElementsAre("trained head*", "full"));
  const TrainingSettings& head = settings.strategies[0].training;
  EXPECT_EQ(settings.strategies[0].solver, Solver::kAdamW);
  EXPECT_GT(head.patience, 0);
  EXPECT_GT(head.epochs, settings.strategies[1].training.epochs);
}

TEST_F(SuitedSettings, FewerRowsHaveMoreEpochs) {
  StrategySettings full;
  full.strategy = "full";
  EXPECT_EQ(suited_epochs(16, 16, full, 6), 20);
  EXPECT_EQ(suited_epochs(800, 16, full, 6), 4);
  EXPECT_EQ(suited_epochs(1'000'000, 16, full, 6), 3);
  EXPECT_EQ(suited_epochs(0, 16, full, 6), 20);
}

TEST_F(SuitedSettings, TheLastLayersTakeFewerStepsWhereNoValidationKeepsTheBest) {
  StrategySettings last;
  last.strategy = "last-1";
  last.training.best_epoch = BestEpoch::kCalibratedLoss;
  EXPECT_EQ(suited_epochs(16, 16, last, 4), 20);
  last.training.best_epoch = BestEpoch::kLast;
  EXPECT_EQ(suited_epochs(16, 16, last, 4), 10);  // of steps that are twice as large
  EXPECT_EQ(suited_epochs(1'000'000, 16, last, 4), 3);
  last.strategy = "full";
  EXPECT_EQ(suited_epochs(16, 16, last, 4), 20);
}

// They set rates and epochs of every strategy.
TEST_F(SuitedSettings, TheNotebooksRecipesStayToTheLetter) {
  for (const char* name : {"tweeteval-sentiment.toml", "twelve-sentences.toml"}) {
    const auto recipe =
        make_settings(read_recipe(std::filesystem::path(THAW_SOURCE_DIR) / "recipes" / name), {});
    const auto settings = suit(recipe, {9, 0});
    for (size_t i = 0; i < recipe.strategies.size(); ++i) {
      const auto &was = recipe.strategies[i], &is = settings.strategies[i];
      EXPECT_EQ(is.name, was.name);
      EXPECT_EQ(is.init_from, was.init_from);
      EXPECT_EQ(is.solver, Solver::kAdamW);
      EXPECT_EQ(is.training.epochs, was.training.epochs);
      EXPECT_EQ(is.training.learning_rate, was.training.learning_rate);
      EXPECT_EQ(is.training.head_learning_rate, 0);
      EXPECT_EQ(is.training.best_epoch, BestEpoch::kLoss);
      EXPECT_EQ(is.training.patience, 0);
      EXPECT_TRUE(is.candidates.empty());
    }
  }
}

}  // namespace
}  // namespace thaw
