#include "evaluation/confident_learning.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <fstream>
#include <nlohmann/json.hpp>

#include "base/error.h"

namespace thaw {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

TEST(ConfidentLearning, AgreesWithCleanlab) {
  std::ifstream in(THAW_SOURCE_DIR "/tests/golden/confident_learning_golden.json");
  const auto golden = nlohmann::json::parse(in);
  ASSERT_EQ(golden.size(), 9u);
  size_t found = 0;
  for (const auto& problem : golden) {
    SCOPED_TRACE(problem["name"].get<std::string>());
    const int64_t labels = problem["labels"];
    const std::vector<int32_t> given = problem["given"];
    const std::vector<double> p = problem["probabilities"];
    const auto rows = static_cast<int64_t>(given.size());
    const auto thresholds = confident_thresholds(p.data(), given.data(), rows, labels);
    for (int64_t label = 0; label < labels; ++label) {
      EXPECT_NEAR(thresholds[label], problem["thresholds"][label].get<double>(), 1e-14);
    }
    EXPECT_EQ(confident_joint(p.data(), given.data(), rows, labels),
              problem["joint"].get<std::vector<int64_t>>());
    const auto issues = find_label_issues(p.data(), given.data(), rows, labels);
    EXPECT_EQ(issues, problem["issues"].get<std::vector<int64_t>>());
    found += issues.size();
    for (int64_t row = 0; row < rows; ++row) {
      EXPECT_NEAR(label_quality(p.data() + row * labels, given[row], labels),
                  problem["quality"][row].get<double>(), 1e-15);
    }
  }
  EXPECT_GT(found, 60u);
}

TEST(ConfidentLearning, FindsTheRowThatStandsOut) {
  const std::vector<double> p = {0.9, 0.1, 0.8, 0.2, 0.1, 0.9, 0.2, 0.8, 0.3, 0.7, 0.05, 0.95};
  const std::vector<int32_t> given = {0, 0, 1, 1, 1, 0};
  EXPECT_THAT(find_label_issues(p.data(), given.data(), 6, 2), ElementsAre(5));
}

TEST(ConfidentLearning, TakesNoRowsAndASingleLabel) {
  EXPECT_THAT(find_label_issues(nullptr, nullptr, 0, 3), IsEmpty());
  const std::vector<double> p = {1, 1};
  const std::vector<int32_t> given = {0, 0};
  EXPECT_THAT(find_label_issues(p.data(), given.data(), 2, 1), IsEmpty());
}

TEST(ConfidentLearning, RefusesLabelsAndProbabilitiesThatAreNone) {
  std::vector<double> p = {0.5, 0.5};
  std::vector<int32_t> given = {2};
  EXPECT_THROW(find_label_issues(p.data(), given.data(), 1, 2), Error);
  given[0] = -1;
  EXPECT_THROW(find_label_issues(p.data(), given.data(), 1, 2), Error);
  given[0] = 0;
  for (const double wrong : {std::nan(""), HUGE_VAL, -0.1, 1.1}) {
    p[1] = wrong;
    EXPECT_THROW(find_label_issues(p.data(), given.data(), 1, 2), Error);
  }
}

}  // namespace
}  // namespace thaw
