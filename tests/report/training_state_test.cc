#include "report/training_state.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "report/evidence.h"
#include "report/phrases.h"
#include "report/references.h"
#include "report/words.h"
#include "tests/report/full_fixture.h"

namespace thaw {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::StartsWith;

// Rows of two labels of which a strategy has `right` right; epochs that are neither.
ComparisonResults two_strategies(int64_t first_right, int64_t second_right) {
  ComparisonResults results;
  results.label_names = {"no", "yes"};
  results.evaluated_on = "test";
  results.splits = {{"train", 900, {450, 450}}, {"test", 1000, {500, 500}}};
  for (int32_t row = 0; row < 1000; ++row) results.test_gold.push_back(row % 2);
  const auto add = [&](const char* name, int64_t right) {
    std::vector<int32_t> given = results.test_gold;
    for (size_t row = 0; row + right < given.size(); ++row) given[row] = 1 - given[row];
    StrategyResult own = strategy(name, name, results.test_gold, given, 2);
    own.epochs = {{.epoch = 1, .train_loss = 0.5, .validation_loss = 0.5},
                  {.epoch = 2, .train_loss = 0.4, .validation_loss = 0.499}};
    own.best_epoch = 2;
    results.strategies.push_back(own);
  };
  add("probe", first_right);
  add("full", second_right);
  return results;
}

void solve_probe(ComparisonResults& results, int64_t right) {
  std::vector<int32_t> given = results.test_gold;
  for (size_t row = 0; row + right < given.size(); ++row) given[row] = 1 - given[row];
  ReferenceResult solved;
  solved.kind = ReferenceResult::Kind::kLinear;
  solved.test_logits = logits_of(given, 2);
  solved.test =
      classification_metrics(solved.test_logits.data(), results.test_gold.data(), 1000, 2);
  results.references = {solved};
}

TrainingState state_of(const ComparisonResults& results, size_t index) {
  return training_findings(results, comparison_facts(results))[index].state;
}

TEST(TrainingStates, AProbeBelowTheOptimumOfItsOwnHeadMakesTheHeadlineSayWhatTrainingWas) {
  ComparisonResults results = two_strategies(600, 850);
  solve_probe(results, 780);
  results.evidence = make_evidence(results);
  EXPECT_EQ(state_of(results, 0), TrainingState::kBelowSolved);
  EXPECT_THAT(findings(results).headline,
              StartsWith("Not yet comparable: probe was hardly trained; solved to its optimum the "
                         "same head gives 0.7800, so +18.0 of full's +25.0 points are training, "
                         "not unfreezing. "));
  solve_probe(results, 860);
  EXPECT_THAT(findings(results).headline, HasSubstr("so all of full's +25.0 points are training"));
  solve_probe(results, 610);  // two points or less: as well as it can be
  EXPECT_EQ(state_of(results, 0), TrainingState::kFine);
  EXPECT_THAT(findings(results).headline, Not(HasSubstr("Not yet comparable")));
}

// A linear head is not what it trains, so nothing is said about how long it was trained.
TEST(TrainingStates, AProbeWithADenseLayerIsMeasuredAgainstALinearOneOnTheSameVectors) {
  ComparisonResults results = two_strategies(600, 850);
  solve_probe(results, 780);
  results.references[0].kind = ReferenceResult::Kind::kPooled;
  results.evidence = make_evidence(results);
  EXPECT_EQ(state_of(results, 0), TrainingState::kBelowLinear);
  EXPECT_EQ(state_of(results, 1), TrainingState::kFine);
  EXPECT_THAT(findings(results).headline,
              StartsWith("Not yet comparable: on the same vectors as probe a linear classifier, "
                         "solved to its optimum, gives 0.7800, so +18.0 of full's +25.0 points "
                         "need no unfreezing. "));
  EXPECT_THAT(format_training_warnings(results),
              AllOf(HasSubstr("below a linear classifier"), Not(HasSubstr("hardly trained"))));
  solve_probe(results, 500);  // a dense layer may be worth something
  results.references[0].kind = ReferenceResult::Kind::kPooled;
  EXPECT_EQ(state_of(results, 0), TrainingState::kFine);
}

TEST(TrainingStates, ALossNearThatOfTheLabelsSharesIsHardlyTrained) {
  ComparisonResults results = two_strategies(700, 720);
  results.strategies[1].epochs.back().train_loss = 0.69;
  results.evidence = make_evidence(results);
  EXPECT_EQ(state_of(results, 1), TrainingState::kHardlyTrained);
  EXPECT_THAT(findings(results).headline,
              StartsWith("Not yet comparable: full was hardly trained. "));
  results.strategies[1].settings["class_weights"] = "balanced";  // its loss is another number
  EXPECT_EQ(state_of(results, 1), TrainingState::kFine);
}

TEST(TrainingStates, ALowTemperatureAndAFallingLossAreUndertrained) {
  ComparisonResults results = two_strategies(700, 720);
  results.strategies[1].epochs.back().validation_loss = 0.45;
  EXPECT_EQ(state_of(results, 1), TrainingState::kStillImproving);
  results.strategies[1].calibration = CalibrationResult{};
  results.strategies[1].calibration->temperature = 0.6;
  EXPECT_EQ(state_of(results, 1), TrainingState::kUnderconfident);
  EXPECT_EQ(training_mark(TrainingState::kUnderconfident), "undertrained");
}

TEST(TrainingStates, AKeptEpochFarAboveTheLowestLossIsOvertrained) {
  ComparisonResults results = two_strategies(700, 720);
  results.strategies[1].epochs = {{.epoch = 1, .train_loss = 0.5, .validation_loss = 0.5},
                                  {.epoch = 2, .train_loss = 0.2, .validation_loss = 0.7}};
  results.strategies[1].best_epoch = 2;
  EXPECT_EQ(state_of(results, 1), TrainingState::kOvertrained);
  // It was not kept by mistake.
  results.strategies[1].settings["best_epoch"] = "calibrated_loss";
  EXPECT_EQ(state_of(results, 1), TrainingState::kFine);
  results.strategies[1].settings.erase("best_epoch");
  results.strategies[1].best_epoch = 1;
  EXPECT_EQ(state_of(results, 1), TrainingState::kFine);
}

TEST(TrainingStates, WarnALineEachAndOfOneAnswerToo) {
  ComparisonResults results = two_strategies(700, 720);
  EXPECT_EQ(format_training_warnings(results), "");
  results.strategies[0].epochs.back().train_loss = 0.69;
  const std::vector<int32_t> one(results.test_gold.size(), 1);
  results.strategies[1] = strategy("full", "full", results.test_gold, one, 2);
  const std::string text = format_training_warnings(results);
  EXPECT_THAT(text, StartsWith("warning: probe was hardly trained: its training loss (0.690)"));
  EXPECT_THAT(text, HasSubstr("\nwarning: full answers 'yes' for every row"));
}

TEST(TrainingStates, ALossThatCalibrationMendsIsNoGuess) {
  ComparisonResults results = two_strategies(700, 720);
  StrategyResult& full = results.strategies[1];
  full.test.loss = 1.2;
  EXPECT_TRUE(comparison_facts(results).strategies[1].no_better_than_guessing);
  full.calibration = CalibrationResult{};
  full.calibration->temperature = 2.1;
  full.calibration->after.nll = 0.58;
  EXPECT_FALSE(comparison_facts(results).strategies[1].no_better_than_guessing);
}

TEST(TrainingStates, OneThatWasSolvedHasNothingToBlame) {
  ComparisonResults results = two_strategies(600, 850);
  solve_probe(results, 780);
  results.strategies[0].settings["solver"] = "exact";
  EXPECT_EQ(state_of(results, 0), TrainingState::kFine);
}

// Every state with every other: what two sentences say must not contradict each other.
TEST(TrainingStates, NoTwoSentencesOfTheFindingsContradictEachOther) {
  const std::vector<std::vector<const char*>> contradictions = {
      {"hardly trained", "overtrained"},
      {"undertrained", "overtrained"},
      {"hardly trained", "began to fit the training rows"},
      {"undertrained", "began to fit the training rows"},
      {"undertrained", "labels are better than its probabilities"},
      {"hardly trained", "labels are better than its probabilities"},
      {"hardly trained", "have little to hold on to"},
      {"undertrained", "have little to hold on to"},
      {"earns its place", "has not earned its place"},
  };
  int generated = 0;
  for (const int64_t right : {500, 600, 720, 800}) {
    for (const double temperature : {0.5, 0.9, 1.8}) {
      for (const double last_validation : {0.3, 0.499, 0.9}) {
        for (const double last_train : {0.1, 0.4, 0.69}) {
          for (const int best : {1, 2}) {
            for (const int64_t solved : {0, 600, 790}) {
              ComparisonResults results = two_strategies(700, right);
              StrategyResult& full = results.strategies[1];
              full.calibration = CalibrationResult{};
              full.calibration->temperature = temperature;
              full.epochs.back().validation_loss = last_validation;
              full.epochs.back().train_loss = last_train;
              full.best_epoch = best;
              full.test.loss = results.strategies[0].test.loss + 0.1;
              if (solved > 0) solve_probe(results, solved);
              const ComparisonFacts facts = comparison_facts(results);
              const Recommendation recommendation = recommend(results);
              const auto reasons = likely_reasons(results, facts, recommendation);
              ++generated;
              for (const auto& pair : contradictions) {
                bool first = false, second = false;
                for (const std::string& sentence : reasons) {
                  if (sentence.find("full") == std::string::npos) continue;
                  first = first || sentence.find(pair[0]) != std::string::npos;
                  second = second || sentence.find(pair[1]) != std::string::npos;
                }
                EXPECT_FALSE(first && second) << pair[0] << " beside " << pair[1];
              }
            }
          }
        }
      }
    }
  }
  EXPECT_EQ(generated, 4 * 3 * 3 * 3 * 2 * 3);
}

}  // namespace
}  // namespace thaw
