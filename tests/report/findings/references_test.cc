#include "report/findings/references.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>

#include "report/export/results_json.h"
#include "report/findings/words.h"
#include "results/evidence.h"
#include "results/read_json.h"
#include "tests/report/full_fixture.h"

namespace thaw {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;

using Kind = ReferenceResult::Kind;

// 400 rows of two labels; `right` of them are answered rightly, the wrong ones first.
std::vector<int32_t> answers(const std::vector<int32_t>& gold, int64_t right) {
  std::vector<int32_t> given = gold;
  for (size_t row = 0; row + right < gold.size(); ++row) given[row] = 1 - given[row];
  return given;
}

ComparisonResults with_reference(Kind kind, int64_t reference_right) {
  ComparisonResults results;
  results.label_names = {"no", "yes"};
  results.evaluated_on = "test";
  results.splits = {{"train", 1000, {500, 500}}, {"test", 400, {200, 200}}};
  for (int32_t row = 0; row < 400; ++row) results.test_gold.push_back(row % 2);
  results.strategies = {
      strategy("probe", "probe", results.test_gold, answers(results.test_gold, 320), 2),
      strategy("full", "full", results.test_gold, answers(results.test_gold, 360), 2)};
  ReferenceResult reference;
  reference.kind = kind;
  reference.test_logits = logits_of(answers(results.test_gold, reference_right), 2);
  reference.test =
      classification_metrics(reference.test_logits.data(), results.test_gold.data(), 400, 2);
  results.references = {reference};
  results.evidence = make_evidence(results);
  compare_with_references(results, recommend(results));
  return results;
}

TEST(References, AreComparedWithTheRecommendedStrategyRowByRow) {
  const auto results = with_reference(Kind::kTfidf, 300);
  const ReferenceResult& own = results.references.front();
  EXPECT_EQ(own.against, "full");
  ASSERT_TRUE(own.difference.has_value());
  EXPECT_NEAR(own.difference->value, 0.15, 0.005);
  EXPECT_GT(own.difference->low, 0.1);
  EXPECT_LT(own.difference->p, 0.05);
}

TEST(References, TheHeadlineSaysWhereTheEncoderIsNotNeeded) {
  const auto beaten = with_reference(Kind::kTfidf, 300);
  EXPECT_EQ(reference_clause(beaten), "");
  EXPECT_THAT(reference_sentences(beaten).front(), HasSubstr("The encoder earns its place"));
  // Behind by four points and wrong on other rows: 400 of them cannot tell whether it is needed.
  auto unclear = with_reference(Kind::kTfidf, 360);
  std::vector<int32_t> given = unclear.test_gold;
  for (int row = 344; row < 400; ++row) given[row] = 1 - given[row];
  ReferenceResult& reference = unclear.references.front();
  reference.test_logits = logits_of(given, 2);
  reference.test =
      classification_metrics(reference.test_logits.data(), unclear.test_gold.data(), 400, 2);
  compare_with_references(unclear, recommend(unclear));
  ASSERT_GT(reference.difference->p, 0.05);
  EXPECT_THAT(findings(unclear).headline,
              AllOf(HasSubstr("these rows cannot tell whether one is needed"),
                    Not(HasSubstr("does as well"))));
  EXPECT_THAT(reference_sentences(unclear).front(),
              HasSubstr("Whether the encoder is needed is not clear"));
  const auto equal = with_reference(Kind::kTfidf, 360);
  EXPECT_THAT(findings(equal).headline,
              HasSubstr("TF-IDF with logistic regression does as well without an encoder"));
  EXPECT_THAT(reference_sentences(equal).front(),
              HasSubstr("The encoder has not earned its place"));
  const auto worse = with_reference(Kind::kTfidf, 390);
  EXPECT_THAT(findings(worse).headline, HasSubstr("does better without an encoder"));
}

TEST(References, AnotherMetricIsJudgedByItsOwnDifference) {
  ComparisonResults results = with_reference(Kind::kTfidf, 300);
  ASSERT_NE(results.decision.metric, Metric::kLoss);
  // What comes back from the file has no predictions of the references.
  ComparisonResults back = parse_results(results_json(results), "results.json");
  back.decision.metric = Metric::kLoss;
  decide_references_anew(back, recommend(back));
  ASSERT_TRUE(back.references[0].difference);
  EXPECT_EQ(back.references[0].difference->metric, Metric::kLoss);
  EXPECT_EQ(back.references[0].difference->value,
            results.references[0].differences[static_cast<size_t>(Metric::kLoss)].value);
  EXPECT_LT(back.references[0].difference->value, 0);
  // Of a strategy that is not taken any more, nothing is said.
  back.references[0].against = "probe";
  back.decision.metric = Metric::kAccuracy;
  decide_references_anew(back, recommend(back));
  EXPECT_FALSE(back.references[0].difference);
  EXPECT_EQ(reference_clause(back), "");
  EXPECT_THAT(reference_sentences(back), IsEmpty());
}

TEST(References, AStrategyNoBetterThanTheMajorityClassIsCalledThat) {
  EXPECT_THAT(reference_sentences(with_reference(Kind::kMajority, 200)), IsEmpty());
  EXPECT_THAT(reference_sentences(with_reference(Kind::kMajority, 365)).front(),
              HasSubstr("cannot be told from answering the most frequent label always"));
}

TEST(References, TheSolvedProbeIsThatOfTheReferenceOrOfAStrategy) {
  auto results = with_reference(Kind::kLinear, 340);
  EXPECT_NEAR(solved_probe_value(results), 0.85, 0.005);
  results.references.clear();
  EXPECT_TRUE(std::isnan(solved_probe_value(results)));
  results.strategies[0].settings["solver"] = "exact";
  EXPECT_NEAR(solved_probe_value(results), 0.80, 0.005);
}

TEST(References, StandInTheTerminalsTableAndComeBackFromTheFile) {
  const auto results = tweets_in_full();
  EXPECT_THAT(format_references(results), HasSubstr("\nTF-IDF with logistic regression  "));
  EXPECT_THAT(format_references(results), HasSubstr("500,000 of 612,345 n-grams"));
  EXPECT_EQ(format_references(tweets()), "");
  const auto back = parse_results(results_json(results), "results.json");
  ASSERT_EQ(back.references.size(), 1u);
  EXPECT_EQ(back.references[0].kind, Kind::kTfidf);
  EXPECT_EQ(back.references[0].note, results.references[0].note);
  EXPECT_EQ(back.references[0].against, "full");
  EXPECT_EQ(back.references[0].difference->low, 0.021);
  EXPECT_EQ(back.references[0].test.accuracy, results.references[0].test.accuracy);
}

}  // namespace
}  // namespace thaw
