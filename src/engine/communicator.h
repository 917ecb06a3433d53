#pragma once

#include <cstdint>
#include <span>
#include <vector>

namespace thaw {

// Processes (ranks) that train one network together: each runs its own rows of a step, and the
// gradients are summed before the update. A single process has rank 0 of 1.
class Communicator {
 public:
  virtual ~Communicator() = default;
  virtual int rank() const = 0;
  virtual int size() const = 0;
  // Each element becomes the sum over the ranks, added up from zero in the order of the ranks, so
  // that all hold the same bits. All ranks ask for the same sums in the same order.
  virtual void sum(std::span<float> values) = 0;
  // The union of all ranks' numbers, ascending: rows of the word embedding that have a gradient.
  virtual std::vector<int32_t> gather_rows(std::span<const int32_t> rows) = 0;
};

// One process by itself.
class SingleProcess final : public Communicator {
 public:
  int rank() const override { return 0; }
  int size() const override { return 1; }
  void sum(std::span<float>) override {}
  std::vector<int32_t> gather_rows(std::span<const int32_t> rows) override {
    return {rows.begin(), rows.end()};
  }
};

}  // namespace thaw
