#pragma once  // Tests: tests/engine/engine_test.cc

#include <memory>

#include "engine/engine.h"

namespace thaw {

class CpuEngine final : public Engine {
 public:
  explicit CpuEngine(Context& context);
  const DeviceTraits& traits() const override { return traits_; }
  std::unique_ptr<Network> network(ClassifierModel& classifier, const FreezePlan& plan,
                                   Precision precision, const RateShares& rates) override;
  std::unique_ptr<Network> session(const ClassifierModel& classifier, Precision precision,
                                   bool dense_trained) override;
  MemoryNeed need(const ModelConfig& config, const ParameterTable& table, const FreezePlan& plan,
                  NumberType trained, bool frozen_dropout) const override;

 private:
  Context& context_;
  const DeviceTraits traits_;
};

}  // namespace thaw
