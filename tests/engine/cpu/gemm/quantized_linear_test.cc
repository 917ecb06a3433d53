#include "engine/cpu/gemm/quantized_linear.h"

#include <gtest/gtest.h>

#include <cmath>
#include <random>
#include <vector>

namespace thaw {
namespace {

struct Shape {
  int64_t tokens, out, in;
};

TEST(QuantizedLinear, SumsAreExactOnAnyShape) {
  if (!cpu_has_int8()) GTEST_SKIP() << "this CPU adds up pairs in 16 bits, so int8 is refused";
  std::mt19937 bits(1);
  for (const Shape& shape : {Shape{1, 3, 5}, {32, 33, 50}, {64, 1152, 384}, {96, 384, 1536}}) {
    std::vector<float> weight(shape.out * shape.in), factor(shape.in);
    std::normal_distribution<float> normal;
    for (float& w : weight) w = normal(bits);
    for (float& f : factor) f = 0.5f + static_cast<float>(bits() % 100) / 50;
    QuantizedWeight packed(shape.out, shape.in);
    packed.pack(weight.data(), factor.data());
    std::vector<uint8_t> x(shape.tokens * shape.in);
    // All the way to 255, where products of pairs would overflow 16 bits.
    for (uint8_t& v : x) v = static_cast<uint8_t>(bits() % 4 == 0 ? 255 : bits() % 256);
    std::vector<int32_t> sums(shape.tokens * shape.out);
    quantized_product(packed, x.data(), shape.tokens, sums.data());
    for (int64_t o = 0; o < shape.out; ++o) {
      double most = 0;
      for (int64_t i = 0; i < shape.in; ++i) {
        most = std::max(most, std::fabs(double{weight[o * shape.in + i] * factor[i]}));
      }
      EXPECT_NEAR(packed.scale()[o], most / 127, 1e-6 * most);
      std::vector<int> q(shape.in);
      int total = 0;
      for (int64_t i = 0; i < shape.in; ++i) {
        q[i] = static_cast<int>(
            std::lrint(weight[o * shape.in + i] * factor[i] * (127.0f / static_cast<float>(most))));
        total += q[i];
      }
      EXPECT_EQ(packed.sum()[o], total);
      for (int64_t t = 0; t < shape.tokens; ++t) {
        int expected = 0;
        for (int64_t i = 0; i < shape.in; ++i) expected += x[t * shape.in + i] * q[i];
        ASSERT_EQ(sums[t * shape.out + o], expected) << "token " << t << ", output " << o;
      }
    }
  }
}

TEST(QuantizedLinear, AnOutputOfZerosHasNoScale) {
  QuantizedWeight packed(2, 4);
  const float weight[] = {0, 0, 0, 0, 1, -1, 0.5f, 0};
  packed.pack(weight, nullptr);
  EXPECT_EQ(packed.scale()[0], 0);
  EXPECT_EQ(packed.sum()[0], 0);
  EXPECT_FLOAT_EQ(packed.scale()[1], 1.0f / 127);
}

}  // namespace
}  // namespace thaw
