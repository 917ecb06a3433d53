#include "report/findings/words.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/error.h"
#include "report/findings/facts.h"
#include "results/evidence.h"
#include "tests/report/fixtures.h"

namespace thaw {
namespace {

using ::testing::AllOf;
using ::testing::Contains;
using ::testing::Each;
using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::StartsWith;

// `right` of `rows` rows right, the wrong ones from row `from` on, of two labels in turn.
StrategyResult scored(const std::string& name, const std::string& kind,
                      const std::vector<int32_t>& gold, int64_t from, int64_t wrong) {
  std::vector<int32_t> given = gold;
  for (int64_t row = from; row < from + wrong; ++row) given[row] = 1 - given[row];
  return strategy(name, kind, gold, given, 2);
}

ComparisonResults two_labels(int64_t rows, int64_t train_rows) {
  ComparisonResults results;
  results.label_names = {"ham", "spam"};
  results.evaluated_on = "test";
  for (int64_t row = 0; row < rows; ++row) {
    results.test_gold.push_back(static_cast<int32_t>(row % 2));
  }
  results.splits = {{"train", train_rows, {train_rows / 2, train_rows - train_rows / 2}},
                    {"test", rows, {rows / 2, rows - rows / 2}}};
  return results;
}

// With intervals and tests, as a comparison that has just ended.
ComparisonResults judged(ComparisonResults results, Metric metric = Metric::kMacroF1) {
  results.decision.metric = metric;
  results.evidence = make_evidence(results, {.resamples = 2000});
  return results;
}

const ComparisonResults& judged_tweets() {
  static const ComparisonResults results = judged(tweets());
  return results;
}

TEST(Findings, OfTheTweetsSayWhatTheNumbersSay) {
  const Findings words = findings(judged_tweets());
  EXPECT_EQ(
      words.headline,
      "Unfreeze everything: macro F1 rises from 0.641 to 0.675 for 46 times the training time. "
      "Unfreezing the last layer brings 51% of that for 5.8 times the training time.");
  EXPECT_EQ(
      words.basis,
      "full against probe: +3.4 points of macro F1 (95% +2.7…+4.1, p = 0.001); 23 min 42 s of "
      "training instead of 31.2 s.");
  EXPECT_THAT(words.conclusion.front(), HasSubstr("Take full; it trains in 23 min 42 s."));
  EXPECT_THAT(words.observation,
              Contains("full got 8,313 of 12,284 test rows right, probe 7,949: accuracy 0.6767 "
                       "against 0.6471 (+2.96 points), macro F1 0.6747 against 0.6407 (+3.40)."));
  EXPECT_THAT(words.observation,
              Contains(AllOf(HasSubstr("p < 0.001"),
                             HasSubstr("851 rows are corrected and 487 newly wrong"),
                             HasSubstr("more than the choice of rows explains"))));
  EXPECT_THAT(words.observation, Contains("full is right more often, yet its test loss is higher "
                                          "(0.8188 against 0.7460)."));
  EXPECT_THAT(words.observation, Contains(HasSubstr("'positive' makes up 38.7% of the training")));
  EXPECT_THAT(words.conclusion, Contains(HasSubstr("46× the training time (23 min 42 s against")));
  EXPECT_THAT(words.conclusion,
              Contains(HasSubstr("it starts from probe, whose training comes on")));
  EXPECT_THAT(words.conclusion, Contains(HasSubstr("with another seed the numbers would differ")));
}

TEST(Findings, NameOverfittingAndTheEpochThatWasKept) {
  EXPECT_THAT(findings(tweets()).reason,
              Contains(AllOf(HasSubstr("full's validation loss was lowest after epoch 1 (0.8666)"),
                             HasSubstr("1.3044 after epoch 3"),
                             HasSubstr("training loss went from 0.4119 to 0.2695"),
                             HasSubstr("the weights of epoch 1 were kept"),
                             HasSubstr("validation accuracy still rose (0.680 to 0.700)"))));
}

TEST(Findings, SayHowTooSureProbabilitiesAreMended) {
  ComparisonResults results = tweets();
  for (StrategyResult& strategy : results.strategies) {
    strategy.calibration = CalibrationResult{};
    strategy.calibration->temperature = 1.2;
    strategy.calibration->before.nll = 0.75;
    strategy.calibration->after.nll = 0.74;
  }
  const auto said = [&] { return findings(results).observation; };
  EXPECT_THAT(said(), Not(Contains(HasSubstr("too sure"))));
  results.strategies[1].calibration->temperature = 6.14;
  results.strategies[1].calibration->before.nll = 1.814;
  results.strategies[1].calibration->after.nll = 0.68;
  EXPECT_THAT(said(), Contains(StartsWith("As trained, probabilities are too sure: last-1 "
                                          "(temperature 6.1: test loss 1.814 to 0.680). The "
                                          "saved folder has the temperature")));
}

TEST(Findings, DenyNoOverfittingThatNobodyLookedFor) {
  ComparisonResults results = tweets();
  for (StrategyResult& strategy : results.strategies) strategy.epochs.clear();
  EXPECT_THAT(findings(results).reason, Not(Contains(HasSubstr("no overfitting"))));
  results = tweets();
  results.splits.push_back({"validation", 60, {20, 20, 20}});
  for (StrategyResult& strategy : results.strategies) strategy.best_epoch = 0;
  EXPECT_THAT(findings(results).reason, Not(Contains(HasSubstr("no overfitting"))));
}

TEST(Findings, DoNotCallTheWobbleOfAPlateauOverfitting) {
  EXPECT_THAT(findings(tweets()).reason,
              Each(Not(HasSubstr("last-1's validation loss was lowest"))));
}

TEST(Findings, NameARunThatWasCutShort) {
  EXPECT_THAT(findings(tweets()).reason,
              Contains(AllOf(HasSubstr("probe is undertrained: its validation loss still fell in "
                                       "the last epoch"),
                             HasSubstr("more epochs may bring more."))));
}

TEST(Findings, ConcludeNothingFromThreeRows) {
  const Findings words = findings(twelve_sentences());
  EXPECT_EQ(words.headline, "Nothing can be concluded from 3 test rows.");
  EXPECT_THAT(words.observation,
              Contains("feature_extraction_freeze_all answered 'positive' for every row: it ended "
                       "at the majority class of training."));
  EXPECT_THAT(words.observation,
              Contains("fine_tune_last_layer answered 'negative' for every row."));
  EXPECT_THAT(words.reason, Contains(AllOf(HasSubstr("33.3 points"), HasSubstr("p = 0.25"))));
  EXPECT_THAT(words.reason, Contains(AllOf(HasSubstr("ln 2 = 0.693"),
                                           HasSubstr("2 steps at learning rate 2e-05 hardly moved "
                                                     "its newly drawn head"))));
  EXPECT_THAT(words.conclusion, Contains(HasSubstr("3 test rows decide nothing")));
  for (const auto* part : {&words.observation, &words.conclusion}) {
    EXPECT_THAT(*part, Each(Not(HasSubstr("McNemar"))));
    EXPECT_THAT(*part, Each(Not(HasSubstr("helps"))));
  }
}

TEST(Findings, CallADifferenceWithinTheNoiseNoDifference) {
  ComparisonResults results = two_labels(400, 4000);
  results.strategies = {scored("probe", "probe", results.test_gold, 0, 40),
                        scored("full", "full", results.test_gold, 20, 34)};
  const Findings words = findings(judged(results, Metric::kAccuracy));
  EXPECT_THAT(words.headline,
              HasSubstr("Keep the encoder frozen: accuracy is 0.900. Unfreezing everything reaches "
                        "0.915, which may be chance, for 46 times the training time."));
  EXPECT_THAT(words.basis, HasSubstr("full against probe: +1.5 points of accuracy (95% −"));
  EXPECT_THAT(words.observation,
              Contains(HasSubstr("The choice of rows alone could explain that")));
  EXPECT_THAT(words.conclusion.front(),
              AllOf(HasSubstr("Take probe: full is ahead of it by +1.5 points of accuracy"),
                    HasSubstr("probe trains in 2% of its time (31.2 s against 23 min 42 s)")));
}

TEST(Findings, AskMoreOfADifferenceWhenThereAreManyComparisons) {
  // 18 rows against 6: p = 0.023, clear for one comparison, not for three.
  ComparisonResults results = two_labels(400, 4000);
  const auto& gold = results.test_gold;
  results.strategies = {scored("probe", "probe", gold, 0, 18),
                        scored("full", "full", gold, 100, 6)};
  EXPECT_NEAR(comparison_facts(results).strategies[1].change.p_value, 0.0227, 1e-4);
  EXPECT_TRUE(comparison_facts(results).strategies[1].change.clear);
  EXPECT_TRUE(comparison_facts(judged(results)).strategies[1].change.clear);
  results.strategies.push_back(scored("last-1", "last-1", gold, 0, 18));
  results.strategies.push_back(scored("last-2", "last-2", gold, 0, 18));
  EXPECT_FALSE(comparison_facts(results).strategies[1].change.clear);
  EXPECT_FALSE(comparison_facts(judged(results)).strategies[1].change.clear);
  const Findings words = findings(judged(results));
  EXPECT_THAT(words.headline,
              HasSubstr("Keep the encoder frozen: macro F1 is 0.955. Unfreezing everything "
                        "reaches 0.985, which may be chance"));
  EXPECT_THAT(words.observation,
              Contains("The p-values are corrected for 6 comparisons by Holm's method."));
  EXPECT_THAT(words.observation, Contains("probe and last-1 are right on exactly the same rows."));
}

TEST(Findings, SayThatTheProbeIsEnoughWhereNothingBeatsIt) {
  ComparisonResults results = two_labels(600, 300);
  results.strategies = {scored("probe", "probe", results.test_gold, 0, 40),
                        scored("full", "full", results.test_gold, 200, 120)};
  const Findings words = findings(judged(results));
  EXPECT_THAT(words.headline,
              HasSubstr("Keep the encoder frozen: macro F1 is 0.933, and nothing that was "
                        "tried beside it is better."));
  EXPECT_THAT(words.reason,
              Contains(HasSubstr("With 300 training rows, full's 66.96 M trainable")));
  EXPECT_THAT(words.conclusion.front(), HasSubstr("Take probe: it is the cheapest"));
  EXPECT_THAT(words.conclusion, Contains(HasSubstr("that was not tried")));
}

TEST(Findings, ChooseTheCheaperOfTwoThatCannotBeToldApart) {
  ComparisonResults results = two_labels(1000, 4000);
  const auto& gold = results.test_gold;
  results.strategies = {scored("probe", "probe", gold, 0, 200),
                        scored("last-1", "last-1", gold, 300, 92),
                        scored("full", "full", gold, 310, 88)};
  const Findings words = findings(judged(results));
  EXPECT_THAT(words.headline,
              AllOf(HasSubstr("Unfreeze the last layer: macro F1 rises from 0.800 to 0.908 for 5.8 "
                              "times the training time."),
                    HasSubstr("Unfreezing everything brings nothing measurable beyond that.")));
  EXPECT_THAT(words.conclusion.front(),
              AllOf(HasSubstr("Take last-1: full is ahead of it by +0.4 points of macro F1"),
                    HasSubstr("which the choice of test rows alone could explain"),
                    HasSubstr("last-1 trains in 13% of its time")));
}

TEST(Findings, NameTheMajorityClassOnManyRows) {
  ComparisonResults results = two_labels(300, 1000);
  results.splits[0].label_counts = {700, 300};
  results.strategies = {
      scored("probe", "probe", results.test_gold, 0, 60),
      strategy("full", "full", results.test_gold, std::vector<int32_t>(300, 0), 2)};
  results.strategies[1].test.loss = 0.65;
  const Findings words = findings(results);
  EXPECT_THAT(words.observation, Contains("full answered 'ham' for every row: it ended at the "
                                          "majority class of training."));
  EXPECT_THAT(words.reason,
              Contains(HasSubstr("full's training was too short or its learning rate")));
  EXPECT_THAT(words.headline,
              HasSubstr("Take probe, the only one left: it reaches macro F1 0.800"));
  EXPECT_THAT(words.conclusion, Contains("full answered 'ham' for every row, the majority class of "
                                         "training; it is left out."));
  results.strategies[0] = results.strategies[1];
  EXPECT_EQ(findings(results).headline, "No approach learned to tell the classes apart.");
}

TEST(Findings, PointOutWhatIsNoBetterThanTheMostFrequentLabel) {
  ComparisonResults results = two_labels(300, 1000);
  results.strategies = {scored("probe", "probe", results.test_gold, 0, 160)};
  EXPECT_THAT(findings(results).observation,
              Contains("probe is no better than answering 'ham' every time, which is right on "
                       "50.0% of the rows."));
}

TEST(Findings, WarnOfImbalanceAndOfClassesWithoutRows) {
  ComparisonResults results = tweets();
  results.splits[0].label_counts = {100, 6000, 7584};
  EXPECT_THAT(findings(results).observation, Contains(HasSubstr("76× the rows of the smallest")));

  ComparisonResults missing = two_labels(300, 1000);
  missing.label_names = {"ham", "spam", "other"};
  for (SplitSummary& split : missing.splits) split.label_counts.push_back(1);
  missing.strategies = {strategy("probe", "probe", missing.test_gold, missing.test_gold, 3)};
  EXPECT_THAT(findings(missing).observation,
              Contains("No test row is 'other'; nothing is known about it."));
}

TEST(Findings, SayWhenTheValidationRowsAreAllThereIs) {
  ComparisonResults results = tweets();
  results.evaluated_on = "validation";
  const Findings words = findings(results);
  EXPECT_THAT(words.conclusion, Contains(AllOf(HasSubstr("There is no test split"),
                                               HasSubstr("which also chose the best epoch"))));
  EXPECT_THAT(words.observation, Contains(HasSubstr("12,284 validation rows")));
}

TEST(Findings, ClaimNothingAboutNoiseWithoutPredictions) {
  ComparisonResults results = tweets();
  for (StrategyResult& each : results.strategies) each.test_logits.clear();
  const Findings words = findings(results);
  EXPECT_EQ(
      words.headline,
      "full has the best macro F1, 0.675 against probe's 0.641, for 46 times the training time. "
      "Whether that is more than chance is not known.");
  EXPECT_THAT(words.conclusion.front(), HasSubstr("whether that is more than chance is not known"));
  EXPECT_THAT(words.observation, Each(Not(HasSubstr("McNemar"))));
}

TEST(Findings, OfOneStrategyCompareNothing) {
  ComparisonResults results = tweets();
  results.strategies.resize(1);
  const Findings words = findings(results);
  EXPECT_EQ(words.headline, "probe reaches macro F1 0.641 on 12,284 test rows.");
  EXPECT_THAT(findings(judged(results)).basis, HasSubstr("95% interval of its macro F1: 0.63"));
  EXPECT_TRUE(words.conclusion.empty());
  results.strategies.clear();
  EXPECT_THROW(findings(results), Error);
}

TEST(Findings, SpeakOfTheOthersBesideWhatDidNotFinish) {
  ComparisonResults results = tweets();
  for (const size_t failed : {size_t{0}, size_t{1}}) {
    StrategyResult& strategy = results.strategies[failed];
    strategy.failure = "the loss was not a finite number at step 12";
    strategy.test = {};
    strategy.test_logits.clear();
    const Findings words = findings(judged(results));
    EXPECT_THAT(words.conclusion,
                Contains(strategy.name + " did not finish: the loss was not a finite number at "
                                         "step 12; it is left out."));
    EXPECT_THAT(words.observation, Contains(HasSubstr("full got 8,313 of 12,284 test rows right")));
    EXPECT_THAT(words.observation, Each(Not(HasSubstr("probe got"))));
  }
  EXPECT_THAT(findings(judged(results)).headline,
              HasSubstr("Take full, the only one left: it reaches macro F1 0.675"));
}

TEST(Findings, AreWrappedForATerminal) {
  const std::string text = findings_text(findings(judged_tweets()), 60);
  size_t start = 0;
  while (start < text.size()) {
    const size_t end = text.find('\n', start);
    EXPECT_LE(end - start, 66u) << text.substr(start, end - start);  // bytes; columns are fewer
    start = end + 1;
  }
  EXPECT_THAT(text, HasSubstr("\nObservation\n  - last-1 got 8,141"));
  EXPECT_THAT(text, HasSubstr("\nLikely reason\n  - "));
  EXPECT_THAT(text, HasSubstr("\nConclusion\n  - Take full; it"));
}

}  // namespace
}  // namespace thaw
