#include "engine/cpu/ops/adamw.h"

#include <fstream>
#include <nlohmann/json.hpp>

#include "tests/engine/cpu/ops/op_testing.h"
#include "tests/engine/cpu/ops/reference/adamw.h"

namespace thaw {
namespace {

using namespace thaw::testing;

constexpr AdamW kRule = {.learning_rate = 1e-3, .weight_decay = 0.01, .gradient_scale = 0.37};

TEST(AdamW, AgreesWithPyTorchOverTwentySteps) {
  std::ifstream file(THAW_SOURCE_DIR "/tests/engine/cpu/ops/golden/adamw.json");
  const nlohmann::json golden = nlohmann::json::parse(file);
  const nlohmann::json& settings = golden["settings"];
  for_each_setting([&] {
    Array<float> weight(golden["initial"].get<std::vector<double>>());
    Array<float> m(weight.size()), v(weight.size());
    std::vector<double> largest(weight.size());
    AdamW adamw = {.learning_rate = settings["lr"],
                   .beta1 = settings["betas"][0],
                   .beta2 = settings["betas"][1],
                   .epsilon = settings["eps"],
                   .weight_decay = settings["weight_decay"]};
    for (size_t step = 0; step < golden["after"].size(); ++step) {
      Array<float> gradient(golden["gradients"][step].get<std::vector<double>>());
      adamw.step = static_cast<int64_t>(step) + 1;
      adamw_update(adamw, static_cast<int64_t>(weight.size()), weight.data(), gradient.data(),
                   m.data(), v.data());
      const nlohmann::json& after = golden["after"][step];
      expect_close(weight, after["weight"], 1e-6, 0, "weight");
      for (size_t i = 0; i < m.size(); ++i) {
        // Where a gradient undoes m, the rounding of their size remains.
        largest[i] = std::max(largest[i], std::abs(golden["gradients"][step][i].get<double>()));
        const double expected = after["m"][i];
        ASSERT_NEAR(m[i], expected, 1e-6 * std::abs(expected) + 3e-8 * largest[i]);
      }
      expect_close(v, after["v"], 1e-6, 0, "v");
    }
  });
}

TEST(AdamW, AgreesWithItsDoubleTwinAtAnySizeAndZeroesTheGradient) {
  for_each_setting([&] {
    for (const int64_t count : {1, 3, 7, 16, 17, 33, 384, 385, 20011}) {
      auto weight = random_array<float>(count, 1);
      Array<float> m(count), v(count);
      std::vector<double> weight_d = weight.doubles(), m_d(count), v_d(count);
      for (int step = 1; step <= 5; ++step) {
        AdamW adamw = kRule;
        adamw.step = step;
        auto gradient = random_array<float>(count, 10 + step);
        std::vector<double> gradient_d = gradient.doubles();
        adamw_update(adamw, count, weight.data(), gradient.data(), m.data(), v.data());
        reference::adamw_update(adamw, count, weight_d.data(), gradient_d.data(), m_d.data(),
                                v_d.data());
        expect_close(gradient, std::vector<double>(count), 0, 0, "gradient");
      }
      expect_close(weight, weight_d, 1e-6, 1e-9, "weight");
      expect_close(m, m_d, 1e-6, 1e-7, "m");
      expect_close(v, v_d, 1e-6, 0, "v");
    }
  });
}

TEST(AdamW, OnlyDecaysWhatHasNoGradient) {
  Array<float> weight(std::vector<double>{2, -4}), gradient(2), m(2), v(2);
  adamw_update({.learning_rate = 0.5, .weight_decay = 0.25}, 2, weight.data(), gradient.data(),
               m.data(), v.data());
  expect_close(weight, {2 * 0.875, -4 * 0.875}, 0, 0, "weight");
}

TEST(AdamW, HasTheSameBitsForAnyNumberOfThreads) {
  constexpr int64_t kCount = 50007;
  std::vector<Array<float>> results;
  for (const int threads : {1, 2, 3}) {
    set_thread_count(threads);
    auto weight = random_array<float>(kCount, 1), gradient = random_array<float>(kCount, 2);
    Array<float> m(kCount), v(kCount);
    adamw_update(kRule, kCount, weight.data(), gradient.data(), m.data(), v.data());
    results.push_back(weight);
  }
  set_thread_count(0);
  EXPECT_TRUE(results[0].same_bits(results[1]) && results[0].same_bits(results[2]));
}

// Warm-up, then linear decay to zero, as a run has it.
AdamW scheduled_step(int64_t step, int64_t steps, double decay) {
  const double warm = 0.1 * steps, at = static_cast<double>(step);
  const double rate = at < warm ? at / warm : (steps - at) / (steps - warm);
  return {.learning_rate = 2e-3 * rate, .weight_decay = decay, .step = step};
}

// A row that had `with_gradient` steps with gradients of very different sizes, and then none.
TEST(AdamW, CatchUpHasTheBitsOfTheStepsThatItMakesUpFor) {
  constexpr int64_t kSteps = 1500;
  for_each_setting([&] {
    for (const double decay : {0.0, 0.3}) {
      for (const int with_gradient : {0, 1, 4, 40}) {
        for (const int64_t count : {1, 17, 64, 65, 200}) {
          auto dense = random_array<float>(count, 1);
          if (count > 2) dense.data()[2] = 0;
          Array<float> dense_m(count), dense_v(count), gradient(count);
          AdamWHistory history;
          int64_t step = 1;
          for (; step <= with_gradient; ++step) {
            for (int64_t i = 0; i < count; ++i) {
              gradient.data()[i] = random_array<float>(count, 9 + step)[i] *
                                   std::pow(10.0f, static_cast<float>(-(i % 12)));
            }
            const AdamW rule = scheduled_step(step, kSteps, decay);
            history.add(rule);
            adamw_update(rule, count, dense.data(), gradient.data(), dense_m.data(),
                         dense_v.data());
          }
          auto late = dense, late_m = dense_m, late_v = dense_v;
          int64_t caught_up = history.size();
          for (; step <= kSteps; ++step) {
            const AdamW rule = scheduled_step(step, kSteps, decay);
            history.add(rule);
            adamw_update(rule, count, dense.data(), gradient.data(), dense_m.data(),
                         dense_v.data());
            if (step % 7 != 0 && step % 400 != 0 && step != kSteps) continue;
            if (step % 7 == 0 && step > 100) continue;
            adamw_catch_up(history, caught_up, count, late.data(), late_m.data(), late_v.data());
            caught_up = history.size();
            ASSERT_TRUE(dense.same_bits(late)) << count << " after " << step;
            ASSERT_TRUE(dense_m.same_bits(late_m)) << count << " after " << step;
            ASSERT_TRUE(dense_v.same_bits(late_v)) << count << " after " << step;
          }
        }
      }
    }
  });
}

TEST(SumOfSquares, IsExactToDoubleAndTheSameForAnyNumberOfThreads) {
  for (const int64_t count : {0, 1, 3, 7, 16, 17, 33, 385, 100003}) {
    const auto x = random_array<float>(count, 3, 100);
    const double expected = reference::sum_of_squares(x.doubles().data(), count);
    for_each_setting([&] {
      const double sum = sum_of_squares(x.data(), count);
      EXPECT_NEAR(sum, expected, 1e-13 * expected) << count;
      set_thread_count(3);
      EXPECT_EQ(sum_of_squares(x.data(), count), sum) << count;
    });
  }
}

TEST(SumOfSquares, DoesNotOverflowWhereFloatWould) {
  const Array<float> x(std::vector<double>(40, 1e30));
  EXPECT_NEAR(sum_of_squares(x.data(), 40), 4e61, 1e55);
}

}  // namespace
}  // namespace thaw
