#include "report/csv.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>

#include "base/error.h"
#include "tests/report/fixtures.h"

namespace thaw {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::StartsWith;

TEST(Csv, QuotesAsRfc4180Wants) {
  EXPECT_EQ(csv_field("plain"), "plain");
  EXPECT_EQ(csv_field(""), "");
  EXPECT_EQ(csv_field("a,b"), "\"a,b\"");
  EXPECT_EQ(csv_field("say \"hi\""), "\"say \"\"hi\"\"\"");
  EXPECT_EQ(csv_field("two\nlines"), "\"two\nlines\"");
  EXPECT_EQ(csv_field("carriage\r"), "\"carriage\r\"");
  EXPECT_EQ(csv_field(" spaced"), "\" spaced\"");
}

TEST(ResultsCsv, BeginsWithTheRecipesColumnsAndKeepsEveryDigit) {
  EXPECT_EQ(results_csv(twelve_sentences()),
            "approach,accuracy,f1,loss,macro_recall,train_seconds,eval_seconds,peak_memory_mb,"
            "trainable_parameters,total_parameters\n"
            "feature_extraction_freeze_all,0.6666666666666666,0.8,0.6382869482040405,0.5,0.210,"
            "0.020,812.0,592130,66955010\n"
            "fine_tune_last_layer,0.3333333333333333,0,0.710488498210907,0.5,0.620,0.020,1288.0,"
            "7680002,66955010\n");
}

TEST(ResultsCsv, LeavesEmptyWhatIsNotFinite) {
  ComparisonResults results = twelve_sentences();
  results.strategies.resize(1);
  results.strategies[0].test.loss = std::nan("");
  EXPECT_THAT(results_csv(results), HasSubstr(",0.8,,0.5,"));
}

TEST(PredictionsCsv, HoldsRowGoldAndEachStrategysAnswer) {
  ComparisonResults results = twelve_sentences();
  for (StrategyResult& strategy : results.strategies) strategy.test_logits.assign(6, 0.0f);
  results.strategies[0].test_logits[1] = std::log(3.0f);
  EXPECT_EQ(predictions_csv(results),
            "row,gold,feature_extraction_freeze_all_label,feature_extraction_freeze_all_negative,"
            "feature_extraction_freeze_all_positive,fine_tune_last_layer_label,"
            "fine_tune_last_layer_negative,fine_tune_last_layer_positive\n"
            "8,positive,positive,0.25,0.75,negative,0.5,0.5\n"
            "11,negative,negative,0.5,0.5,negative,0.5,0.5\n"
            "9,positive,negative,0.5,0.5,negative,0.5,0.5\n");
}

TEST(PredictionsCsv, NamesNoColumnTwice) {
  ComparisonResults results = twelve_sentences();
  results.label_names = {"label", "a,b"};
  results.strategies[1].approach = results.strategies[0].approach = "x";
  EXPECT_THAT(predictions_csv(results),
              StartsWith("row,gold,x_label,x_label_2,\"x_a,b\",x_label_3,x_label_4,\"x_a,b_2\"\n"));
}

TEST(PredictionsCsv, RefusesLogitsThatDoNotFit) {
  ComparisonResults results = twelve_sentences();
  results.strategies[1].test_logits.pop_back();
  EXPECT_THROW(predictions_csv(results), Error);
}

TEST(PredictionsCsv, ReadsBackTheSameLabelsAndProbabilities) {
  const ComparisonResults written = tweets();
  ComparisonResults read = written;
  read.test_rows.clear();
  read.test_gold.clear();
  for (StrategyResult& strategy : read.strategies) strategy.test_logits.clear();
  read_predictions(predictions_csv(written), "predictions.csv", read);
  EXPECT_EQ(read.test_rows, written.test_rows);
  EXPECT_EQ(read.test_gold, written.test_gold);
  const int64_t rows = static_cast<int64_t>(written.test_gold.size());
  for (size_t s = 0; s < written.strategies.size(); ++s) {
    const float* before = written.strategies[s].test_logits.data();
    ASSERT_EQ(read.strategies[s].test_logits.size(), static_cast<size_t>(rows * 3));
    const float* after = read.strategies[s].test_logits.data();
    EXPECT_EQ(predicted_labels(after, rows, 3), predicted_labels(before, rows, 3));
    const auto wanted = probabilities(before, rows, 3), got = probabilities(after, rows, 3);
    for (size_t i = 0; i < wanted.size(); ++i) ASSERT_NEAR(got[i], wanted[i], 3e-7) << i;
  }
}

TEST(PredictionsCsv, KeepsTheLabelWhereProbabilitiesRoundToATie) {
  ComparisonResults results = twelve_sentences();
  for (StrategyResult& strategy : results.strategies) {
    strategy.test_logits = {0, std::nextafter(0.0f, 1.0f), 0, 1, 1, 0};
  }
  ComparisonResults read = results;
  read_predictions(predictions_csv(results), "predictions.csv", read);
  EXPECT_THAT(predicted_labels(read.strategies[0].test_logits.data(), 3, 2), ElementsAre(1, 1, 0));
}

TEST(PredictionsCsv, ReadsQuotedNames) {
  ComparisonResults results = twelve_sentences();
  results.label_names = {"a \"quoted\", name", "with\nline end"};
  ComparisonResults read = results;
  read.test_gold.clear();
  read_predictions(predictions_csv(results), "predictions.csv", read);
  EXPECT_EQ(read.test_gold, results.test_gold);
}

TEST(PredictionsCsv, ThatDoesNotFitIsRefusedWithItsLine) {
  const ComparisonResults results = twelve_sentences();
  const std::string good = predictions_csv(results);
  const auto message = [&](const std::string& text) -> std::string {
    ComparisonResults read = results;
    try {
      read_predictions(text, "predictions.csv", read);
    } catch (const Error& error) {
      return error.what();
    }
    return "";
  };
  const auto replaced = [&](const std::string& from, const std::string& to) {
    std::string text = good;
    text.replace(text.find(from), from.size(), to);
    return text;
  };
  EXPECT_EQ(message(good), "");
  EXPECT_THAT(message(""), StartsWith("predictions.csv:1: the columns are not those"));
  EXPECT_THAT(message(replaced("row,", "rows,")), StartsWith("predictions.csv:1: the columns"));
  EXPECT_THAT(message(replaced("\n8,positive", "\nx,positive")),
              StartsWith("predictions.csv:2: 'x' is not a number"));
  EXPECT_THAT(message(replaced("\n11,negative", "\n11,neutral")),
              StartsWith("predictions.csv:3: 'neutral' is not one of the labels"));
  EXPECT_THAT(message(replaced("\n11,negative,", "\n11,")),
              StartsWith("predictions.csv:3: there are 7 fields instead of 8"));
  EXPECT_THAT(message(replaced("positive,0.", "positive,7.")), HasSubstr("outside 0…1"));
  EXPECT_THAT(message(good + "\"12,"), HasSubstr("a quoted field has no end"));
}

}  // namespace
}  // namespace thaw
