#include "training/memory_plan.h"

#include <algorithm>
#include <set>
#include <string>

#include "base/bf16.h"
#include "base/error.h"
#include "base/memory.h"

namespace thaw {
namespace {

// oneDNN's generated code and scratch, texts, results, the C library's own.
constexpr int64_t kOverhead = 48 << 20;

// Matrices that products read in a packed form.
bool is_packed(const Parameter& parameter) {
  return parameter.shape.size() == 2 && parameter.role >= Role::kQueryWeight;
}

}  // namespace

template <class T>
MemoryNeed training_memory(const ModelConfig& config, const ParameterTable& table,
                           const FreezePlan& plan, bool frozen_dropout) {
  std::set<int> trained;
  for (size_t i = 0; i < table.list.size(); ++i) {
    if (plan.trainable[i]) trained.insert(table.list[i].group);
  }
  const int lowest = frozen_dropout ? kEmbeddingsGroup : plan.first_trained;
  constexpr int64_t kFloat = sizeof(float), kValue = sizeof(T);
  MemoryNeed need;
  need.fixed = kOverhead + kFloat * plan.trainable_parameters;
  for (const Parameter& parameter : table.list) {
    // Values, gradients, both moments.
    if (trained.count(parameter.group)) need.fixed += 4 * kFloat * parameter.size();
    if (parameter.group < lowest || !is_packed(parameter)) continue;
    const int directions = parameter.group >= plan.first_trained ? 2 : 1;
    need.fixed += directions * kValue * parameter.size();
  }

  if (plan.first_trained >= table.layers && !frozen_dropout) return need;
  const int64_t hidden = config.hidden_size, wide = config.intermediate_size;
  const int64_t kept_layers = table.layers - std::max(plan.first_trained, 0);
  const int64_t of_a_layer =
      kValue * (8 * hidden + 2 * wide) + kFloat * (config.num_attention_heads + 4);
  const int64_t shared = kValue * (7 * hidden + wide + 2 * hidden);
  const int64_t backward = kValue * (4 * hidden + std::max(wide, hidden) + hidden);
  const int64_t embeddings = kValue * (hidden + 3 * config.embedding_width()) + 2 * kFloat;
  need.per_token = kept_layers * of_a_layer + shared + backward + embeddings;
  return need;
}

int64_t choose_part_tokens(const MemoryNeed& need, int64_t available, int64_t step_tokens,
                           int64_t row_tokens, const std::string& name) {
  const int64_t usable = available - available / 6;  // what is foreseen may be a fifth short
  if (need.bytes(need.per_token == 0 ? 0 : step_tokens) <= usable) return 0;
  const int64_t budget = need.per_token == 0 ? 0 : (usable - need.fixed) / need.per_token / 32 * 32;
  if (budget >= row_tokens) return budget;
  throw Error("training it takes about " + format_byte_size(need.bytes(row_tokens)) +
                  " of memory even with one text at a time, and " +
                  format_byte_size(std::max<int64_t>(0, available)) + " are free",
              name,
              "free memory or raise --memory, train fewer layers (last-2, probe), or cut texts "
              "with --max-length");
}

template MemoryNeed training_memory<float>(const ModelConfig&, const ParameterTable&,
                                           const FreezePlan&, bool);
template MemoryNeed training_memory<Bf16>(const ModelConfig&, const ParameterTable&,
                                          const FreezePlan&, bool);

}  // namespace thaw
