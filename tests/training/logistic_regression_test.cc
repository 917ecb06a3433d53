#include "training/logistic_regression.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <fstream>
#include <limits>
#include <nlohmann/json.hpp>

#include "base/error.h"
#include "base/random.h"
#include "base/threads.h"
#include "tests/base/error_of.h"
#include "tests/golden/golden.h"

namespace thaw {
namespace {

struct Problem {
  std::vector<float> features;  // [rows, hidden]
  std::vector<int32_t> gold;    // [rows]
  int64_t hidden, labels;

  int64_t rows() const { return static_cast<int64_t>(gold.size()); }
  LogisticRegression regression() const {
    return {features.data(), gold.data(), rows(), hidden, labels};
  }
  std::vector<double> logits(const LogisticFit& fit, int64_t row) const {
    std::vector<double> z = fit.bias;
    for (int64_t k = 0; k < labels; ++k) {
      for (int64_t i = 0; i < hidden; ++i) {
        z[k] += fit.weight[k * hidden + i] * features[row * hidden + i];
      }
    }
    return z;
  }
  std::vector<double> probabilities(const LogisticFit& fit, int64_t row) const {
    std::vector<double> p = logits(fit, row);
    double largest = p[0], total = 0;
    for (const double z : p) largest = std::max(largest, z);
    for (double& z : p) total += z = std::exp(z - largest);
    for (double& z : p) z /= total;
    return p;
  }
};

double uniform(uint64_t key, uint32_t element) {
  return random_bits(key, element) / 4294967296.0 * 2 - 1;
}

// Labels that follow the features, but not always.
Problem random_problem(int64_t rows, int64_t hidden, int64_t labels, uint64_t seed = 1) {
  Problem problem{{}, {}, hidden, labels};
  for (int64_t r = 0; r < rows; ++r) {
    const uint64_t key = random_key(seed, r);
    for (int64_t i = 0; i < hidden; ++i) {
      problem.features.push_back(static_cast<float>(uniform(key, i)));
    }
    const double score = problem.features[r * hidden] + 0.7 * uniform(key, 1000);
    const auto label = static_cast<int32_t>((score + 1.7) / 3.4 * static_cast<double>(labels));
    problem.gold.push_back(std::clamp<int32_t>(label, 0, static_cast<int32_t>(labels) - 1));
  }
  return problem;
}

// The largest element of the gradient of the mean loss and its penalty, by a plain loop.
double largest_gradient(const Problem& problem, const LogisticFit& fit, double penalty) {
  const int64_t hidden = problem.hidden;
  std::vector<double> d_weight(fit.weight.size()), d_bias(fit.bias.size());
  for (int64_t r = 0; r < problem.rows(); ++r) {
    const auto p = problem.probabilities(fit, r);
    for (int64_t k = 0; k < problem.labels; ++k) {
      const double d = (p[k] - (problem.gold[r] == k)) / static_cast<double>(problem.rows());
      d_bias[k] += d;
      for (int64_t i = 0; i < hidden; ++i) {
        d_weight[k * hidden + i] += d * problem.features[r * hidden + i];
      }
    }
  }
  double largest = 0;
  for (size_t i = 0; i < d_weight.size(); ++i) {
    largest = std::max(largest, std::abs(d_weight[i] + penalty * fit.weight[i]));
  }
  for (const double d : d_bias) largest = std::max(largest, std::abs(d));
  return largest;
}

class LogisticRegressionTest : public testing::Test {
 protected:
  void TearDown() override { set_thread_count(0); }
};

TEST_F(LogisticRegressionTest, FindsScikitLearnsCoefficientsAndProbabilities) {
  std::ifstream file(golden::folder("logistic_golden.json"));
  const auto cases = nlohmann::json::parse(file);
  ASSERT_GE(cases.size(), 8u);
  for (const auto& entry : cases) {
    SCOPED_TRACE(entry.at("name").get<std::string>());
    const Problem problem{entry.at("features").get<std::vector<float>>(),
                          entry.at("gold").get<std::vector<int32_t>>(),
                          entry.at("hidden").get<int64_t>(), entry.at("labels").get<int64_t>()};
    LogisticRegression regression(problem.features.data(), problem.gold.data(),
                                  static_cast<int64_t>(problem.gold.size()), problem.hidden,
                                  problem.labels, entry.at("weights").get<std::vector<double>>());
    const LogisticFit fit = regression.fit(entry.at("c").get<double>());
    EXPECT_TRUE(fit.converged);
    auto weight = fit.weight, bias = fit.bias;
    if (problem.labels == 2) {
      // scikit-learn has the difference alone.
      for (int64_t i = 0; i < problem.hidden; ++i)
        weight[i] = weight[problem.hidden + i] - weight[i];
      weight.resize(problem.hidden);
      bias = {bias[1] - bias[0]};
    }
    const auto expect_near = [](const std::vector<double>& actual,
                                const std::vector<double>& expected, const char* what) {
      ASSERT_EQ(actual.size(), expected.size()) << what;
      for (size_t i = 0; i < actual.size(); ++i) {
        EXPECT_NEAR(actual[i], expected[i], 1e-7 + 1e-7 * std::abs(expected[i])) << what << i;
      }
    };
    expect_near(weight, entry.at("coef"), "coefficient ");
    expect_near(bias, entry.at("intercept"), "intercept ");
    std::vector<double> shares;
    for (int64_t r = 0; r < problem.rows(); ++r) {
      for (const double p : problem.probabilities(fit, r)) shares.push_back(p);
    }
    const auto expected = entry.at("probabilities").get<std::vector<double>>();
    ASSERT_EQ(shares.size(), expected.size());
    for (size_t i = 0; i < shares.size(); ++i) EXPECT_NEAR(shares[i], expected[i], 1e-9);
  }
}

TEST_F(LogisticRegressionTest, TheGradientIsZeroAtTheOptimum) {
  for (const int64_t labels : {2, 3, 7}) {
    const Problem problem = random_problem(501, 23, labels);
    auto regression = problem.regression();
    for (const double c : {1e-3, 1.0, 1e3}) {
      const LogisticFit fit = regression.fit(c);
      EXPECT_TRUE(fit.converged);
      const double penalty = (labels == 2 ? 2 : 1) / (c * static_cast<double>(problem.rows()));
      EXPECT_LT(largest_gradient(problem, fit, penalty), 1e-9) << labels << " labels, C " << c;
    }
  }
}

TEST_F(LogisticRegressionTest, AWarmStartChangesTheWayButNotTheEnd) {
  const Problem problem = random_problem(300, 17, 3);
  auto warm = problem.regression(), cold = problem.regression();
  warm.fit(0.01);
  warm.fit(1);
  const LogisticFit first = warm.fit(100), second = cold.fit(100);
  for (size_t i = 0; i < first.weight.size(); ++i) {
    EXPECT_NEAR(first.weight[i], second.weight[i], 1e-7);
  }
}

TEST_F(LogisticRegressionTest, SeparableRowsHaveFiniteWeights) {
  Problem problem = random_problem(200, 5, 2);
  for (int64_t r = 0; r < problem.rows(); ++r) problem.gold[r] = problem.features[r * 5] > 0;
  auto regression = problem.regression();
  double loss = std::log(2.0);
  for (const double c : {1.0, 1e3, 1e6, 1e9}) {
    const LogisticFit fit = regression.fit(c);
    EXPECT_TRUE(fit.converged) << c;
    EXPECT_LT(fit.loss, loss) << c;
    for (const double weight : fit.weight) EXPECT_TRUE(std::isfinite(weight)) << c;
    loss = fit.loss;
  }
}

TEST_F(LogisticRegressionTest, ALabelWithoutRowsIsNeverTheAnswerAndChangesNoOther) {
  Problem without = random_problem(150, 6, 3), with = without;
  with.labels = 5;
  for (auto& label : with.gold) label = label == 0 ? 0 : label + 1;  // 0, 2, 3: not 1, not 4
  auto first = without.regression(), second = with.regression();
  const LogisticFit three = first.fit(1), five = second.fit(1);
  EXPECT_EQ(std::vector<double>(three.weight.begin() + 6, three.weight.end()),
            std::vector<double>(five.weight.begin() + 12, five.weight.begin() + 24));
  EXPECT_EQ(three.loss, five.loss);
  for (int64_t r = 0; r < with.rows(); ++r) {
    const auto p = with.probabilities(five, r);
    EXPECT_GT(p[1], 0);
    EXPECT_LE(p[1], 1.0 / static_cast<double>(with.rows() + 1) + 1e-12);
    EXPECT_EQ(p[1], p[4]);
  }
}

TEST_F(LogisticRegressionTest, OneLabelAloneIsAlwaysTheAnswer) {
  Problem problem = random_problem(40, 3, 2);
  std::fill(problem.gold.begin(), problem.gold.end(), 1);
  auto regression = problem.regression();
  const LogisticFit fit = regression.fit(1);
  EXPECT_EQ(fit.loss, 0);
  EXPECT_GT(problem.probabilities(fit, 0)[1], 0.97);
}

TEST_F(LogisticRegressionTest, AConstantFeatureGetsNoWeight) {
  Problem problem = random_problem(120, 4, 3);
  for (int64_t r = 0; r < problem.rows(); ++r) {
    problem.features[r * 4 + 2] = 8;
    problem.features[r * 4 + 3] = 0;
  }
  auto regression = problem.regression();
  for (const double c : {1.0, 1e6}) {
    const LogisticFit fit = regression.fit(c);
    EXPECT_TRUE(fit.converged);
    for (int64_t k = 0; k < 3; ++k) {
      EXPECT_NEAR(fit.weight[k * 4 + 2], 0, 1e-6) << c;  // the free bias does it for nothing
      EXPECT_EQ(fit.weight[k * 4 + 3], 0) << c;
    }
  }
}

TEST_F(LogisticRegressionTest, GivesTheSameBitsTwice) {
  const Problem problem = random_problem(777, 37, 4);
  for (const int threads : {1, 2, 3}) {
    set_thread_count(threads);
    auto first = problem.regression(), second = problem.regression();
    for (const double c : {0.1, 10.0}) {
      const LogisticFit one = first.fit(c), two = second.fit(c);
      EXPECT_EQ(one.weight, two.weight) << threads;
      EXPECT_EQ(one.bias, two.bias) << threads;
    }
  }
}

TEST_F(LogisticRegressionTest, NoRowsAreAnError) {
  EXPECT_EQ(error_of([] { LogisticRegression(nullptr, nullptr, 0, 4, 2); }),
            "solver: there are no training rows to solve for; name a file that has some with "
            "train");
}

TEST_F(LogisticRegressionTest, AFeatureThatIsNotFiniteIsAnError) {
  Problem problem = random_problem(30, 4, 2);
  problem.features[17] = std::numeric_limits<float>::quiet_NaN();
  auto regression = problem.regression();
  EXPECT_NE(error_of([&] { regression.fit(1); }).find("is not a finite number"), std::string::npos);
}

}  // namespace
}  // namespace thaw
