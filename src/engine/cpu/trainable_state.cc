#include "engine/cpu/trainable_state.h"

#include <algorithm>
#include <cmath>
#include <cstring>
#include <numeric>
#include <set>

#include "base/threads.h"
#include "engine/cpu/ops/adamw.h"

namespace thaw {
namespace {

constexpr int64_t kPiece = 1 << 14;  // elements

// One product makes the gradients of queries, keys and values: of all three or of none.
bool made_with_trained(const ParameterTable& table, const FreezePlan& plan, size_t i) {
  const auto kind = [](Role role) {
    if (role >= Role::kQueryWeight && role <= Role::kValueWeight) return 1;
    return role >= Role::kQueryBias && role <= Role::kValueBias ? 2 : 0;
  };
  const int own = kind(table.list[i].role);
  if (own == 0) return false;
  for (size_t j = 0; j < table.list.size(); ++j) {
    if (plan.trainable[j] && table.list[j].group == table.list[i].group &&
        kind(table.list[j].role) == own) {
      return true;
    }
  }
  return false;
}

}  // namespace

TrainableState::TrainableState(ParameterTable& table, const FreezePlan& plan,
                               const RateShares& rates) {
  std::set<int> groups;
  for (size_t i = 0; i < table.list.size(); ++i) {
    if (plan.trainable[i]) groups.insert(table.list[i].group);
  }
  int64_t size = 0;
  for (const Parameter& parameter : table.list) {
    if (groups.count(parameter.group)) size += parameter.size();
  }
  arenas_.values = std::make_shared<Buffer<float>>(size);
  arenas_.gradients = Buffer<float>(size);
  arenas_.first_moments = Buffer<float>(size);
  arenas_.second_moments = Buffer<float>(size);

  int64_t offset = 0;
  for (size_t i = 0; i < table.list.size(); ++i) {
    Parameter& parameter = table.list[i];
    parameter.gradient = nullptr;
    if (!groups.count(parameter.group)) continue;
    const int64_t count = parameter.size();
    const auto known_group = groups_.try_emplace(parameter.group, offset, offset).first;
    known_group->second.second = offset + count;
    std::memcpy(arenas_.values->data() + offset, parameter.value, count * sizeof(float));
    parameter.value = arenas_.values->data() + offset;
    if (plan.trainable[i] || made_with_trained(table, plan, i))
      parameter.gradient = arenas_.gradients.data() + offset;
    auto& ranges = plan.trainable[i] ? ranges_ : frozen_ranges_;
    const int below_pooler = table.pooler_group() - parameter.group;
    const double share = below_pooler > 0 ? std::pow(rates.layer_decay, below_pooler) : rates.head;
    const auto known = std::find(rates_.begin(), rates_.end(), share);
    const int rate = static_cast<int>(known - rates_.begin());
    if (known == rates_.end()) rates_.push_back(share);
    const bool sparse = plan.trainable[i] && parameter.role == Role::kWordEmbedding;
    if (sparse) {
      words_.offset = offset;
      words_.width = parameter.shape[1];
      words_.decays = parameter.decays;
      words_.rate = rate;
      words_.lazy =
          LazyAdamWRows(parameter.shape[0], parameter.shape[1], arenas_.values->data() + offset,
                        arenas_.gradients.data() + offset, arenas_.first_moments.data() + offset,
                        arenas_.second_moments.data() + offset);
    }
    if (!ranges.empty() && ranges.back().offset + ranges.back().size == offset &&
        ranges.back().decays == parameter.decays && ranges.back().rate == rate && !sparse &&
        !ranges.back().sparse) {
      ranges.back().size += count;
    } else {
      ranges.push_back({offset, count, parameter.decays, rate, sparse});
    }
    offset += count;
  }
  table.keep_alive(arenas_.values);
  for (const Range& range : ranges_) {
    for (int64_t at = 0; !range.sparse && at < range.size; at += kPiece) {
      pieces_.push_back(
          {range.offset + at, std::min(kPiece, range.size - at), range.decays, range.rate});
    }
  }
}

TrainableState::Piece TrainableState::word_row(int64_t i) const {
  return {words_.offset + words_.lazy.touched()[i] * words_.width, words_.width, words_.decays,
          words_.rate};
}

template <class Body>
void TrainableState::for_each_piece(const Body& body) const {
  const int64_t pieces = static_cast<int64_t>(pieces_.size());
  const int64_t rows = static_cast<int64_t>(words_.lazy.touched().size());
  int64_t total = 0;
  for (const Piece& piece : pieces_) total += piece.size;
  const int64_t parts = thread_count();
  parallel_parts(parts, 1, [&](int64_t begin, int64_t end, int) {
    int64_t before = 0;
    for (int64_t i = 0; i < pieces; ++i) {
      // A piece belongs to the part that its first element falls into.
      const int64_t part = before * parts / total;
      before += pieces_[i].size;
      if (part >= begin && part < end) body(i, pieces_[i]);
    }
    for (int64_t i = rows * begin / parts; i < rows * end / parts; ++i) {
      body(pieces + i, word_row(i));
    }
  });
}

void TrainableState::catch_up(const int32_t* ids, int64_t count) {
  if (words_.lazy.rows() > 0) words_.lazy.catch_up(ids, count);
}

void TrainableState::flush() { words_.lazy.flush(); }

double TrainableState::gradient_norm() const {
  std::vector<double> sums(pieces_.size() + words_.lazy.touched().size());
  for_each_piece([&](int64_t i, const Piece& piece) {
    sums[i] = sum_of_squares_part(arenas_.gradients.data() + piece.offset, piece.size);
  });
  return std::sqrt(std::accumulate(sums.begin(), sums.end(), 0.0));
}

double TrainableState::step(int64_t step, double learning_rate, double weight_decay,
                            double max_norm) {
  const double norm = gradient_norm();
  if (!std::isfinite(norm)) return norm;
  AdamW adamw;
  adamw.step = step;
  // The constant is that of torch.nn.utils.clip_grad_norm_.
  if (max_norm > 0 && norm > 0) {
    adamw.gradient_scale = static_cast<float>(std::min(1.0, max_norm / (norm + 1e-6)));
  }
  std::vector<AdamWFactors> with_decay, without_decay;  // [rates]
  for (size_t rate = 0; rate < rates_.size(); ++rate) {
    adamw.learning_rate = static_cast<float>(learning_rate * rates_[rate]);
    AdamW decaying = adamw;
    decaying.weight_decay = static_cast<float>(weight_decay);
    without_decay.emplace_back(adamw);
    with_decay.emplace_back(decaying);
    if (words_.lazy.rows() > 0 && static_cast<int>(rate) == words_.rate) {
      words_.lazy.begin_update(words_.decays ? decaying : adamw);
    }
  }
  for_each_piece([&](int64_t i, const Piece& piece) {
    const AdamWFactors& factors = (piece.decays ? with_decay : without_decay)[piece.rate];
    const int64_t row = i - static_cast<int64_t>(pieces_.size());
    if (row >= 0) return words_.lazy.update_row(factors, words_.lazy.touched()[row]);
    adamw_update_part(factors, piece.size, arenas_.values->data() + piece.offset,
                      arenas_.gradients.data() + piece.offset,
                      arenas_.first_moments.data() + piece.offset,
                      arenas_.second_moments.data() + piece.offset);
  });
  words_.lazy.end_update();
  for (const Range& range : frozen_ranges_) {
    std::memset(arenas_.gradients.data() + range.offset, 0, range.size * sizeof(float));
  }
  return norm;
}

std::vector<float> TrainableState::snapshot() const {
  std::vector<float> copy;
  for (const Range& range : ranges_) {
    const float* begin = arenas_.values->data() + range.offset;
    copy.insert(copy.end(), begin, begin + range.size);
  }
  return copy;
}

std::vector<std::span<float>> TrainableState::gradients_of(int group) {
  const auto found = groups_.find(group);
  if (found == groups_.end()) return {};
  std::vector<std::span<float>> list;
  for (const Range& range : ranges_) {  // neighbours of two groups may be joined in one
    const int64_t begin = std::max(range.offset, found->second.first);
    const int64_t end = std::min(range.offset + range.size, found->second.second);
    if (range.sparse || begin >= end) continue;
    list.emplace_back(arenas_.gradients.data() + begin, static_cast<size_t>(end - begin));
  }
  return list;
}

void TrainableState::sum_apart(bool apart) {
  arenas_.totals = apart ? Buffer<float>(arenas_.gradients.size()) : Buffer<float>();
}

void TrainableState::end_micro_batch() {
  if (arenas_.totals.size() == 0) return;
  for_each_piece([&](int64_t, const Piece& piece) {
    float* gradient = arenas_.gradients.data() + piece.offset;
    float* total = arenas_.totals.data() + piece.offset;
    for (int64_t i = 0; i < piece.size; ++i) total[i] += gradient[i];
    std::memset(gradient, 0, piece.size * sizeof(float));
  });
  for (const Range& range : frozen_ranges_) {
    std::memset(arenas_.gradients.data() + range.offset, 0, range.size * sizeof(float));
  }
}

void TrainableState::take_totals() {
  if (arenas_.totals.size() == 0) return;
  for_each_piece([&](int64_t, const Piece& piece) {
    float* total = arenas_.totals.data() + piece.offset;
    std::memcpy(arenas_.gradients.data() + piece.offset, total, piece.size * sizeof(float));
    std::memset(total, 0, piece.size * sizeof(float));
  });
}

void TrainableState::sum_gradients(Communicator& communicator) {
  take_totals();
  if (communicator.size() == 1) return;
  for (auto group = groups_.rbegin(); group != groups_.rend(); ++group) {
    for (const std::span<float> gradients : gradients_of(group->first)) communicator.sum(gradients);
  }
  if (words_.lazy.rows() == 0) return;
  // A row that nobody here has read catches up before it is updated with the others' gradient.
  const std::vector<int32_t> rows = communicator.gather_rows(words_.lazy.touched());
  words_.lazy.catch_up(rows.data(), static_cast<int64_t>(rows.size()));
  std::vector<float> packed(rows.size() * static_cast<size_t>(words_.width));
  const auto row_of = [&](size_t i) {
    return arenas_.gradients.data() + words_.offset + rows[i] * words_.width;
  };
  const size_t bytes = static_cast<size_t>(words_.width) * sizeof(float);
  for (size_t i = 0; i < rows.size(); ++i) {
    std::memcpy(packed.data() + i * words_.width, row_of(i), bytes);
  }
  communicator.sum(packed);
  for (size_t i = 0; i < rows.size(); ++i) {
    std::memcpy(row_of(i), packed.data() + i * words_.width, bytes);
  }
}

void TrainableState::restore(std::span<const float> snapshot) {
  const float* next = snapshot.data();
  for (const Range& range : ranges_) {
    std::memcpy(arenas_.values->data() + range.offset, next, range.size * sizeof(float));
    next += range.size;
  }
}

std::vector<TrainableState::TrainedRange> TrainableState::trained() {
  std::vector<TrainedRange> list;
  for (const Range& range : ranges_) {
    list.push_back({arenas_.values->data() + range.offset,
                    arenas_.first_moments.data() + range.offset,
                    arenas_.second_moments.data() + range.offset, range.size});
  }
  return list;
}

size_t TrainableState::bytes() const { return arenas_.values->bytes() * 4; }

}  // namespace thaw
