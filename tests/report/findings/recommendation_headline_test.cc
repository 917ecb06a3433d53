// Every headline over generated results: whole sentences, with the numbers of the tables.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <regex>
#include <set>

#include "report/findings/recommendation.h"
#include "report/findings/strategy_phrases.h"
#include "report/findings/tables.h"
#include "report/findings/words.h"
#include "results/evidence.h"
#include "results/shown.h"
#include "tests/report/fixtures.h"
#include "text/numbers.h"

namespace thaw {
namespace {

using ::testing::AllOf;
using ::testing::EndsWith;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using ::testing::StartsWith;

// Which of the first rows it gets wrong, and in how many seconds it was trained.
struct Tried {
  std::string name, kind;
  double seconds;
  int64_t wrong;
};

std::vector<int32_t> with_errors(const std::vector<int32_t>& gold, int64_t from, int64_t wrong) {
  std::vector<int32_t> given = gold;
  for (int64_t row = from; row < from + wrong; ++row) given[row] = 1 - given[row];
  return given;
}

ComparisonResults tried(int64_t rows, const std::vector<Tried>& strategies, int seeds = 1) {
  ComparisonResults results;
  results.label_names = {"ham", "spam"};
  results.evaluated_on = "test";
  for (int64_t row = 0; row < rows; ++row) {
    results.test_gold.push_back(static_cast<int32_t>(row % 2));
  }
  for (const Tried& own : strategies) {
    StrategyResult made = strategy(own.name, own.kind, results.test_gold,
                                   with_errors(results.test_gold, 0, own.wrong), 2);
    made.train_seconds = own.seconds;
    made.seed = 42;
    for (int seed = 1; seed < seeds; ++seed) {
      const StrategyResult again = strategy("", own.kind, results.test_gold,
                                            with_errors(results.test_gold, seed, own.wrong), 2);
      made.reruns.push_back({.seed = 42 + static_cast<uint64_t>(seed),
                             .failure = "",
                             .test = again.test,
                             .test_logits = again.test_logits,
                             .best_epoch = 1,
                             .train_seconds = own.seconds});
    }
    results.strategies.push_back(std::move(made));
  }
  results.decision.metric = Metric::kAccuracy;
  return results;
}

ComparisonResults judged(ComparisonResults results, Metric metric = Metric::kAccuracy) {
  results.decision.metric = metric;
  results.evidence = make_evidence(results, {.resamples = 500});
  return results;
}

std::string headline(const ComparisonResults& results) { return recommend(results).headline; }

TEST(Headline, SaysWhatToDoWhatItBringsAndWhatItCosts) {
  const auto results = judged(tried(
      1000,
      {{"probe", "probe", 10, 318}, {"last-1", "last-1", 30, 278}, {"full", "full", 90, 276}}));
  EXPECT_EQ(headline(results),
            "Unfreeze the last layer: accuracy rises from 0.682 to 0.722 for three times the "
            "training time. Unfreezing everything brings nothing measurable beyond that.");
  EXPECT_THAT(recommend(results).basis,
              AllOf(StartsWith("last-1 against probe: +4.0 points of accuracy (95% +"),
                    HasSubstr("); 30.0 s of training instead of 10.0 s. full against last-1: +0.2"),
                    EndsWith("1 min 30 s of training instead of 30.0 s.")));
}

TEST(Headline, OfTheDearestThatIsBestNamesWhatComesCloseForLess) {
  EXPECT_EQ(headline(judged(tried(1000, {{"probe", "probe", 10, 300},
                                         {"last-2", "last-2", 90, 208},
                                         {"full", "full", 310, 200}}))),
            "Unfreeze everything: accuracy rises from 0.700 to 0.800 for 31 times the training "
            "time. Unfreezing the last 2 layers brings 92% of that for nine times the training "
            "time.");
}

TEST(Headline, SaysThatTheProbeIsEnough) {
  EXPECT_EQ(
      headline(judged(tried(1000, {{"probe", "probe", 10, 250}, {"full", "full", 460, 248}}))),
      "Keep the encoder frozen: accuracy is 0.750. Unfreezing everything brings nothing "
      "measurable (0.752) for 46 times the training time.");
  // On few rows a gain may be large and nothing to rely on.
  EXPECT_EQ(
      headline(judged(tried(60, {{"probe", "probe", 10, 20}, {"full", "full", 20, 18}}))),
      "Keep the encoder frozen: accuracy is 0.667. Unfreezing everything reaches 0.700, which may "
      "be chance, for twice the training time.");
}

TEST(Headline, SaysThatMoreIsWorse) {
  EXPECT_EQ(
      headline(judged(tried(1000, {{"probe", "probe", 10, 250}, {"bitfit", "bitfit", 15, 340}}))),
      "Keep the encoder frozen: accuracy is 0.750, and nothing that was tried beside it is "
      "better. Unfreezing the biases alone is clearly worse (0.660) for 1.5 times the "
      "training time.");
}

TEST(Headline, SpeaksOfTheLossAsFalling) {
  EXPECT_THAT(headline(judged(tried(400, {{"probe", "probe", 10, 120}, {"full", "full", 310, 60}}),
                              Metric::kLoss)),
              AllOf(StartsWith("Unfreeze everything: loss falls from 0."),
                    HasSubstr(" for 31 times the training time.")));
}

TEST(Headline, SaysThatItIsAMeanOverSeeds) {
  const auto results =
      judged(tried(1000, {{"probe", "probe", 10, 300}, {"lp-ft", "lp-ft", 40, 200}}, 3));
  EXPECT_EQ(headline(results),
            "Train the head first, then everything: mean accuracy over 3 seeds rises from 0.700 to "
            "0.800 for four times the training time.");
}

TEST(Headline, CallsStrategiesByTheirOwnNames) {
  EXPECT_EQ(
      headline(judged(tried(1000, {{"cold", "full", 300, 300}, {"warm", "full", 330, 200}}))),
      "Take warm: accuracy rises from 0.700 (cold) to 0.800 for 1.1 times the training time.");
  // Two of a kind are told apart by their names alone.
  EXPECT_EQ(to_do(tried(4, {{"full", "full", 1, 0}, {"other", "full", 1, 0}}), 0), "Take full");
  EXPECT_EQ(doing(tried(4, {{"mine", "last-1", 1, 0}}), 0), "mine");
}

TEST(Headline, TellsWhatLiesBeyondTheBudget) {
  ComparisonResults results = tried(
      1000,
      {{"probe", "probe", 10, 300}, {"last-2", "last-2", 90, 250}, {"full", "full", 310, 200}});
  results.decision.budget_seconds = 100;
  EXPECT_THAT(headline(judged(results)),
              EndsWith(" Beyond the budget of 1 min 40 s, unfreezing everything reaches 0.800 in 5 "
                       "min 10 s."));
}

TEST(Headline, CountsTimes) {
  EXPECT_EQ(for_times_the_training_time(1.02), " for the same training time");
  EXPECT_EQ(for_times_the_training_time(1.96), " for twice the training time");
  EXPECT_EQ(for_times_the_training_time(3.4), " for 3.4 times the training time");
  EXPECT_EQ(for_times_the_training_time(9.98), " for ten times the training time");
  EXPECT_EQ(for_times_the_training_time(1537), " for 1,537 times the training time");
  EXPECT_EQ(for_times_the_training_time(0), "");
  EXPECT_EQ(for_times_the_training_time(NAN), "");
}

// What is wrong with a text that should be whole sentences.
std::vector<std::string> flaws(const std::string& text) {
  std::vector<std::string> found;
  for (const char* part :
       {"  ", "..", " .", " ,", ",,", ": :", "nan", "inf", "()", "( ", " )", ":.", ",.", "–."}) {
    if (text.find(part) != std::string::npos) found.push_back(part);
  }
  if (!text.empty() && text.back() != '.') found.push_back("it has no end");
  if (std::count(text.begin(), text.end(), '(') != std::count(text.begin(), text.end(), ')')) {
    found.push_back("brackets");
  }
  return found;
}

TEST(Headline, OfEveryCaseIsWholeSentencesWithTheNumbersOfTheTable) {
  const std::vector<std::vector<std::string>> sets = {{"probe"},
                                                      {"probe", "full"},
                                                      {"probe", "last-1", "full"},
                                                      {"probe", "bitfit", "lp-ft"},
                                                      {"last-1", "last-3", "last-6"},
                                                      {"mine", "other"}};
  std::set<std::string> beginnings;
  std::set<Verdict> verdicts;
  int generated = 0;
  for (const auto& names : sets) {
    for (const int64_t rows : {20, 60, 400}) {
      for (const double step : {-0.1, -0.004, 0.0, 0.004, 0.03, 0.1}) {
        for (const int seeds : {1, 3}) {
          for (const Metric metric : {Metric::kAccuracy, Metric::kMacroF1, Metric::kLoss}) {
            for (const double budget : {0.0, 5.0, 100.0}) {
              for (const int spoiled : {0, 1, 2}) {  // none, the last failed, or gave one answer
                if (seeds > 1 && spoiled > 0) continue;
                std::vector<Tried> strategies;
                for (size_t i = 0; i < names.size(); ++i) {
                  const double share = 0.4 - step * static_cast<double>(i);
                  strategies.push_back(
                      {names[i], names[i] == "mine" || names[i] == "other" ? "full" : names[i],
                       10.0 + 90.0 * static_cast<double>(i),
                       std::llround(share * static_cast<double>(rows))});
                }
                ComparisonResults results = tried(rows, strategies, seeds);
                StrategyResult& last = results.strategies.back();
                if (spoiled == 1) {
                  last.failure = "the loss was not a finite number at step 12";
                  last.test = {};
                  last.test_logits.clear();
                } else if (spoiled == 2) {
                  const double seconds = last.train_seconds;
                  last = strategy(last.name, last.strategy, results.test_gold,
                                  std::vector<int32_t>(results.test_gold.size(), 1), 2);
                  last.train_seconds = seconds;
                }
                results.decision = {.metric = metric, .budget_seconds = budget};
                if (rows != 60) results.evidence = make_evidence(results, {.resamples = 200});
                const Recommendation found = recommend(results);
                ++generated;
                verdicts.insert(found.verdict);
                beginnings.insert(found.headline.substr(0, found.headline.find(' ')));
                EXPECT_THAT(flaws(found.headline), IsEmpty()) << found.headline;
                EXPECT_THAT(flaws(found.basis), IsEmpty()) << found.basis;
                for (const std::string& sentence : found.sentences) {
                  EXPECT_THAT(flaws(sentence), IsEmpty()) << sentence;
                }
                EXPECT_FALSE(found.headline.empty());
                // Every value of the headline is one of the table's, to its digits.
                std::set<std::string> shown;
                for (const StrategyStanding& own : found.strategies) {
                  for (const int digits : {3, 4}) shown.insert(fixed(own.quality, digits));
                }
                const std::regex number("[0-9]+\\.[0-9]{3,4}");
                for (std::sregex_iterator it(found.headline.begin(), found.headline.end(), number),
                     end;
                     it != end; ++it) {
                  EXPECT_TRUE(shown.count(it->str()) > 0) << it->str() << ": " << found.headline;
                }
              }
            }
          }
        }
      }
    }
  }
  EXPECT_GT(generated, 2000);
  EXPECT_EQ(verdicts.size(), 8u);  // each of them was there
  EXPECT_THAT(beginnings,
              ::testing::IsSupersetOf({"Unfreeze", "Keep", "Take", "No", "Nothing", "probe"}));
}

TEST(Headline, StandsBeforeItsNumbersInTheTerminal) {
  const auto results =
      judged(tried(1000, {{"probe", "probe", 10, 300}, {"full", "full", 310, 200}}));
  const std::string text = findings_text(findings(results), 400);
  EXPECT_THAT(text,
              StartsWith(recommend(results).headline + "\n" + recommend(results).basis + "\n"));
  EXPECT_THAT(terminal_report(results),
              HasSubstr("Unfreeze everything: accuracy rises from 0.700"));
}

}  // namespace
}  // namespace thaw
