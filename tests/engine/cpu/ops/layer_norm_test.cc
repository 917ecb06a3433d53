#include "engine/cpu/ops/layer_norm.h"

#include <limits>

#include "tests/engine/cpu/ops/op_testing.h"
#include "tests/engine/cpu/ops/reference/dropout.h"
#include "tests/engine/cpu/ops/reference/layer_norm.h"

namespace thaw {
namespace {

using namespace thaw::testing;

constexpr Dropout kOff = {}, kTenth = {0.1f, 0xFEDCBA9876543210u};
constexpr float kEpsilon = 1e-12f;  // BERT's

struct Weights {
  explicit Weights(int64_t hidden)
      : gamma(random_array<float>(hidden, 91)),
        beta(random_array<float>(hidden, 92)),
        gamma_d(gamma.doubles()),
        beta_d(beta.doubles()) {}
  LayerNormWeights of_float(float epsilon = kEpsilon) const {
    return {gamma.data(), beta.data(), epsilon};
  }
  reference::LayerNormWeights of_double(double epsilon = kEpsilon) const {
    return {gamma_d.data(), beta_d.data(), epsilon};
  }
  Array<float> gamma, beta;
  std::vector<double> gamma_d, beta_d;
};

template <class T>
class ResidualNormOf : public ::testing::Test {};
TYPED_TEST_SUITE(ResidualNormOf, Storages);

TYPED_TEST(ResidualNormOf, ForwardAgreesWithItsDoubleTwin) {
  const double rounding = kRounding<TypeParam>;
  for_each_setting([&] {
    for (const int64_t hidden : {2, 3, 7, 8, 15, 16, 17, 33, 384, 385, 1536}) {
      for (const int64_t tokens : {0, 1, 5, 33}) {
        for (const Dropout dropout : {kOff, kTenth}) {
          for (const bool with_residual : {true, false}) {
            const Weights weights(hidden);
            const auto residual = random_array<TypeParam>(tokens * hidden, 1);
            auto branch = random_array<TypeParam>(tokens * hidden, 2);
            const auto original = branch.doubles();
            Array<TypeParam> out(tokens * hidden);
            Array<float> mean(tokens), rstd(tokens);
            // A larger epsilon keeps rows of two or three chance neighbours well conditioned.
            residual_norm_forward({tokens, hidden},
                                  {.residual = with_residual ? residual.data() : nullptr,
                                   .branch = branch.data(),
                                   .dropout = dropout},
                                  weights.of_float(1e-2f), out.data(),
                                  {.mean = mean.data(), .rstd = rstd.data()});
            std::vector<double> sum = original;
            for (int64_t i = 0; i < tokens * hidden; ++i) {
              sum[i] = original[i] * reference::dropout_factor(dropout, i) +
                       (with_residual ? residual[i] : 0);
            }
            expect_close(branch, sum, 1.01 * rounding, 4e-7, "sum");
            // Statistics and output are those of the sum as it is stored.
            std::vector<double> stored = branch.doubles(), expected(tokens * hidden);
            std::vector<double> expected_mean(tokens), expected_rstd(tokens);
            reference::residual_norm_forward(
                {tokens, hidden}, {.branch = stored.data()}, weights.of_double(1e-2f),
                expected.data(), {.mean = expected_mean.data(), .rstd = expected_rstd.data()});
            expect_close(mean, expected_mean, 1e-6, 2e-6, "mean");
            expect_close(rstd, expected_rstd, 1e-6, 0, "rstd");
            expect_close(out, expected, 1.01 * rounding, 1e-5, "out");
          }
        }
      }
    }
  });
}

TYPED_TEST(ResidualNormOf, BackwardAgreesWithItsDoubleTwin) {
  const double rounding = kRounding<TypeParam>;
  for_each_setting([&] {
    for (const int64_t hidden : {2, 3, 7, 8, 15, 16, 17, 33, 384, 385, 1536}) {
      for (const int64_t tokens : {0, 1, 2, 5, 66}) {
        for (const Dropout dropout : {kOff, kTenth}) {
          const Weights weights(hidden);
          const auto sum = random_array<TypeParam>(tokens * hidden, 3);
          auto d_out = random_array<TypeParam>(tokens * hidden, 4);
          std::vector<double> sum_d = sum.doubles(), out(tokens * hidden), mean_d(tokens),
                              rstd_d(tokens);
          reference::residual_norm_forward({tokens, hidden}, {.branch = sum_d.data()},
                                           weights.of_double(1e-2), out.data(),
                                           {.mean = mean_d.data(), .rstd = rstd_d.data()});
          const Array<float> mean(mean_d), rstd(rstd_d);
          Array<TypeParam> d_sum(tokens * hidden), d_branch(tokens * hidden);
          const std::vector<double> ones(hidden, 1);
          Array<float> d_gamma(ones), d_beta(ones), d_bias(ones);
          Array<float> scratch(thread_count() * 3 * hidden);
          const ResidualNormSaved<TypeParam> saved{
              .sum = sum.data(), .mean = mean.data(), .rstd = rstd.data(), .dropout = dropout};
          residual_norm_backward(
              {tokens, hidden}, saved, weights.of_float(1e-2f), d_out.data(),
              {.d_sum = d_sum.data(), .d_branch = d_branch.data()},
              {.gamma = d_gamma.data(), .beta = d_beta.data(), .branch_bias = d_bias.data()},
              scratch.data());
          std::vector<double> d_sum_d(tokens * hidden), d_branch_d(tokens * hidden);
          std::vector<double> d_gamma_d(ones), d_beta_d(ones), d_bias_d(ones);
          reference::residual_norm_backward(
              {tokens, hidden},
              {.sum = sum_d.data(),
               .mean = mean_d.data(),
               .rstd = rstd_d.data(),
               .dropout = dropout},
              weights.of_double(1e-2), d_out.doubles().data(),
              {.d_sum = d_sum_d.data(), .d_branch = d_branch_d.data()},
              {.gamma = d_gamma_d.data(), .beta = d_beta_d.data(), .branch_bias = d_bias_d.data()});
          expect_close(d_sum, d_sum_d, 1.01 * rounding, 4e-6, "d_sum");
          expect_close(d_branch, d_branch_d, 1.01 * rounding, 4e-6, "d_branch");
          expect_close(d_gamma, d_gamma_d, 1e-6, 2e-5, "d_gamma");
          expect_close(d_beta, d_beta_d, 1e-6, 1e-5, "d_beta");
          expect_close(d_bias, d_bias_d, 1e-6, 4e-5, "d_bias");

          // In place, and with everything else frozen.
          residual_norm_backward({tokens, hidden}, saved, weights.of_float(1e-2f), d_out.data(),
                                 {.d_sum = d_out.data()}, {}, scratch.data());
          EXPECT_TRUE(d_out.same_bits(d_sum));
        }
      }
    }
  });
}

TYPED_TEST(ResidualNormOf, OneArrayMayHoldBothGradientsWithoutDropout) {
  const Weights weights(33);
  const auto d_out = random_array<TypeParam>(5 * 33, 5), sum = random_array<TypeParam>(5 * 33, 6);
  const Array<float> mean(5), rstd(std::vector<double>(5, 1));
  Array<TypeParam> apart(5 * 33), branch(5 * 33), shared(5 * 33);
  Array<float> scratch(thread_count() * 3 * 33);
  for (Array<TypeParam>* d_branch : {&branch, &shared}) {
    Array<TypeParam>* d_sum = d_branch == &shared ? &shared : &apart;
    residual_norm_backward(
        {5, 33}, {.sum = sum.data(), .mean = mean.data(), .rstd = rstd.data()}, weights.of_float(),
        d_out.data(), {.d_sum = d_sum->data(), .d_branch = d_branch->data()}, {}, scratch.data());
  }
  EXPECT_TRUE(shared.same_bits(apart));
  EXPECT_TRUE(branch.same_bits(apart));
}

TYPED_TEST(ResidualNormOf, OutputMayTakeTheResidualsOrTheBranchsPlace) {
  for_each_setting([&] {
    const Weights weights(385);
    auto residual = random_array<TypeParam>(7 * 385, 7),
         branch = random_array<TypeParam>(7 * 385, 8);
    auto branch2 = branch, branch3 = branch;
    Array<TypeParam> out(7 * 385);
    residual_norm_forward({7, 385},
                          {.residual = residual.data(), .branch = branch.data(), .dropout = kTenth},
                          weights.of_float(), out.data(), {});
    residual_norm_forward(
        {7, 385}, {.residual = residual.data(), .branch = branch2.data(), .dropout = kTenth},
        weights.of_float(), branch2.data(), {});
    residual_norm_forward(
        {7, 385}, {.residual = residual.data(), .branch = branch3.data(), .dropout = kTenth},
        weights.of_float(), residual.data(), {});
    EXPECT_TRUE(branch2.same_bits(out));
    EXPECT_TRUE(residual.same_bits(out));
  });
}

// However far the mean is from 0, and however small epsilon: E[x^2] - E[x]^2 would not hold this.
TYPED_TEST(ResidualNormOf, ARowOfOneValueBecomesExactlyBeta) {
  for_each_setting([&] {
    for (const int64_t hidden : {1, 7, 384, 385}) {
      for (const float value : {0.0f, 0.1f, -3.3f, 1234.5678f, 1e6f}) {
        const Weights weights(hidden);
        Array<TypeParam> x(std::vector<double>(hidden, value)), out(hidden);
        Array<float> mean(1), rstd(1);
        residual_norm_forward({1, hidden}, {.branch = x.data()}, weights.of_float(), out.data(),
                              {.mean = mean.data(), .rstd = rstd.data()});
        EXPECT_EQ(mean[0], x[0]);
        for (int64_t i = 0; i < hidden; ++i) {
          ASSERT_EQ(out[i], to_float(from_float<TypeParam>(weights.beta[i]))) << value;
        }
      }
    }
  });
}

TEST(ResidualNorm, KeepsItsPrecisionFarFromZero) {
  for_each_setting([&] {
    const Weights weights(384);
    auto values = random_doubles(384, 11);
    for (double& value : values) value += 1e4;
    Array<float> x(values), out(384);
    auto stored = x.doubles();
    residual_norm_forward({1, 384}, {.branch = x.data()}, weights.of_float(), out.data(), {});
    std::vector<double> expected(384);
    reference::residual_norm_forward({1, 384}, {.branch = stored.data()}, weights.of_double(),
                                     expected.data(), {});
    expect_close(out, expected, 1e-6, 1e-3, "out");  // 1e-3 is one unit of 1e4 in float
  });
}

TEST(ResidualNorm, PassesNanOnSoThatDivergenceShows) {
  for_each_setting([&] {
    const Weights weights(20);
    std::vector<double> values(20, 1);
    values[17] = std::numeric_limits<double>::quiet_NaN();
    Array<float> x(values), out(20);
    residual_norm_forward({1, 20}, {.branch = x.data()}, weights.of_float(), out.data(), {});
    for (int i = 0; i < 20; ++i) EXPECT_TRUE(std::isnan(out[i]));
  });
}

TYPED_TEST(ResidualNormOf, HasTheSameBitsInTwoRunsAndItsRowsForAnyNumberOfThreads) {
  const int64_t tokens = 101, hidden = 385;
  const Weights weights(hidden);
  const auto sum = random_array<TypeParam>(tokens * hidden, 12);
  const auto d_out = random_array<TypeParam>(tokens * hidden, 13);
  const Array<float> mean(tokens), rstd(std::vector<double>(tokens, 1));
  std::vector<Array<float>> d_gammas;
  std::vector<Array<TypeParam>> d_sums;
  for (const int threads : {2, 2, 1}) {
    set_thread_count(threads);
    Array<TypeParam> d_sum(tokens * hidden), d_branch(tokens * hidden);
    Array<float> d_gamma(hidden), d_beta(hidden), d_bias(hidden), scratch(threads * 3 * hidden);
    residual_norm_backward(
        {tokens, hidden},
        {.sum = sum.data(), .mean = mean.data(), .rstd = rstd.data(), .dropout = kTenth},
        weights.of_float(), d_out.data(), {.d_sum = d_sum.data(), .d_branch = d_branch.data()},
        {.gamma = d_gamma.data(), .beta = d_beta.data(), .branch_bias = d_bias.data()},
        scratch.data());
    d_gammas.push_back(d_gamma);
    d_sums.push_back(d_sum);
  }
  set_thread_count(0);
  EXPECT_TRUE(d_gammas[0].same_bits(d_gammas[1]));
  EXPECT_TRUE(d_sums[0].same_bits(d_sums[1]));
  EXPECT_TRUE(d_sums[0].same_bits(d_sums[2]));
}

TEST(ReferenceResidualNorm, GradientsAgreeWithFiniteDifferences) {
  const int64_t tokens = 4, hidden = 6;
  const auto weights = [](const Arrays& in) {
    return reference::LayerNormWeights{in[2].data(), in[3].data(), 1e-5};
  };
  // residual, branch without its bias, gamma, beta, bias
  const auto biased = [&](const Arrays& in) {
    std::vector<double> branch = in[1];
    for (size_t i = 0; i < branch.size(); ++i) branch[i] += in[4][i % hidden];
    return branch;
  };
  for (const Dropout dropout : {kOff, kTenth}) {
    expect_gradients_agree(
        {.inputs = {random_doubles(tokens * hidden, 14), random_doubles(tokens * hidden, 15),
                    random_doubles(hidden, 16), random_doubles(hidden, 17),
                    random_doubles(hidden, 18)},
         .forward =
             [&](const Arrays& in) {
               std::vector<double> branch = biased(in), out(tokens * hidden);
               reference::residual_norm_forward(
                   {tokens, hidden},
                   {.residual = in[0].data(), .branch = branch.data(), .dropout = dropout},
                   weights(in), out.data(), {});
               return Arrays{out};
             },
         .backward =
             [&](const Arrays& in, const Arrays& d_out) {
               std::vector<double> sum = biased(in), out(tokens * hidden), mean(tokens),
                                   rstd(tokens);
               reference::residual_norm_forward(
                   {tokens, hidden},
                   {.residual = in[0].data(), .branch = sum.data(), .dropout = dropout},
                   weights(in), out.data(), {.mean = mean.data(), .rstd = rstd.data()});
               std::vector<double> d_sum(tokens * hidden), d_branch(tokens * hidden);
               std::vector<double> d_gamma(hidden), d_beta(hidden), d_bias(hidden);
               reference::residual_norm_backward(
                   {tokens, hidden},
                   {.sum = sum.data(),
                    .mean = mean.data(),
                    .rstd = rstd.data(),
                    .dropout = dropout},
                   weights(in), d_out[0].data(),
                   {.d_sum = d_sum.data(), .d_branch = d_branch.data()},
                   {.gamma = d_gamma.data(), .beta = d_beta.data(), .branch_bias = d_bias.data()});
               return Arrays{d_sum, d_branch, d_gamma, d_beta, d_bias};
             }});
  }
}

}  // namespace
}  // namespace thaw
