#include "training/trainable_state.h"

#include <cmath>
#include <cstring>
#include <set>

#include "ops/adamw.h"

namespace thaw {

TrainableState::TrainableState(ParameterTable& table, const FreezePlan& plan) {
  std::set<int> groups;
  for (size_t i = 0; i < table.list.size(); ++i) {
    if (plan.trainable[i]) groups.insert(table.list[i].group);
  }
  int64_t size = 0;
  for (const Parameter& parameter : table.list) {
    if (groups.count(parameter.group)) size += parameter.size();
  }
  values_ = std::make_shared<Buffer<float>>(size);
  gradients_ = Buffer<float>(size);
  first_moments_ = Buffer<float>(size);
  second_moments_ = Buffer<float>(size);

  int64_t offset = 0;
  for (size_t i = 0; i < table.list.size(); ++i) {
    Parameter& parameter = table.list[i];
    parameter.gradient = nullptr;
    if (!groups.count(parameter.group)) continue;
    const int64_t count = parameter.size();
    std::memcpy(values_->data() + offset, parameter.value, count * sizeof(float));
    parameter.value = values_->data() + offset;
    // One product makes the gradients of queries, keys and values: all three or none.
    const bool joined = parameter.role >= Role::kQueryWeight && parameter.role <= Role::kValueBias;
    if (plan.trainable[i] || joined) parameter.gradient = gradients_.data() + offset;
    auto& ranges = plan.trainable[i] ? ranges_ : frozen_ranges_;
    const bool sparse = plan.trainable[i] && parameter.role == Role::kWordEmbedding;
    if (sparse) {
      words_ = SparseRows(parameter.shape[0], parameter.shape[1], values_->data() + offset,
                          gradients_.data() + offset, first_moments_.data() + offset,
                          second_moments_.data() + offset);
    }
    if (!ranges.empty() && ranges.back().offset + ranges.back().size == offset &&
        ranges.back().decays == parameter.decays && !sparse && !ranges.back().sparse) {
      ranges.back().size += count;
    } else {
      ranges.push_back({offset, count, parameter.decays, sparse});
    }
    offset += count;
  }
  table.keep_alive(values_);
}

void TrainableState::catch_up(const int32_t* ids, int64_t count) {
  if (words_.rows() > 0) words_.catch_up(ids, count);
}

void TrainableState::flush() { words_.flush(); }

double TrainableState::gradient_norm() const {
  double sum = 0;
  for (const Range& range : ranges_) {
    sum += range.sparse ? words_.gradient_sum_of_squares()
                        : sum_of_squares(gradients_.data() + range.offset, range.size);
  }
  return std::sqrt(sum);
}

double TrainableState::step(int64_t step, double learning_rate, double weight_decay,
                            double max_norm) {
  const double norm = gradient_norm();
  if (!std::isfinite(norm)) return norm;
  AdamW adamw;
  adamw.step = step;
  adamw.learning_rate = static_cast<float>(learning_rate);
  // The constant is that of torch.nn.utils.clip_grad_norm_.
  if (max_norm > 0 && norm > 0) {
    adamw.gradient_scale = static_cast<float>(std::min(1.0, max_norm / (norm + 1e-6)));
  }
  for (const Range& range : ranges_) {
    adamw.weight_decay = range.decays ? static_cast<float>(weight_decay) : 0.0f;
    if (range.sparse) {
      words_.update(adamw);
      continue;
    }
    adamw_update(adamw, range.size, values_->data() + range.offset,
                 gradients_.data() + range.offset, first_moments_.data() + range.offset,
                 second_moments_.data() + range.offset);
  }
  for (const Range& range : frozen_ranges_) {
    std::memset(gradients_.data() + range.offset, 0, range.size * sizeof(float));
  }
  return norm;
}

std::vector<float> TrainableState::snapshot() const {
  std::vector<float> copy;
  for (const Range& range : ranges_) {
    const float* begin = values_->data() + range.offset;
    copy.insert(copy.end(), begin, begin + range.size);
  }
  return copy;
}

void TrainableState::restore(const std::vector<float>& snapshot) {
  const float* next = snapshot.data();
  for (const Range& range : ranges_) {
    std::memcpy(values_->data() + range.offset, next, range.size * sizeof(float));
    next += range.size;
  }
}

size_t TrainableState::bytes() const { return values_->bytes() * 4; }

}  // namespace thaw
