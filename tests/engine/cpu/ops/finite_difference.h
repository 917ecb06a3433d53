#pragma once

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <functional>
#include <random>
#include <string>
#include <vector>

namespace thaw::testing {

// Proves the backward of an op's double-precision twin by central differences.
//
//   expect_gradients_agree({
//       .inputs = {random_doubles(12, 1)},
//       .forward = [](const Arrays& in) { return Arrays{sines(in[0])}; },
//       .backward = [](const Arrays& in, const Arrays& d_out) { return Arrays{...}; }});
//
// forward maps the inputs to the outputs; backward maps the inputs and the gradients of the outputs
// to the gradients of the inputs, in their order.
using Arrays = std::vector<std::vector<double>>;

struct DifferentiableOp {
  Arrays inputs;
  std::function<Arrays(const Arrays& inputs)> forward;
  std::function<Arrays(const Arrays& inputs, const Arrays& d_outputs)> backward;
  double step = 1e-5;       // of the central difference
  double tolerance = 1e-8;  // |analytic - numeric| <= tolerance * (1 + |analytic|)
};

// Standard normal numbers, the same in every run.
inline std::vector<double> random_doubles(size_t count, unsigned seed, double scale = 1) {
  std::mt19937 bits(seed);
  std::normal_distribution<double> normal(0, scale);
  std::vector<double> values(count);
  for (double& value : values) value = normal(bits);
  return values;
}

// The loss is the scalar product of the outputs with random weights, so that every output counts.
inline void expect_gradients_agree(DifferentiableOp op) {
  const Arrays outputs = op.forward(op.inputs);
  Arrays d_outputs;
  for (size_t i = 0; i < outputs.size(); ++i) {
    d_outputs.push_back(random_doubles(outputs[i].size(), 1000 + static_cast<unsigned>(i)));
  }
  const auto loss = [&](const Arrays& inputs) {
    const Arrays out = op.forward(inputs);
    double sum = 0;
    for (size_t i = 0; i < out.size(); ++i) {
      for (size_t j = 0; j < out[i].size(); ++j) sum += out[i][j] * d_outputs[i][j];
    }
    return sum;
  };
  const Arrays gradients = op.backward(op.inputs, d_outputs);
  ASSERT_EQ(gradients.size(), op.inputs.size());
  double largest = 0;
  for (size_t i = 0; i < op.inputs.size(); ++i) {
    ASSERT_EQ(gradients[i].size(), op.inputs[i].size()) << "input " << i;
    for (size_t j = 0; j < op.inputs[i].size(); ++j) {
      const double kept = op.inputs[i][j];
      op.inputs[i][j] = kept + op.step;
      const double above = loss(op.inputs);
      op.inputs[i][j] = kept - op.step;
      const double below = loss(op.inputs);
      op.inputs[i][j] = kept;
      const double numeric = (above - below) / (2 * op.step);
      const double analytic = gradients[i][j];
      EXPECT_NEAR(analytic, numeric, op.tolerance * (1 + std::abs(analytic)))
          << "input " << i << ", element " << j;
      largest = std::max(largest, std::abs(analytic));
    }
  }
  EXPECT_GT(largest, 0) << "no input matters, so nothing was proven";
}

}  // namespace thaw::testing
