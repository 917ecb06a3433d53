#include "evaluation/metric.h"

#include <gtest/gtest.h>

#include "base/error.h"

namespace thaw {
namespace {

TEST(Metric, HasANameThatLeadsBackToIt) {
  for (const Metric metric : all_metrics()) {
    EXPECT_EQ(parse_metric(metric_name(metric), "--metric"), metric) << metric_name(metric);
  }
}

TEST(Metric, ReadsItsOwnValue) {
  const ClassificationMetrics metrics = metrics_from_confusion({3, 1, 2, 4}, 2);
  EXPECT_DOUBLE_EQ(metric_value(metrics, Metric::kAccuracy), 0.7);
  EXPECT_DOUBLE_EQ(metric_value(metrics, Metric::kF1), *metrics.binary_f1);
  EXPECT_DOUBLE_EQ(metric_value(metrics, Metric::kMacroF1), metrics.macro_f1);
  EXPECT_DOUBLE_EQ(metric_value(metrics, Metric::kMacroRecall), metrics.macro_recall);
  EXPECT_DOUBLE_EQ(metric_value(metrics, Metric::kWeightedF1), metrics.weighted_f1);
}

TEST(Metric, ThatDoesNotExistIsNamedWithThoseThatDo) {
  try {
    parse_metric("f2", "--metric");
    FAIL() << "was accepted";
  } catch (const Error& error) {
    EXPECT_NE(std::string(error.what()).find("macro_f1"), std::string::npos) << error.what();
  }
}

}  // namespace
}  // namespace thaw
