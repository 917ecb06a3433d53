#include "report/findings/recommendation.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>

#include "base/error.h"
#include "results/evidence.h"
#include "tests/report/fixtures.h"

namespace thaw {
namespace {

using ::testing::AllOf;
using ::testing::Contains;
using ::testing::Each;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;

std::vector<int32_t> with_errors(const std::vector<int32_t>& gold, int64_t from, int64_t wrong) {
  std::vector<int32_t> given = gold;
  for (int64_t row = from; row < from + wrong; ++row) given[row] = 1 - given[row];
  return given;
}

// Two labels in turn; each strategy has its name, its cost and how many of the first rows it gets
// wrong, so that a better one is right wherever a worse one is.
struct Tried {
  std::string name;
  double seconds;
  int64_t wrong;
};

ComparisonResults tried(int64_t rows, const std::vector<Tried>& strategies) {
  ComparisonResults results;
  results.label_names = {"ham", "spam"};
  results.evaluated_on = "test";
  for (int64_t row = 0; row < rows; ++row) {
    results.test_gold.push_back(static_cast<int32_t>(row % 2));
  }
  results.splits = {{"train", 2000, {1000, 1000}}};
  for (const Tried& own : strategies) {
    results.strategies.push_back(strategy(own.name, "last-1", results.test_gold,
                                          with_errors(results.test_gold, 0, own.wrong), 2));
    results.strategies.back().train_seconds = own.seconds;
    results.strategies.back().seed = 42;
  }
  results.decision.metric = Metric::kAccuracy;
  return results;
}

void add_rerun(ComparisonResults& results, size_t index, uint64_t seed, int64_t from,
               int64_t wrong) {
  const StrategyResult again =
      strategy("", "last-1", results.test_gold, with_errors(results.test_gold, from, wrong), 2);
  SeedRun run;
  run.seed = seed;
  run.test = again.test;
  run.test_logits = again.test_logits;
  run.train_seconds = results.strategies[index].train_seconds;
  results.strategies[index].reruns.push_back(std::move(run));
}

void fail(StrategyResult& strategy) {
  strategy.failure = "the loss was not a finite number at step 12";
  strategy.test = {};
  strategy.test_logits.clear();
}

Recommendation judged(ComparisonResults& results) {
  results.evidence = make_evidence(results, {.resamples = 2000});
  return recommend(results);
}

TEST(Recommendation, TakesTheBestAndSaysWhatComesCloseForLess) {
  ComparisonResults results =
      tried(1000, {{"probe", 10, 300}, {"last-2", 90, 208}, {"full", 310, 200}});
  const Recommendation found = judged(results);
  EXPECT_EQ(found.verdict, Verdict::kBest);
  EXPECT_EQ(found.chosen, 2u);
  EXPECT_EQ(found.reference, 0u);
  EXPECT_THAT(found.front, ElementsAre(0, 1, 2));
  EXPECT_DOUBLE_EQ(found.strategies[1].gain_share, 0.92);
  EXPECT_DOUBLE_EQ(found.strategies[2].cost_factor, 31);
  EXPECT_EQ(found.headline,
            "Take full: accuracy rises from 0.700 (probe) to 0.800 for 31 times the training time. "
            "last-2 brings 92% of that for nine times the training time.");
  EXPECT_THAT(
      found.sentences.front(),
      AllOf(HasSubstr("Take full; it trains in 5 min 10 s. Its lead over last-2, the next best, "
                      "+0.8 points of accuracy (95% +"),
            HasSubstr("is more than the choice of test rows explains")));
}

TEST(Recommendation, TakesTheCheaperOfTwoThatCannotBeToldApart) {
  ComparisonResults results =
      tried(1000, {{"probe", 10, 300}, {"last-2", 90, 202}, {"full", 310, 200}});
  const Recommendation found = judged(results);
  EXPECT_EQ(found.verdict, Verdict::kCheaper);
  EXPECT_EQ(found.best, 2u);
  EXPECT_EQ(found.chosen, 1u);
  EXPECT_FALSE(difference(results, 2, 1).clear());
  EXPECT_TRUE(difference(results, 2, 0).clear());
  EXPECT_THAT(found.headline, HasSubstr("full brings nothing measurable beyond that."));
  // The order in which strategies stand is of no account.
  std::swap(results.strategies[0], results.strategies[2]);
  const Recommendation turned = judged(results);
  EXPECT_EQ(turned.chosen, 1u);
  EXPECT_EQ(turned.best, 0u);
  EXPECT_EQ(turned.reference, 2u);
  EXPECT_NEAR(difference(results, 0, 2).value, 0.1, 1e-12);
  EXPECT_GT(difference(results, 0, 2).low, 0);
}

TEST(Recommendation, StaysWithinTheBudget) {
  ComparisonResults results =
      tried(1000, {{"probe", 10, 300}, {"last-2", 90, 250}, {"full", 310, 200}});
  results.decision.budget_seconds = 100;
  const Recommendation found = judged(results);
  EXPECT_EQ(found.chosen, 1u);
  EXPECT_EQ(found.strategies[2].excluded, Exclusion::kOverBudget);
  EXPECT_EQ(found.beyond_budget, 2u);
  EXPECT_THAT(found.front, ElementsAre(0, 1, 2));
  EXPECT_THAT(found.sentences,
              Contains(HasSubstr("Beyond the budget of 1 min 40 s, full is ahead by +5.0 points")));
}

TEST(Recommendation, NamesTheFastestWhereNobodyMeetsTheBudget) {
  ComparisonResults results = tried(1000, {{"full", 310, 200}, {"probe", 10, 300}});
  results.decision.budget_seconds = 5;
  const Recommendation found = judged(results);
  EXPECT_EQ(found.verdict, Verdict::kOverBudget);
  EXPECT_FALSE(found.chosen.has_value());
  EXPECT_EQ(found.headline, "No approach trains within 5.00 s: the fastest, probe, takes 10.0 s.");
}

TEST(Recommendation, LeavesOutWhatDivergedOrGaveOneAnswer) {
  ComparisonResults results =
      tried(400, {{"probe", 10, 120}, {"diverged", 20, 0}, {"stuck", 30, 0}, {"full", 310, 60}});
  fail(results.strategies[1]);
  results.strategies[2] =
      strategy("stuck", "last-1", results.test_gold, std::vector<int32_t>(400, 1), 2);
  const Recommendation found = judged(results);
  EXPECT_EQ(found.chosen, 3u);
  EXPECT_EQ(found.strategies[1].excluded, Exclusion::kDidNotFinish);
  EXPECT_EQ(found.strategies[2].excluded, Exclusion::kOneAnswer);
  EXPECT_THAT(found.front, ElementsAre(0, 3));
  EXPECT_THAT(found.sentences, Contains("diverged did not finish: the loss was not a finite number "
                                        "at step 12; it is left out."));
  EXPECT_THAT(found.sentences,
              Contains("stuck answered 'spam' for every row, the majority class of "
                       "training; it is left out."));
  fail(results.strategies[0]);
  const Recommendation alone = judged(results);
  EXPECT_EQ(alone.verdict, Verdict::kOnlyOne);
  EXPECT_THAT(alone.sentences, Contains("Take full: it is the only one left."));
}

TEST(Recommendation, HasNothingToSayForWhereAllAreExcluded) {
  ComparisonResults results = tried(400, {{"probe", 10, 120}, {"full", 310, 60}});
  fail(results.strategies[0]);
  results.strategies[1] =
      strategy("full", "full", results.test_gold, std::vector<int32_t>(400, 0), 2);
  EXPECT_EQ(judged(results).headline, "No approach gave a classifier of use.");
  results.strategies[0] = results.strategies[1];
  EXPECT_EQ(judged(results).headline, "No approach learned to tell the classes apart.");
  for (StrategyResult& each : results.strategies) fail(each);
  const Recommendation none = judged(results);
  EXPECT_EQ(none.headline, "No approach could be trained.");
  EXPECT_EQ(none.verdict, Verdict::kNothingUsable);
  EXPECT_THAT(none.front, IsEmpty());
  results.strategies.resize(1);
  EXPECT_EQ(judged(results).headline, "full could not be trained.");
  results.strategies.clear();
  EXPECT_THROW(recommend(results), Error);
}

TEST(Recommendation, ConcludesNothingFromFewRows) {
  ComparisonResults results = tried(29, {{"probe", 10, 12}, {"full", 310, 0}});
  const Recommendation found = judged(results);
  EXPECT_EQ(found.verdict, Verdict::kTooFewRows);
  EXPECT_FALSE(found.chosen.has_value());
  EXPECT_EQ(found.headline, "Nothing can be concluded from 29 test rows.");
  results = tried(31, {{"probe", 10, 12}, {"full", 310, 0}});
  EXPECT_EQ(judged(results).chosen, 1u);
}

TEST(Recommendation, GoesByTheLossWhereThatDecides) {
  ComparisonResults results = tried(400, {{"probe", 10, 120}, {"full", 310, 60}});
  results.decision.metric = Metric::kLoss;
  const Recommendation found = judged(results);
  EXPECT_EQ(found.chosen, 1u);
  EXPECT_THAT(found.front, ElementsAre(0, 1));
  EXPECT_LT(difference(results, 1, 0).value, 0);
  EXPECT_THAT(found.headline, HasSubstr("Take full: loss falls from 0."));
  EXPECT_THAT(found.basis, HasSubstr("full against probe: −0."));
  std::swap(results.strategies[0].train_seconds, results.strategies[1].train_seconds);
  const Recommendation cheap = judged(results);
  EXPECT_EQ(cheap.chosen, 1u);
  EXPECT_THAT(cheap.front, ElementsAre(1));
  EXPECT_THAT(cheap.headline, HasSubstr("Take full: loss is 0."));
}

TEST(Recommendation, SaysMeanAndDeviationOverSeeds) {
  ComparisonResults results = tried(1000, {{"probe", 10, 300}, {"full", 310, 200}});
  for (const size_t index : {size_t{0}, size_t{1}}) {
    add_rerun(results, index, 43, 0, index == 0 ? 310 : 190);
    add_rerun(results, index, 44, 0, index == 0 ? 290 : 210);
  }
  results.strategies[0].reruns[1].failure = "the loss was not a finite number at step 3";
  results.strategies[0].reruns[1].test = {};
  results.strategies[1].reruns[1].train_seconds = 340;
  const Recommendation found = judged(results);
  EXPECT_EQ(found.chosen, 1u);
  EXPECT_EQ(found.strategies[0].seeds, 2);
  EXPECT_EQ(found.strategies[0].failed_seeds, 1);
  EXPECT_DOUBLE_EQ(found.strategies[1].cost_seconds, 320);
  EXPECT_NEAR(found.strategies[1].sd, 0.01, 1e-12);
  EXPECT_THAT(found.sentences,
              Contains("Mean ± sd of accuracy: probe 0.6950 ± 0.0071 (2 seeds) and full 0.8000 ± "
                       "0.0100 (3 seeds)."));
  EXPECT_THAT(found.sentences,
              Contains("Of the 3 trainings of probe, 1 seed did not finish; its numbers are means "
                       "over the 2 that finished."));
  EXPECT_THAT(found.sentences, Each(Not(HasSubstr("matter of the seed"))));
}

TEST(Recommendation, DoesNotTrustALeadOnWhichSeedsDisagree) {
  // With seed 42 full is ahead by 15 points, with seed 43 probe by one.
  ComparisonResults results = tried(1000, {{"probe", 10, 300}, {"full", 310, 150}});
  add_rerun(results, 0, 43, 0, 200);
  add_rerun(results, 1, 43, 0, 210);
  Recommendation found = judged(results);
  EXPECT_GT(difference(results, 1, 0).p, 0.2);
  EXPECT_EQ(found.best, 1u);
  EXPECT_EQ(found.chosen, 0u);
  EXPECT_THAT(found.sentences.front(),
              HasSubstr("which the choice of test rows and seeds could explain"));
  // Of many seeds all but one agree: by the numbers that is clear.
  for (uint64_t seed = 50; seed < 60; ++seed) {
    add_rerun(results, 0, seed, 0, 300);
    add_rerun(results, 1, seed, 0, 150);
  }
  found = judged(results);
  const StrategyDifference lead = difference(results, 1, 0);
  EXPECT_LT(lead.p, 0.01);
  EXPECT_TRUE(lead.seeds_disagree);
  EXPECT_EQ(found.chosen, 0u);
  EXPECT_THAT(found.sentences.front(), HasSubstr("but their seeds disagree about who is ahead"));
  EXPECT_THAT(found.sentences, Contains(HasSubstr("which is better is a matter of the seed")));
  // Other seeds are not compared one by one.
  results.strategies[0].reruns[0].seed = 44;
  EXPECT_FALSE(difference(results, 1, 0).seeds_disagree);
}

TEST(Recommendation, CountsASeedThatGaveOneAnswer) {
  ComparisonResults results = tried(1000, {{"probe", 10, 300}, {"full", 310, 100}});
  add_rerun(results, 1, 43, 0, 110);
  SeedRun stuck = results.strategies[1].reruns[0];
  const StrategyResult one =
      strategy("", "full", results.test_gold, std::vector<int32_t>(1000, 0), 2);
  stuck.seed = 44;
  stuck.test = one.test;
  stuck.test_logits = one.test_logits;
  results.strategies[1].reruns.push_back(stuck);
  const Recommendation found = judged(results);
  EXPECT_EQ(found.strategies[1].excluded, Exclusion::kNone);
  EXPECT_EQ(found.strategies[1].one_answer_seeds, 1);
  EXPECT_THAT(found.sentences, Contains(HasSubstr("1 ended with one answer for every row")));
}

TEST(Recommendation, OfPointValuesClaimsNothing) {
  ComparisonResults results = tried(400, {{"probe", 10, 120}, {"full", 310, 60}});
  const Recommendation found = recommend(results);
  EXPECT_EQ(found.verdict, Verdict::kNoPredictions);
  EXPECT_EQ(found.chosen, 1u);
  EXPECT_EQ(
      found.headline,
      "full has the best accuracy, 0.850 against probe's 0.700, for 31 times the training time. "
      "Whether that is more than chance is not known.");
  EXPECT_TRUE(std::isnan(found.strategies[1].gain_share));
}

TEST(Recommendation, OfEqualCostsClaimsNoSavings) {
  ComparisonResults results = tried(400, {{"one", 0, 62}, {"other", 0, 60}});
  const Recommendation found = judged(results);
  EXPECT_EQ(found.chosen, 1u);
  EXPECT_THAT(
      found.headline,
      HasSubstr(
          "No clear difference: accuracy is 0.850 with other and 0.845 with one, and 400 test "
          "rows cannot tell them apart."));
  EXPECT_THAT(found.sentences.front(),
              HasSubstr("do not tell it from one, and no training time speaks for either"));
  results.strategies[1] = results.strategies[0];
  results.strategies[1].name = "twin";
  EXPECT_EQ(judged(results).best, 0u);
}

}  // namespace
}  // namespace thaw
