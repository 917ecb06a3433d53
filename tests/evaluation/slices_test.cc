// Slices of rows, and what is known of each.

#include "evaluation/slices.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <map>

#include "base/random.h"
#include "evaluation/holm.h"
#include "evaluation/metrics.h"

namespace thaw {
namespace {

using ::testing::ElementsAre;

ColumnValues column_of(const std::vector<std::string>& values, bool text = false) {
  ColumnValues column("c");
  column.set_present("c");
  if (text) column.set_text();
  for (const std::string& value : values) column.push_back(value);
  return column;
}

std::vector<std::string> names(const SlicedColumn& column) {
  std::vector<std::string> list;
  for (const Slice& slice : column.slices) {
    list.push_back(slice.name + ": " + std::to_string(slice.rows));
  }
  return list;
}

TEST(Slices, OfTextsHaveTheMostRowsFirstAndTheEmptyOnesLast) {
  std::vector<int32_t> rows;
  const SlicedColumn found =
      make_slices(column_of({"de", "en", "", "en", "fr", "en"}), false, rows);
  EXPECT_THAT(names(found), ElementsAre("en: 3", "de: 1", "fr: 1", "(empty): 1"));
  EXPECT_THAT(rows, ElementsAre(1, 0, 3, 0, 2, 0));
  EXPECT_EQ(found.slices.back().kind, SliceKind::kEmpty);
  EXPECT_EQ(found.values, 3);
}

TEST(Slices, OfMoreThanTwentyTextsAreNineteenAndTheOthers) {
  std::vector<std::string> values;
  for (int value = 0; value < 20; ++value) {
    for (int row = 0; row <= value; ++row) values.push_back("v" + std::to_string(value));
  }
  std::vector<int32_t> rows;
  EXPECT_EQ(make_slices(column_of(values), false, rows).slices.size(), 20u);
  values.emplace_back("v20");
  values.emplace_back("");
  const SlicedColumn found = make_slices(column_of(values), false, rows);
  ASSERT_EQ(found.slices.size(), 21u);
  EXPECT_EQ(found.slices[0].name, "v19");
  EXPECT_EQ(found.slices[18].name, "v1");
  EXPECT_EQ(found.slices[19].name, "(other, 2 values)");
  EXPECT_EQ(found.slices[19].kind, SliceKind::kOther);
  EXPECT_EQ(found.slices[19].rows, 2);
  EXPECT_EQ(found.slices[20].name, "(empty)");
  EXPECT_EQ(rows[0], 19);  // v0
}

TEST(Slices, OfFewNumbersAscendAndAreOneWhereTheyAreOneNumber) {
  std::vector<int32_t> rows;
  const SlicedColumn found =
      make_slices(column_of({"10", "9", "9.0", "nan", "-1", "10"}), false, rows);
  EXPECT_THAT(names(found), ElementsAre("-1: 1", "9: 2", "10: 2", "(empty): 1"));
  EXPECT_FALSE(found.binned);
}

// pandas 3.1.1: pd.qcut([...], 4, duplicates="drop") of i * i % 41 for i in range(40):
// (-0.001, 8.75], (8.75, 20.5], (20.5, 32.25], (32.25, 40.0]
TEST(Slices, OfManyNumbersAreQuartilesAsInPandas) {
  std::vector<std::string> values;
  for (int i = 0; i < 40; ++i) values.push_back(std::to_string(i * i % 41));
  std::vector<int32_t> rows;
  const SlicedColumn found = make_slices(column_of(values), false, rows);
  EXPECT_TRUE(found.binned);
  EXPECT_THAT(names(found),
              ElementsAre("0 to 8: 10", "9 to 20: 10", "21 to 32: 10", "33 to 40: 10"));
  for (size_t i = 0; i < values.size(); ++i) {
    const int number = std::stoi(values[i]);
    EXPECT_EQ(rows[i], number <= 8.75 ? 0 : number <= 20.5 ? 1 : number <= 32.25 ? 2 : 3) << number;
  }
}

// pandas 3.1.1: pd.qcut(range(13), 4): (-0.001, 3.0], (3.0, 6.0], (6.0, 9.0], (9.0, 12.0]
TEST(Slices, OfNumbersHaveTheirUpperEdge) {
  std::vector<std::string> values;
  for (int i = 0; i < 13; ++i) values.push_back(std::to_string(i));
  std::vector<int32_t> rows;
  EXPECT_THAT(names(make_slices(column_of(values), false, rows)),
              ElementsAre("0 to 3: 4", "4 to 6: 3", "7 to 9: 3", "10 to 12: 3"));
}

TEST(Slices, OfANumberThatFillsQuartilesAreFewer) {
  std::vector<std::string> values(60, "1");
  for (int i = 0; i < 20; ++i) values.push_back(std::to_string(2 + i));
  std::vector<int32_t> rows;
  EXPECT_THAT(names(make_slices(column_of(values), false, rows)),
              ElementsAre("1: 60", "2 to 21: 20"));
}

TEST(Slices, OfTextsThatLookLikeNumbersAreTexts) {
  std::vector<int32_t> rows;
  std::vector<std::string> codes;
  for (int i = 0; i < 15; ++i) codes.push_back("1" + std::to_string(i));
  EXPECT_TRUE(make_slices(column_of(codes), false, rows).binned);
  EXPECT_EQ(make_slices(column_of(codes, true), false, rows).slices.size(), 15u);
  for (const char* other : {"x", "007", "inf"}) {
    auto more = codes;
    more.emplace_back(other);
    EXPECT_FALSE(make_slices(column_of(more), false, rows).binned) << other;
  }
  // Two numbers that a double cannot tell apart are not one value.
  EXPECT_EQ(make_slices(column_of({"9007199254740993", "9007199254740992"}), false, rows).values,
            2);
}

// A value that only rows of another split have says nothing about these.
TEST(Slices, LookAtTheValuesOfTheirOwnRowsAlone) {
  const ColumnValues whole = column_of({"a", "10", "9"});
  ColumnValues part("c");
  const std::vector<int64_t> positions{1, 2};
  part.append(whole, &positions);
  std::vector<int32_t> rows;
  const SlicedColumn found = make_slices(part, false, rows);
  EXPECT_THAT(names(found), ElementsAre("9: 1", "10: 1"));  // as numbers
  EXPECT_EQ(found.values, 2);
}

// ---- what is known of them

struct Made {
  PairedPredictions answers;
  ColumnValues column{"c"};
};

// Rows in slices a (half of them), b, c (20 rows). The first strategy is right in 80 % of a and in
// 40 % of the others, the second in 60 % everywhere; both with `seeds` runs.
Made made(int64_t rows, int seeds) {
  Made made;
  made.answers.labels = 3;
  made.answers.strategies.resize(2);
  for (auto& strategy : made.answers.strategies) strategy.resize(static_cast<size_t>(seeds));
  made.column.set_present("c");
  for (int64_t row = 0; row < rows; ++row) {
    const uint64_t key = random_key(5, static_cast<uint64_t>(row));
    const bool in_a = row % 2 == 0;
    made.column.push_back(in_a ? "a" : row < 40 ? "c" : "b");
    const auto gold = static_cast<int32_t>(random_bits(key, 0) % 3);
    made.answers.gold.push_back(gold);
    for (size_t s = 0; s < 2; ++s) {
      for (int seed = 0; seed < seeds; ++seed) {
        const double share = s == 1 ? 0.6 : in_a ? 0.8 : 0.4;
        const uint32_t draw = random_bits(key, static_cast<uint32_t>(10 + 10 * s + seed));
        const bool right = draw < share * 4294967296.0;
        Predictions& run = made.answers.strategies[s][static_cast<size_t>(seed)];
        run.predicted.push_back(right ? gold : (gold + 1) % 3);
        run.losses.push_back(right ? 0.2 : 1.9);
      }
    }
  }
  return made;
}

std::vector<SlicedColumn> judged(const Made& made, std::vector<int32_t>& rows, int resamples) {
  std::vector<SlicedColumn> columns{make_slices(made.column, false, rows)};
  judge_slices(made.answers, {rows}, columns, {.resamples = resamples});
  return columns;
}

const SliceMetric& metric_of(const Slice& slice, size_t strategy, Metric metric) {
  return slice.strategies.at(strategy).at(static_cast<size_t>(metric));
}

TEST(SliceEvidence, TellsAListenerHowFarItIsColumnByColumn) {
  const Made data = made(400, 1);
  std::vector<int32_t> rows;
  std::vector<SlicedColumn> columns{make_slices(data.column, false, rows)};
  columns.push_back(columns.front());
  columns.back().name = "again";
  std::vector<Progress> told;
  Listener listener;
  listener.progress = [&](const Progress& state) { told.push_back(state); };
  judge_slices(data.answers, {rows, rows}, columns, {.resamples = 20}, listener);
  ASSERT_EQ(told.size(), 8u);  // the beginning and three slices, twice
  EXPECT_EQ(told[0].stage, "slices: " + columns.front().name);
  EXPECT_EQ(told[0].rows, 0);
  EXPECT_EQ(told[4].stage, "slices: again");
  for (size_t i = 0; i < told.size(); ++i) {
    EXPECT_EQ(told[i].total_rows, 400);
    EXPECT_EQ(told[i].finished, i % 4 == 3) << i;
    EXPECT_EQ(told[i].rows == 400, told[i].finished) << i;
  }
}

// Every value by its definition, from the rows of the slice.
TEST(SliceEvidence, IsThatOfTheSlicesOwnRows) {
  const Made data = made(400, 2);
  std::vector<int32_t> rows;
  const auto columns = judged(data, rows, 200);
  ASSERT_EQ(columns[0].slices.size(), 3u);
  for (size_t i = 0; i < 3; ++i) {
    const Slice& slice = columns[0].slices[i];
    for (size_t s = 0; s < 2; ++s) {
      double accuracy = 0, macro_f1 = 0, loss = 0, rest_accuracy = 0;
      for (const Predictions& run : data.answers.strategies[s]) {
        std::map<int32_t, std::array<int64_t, 3>> counts;  // gold, given, both
        int64_t count = 0, right = 0, others = 0, others_right = 0;
        double sum = 0;
        for (size_t row = 0; row < rows.size(); ++row) {
          const int32_t gold = data.answers.gold[row], given = run.predicted[row];
          if (rows[row] != static_cast<int32_t>(i)) {
            ++others;
            others_right += gold == given;
            continue;
          }
          ++count;
          right += gold == given;
          sum += run.losses[row];
          ++counts[gold][0];
          ++counts[given][1];
          if (gold == given) ++counts[gold][2];
        }
        ASSERT_EQ(count, slice.rows);
        double f1 = 0;
        for (const auto& [label, c] : counts) {
          f1 += 2.0 * static_cast<double>(c[2]) / static_cast<double>(c[0] + c[1]);
        }
        accuracy += static_cast<double>(right) / static_cast<double>(count) / 2;
        rest_accuracy += static_cast<double>(others_right) / static_cast<double>(others) / 2;
        macro_f1 += f1 / static_cast<double>(counts.size()) / 2;
        loss += sum / static_cast<double>(count) / 2;
      }
      EXPECT_NEAR(metric_of(slice, s, Metric::kAccuracy).value, accuracy, 1e-12);
      EXPECT_NEAR(metric_of(slice, s, Metric::kMacroF1).value, macro_f1, 1e-12);
      EXPECT_NEAR(metric_of(slice, s, Metric::kLoss).value, loss, 1e-12);
      if (!slice.too_few()) {
        EXPECT_NEAR(metric_of(slice, s, Metric::kAccuracy).difference, accuracy - rest_accuracy,
                    1e-12);
      }
    }
  }
}

TEST(SliceEvidence, IsTheBootstrapOfTheSlicesRows) {
  const Made data = made(300, 1);
  std::vector<int32_t> rows;
  const auto columns = judged(data, rows, 500);
  PairedPredictions own{.labels = 3, .gold = {}, .strategies = {{Predictions{}}}};
  for (size_t row = 0; row < rows.size(); ++row) {
    if (rows[row] != 0) continue;
    own.gold.push_back(data.answers.gold[row]);
    own.strategies[0][0].predicted.push_back(data.answers.strategies[0][0].predicted[row]);
    own.strategies[0][0].losses.push_back(data.answers.strategies[0][0].losses[row]);
  }
  const SignificanceTests evidence = bootstrap_evidence(own, {.resamples = 500});
  for (const MetricEstimate& estimate : evidence.strategies[0]) {
    const SliceMetric& found = metric_of(columns[0].slices[0], 0, estimate.metric);
    EXPECT_EQ(found.value, estimate.value);
    EXPECT_EQ(found.low, estimate.low);
    EXPECT_EQ(found.high, estimate.high);
  }
}

TEST(SliceEvidence, TellsASliceThatDiffersFromOneThatDoesNot) {
  const Made data = made(600, 1);
  std::vector<int32_t> rows;
  const auto columns = judged(data, rows, 2000);
  const SliceMetric& differs = metric_of(columns[0].slices[0], 0, Metric::kAccuracy);
  EXPECT_LT(differs.p_holm, 0.002);
  EXPECT_GT(differs.difference_low, 0.2);
  EXPECT_LT(differs.difference_high, 0.6);
  const SliceMetric& same = metric_of(columns[0].slices[0], 1, Metric::kAccuracy);
  EXPECT_GT(same.p_holm, 0.05);
  EXPECT_LT(same.difference_low, 0);
  EXPECT_GT(same.difference_high, 0);
  EXPECT_GE(same.p_holm, same.p);
}

// The width is that of two samples of their own rows: sqrt(p q / n + p q / m).
TEST(SliceEvidence, HasIntervalsOfTwoSamples) {
  const Made data = made(800, 1);
  std::vector<int32_t> rows;
  const auto columns = judged(data, rows, 4000);
  const Slice& slice = columns[0].slices[0];
  const SliceMetric& found = metric_of(slice, 0, Metric::kAccuracy);
  const double in = found.value, beside = in - found.difference, half = 400;
  const double sd = std::sqrt(in * (1 - in) / half + beside * (1 - beside) / half);
  EXPECT_NEAR((found.difference_high - found.difference_low) / 2, 1.96 * sd, 0.1 * sd);
}

TEST(SliceEvidence, OfFewRowsIsTheValueAlone) {
  const Made data = made(300, 1);
  std::vector<int32_t> rows;
  const auto columns = judged(data, rows, 100);
  const Slice& few = columns[0].slices[2];
  ASSERT_EQ(few.rows, 20);
  EXPECT_TRUE(few.too_few());
  const SliceMetric& own = metric_of(few, 0, Metric::kAccuracy);
  EXPECT_GT(own.value, 0);
  for (const double unknown : {own.low, own.high, own.difference, own.p, own.p_holm}) {
    EXPECT_TRUE(std::isnan(unknown));
  }
  // Two tests are left: Holm's factor is 2 for the smaller p, 1 for the larger.
  const double a = metric_of(columns[0].slices[0], 1, Metric::kAccuracy).p;
  const double b = metric_of(columns[0].slices[1], 1, Metric::kAccuracy).p;
  const auto corrected = holm_corrected({a, b});
  EXPECT_EQ(metric_of(columns[0].slices[0], 1, Metric::kAccuracy).p_holm, corrected[0]);
  EXPECT_EQ(metric_of(columns[0].slices[1], 1, Metric::kAccuracy).p_holm, corrected[1]);
}

TEST(SliceEvidence, OfTwoSlicesIsOneTest) {
  Made data = made(300, 1);
  ColumnValues halves("c");
  for (int row = 0; row < 300; ++row) halves.push_back(row % 2 == 0 ? "even" : "odd");
  data.column = halves;
  std::vector<int32_t> rows;
  const auto columns = judged(data, rows, 500);
  const SliceMetric& one = metric_of(columns[0].slices[0], 0, Metric::kMacroF1);
  const SliceMetric& other = metric_of(columns[0].slices[1], 0, Metric::kMacroF1);
  EXPECT_EQ(one.p_holm, one.p);
  EXPECT_EQ(other.p, one.p);
  EXPECT_EQ(other.difference, -one.difference);
  EXPECT_EQ(other.difference_low, -one.difference_high);
}

TEST(SliceEvidence, OfOneSliceHasNothingToDifferFrom) {
  Made data = made(100, 1);
  ColumnValues all("c");
  for (int row = 0; row < 100; ++row) all.push_back("x");
  data.column = all;
  std::vector<int32_t> rows;
  const auto columns = judged(data, rows, 100);
  EXPECT_TRUE(std::isnan(metric_of(columns[0].slices[0], 0, Metric::kAccuracy).p));
  EXPECT_FALSE(std::isnan(metric_of(columns[0].slices[0], 0, Metric::kAccuracy).low));
}

// Seeds that disagree make an interval wider than their rows alone.
TEST(SliceEvidence, KnowsOfSeeds) {
  Made data = made(600, 2);
  std::vector<int32_t> rows;
  const auto before = judged(data, rows, 1000);
  for (size_t row = 0; row < 600; row += 2) {  // the second seed is wrong in all of a
    Predictions& run = data.answers.strategies[1][1];
    run.predicted[row] = (data.answers.gold[row] + 1) % 3;
  }
  const auto after = judged(data, rows, 1000);
  const auto width = [](const std::vector<SlicedColumn>& columns) {
    const SliceMetric& own = metric_of(columns[0].slices[0], 1, Metric::kAccuracy);
    return own.difference_high - own.difference_low;
  };
  EXPECT_GT(width(after), 2 * width(before));
}

}  // namespace
}  // namespace thaw
