#pragma once

#include <memory>

#include "engine/number_type.h"
#include "training/training_run.h"

namespace thaw {

// A training with its network on this machine's processors.
class TestRun : public TrainingRun {
 public:
  TestRun(ClassifierModel& classifier, const FreezePlan& plan,
          NumberType number = NumberType::kFp32, const RateShares& rates = {})
      : TestRun(open_engine()->network(classifier, plan, {number, number}, rates)) {}

  int depth() const { return network_->depth(); }
  Network& network() { return *network_; }
  double forward_backward(const SplitView& split, const int64_t* rows, int64_t count,
                          const StepDropout& dropout) {
    return network_->accumulate({split.texts, split.cache, {rows, static_cast<size_t>(count)}},
                                {split.labels, {}, 0}, dropout, 1, nullptr);
  }
  // The norm of the gradient.
  double step(int64_t number, double learning_rate, double weight_decay, double max_norm) {
    SingleProcess alone;
    return network_->step({number, learning_rate, weight_decay, max_norm}, alone).gradient_norm;
  }

 private:
  explicit TestRun(std::unique_ptr<Network> network)
      : TrainingRun(*network), network_(std::move(network)) {}

  std::unique_ptr<Network> network_;
};

}  // namespace thaw
