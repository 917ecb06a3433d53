#include "engine/cpu/cpu_engine.h"

#include <algorithm>
#include <cstdlib>
#include <set>

#include "engine/cpu/cpu_network.h"
#include "engine/cpu/gemm/linear.h"
#include "engine/cpu/gemm/quantized_linear.h"
#include "engine/cpu/ops/simd_target.h"
#include "engine/number_type.h"

namespace thaw {
namespace {

// oneDNN's generated code and scratch, texts, results, the C library's own.
constexpr int64_t kOverhead = 48 << 20;

// Matrices that products read in a packed form.
bool is_packed(const Parameter& parameter) {
  return parameter.shape.size() == 2 && parameter.role >= Role::kQueryWeight;
}

DeviceTraits cpu_traits() {
  DeviceTraits traits;
  traits.name = "CPU";
  traits.bf16 = {cpu_can_bf16(), cpu_has_bf16(), "AVX-512"};
  traits.int8 = {cpu_has_int8(), cpu_has_int8(), "AVX512-VNNI or AMX"};
  traits.arithmetic["instruction set"] =
      simd_target() + (traits.bf16.fast ? ", bf16" : "") + (traits.int8.fast ? ", int8" : "");
  const char* limit = std::getenv("ONEDNN_MAX_CPU_ISA");
  if (limit != nullptr) traits.arithmetic["ONEDNN_MAX_CPU_ISA"] = limit;
  traits.libraries["oneDNN"] = gemm_library_version();
  return traits;
}

}  // namespace

CpuEngine::CpuEngine(Context& context) : context_(context), traits_(cpu_traits()) {}

std::unique_ptr<Network> CpuEngine::network(ClassifierModel& classifier, const FreezePlan& plan,
                                            Precision precision, const RateShares& rates) {
  const InContext inside(context_);
  if (precision.trained == NumberType::kBf16) {
    return std::make_unique<CpuNetwork<Bf16>>(context_, classifier, plan, precision, rates);
  }
  return std::make_unique<CpuNetwork<float>>(context_, classifier, plan, precision, rates);
}

std::unique_ptr<Network> CpuEngine::session(const ClassifierModel& classifier, Precision precision,
                                            bool dense_trained) {
  const InContext inside(context_);
  if (precision.trained == NumberType::kBf16) {
    return std::make_unique<CpuNetwork<Bf16>>(context_, classifier, precision, dense_trained);
  }
  return std::make_unique<CpuNetwork<float>>(context_, classifier, precision, dense_trained);
}

MemoryNeed CpuEngine::need(const ModelConfig& config, const ParameterTable& table,
                           const FreezePlan& plan, NumberType number, bool frozen_dropout) const {
  std::set<int> trained;
  for (size_t i = 0; i < table.list.size(); ++i) {
    if (plan.trainable[i]) trained.insert(table.list[i].group);
  }
  const int lowest = frozen_dropout ? kEmbeddingsGroup : plan.first_trained;
  constexpr int64_t kFloat = sizeof(float);
  const int64_t value = bytes_of(number);
  MemoryNeed need;
  need.fixed = kOverhead + kFloat * plan.trainable_parameters;
  for (const Parameter& parameter : table.list) {
    // Values, gradients, both moments.
    if (trained.count(parameter.group)) need.fixed += 4 * kFloat * parameter.size();
    if (parameter.group < lowest || !is_packed(parameter)) continue;
    const int directions = parameter.group >= plan.first_trained ? 2 : 1;
    need.fixed += directions * value * parameter.size();
  }

  if (plan.first_trained >= table.layers && !frozen_dropout) return need;
  const int64_t hidden = config.hidden_size, intermediate = config.intermediate_size;
  const int64_t kept_layers = table.layers - std::max(plan.first_trained, 0);
  const int64_t of_a_layer =
      value * (8 * hidden + 2 * intermediate) + kFloat * (config.num_attention_heads + 4);
  const int64_t shared = value * (7 * hidden + intermediate + 2 * hidden);
  const int64_t backward = value * (4 * hidden + std::max(intermediate, hidden) + hidden);
  const int64_t embeddings = value * (hidden + 3 * config.embedding_width()) + 2 * kFloat;
  need.per_token = kept_layers * of_a_layer + shared + backward + embeddings;
  return need;
}

}  // namespace thaw
