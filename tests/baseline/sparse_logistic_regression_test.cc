#include "baseline/sparse_logistic_regression.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

#include "base/error.h"
#include "base/random.h"
#include "base/threads.h"
#include "training/logistic_regression.h"

namespace thaw {
namespace {

double uniform(uint64_t key, uint32_t element) {
  return random_bits(key, element) / 4294967296.0 * 2 - 1;
}

struct Problem {
  SparseMatrix features;
  std::vector<int32_t> gold;
  int64_t labels;
};

// Each column is in one row out of six; labels follow the features, but not always.
Problem random_problem(int64_t rows, int64_t columns, int64_t labels) {
  Problem problem{{}, {}, labels};
  problem.features.columns = columns;
  for (int64_t row = 0; row < rows; ++row) {
    const uint64_t key = random_key(5, row);
    double score = 0.7 * uniform(key, 100'000);
    for (int64_t c = 0; c < columns; ++c) {
      if (random_bits(key, 50'000 + c) % 6 != 0) continue;
      // Multiples of 1/64 are the same in float, which the dense solver reads.
      problem.features.column.push_back(c);
      problem.features.value.push_back(std::round(uniform(key, c) * 64) / 64);
      score += c % 2 == 0 ? problem.features.value.back() : -problem.features.value.back();
    }
    problem.features.offsets.push_back(problem.features.column.size());
    problem.gold.push_back(std::clamp<int32_t>((score + 1.5) / 3 * labels, 0, labels - 1));
  }
  return problem;
}

std::vector<double> dense(const SparseMatrix& matrix) {
  std::vector<double> all(matrix.rows() * matrix.columns);
  for (int64_t row = 0; row < matrix.rows(); ++row) {
    for (int64_t i = matrix.offsets[row]; i < matrix.offsets[row + 1]; ++i) {
      all[row * matrix.columns + matrix.column[i]] = matrix.value[i];
    }
  }
  return all;
}

// The objective by plain loops.
double naive_objective(const Problem& problem, const std::vector<double>& w, double penalty) {
  const std::vector<double> x = dense(problem.features);
  const int64_t columns = problem.features.columns, labels = problem.labels;
  double loss = 0, norm = 0;
  for (int64_t row = 0; row < problem.features.rows(); ++row) {
    double total = 0, gold = 0;
    for (int64_t k = 0; k < labels; ++k) {
      double z = w[columns * labels + k];
      for (int64_t c = 0; c < columns; ++c) z += x[row * columns + c] * w[c * labels + k];
      total += std::exp(z);
      if (problem.gold[row] == k) gold = z;
    }
    loss += std::log(total) - gold;
  }
  for (int64_t i = 0; i < columns * labels; ++i) norm += w[i] * w[i];
  return loss / static_cast<double>(problem.features.rows()) + penalty / 2 * norm;
}

class SparseLogisticTest : public testing::Test {
 protected:
  void TearDown() override { set_thread_count(0); }
};

TEST_F(SparseLogisticTest, TheObjectiveIsThatOfPlainLoopsAndItsGradientTheirDifferences) {
  for (const int64_t labels : {2, 3, 4, 7}) {
    const Problem problem = random_problem(31, 9, labels);
    const double penalty = 0.03;
    const SparseLogisticObjective objective(problem.features, problem.gold, labels, penalty);
    std::vector<double> w(objective.size()), gradient, unused;
    for (size_t i = 0; i < w.size(); ++i) w[i] = uniform(17, i);
    const auto value = objective.evaluate(w, gradient);
    EXPECT_NEAR(value.objective, naive_objective(problem, w, penalty), 1e-13);
    ASSERT_EQ(gradient.size(), w.size());
    for (size_t i = 0; i < w.size(); ++i) {
      const double at = w[i], step = 1e-5;
      w[i] = at + step;
      const double above = naive_objective(problem, w, penalty);
      w[i] = at - step;
      const double below = naive_objective(problem, w, penalty);
      w[i] = at;
      EXPECT_NEAR(gradient[i], (above - below) / (2 * step), 1e-9) << labels << " labels, " << i;
    }
  }
}

TEST_F(SparseLogisticTest, FindsWhatTheDenseSolverFinds) {
  for (const int64_t labels : {2, 3, 6}) {
    Problem problem = random_problem(200, 30, labels);
    problem.labels = labels + 1;  // one that no row has
    const auto x = dense(problem.features);
    const std::vector<float> floats(x.begin(), x.end());
    for (const double c : {0.01, 1.0, 100.0}) {
      LogisticRegression solver(floats.data(), problem.gold.data(), 200, 30, labels + 1);
      const LogisticFit expected = solver.fit(c);
      const auto fit = fit_sparse_logistic(problem.features, problem.gold, labels + 1, {c, 1e-20});
      EXPECT_TRUE(fit.converged);
      EXPECT_NEAR(fit.objective, expected.objective, 1e-12);
      for (int64_t k = 0; k <= labels; ++k) {
        EXPECT_NEAR(fit.bias[k], expected.bias[k], 1e-6) << k;
        for (int64_t i = 0; i < 30; ++i) {
          EXPECT_NEAR(fit.weight[i * (labels + 1) + k], expected.weight[k * 30 + i], 1e-6);
        }
      }
    }
  }
}

TEST_F(SparseLogisticTest, StopsByItsToleranceNearTheLowestObjective) {
  const Problem problem = random_problem(500, 60, 3);
  const auto lowest = fit_sparse_logistic(problem.features, problem.gold, 3, {1, 1e-20});
  const auto fit = fit_sparse_logistic(problem.features, problem.gold, 3, {});
  EXPECT_TRUE(fit.converged);
  EXPECT_LT(fit.iterations, lowest.iterations);
  EXPECT_LT(fit.objective - lowest.objective, 1e-8);
}

TEST_F(SparseLogisticTest, EqualColumnsHaveEqualWeightsAndAddUpAsWithoutMerging) {
  // Columns 1, 3 and 4 are equal, and so are 2 and 6, which no row has.
  SparseMatrix features;
  features.columns = 7;
  for (const auto& row :
       std::vector<std::vector<std::pair<int, double>>>{{{0, 0.5}, {1, 1}, {3, 1}, {4, 1}},
                                                        {{5, 2}},
                                                        {{1, 0.25}, {3, 0.25}, {4, 0.25}},
                                                        {{0, 1}, {5, -1}}}) {
    for (const auto& [column, value] : row) {
      features.column.push_back(column);
      features.value.push_back(value);
    }
    features.offsets.push_back(features.column.size());
  }
  const std::vector<int32_t> gold = {0, 1, 2, 1};
  SparseMatrix merged = features;
  const MergedColumns columns = merge_equal_columns(merged);
  EXPECT_EQ(columns.column, (std::vector<int32_t>{0, 1, 2, 1, 1, 3, 2}));
  EXPECT_EQ(merged.columns, 4);
  EXPECT_EQ(merged.offsets, (std::vector<int64_t>{0, 2, 3, 4, 6}));
  EXPECT_EQ(merged.column, (std::vector<int32_t>{0, 1, 3, 1, 0, 3}));
  EXPECT_DOUBLE_EQ(merged.value[1], std::sqrt(3));

  const auto fit = fit_sparse_logistic(features, gold, 3, {2, 1e-20});
  const auto x = dense(features);
  const std::vector<float> floats(x.begin(), x.end());
  const LogisticFit expected = LogisticRegression(floats.data(), gold.data(), 4, 7, 3).fit(2);
  EXPECT_NEAR(fit.objective, expected.objective, 1e-13);
  ASSERT_EQ(fit.weight.size(), 21u);
  for (int c = 0; c < 7; ++c) {
    for (int k = 0; k < 3; ++k)
      EXPECT_NEAR(fit.weight[c * 3 + k], expected.weight[k * 7 + c], 1e-7);
  }
}

TEST_F(SparseLogisticTest, HasTheSameBitsForAnyNumberOfThreads) {
  // Vectors of more than one block, and several parts of columns and rows.
  const Problem problem = random_problem(300, 12'000, 3);
  set_thread_count(1);
  const auto one = fit_sparse_logistic(problem.features, problem.gold, 3, {});
  for (const int threads : {2, 3}) {
    set_thread_count(threads);
    const auto many = fit_sparse_logistic(problem.features, problem.gold, 3, {});
    EXPECT_EQ(many.weight, one.weight) << threads;
    EXPECT_EQ(many.bias, one.bias) << threads;
    EXPECT_EQ(many.objective, one.objective) << threads;
  }
}

TEST_F(SparseLogisticTest, WithoutEntriesTheProbabilitiesAreTheLabelsShares) {
  SparseMatrix features;
  for (int i = 0; i < 10; ++i) features.offsets.push_back(0);
  const auto fit = fit_sparse_logistic(features, {0, 0, 0, 0, 0, 2, 2, 2, 1, 1}, 3, {1, 1e-16});
  const auto p = sparse_logistic_probabilities(fit, features);
  ASSERT_EQ(p.size(), 30u);
  EXPECT_NEAR(p[0], 0.5, 1e-6);
  EXPECT_NEAR(p[1], 0.2, 1e-6);
  EXPECT_NEAR(p[29], 0.3, 1e-6);
}

TEST_F(SparseLogisticTest, RefusesWhatItCannotSolve) {
  const Problem problem = random_problem(20, 5, 2);
  const auto refusal = [&](const SparseMatrix& features, const std::vector<int32_t>& gold,
                           double c) -> std::string {
    try {
      fit_sparse_logistic(features, gold, 2, {c});
    } catch (const Error& error) {
      return error.what();
    }
    return "";
  };
  EXPECT_EQ(refusal({}, {}, 1),
            "tf-idf: there are no training rows to solve for; name training data with rows of at "
            "least two labels");
  EXPECT_EQ(refusal(problem.features, std::vector<int32_t>(20, 1), 1),
            "tf-idf: all training rows have one label; name training data with rows of at least "
            "two labels");
  EXPECT_THAT(refusal(problem.features, std::vector<int32_t>(19, 1), 1),
              testing::HasSubstr("there are 19 labels for 20 training rows"));
  for (const int32_t label : {-1, 2}) {
    auto gold = problem.gold;
    gold[7] = label;
    EXPECT_THAT(refusal(problem.features, gold, 1),
                testing::HasSubstr("label number " + std::to_string(label) + " of 2"));
  }
  for (const double c : {0.0, -1.0, std::nan(""), double{INFINITY}}) {
    EXPECT_THAT(refusal(problem.features, problem.gold, c),
                testing::HasSubstr("C is not a number above 0"));
  }
}

TEST_F(SparseLogisticTest, CanBeInterrupted) {
  const Problem problem = random_problem(50, 5, 2);
  Listener listener;
  listener.interrupted = [] { return true; };
  EXPECT_THROW(fit_sparse_logistic(problem.features, problem.gold, 2, {}, listener), Interrupted);
}

}  // namespace
}  // namespace thaw
