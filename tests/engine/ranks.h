#pragma once

#include <algorithm>
#include <barrier>
#include <set>
#include <vector>

#include "engine/communicator.h"

namespace thaw {

// Ranks that are threads of one process: each has a Communicator of its own, and all meet here.
class Ranks {
 public:
  explicit Ranks(int size) : size_(size), given_(size), rows_(size), meet_(size) {}

  class Rank final : public Communicator {
   public:
    Rank(Ranks& ranks, int rank) : ranks_(ranks), rank_(rank) {}
    int rank() const override { return rank_; }
    int size() const override { return ranks_.size_; }

    void sum(std::span<float> values) override {
      ranks_.given_[rank_] = values;
      ranks_.meet_.arrive_and_wait();
      std::vector<float> sums(values.size());
      for (const std::span<float>& given : ranks_.given_) {
        for (size_t i = 0; i < sums.size(); ++i) sums[i] += given[i];
      }
      ranks_.meet_.arrive_and_wait();  // all have read what is overwritten now
      std::copy(sums.begin(), sums.end(), values.begin());
    }

    std::vector<int32_t> gather_rows(std::span<const int32_t> rows) override {
      ranks_.rows_[rank_] = rows;
      ranks_.meet_.arrive_and_wait();
      std::set<int32_t> all;
      for (const auto& given : ranks_.rows_) all.insert(given.begin(), given.end());
      ranks_.meet_.arrive_and_wait();
      return {all.begin(), all.end()};
    }

   private:
    Ranks& ranks_;
    int rank_;
  };

 private:
  int size_;
  std::vector<std::span<float>> given_;         // [size]
  std::vector<std::span<const int32_t>> rows_;  // [size]
  std::barrier<> meet_;
};

}  // namespace thaw
