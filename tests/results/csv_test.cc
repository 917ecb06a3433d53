#include "results/csv.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <map>
#include <sstream>

#include "base/error.h"
#include "tests/report/full_fixture.h"
#include "text/numbers.h"

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

// A spreadsheet runs a cell that begins with one of these as a formula.
TEST(Csv, GuardsWhatASpreadsheetWouldRun) {
  for (const std::string text : {"=1+1", "+cmd|' /C calc'!A0", "-2+3", "@SUM(A1)", "\t=1", "\r=1",
                                 "--1", "+-1", "-inf", "'=1+1", "''-x", "-", "=", "=a,b"}) {
    std::string cell = csv_text(text);
    if (cell.front() == '"') cell = cell.substr(1, cell.size() - 2);
    EXPECT_EQ(cell, "'" + text);
    EXPECT_EQ(without_guard(cell), text);
  }
  for (const std::string text :
       {"-1", "+1", "-0.5", "+2e-05", "", "'", "''", "'tis", "a=b", "1", " =1", "né"}) {
    std::string cell = csv_text(text);
    if (cell.starts_with('"')) cell = cell.substr(1, cell.size() - 2);
    EXPECT_EQ(cell, text);
    EXPECT_EQ(without_guard(text), text);
  }
}

// Reads a line of CSV without quotes into its header's names.
std::map<std::string, std::string> line_of(const std::string& csv, size_t number) {
  std::vector<std::vector<std::string>> lines;
  std::istringstream in(csv);
  for (std::string line; std::getline(in, line);) {
    lines.emplace_back(1);
    for (const char c : line) {
      if (c == ',') {
        lines.back().emplace_back();
      } else {
        lines.back().back() += c;
      }
    }
  }
  EXPECT_EQ(lines.at(0).size(), lines.at(number).size()) << csv;
  std::map<std::string, std::string> fields;
  for (size_t i = 0; i < lines[0].size(); ++i) fields[lines[0][i]] = lines.at(number).at(i);
  return fields;
}

TEST(ResultsCsv, BeginsWithTheRecipesColumnsAndKeepsEveryDigit) {
  const std::string csv = results_csv(twelve_sentences());
  EXPECT_THAT(csv, StartsWith("approach,accuracy,f1,loss,macro_recall,train_seconds,eval_seconds,"
                              "peak_memory_mb,trainable_parameters,total_parameters,"
                              "accuracy_mean,accuracy_sd,accuracy_low,accuracy_high,f1_mean,"));
  EXPECT_THAT(csv, HasSubstr("\nfeature_extraction_freeze_all,0.6666666666666666,0.8,"
                             "0.6382869482040405,0.5,0.210,0.020,812.0,592130,66955010,"));
  EXPECT_THAT(csv, HasSubstr("\nfine_tune_last_layer,0.3333333333333333,0,0.710488498210907,0.5,"
                             "0.620,0.020,1288.0,7680002,66955010,"));
  const auto last = line_of(csv, 2);
  EXPECT_EQ(last.at("accuracy_low"), "");
  EXPECT_EQ(last.at("seeds"), "0");
}

TEST(ResultsCsv, HoldsIntervalsSeedsTemperatureAndHashes) {
  const ComparisonResults results = tweets_in_full();
  const auto probe = line_of(results_csv(results), 1), full = line_of(results_csv(results), 3);
  const double accuracy = results.strategies[0].test.accuracy;
  EXPECT_EQ(std::stod(probe.at("accuracy_mean")), accuracy);
  EXPECT_EQ(std::stod(probe.at("accuracy_low")), accuracy - 0.0083);
  EXPECT_EQ(std::stod(probe.at("accuracy_high")), accuracy + 0.0081);
  EXPECT_EQ(probe.at("accuracy_sd"), "0.0037");
  EXPECT_EQ(full.at("accuracy_sd"), "");
  EXPECT_EQ(std::stod(full.at("loss_mean")), results.strategies[2].test.loss);
  EXPECT_EQ(probe.at("seeds"), "42 43 18446744073709551615");
  EXPECT_EQ(probe.at("temperature"), "1.0731");
  EXPECT_EQ(full.at("temperature"), "");
  EXPECT_EQ(std::stod(probe.at("calibrated_loss")), results.strategies[0].calibration->after.nll);
  EXPECT_NE(probe.at("calibrated_loss"), probe.at("loss"));
  EXPECT_EQ(full.at("calibrated_loss"), "");
  EXPECT_EQ(probe.at("frozen_hash_after"), std::string(64, 'a'));
  EXPECT_EQ(probe.at("failure"), "");
}

TEST(ResultsCsv, LeavesTheMetricsOfAFailureEmpty) {
  const auto last = line_of(results_csv(tweets_with_failure()), 2);
  for (const char* name :
       {"accuracy", "f1", "loss", "macro_recall", "accuracy_mean", "loss_high"}) {
    EXPECT_EQ(last.at(name), "") << name;
  }
  EXPECT_EQ(last.at("train_seconds"), "182.500");
  EXPECT_THAT(last.at("failure"), StartsWith("the loss was not a finite number at step 12"));
}

TEST(ResultsCsv, LeavesEmptyWhatIsNotFinite) {
  ComparisonResults results = twelve_sentences();
  results.strategies.resize(1);
  results.strategies[0].test.loss = std::nan("");
  EXPECT_THAT(results_csv(results), HasSubstr(",0.8,,0.5,"));
}

TEST(PredictionsCsv, HoldsRowGoldTextAndEachStrategysAnswer) {
  ComparisonResults results = twelve_sentences();
  for (StrategyResult& strategy : results.strategies) {
    strategy.test_logits.assign(6, 0.0f);
    strategy.name = strategy.strategy;
  }
  results.strategies[0].test_logits[1] = std::log(3.0f);
  EXPECT_EQ(predictions_csv(results),
            "row,gold,text,probe_label,probe_negative,probe_positive,probe_logit_negative,"
            "probe_logit_positive,last-1_label,last-1_negative,last-1_positive,"
            "last-1_logit_negative,last-1_logit_positive\n"
            "8,positive,\"Not bad, acceptable.\",positive,0.25,0.75,0,1.0986123,"
            "negative,0.5,0.5,0,0\n"
            "11,negative,I am not satisfied with this.,negative,0.5,0.5,0,0,"
            "negative,0.5,0.5,0,0\n"
            "9,positive,\"Okay, could be improved.\",negative,0.5,0.5,0,0,"
            "negative,0.5,0.5,0,0\n");
}

// As the saved model answers; the logits stay those of training, so that the file can be read
// again.
TEST(PredictionsCsv, HoldsCalibratedProbabilities) {
  ComparisonResults results = twelve_sentences();
  results.test_texts.clear();
  results.strategies.resize(1);
  results.strategies[0].test_logits = {0, std::log(4.0f), 0, 0, 0, 0};
  results.strategies[0].calibration.emplace();
  results.strategies[0].calibration->temperature = 2;
  results.strategies[0].reruns.push_back({});
  results.strategies[0].reruns[0].seed = 43;
  results.strategies[0].reruns[0].test_logits = results.strategies[0].test_logits;
  const std::string name = results.strategies[0].name, csv = predictions_csv(results);
  const auto row = line_of(csv, 1);
  EXPECT_NEAR(std::stod(row.at(name + "_positive")), 2.0 / 3, 1e-6);
  EXPECT_EQ(row.at(name + "_logit_positive"), shortest(std::log(4.0f)));
  EXPECT_NEAR(std::stod(row.at(name + "_seed43_positive")), 0.8, 1e-6) << "of no saved model";
  const std::vector<float> logits = results.strategies[0].test_logits;
  results.strategies[0].test_logits.clear();
  read_predictions(csv, "predictions.csv", results);
  EXPECT_EQ(results.strategies[0].test_logits, logits);
}

TEST(PredictionsCsv, NamesNoColumnTwice) {
  ComparisonResults results = twelve_sentences();
  results.label_names = {"label", "a,b"};
  results.strategies[1].name = results.strategies[0].name = "x";
  EXPECT_THAT(predictions_csv(results),
              StartsWith("row,gold,text,x_label,x_label_2,\"x_a,b\",x_logit_label,"
                         "\"x_logit_a,b\",x_label_3,x_label_4,\"x_a,b_2\",x_logit_label_2,"
                         "\"x_logit_a,b_2\"\n"));
}

TEST(PredictionsCsv, HoldsRerunsAndLeavesWhatFailedEmpty) {
  const std::string csv = predictions_csv(tweets_with_failure());
  const auto row = line_of(csv, 1);
  EXPECT_EQ(row.at("probe_seed43_logit_negative"),
            shortest(tweets_in_full().strategies[0].reruns[0].test_logits[0]));
  for (const char* name : {"probe_seed18446744073709551615_label", "last-1_label",
                           "last-1_negative", "last-1_logit_positive"}) {
    EXPECT_EQ(row.at(name), "") << name;
  }
  EXPECT_NE(row.at("full_label"), "");
}

TEST(PredictionsCsv, KeepsRunsWithoutPredictionsApart) {
  ComparisonResults results = tweets_in_full();
  results.strategies[0].reruns[0].test_logits.clear();
  ComparisonResults read = results;
  for (StrategyResult& strategy : read.strategies) strategy.test_logits.clear();
  read_predictions(predictions_csv(results), "predictions.csv", read);
  EXPECT_TRUE(read.strategies[0].reruns[0].test_logits.empty());
  EXPECT_EQ(read.strategies[0].test_logits, results.strategies[0].test_logits);
}

TEST(PredictionsCsv, HoldsTheFilesOwnIdsAndReadsThemBack) {
  ComparisonResults results = twelve_sentences();
  results.id_column = "tweet_id";
  results.test_ids = {"T-8", "=T", "a,b"};
  const std::string csv = predictions_csv(results);
  EXPECT_THAT(csv, ::testing::StartsWith("row,tweet_id,gold,text,"));
  EXPECT_THAT(csv, HasSubstr("\n8,T-8,positive,\"Not bad, acceptable.\","));
  ComparisonResults read = results;
  read.test_ids.clear();
  for (StrategyResult& strategy : read.strategies) strategy.test_logits.clear();
  read_predictions(csv, "predictions.csv", read);
  EXPECT_EQ(read.test_ids, results.test_ids);
  EXPECT_EQ(read.test_gold, results.test_gold);
  EXPECT_EQ(read.test_texts, results.test_texts);
  EXPECT_EQ(read.strategies[1].test_logits, results.strategies[1].test_logits);
  results.test_ids.pop_back();
  EXPECT_THROW(predictions_csv(results), Error);
}

TEST(PredictionsCsv, GuardsTextsAndLabelsButNotNumbers) {
  ComparisonResults results = twelve_sentences();
  results.label_names = {"-1", "=cmd()"};
  results.test_texts = {"=HYPERLINK(\"x\")", "'=1", "-3"};
  const std::string csv = predictions_csv(results);
  EXPECT_THAT(csv, HasSubstr("\n8,'=cmd(),\"'=HYPERLINK(\"\"x\"\")\",'=cmd(),"));
  EXPECT_THAT(csv, HasSubstr("\n11,-1,''=1,'=cmd(),"));
  EXPECT_THAT(csv, HasSubstr("\n9,'=cmd(),-3,"));
  ComparisonResults read = results;
  read.test_texts.clear();
  read.test_gold.clear();
  read_predictions(csv, "predictions.csv", read);
  EXPECT_EQ(read.test_texts, results.test_texts);
  EXPECT_EQ(read.test_gold, results.test_gold);
}

TEST(PredictionsCsv, RefusesLogitsThatDoNotFit) {
  ComparisonResults results = twelve_sentences();
  results.strategies[1].test_logits.pop_back();
  EXPECT_THROW(predictions_csv(results), Error);
}

TEST(PredictionsCsv, ReadsBackToTheBit) {
  const ComparisonResults written = tweets_with_failure();
  ComparisonResults read = written;
  read.test_rows.clear();
  read.test_gold.clear();
  read.test_texts.clear();
  for (StrategyResult& strategy : read.strategies) {
    strategy.test_logits.clear();
    for (SeedRun& rerun : strategy.reruns) rerun.test_logits.clear();
  }
  read_predictions(predictions_csv(written), "predictions.csv", read);
  EXPECT_EQ(read.test_rows, written.test_rows);
  EXPECT_EQ(read.test_gold, written.test_gold);
  EXPECT_EQ(read.test_texts, written.test_texts);
  for (size_t s = 0; s < written.strategies.size(); ++s) {
    EXPECT_EQ(read.strategies[s].test_logits, written.strategies[s].test_logits);
    for (size_t r = 0; r < written.strategies[s].reruns.size(); ++r) {
      EXPECT_EQ(read.strategies[s].reruns[r].test_logits,
                written.strategies[s].reruns[r].test_logits);
    }
  }
}

// As thaw 0.1 wrote it, without texts and logits.
TEST(PredictionsCsv, OfTheVersionBeforeIsReadToAFloatsPrecision) {
  ComparisonResults read = twelve_sentences();
  read.test_texts.clear();
  for (StrategyResult& strategy : read.strategies) strategy.name = strategy.strategy;
  read_predictions(
      "row,gold,probe_label,probe_negative,probe_positive,last-1_label,last-1_negative,"
      "last-1_positive\n"
      "8,positive,positive,0.25,0.75,negative,0.5,0.5\n"
      "11,negative,negative,0.5,0.5,negative,1,0\n"
      "9,positive,positive,0.5,0.5,negative,0.7310586,0.26894143\n",
      "predictions.csv", read);
  EXPECT_THAT(read.test_rows, ElementsAre(8, 11, 9));
  EXPECT_TRUE(read.test_texts.empty());
  const float* probe = read.strategies[0].test_logits.data();
  const float* last = read.strategies[1].test_logits.data();
  // The label decides where two probabilities were rounded to a tie.
  EXPECT_THAT(predicted_labels(probe, 3, 2), ElementsAre(1, 0, 1));
  EXPECT_THAT(predicted_labels(last, 3, 2), ElementsAre(0, 0, 0));
  EXPECT_NEAR(probabilities(probe, 3, 2)[1], 0.75, 3e-7);
  EXPECT_NEAR(probabilities(last, 3, 2)[5], 0.26894143, 3e-7);
}

TEST(PredictionsCsv, ReadsQuotedNames) {
  ComparisonResults results = twelve_sentences();
  results.label_names = {"a \"quoted\", name", "with\nline end"};
  results.test_texts[0] = " \"in quotes\"\n\n, with \r\n a blank line and spaces ";
  results.test_texts[1] = "a\rb";
  ComparisonResults read = results;
  read.test_gold.clear();
  read.test_texts.clear();
  read_predictions(predictions_csv(results), "predictions.csv", read);
  EXPECT_EQ(read.test_gold, results.test_gold);
  EXPECT_EQ(read.test_texts, results.test_texts);
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
  EXPECT_THAT(message(""), StartsWith("predictions.csv:1: there is nothing"));
  EXPECT_THAT(message(replaced("row,", "rows,")), StartsWith("predictions.csv:1: the columns"));
  EXPECT_THAT(message(replaced("\n8,positive", "\nx,positive")),
              StartsWith("predictions.csv:2: 'x' is not a number"));
  EXPECT_THAT(message(replaced("\n11,negative", "\n11,neutral")),
              StartsWith("predictions.csv:3: 'neutral' is not one of the labels"));
  EXPECT_THAT(message(replaced("\n11,negative,", "\n11,")),
              StartsWith("predictions.csv:3: there are 12 fields instead of 13"));
  EXPECT_THAT(message(replaced("positive,0.", "positive,7.")), HasSubstr("outside 0…1"));
  EXPECT_THAT(message(replaced("satisfied with this.,positive", "satisfied with this.,negative")),
              StartsWith("predictions.csv:3: the label is not that of the highest logit"));
  // One row without the second strategy's label, probabilities and logits.
  std::string gap = good;
  const size_t line = gap.find("\n11,"), end = gap.find('\n', line + 1);
  size_t start = end;
  for (int field = 0; field < 5; ++field) start = gap.rfind(',', start - 1);
  gap.replace(start, end - start, ",,,,,");
  EXPECT_THAT(message(gap), StartsWith("predictions.csv:3: 'fine_tune_last_layer' has answers for "
                                       "some rows only"));
  ComparisonResults failed = results;
  failed.strategies[1].failure = "it did";
  try {
    read_predictions(good, "predictions.csv", failed);
    FAIL() << "no error";
  } catch (const Error& error) {
    EXPECT_THAT(error.what(), HasSubstr("'fine_tune_last_layer' has an answer although it failed"));
  }
  EXPECT_THAT(message(good + "\"12,"), HasSubstr("a quoted field has no end"));
  const auto last = std::count(good.begin(), good.end(), '\n') + 1;
  EXPECT_THAT(message(good + "\"12\"3,"),
              StartsWith("predictions.csv:" + std::to_string(last) + ": text follows the end"));
  // A row's text may hold a blank line; between rows none was written.
  EXPECT_THAT(message(replaced("\n11,", "\n\n11,")),
              StartsWith("predictions.csv:3: there are 1 fields instead of 13"));
  EXPECT_THAT(message(good + "\n"), HasSubstr("there are 1 fields instead of 13"));
}

}  // namespace
}  // namespace thaw
