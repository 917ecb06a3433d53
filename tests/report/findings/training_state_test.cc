#include "report/findings/training_state.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <set>

#include "report/findings/references.h"
#include "report/findings/words.h"
#include "results/evidence.h"
#include "results/phrases.h"
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

// The saved model is calibrated: a plain loss that rises may be confidence alone, which is mended.
TEST(TrainingStates, OfACalibratedModelTheCalibratedLossOfItsEpochsIsJudged) {
  ComparisonResults results = two_strategies(700, 720);
  StrategyResult& full = results.strategies[1];
  full.epochs = {{.epoch = 1, .train_loss = 0.5, .validation_loss = 0.5},
                 {.epoch = 2, .train_loss = 0.2, .validation_loss = 0.7}};
  full.best_epoch = 2;
  full.calibration = CalibrationResult{};
  full.calibration->temperature = 1.7;
  EXPECT_EQ(state_of(results, 1), TrainingState::kFine) << "its calibrated losses are unknown";
  full.epochs[0].calibrated_loss = 0.49;
  full.epochs[1].calibrated_loss = 0.488;
  EXPECT_EQ(state_of(results, 1), TrainingState::kFine);
  EXPECT_FALSE(comparison_facts(results).strategies[1].validation.overfits);
  full.epochs[1].calibrated_loss = 0.6;
  const auto finding = training_findings(results, comparison_facts(results))[1];
  EXPECT_EQ(finding.state, TrainingState::kOvertrained);
  EXPECT_THAT(training_sentence(results, 1, finding),
              HasSubstr("the epoch that was kept has a calibrated validation loss of 0.6000, the "
                        "lowest was 0.4900"));
  full.epochs[1].calibrated_loss = 0.4;  // falls while the plain one rises
  EXPECT_EQ(state_of(results, 1), TrainingState::kStillImproving);
}

TEST(TrainingStates, OfCalibratedModelsTheCalibratedTestLossIsCompared) {
  ComparisonResults results = two_strategies(700, 720);
  StrategyResult &probe = results.strategies[0], &full = results.strategies[1];
  full.test.loss = probe.test.loss + 0.2;
  for (StrategyResult* each : {&probe, &full}) {
    each->calibration = CalibrationResult{};
    each->calibration->temperature = 1.4;
    each->calibration->before.nll = each->test.loss;
    each->calibration->after.nll = 0.55;
  }
  const auto text = [&] { return findings_text(findings(results), 10'000); };
  EXPECT_THAT(text(), Not(HasSubstr("loss is higher")));
  EXPECT_THAT(text(), Not(HasSubstr("labels are better than its probabilities")));
  full.calibration->after.nll = 0.58;
  EXPECT_THAT(text(), HasSubstr("full is right more often, yet its calibrated test loss is higher "
                                "(0.5800 against 0.5500)."));
  EXPECT_THAT(text(), HasSubstr("labels are better than its probabilities"));
}

TEST(TrainingStates, FewValidationRowsTellNothingOfLossesAndTemperatures) {
  ComparisonResults results = two_strategies(700, 720);
  results.strategies[1].epochs.back().validation_loss = 0.3;
  EXPECT_EQ(state_of(results, 1), TrainingState::kStillImproving);
  results.splits.push_back({"validation", 99, {50, 49}});
  EXPECT_EQ(state_of(results, 1), TrainingState::kFine);
  results.splits.back().rows = 100;
  EXPECT_EQ(state_of(results, 1), TrainingState::kStillImproving);
}

TEST(TrainingStates, ATemperatureThatHarmsSaysNothingOfConfidence) {
  ComparisonResults results = two_strategies(700, 720);
  CalibrationResult& own = results.strategies[1].calibration.emplace();
  own.temperature = 0.6;
  EXPECT_EQ(state_of(results, 1), TrainingState::kUnderconfident);
  own.before.nll = 0.5;
  own.after.nll = 0.52;
  EXPECT_EQ(state_of(results, 1), TrainingState::kFine);
}

TEST(TrainingStates, OneAnswerOfTheFirstSeedIsNotThatOfAll) {
  ComparisonResults results = two_strategies(700, 720);
  const StrategyResult good = results.strategies[1];
  const std::vector<int32_t> one(results.test_gold.size(), 1);
  results.strategies[1] = strategy("full", "full", results.test_gold, one, 2);
  results.strategies[1].seed = 42;
  EXPECT_EQ(state_of(results, 1), TrainingState::kOneClass);
  SeedRun again;
  again.seed = 43;
  again.test = good.test;
  results.strategies[1].reruns = {again};
  EXPECT_EQ(state_of(results, 1), TrainingState::kFine);
  EXPECT_THAT(findings_text(findings(results), 10'000),
              HasSubstr("full (seed 42) answered 'yes' for every row"));
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
  EXPECT_TRUE(comparison_facts(results).strategies[1].answers.no_better_than_guessing);
  full.calibration = CalibrationResult{};
  full.calibration->temperature = 2.1;
  full.calibration->after.nll = 0.58;
  EXPECT_FALSE(comparison_facts(results).strategies[1].answers.no_better_than_guessing);
}

TEST(TrainingStates, OneThatWasSolvedHasNothingToBlame) {
  ComparisonResults results = two_strategies(600, 850);
  solve_probe(results, 780);
  results.strategies[0].settings["solver"] = "exact";
  EXPECT_EQ(state_of(results, 0), TrainingState::kFine);
}

// What a generated comparison is of.
struct Generated {
  int64_t right;  // of 1,000, of the second strategy; 0: it gives one label
  double temperature, last_validation, last_train, last_calibrated;
  int best;
  int64_t solved;  // of the reference; 0: none
  int seeds;
  bool harmful;             // the temperature makes the test worse
  int64_t validation_rows;  // 0: unknown
};

ComparisonResults made(const Generated& of) {
  ComparisonResults results = two_strategies(700, std::max<int64_t>(of.right, 1));
  if (of.right == 0) {
    const std::vector<int32_t> one(results.test_gold.size(), 1);
    const auto epochs = results.strategies[1].epochs;
    results.strategies[1] = strategy("full", "full", results.test_gold, one, 2);
    results.strategies[1].epochs = epochs;
  }
  for (StrategyResult& each : results.strategies) {
    each.seed = 42;
    each.calibration = CalibrationResult{};
    each.calibration->before.nll = each.test.loss;
    each.calibration->after.nll = each.test.loss - 0.01;
  }
  StrategyResult& full = results.strategies[1];
  full.calibration->temperature = of.temperature;
  full.calibration->after.nll += of.harmful ? 0.2 : 0;
  full.epochs.front().calibrated_loss = of.last_calibrated > 0 ? 0.5 : NAN;
  full.epochs.back().calibrated_loss = of.last_calibrated > 0 ? of.last_calibrated : NAN;
  full.epochs.back().validation_loss = of.last_validation;
  full.epochs.back().train_loss = of.last_train;
  full.best_epoch = of.best;
  full.test.loss = results.strategies[0].test.loss + 0.1;
  if (of.validation_rows > 0) {
    results.splits.push_back({"validation", of.validation_rows, {of.validation_rows, 0}});
  }
  for (int seed = 1; seed < of.seeds; ++seed) {
    for (StrategyResult& each : results.strategies) {
      // Further seeds are a little worse than the first; those of one answer all give one.
      std::vector<int32_t> given = predicted_labels(each.test_logits.data(), 1000, 2);
      for (int row = 0; row < 30 * seed && of.right > 0; ++row) given[row] = 1 - given[row];
      const StrategyResult again = strategy("", each.strategy, results.test_gold, given, 2);
      SeedRun run;
      run.seed = static_cast<uint64_t>(42 + seed);
      run.test = again.test;
      run.test_logits = again.test_logits;
      each.reruns.push_back(std::move(run));
    }
  }
  if (of.solved > 0) solve_probe(results, of.solved);
  results.evidence = make_evidence(results, {.resamples = 40});
  return results;
}

// Every state with every other, over seeds, temperatures and sizes of validation: what two
// sentences say must not contradict each other, nor what the numbers say.
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
      {"does as well without an encoder", "Whether the encoder is needed is not clear"},
      {"show no overfitting", "whether anything overfits is not judged"},
      {"show no overfitting", "Validation has"},
      {"probabilities are too sure", "makes the probabilities of the test rows worse"},
      {"probabilities are too sure", "so it is less sure than it may be"},
      {"so it is less sure than it may be", "makes the probabilities of the test rows worse"},
      {"still fell in the last epoch", "Validation has"},
      {"the temperature that fits its validation logits", "Validation has"},
      {"the epoch that was kept has a", "Validation has"},
      {"began to fit the training rows", "Validation has"},
      {"is overtrained", "labels are better than its probabilities"},
      {"for every row", "is right more often"},
      {"more than the choice of either explains", "their choice could explain"},
      {"choice of rows alone", "over seeds"},
      {"Each approach was trained once", " seeds"},
      {"McNemar", " seeds"},
      {"are training, not unfreezing", "features were learned for another purpose"},
  };
  int generated = 0;
  std::set<std::string> met;  // of each pair, that either was said at all
  for (const int64_t right : {0, 500, 720, 800}) {
    for (const double temperature : {0.5, 1.8}) {
      for (const double last_validation : {0.3, 0.9}) {
        for (const double last_train : {0.1, 0.69}) {
          for (const double last_calibrated : {0.0, 0.3, 0.8}) {
            for (const int best : {1, 2}) {
              for (const int64_t solved : {0, 790}) {
                for (const int seeds : {1, 3}) {
                  for (const bool harmful : {false, true}) {
                    for (const int64_t validated : {0, 60}) {
                      const Generated of = {
                          right, temperature, last_validation, last_train, last_calibrated,
                          best,  solved,      seeds,           harmful,    validated};
                      const ComparisonResults results = made(of);
                      const Findings words = findings(results);
                      std::vector<std::string> sentences = {words.headline};
                      for (const auto* part :
                           {&words.observation, &words.reason, &words.conclusion}) {
                        sentences.insert(sentences.end(), part->begin(), part->end());
                      }
                      ++generated;
                      const auto said = [&](const char* what) {
                        return std::any_of(
                            sentences.begin(), sentences.end(), [&](const std::string& sentence) {
                              // What is said of the probe is another story.
                              return sentence.find(what) != std::string::npos &&
                                     sentence.rfind("probe ", 0) != 0 &&
                                     (std::string(what) != "hardly trained" ||
                                      sentence.find("probe was hardly") == std::string::npos);
                            });
                      };
                      for (const auto& pair : contradictions) {
                        for (const char* each : pair) {
                          if (said(each)) met.insert(each);
                        }
                        EXPECT_FALSE(said(pair[0]) && said(pair[1]))
                            << pair[0] << " beside " << pair[1];
                      }
                      if (said("test loss is higher")) {
                        EXPECT_GT(results.strategies[1].calibration->after.nll,
                                  results.strategies[0].calibration->after.nll);
                        EXPECT_EQ(seeds, 1);
                      }
                    }
                  }
                }
              }
            }
          }
        }
      }
    }
  }
  EXPECT_EQ(generated, 4 * 2 * 2 * 2 * 3 * 2 * 2 * 2 * 2 * 2);
  for (const char* each :
       {"hardly trained", "overtrained", "undertrained", "began to fit the training rows",
        "labels are better than its probabilities",
        "makes the probabilities of the test rows worse", "Validation has",
        "so it is less sure than it may be", "still fell in the last epoch", "for every row",
        "more than the choice of either explains", "are training, not unfreezing",
        "features were learned for another purpose"}) {
    EXPECT_TRUE(met.contains(each)) << "never said: " << each;
  }
}

}  // namespace
}  // namespace thaw
