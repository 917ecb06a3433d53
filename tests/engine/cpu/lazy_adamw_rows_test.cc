#include "engine/cpu/lazy_adamw_rows.h"

#include <gtest/gtest.h>

#include <cstring>

#include "base/buffer.h"
#include "base/random.h"
#include "training/schedule.h"

namespace thaw {
namespace {

constexpr int64_t kRows = 40, kWidth = 70, kSteps = 600;

struct Table {
  Buffer<float> value{kRows * kWidth}, gradient{kRows * kWidth}, m{kRows * kWidth},
      v{kRows * kWidth};

  Table() {
    for (int64_t i = 0; i < value.size(); ++i) value[i] = number(0, i);
  }
  // In (-1, 1)
  static float number(uint64_t stream, int64_t i) {
    return static_cast<float>(random_bits(random_key(7, stream), static_cast<uint32_t>(i))) *
               0x1p-31f -
           1.0f;
  }
  void add_gradient(int64_t step, int64_t row) {
    for (int64_t c = 0; c < kWidth; ++c) {
      gradient[row * kWidth + c] += 0.01f * number(step, row * kWidth + c);
    }
  }
};

bool same_bits(const Buffer<float>& a, const Buffer<float>& b) {
  return std::memcmp(a.data(), b.data(), a.bytes()) == 0;
}

// Rows that are seen often, rarely, once and never; flushed at any moment or only at the end.
void check_against_dense(double weight_decay, int64_t steps_between_flushes) {
  Table dense, late;
  LazyAdamWRows rows(kRows, kWidth, late.value.data(), late.gradient.data(), late.m.data(),
                     late.v.data());
  const LinearSchedule schedule(1e-3, 0.1, kSteps);
  for (int64_t step = 1; step <= kSteps; ++step) {
    std::vector<int32_t> ids;
    for (int32_t row = 0; row < kRows; ++row) {
      const uint32_t rarity = 1 + row * row / 2;
      if (row < kRows - 8 && random_bits(random_key(3, step), row) % rarity == 0) {
        ids.insert(ids.begin(), row);
      }
    }
    if (step == 50) ids.push_back(kRows - 1);
    rows.catch_up(ids.data(), ids.size());
    rows.catch_up(ids.data(), ids.size());
    for (const int32_t row : ids) {
      ASSERT_EQ(std::memcmp(dense.value.data() + row * kWidth, late.value.data() + row * kWidth,
                            kWidth * sizeof(float)),
                0)
          << "row " << row << " at step " << step;
      dense.add_gradient(step, row);
      late.add_gradient(step, row);
    }
    const AdamW adamw = {.learning_rate = schedule.at(step - 1),
                         .weight_decay = weight_decay,
                         .step = step,
                         .gradient_scale = 0.5};
    adamw_update(adamw, dense.value.size(), dense.value.data(), dense.gradient.data(),
                 dense.m.data(), dense.v.data());
    rows.begin_update(adamw);
    for (const int32_t row : rows.touched()) rows.update_row(AdamWFactors(adamw), row);
    rows.end_update();
    if (steps_between_flushes > 0 && step % steps_between_flushes == 0) {
      rows.flush();
      ASSERT_TRUE(same_bits(dense.value, late.value)) << "step " << step;
    }
  }
  rows.flush();
  EXPECT_TRUE(same_bits(dense.value, late.value));
  EXPECT_TRUE(same_bits(dense.m, late.m));
  EXPECT_TRUE(same_bits(dense.v, late.v));
  EXPECT_TRUE(same_bits(dense.gradient, late.gradient));
}

TEST(LazyAdamWRows, HaveTheBitsOfTheDenseUpdate) {
  for (const double weight_decay : {0.0, 0.01}) {
    for (const int64_t steps_between_flushes : {0, 1, 7, 190}) {
      SCOPED_TRACE(testing::Message() << weight_decay << ", " << steps_between_flushes);
      check_against_dense(weight_decay, steps_between_flushes);
    }
  }
}

}  // namespace
}  // namespace thaw
