#pragma once  // Tests: tests/model/model_config_test.cc

namespace thaw {

// The activations that encoders use between the two layers of a feed-forward block.
enum class Activation { kGelu, kGeluTanh, kRelu };

}  // namespace thaw
