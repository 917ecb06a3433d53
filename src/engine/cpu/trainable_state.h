#pragma once  // Tests: tests/engine/network_test.cc

#include <cstdint>
#include <map>
#include <memory>
#include <span>
#include <vector>

#include "base/buffer.h"
#include "engine/cpu/lazy_adamw_rows.h"
#include "engine/engine.h"
#include "model/freeze_plan.h"
#include "model/parameters.h"

namespace thaw {

// The flat arenas of a training run: values, gradients and both Adam moments of every part of the
// network in which something is trained, under one table of ranges. Clipping, AdamW and copies of
// the best state run over ranges and know nothing of layers.
class TrainableState {
 public:
  // Copies the values into the arena and points the table's values and gradients there.
  TrainableState(ParameterTable& table, const FreezePlan& plan, const RateShares& rates = {});

  // Before the word embedding is read: brings the rows of these ids to the steps taken so far.
  // Between two steps all ids that are read must have been here.
  void catch_up(const int32_t* ids, int64_t count);
  // Brings everything to the steps taken so far. The word embedding's rows lag behind until then.
  void flush();

  // Global L2 norm of the gradients.
  double gradient_norm() const;
  // One AdamW step; gradients are zero afterwards. `step` counts from 1. Clips to max_norm (0:
  // not). Returns the norm before clipping; where that is not finite nothing is changed.
  double step(int64_t step, double learning_rate, double weight_decay, double max_norm);

  // The trained values after flush(), to go back to: a copy of what may change.
  std::vector<float> snapshot() const;
  void restore(std::span<const float> snapshot);

  // Gradients of what is trained in a group of parameters (model/parameters.h), but for the word
  // embedding's; none where nothing is.
  std::vector<std::span<float>> gradients_of(int group);
  // Gradients become their sums over the ranks, those of rows of the word embedding that only other
  // ranks have read too.
  void sum_gradients(Communicator& communicator);
  // With sum_apart(true), end_micro_batch() adds the gradients to totals and leaves zeros, and the
  // step takes the totals.
  void sum_apart(bool apart);
  void end_micro_batch();

  // What is trained, as pieces of the arenas in the order of the table. After flush() these numbers
  // are the whole state: a new TrainableState that is given them before its first step goes on with
  // the same bits.
  struct TrainedRange {
    float *value, *first_moment, *second_moment;  // [size]
    int64_t size;
  };
  std::vector<TrainedRange> trained();

  size_t bytes() const;

 private:
  struct Range {
    int64_t offset, size;
    bool decays;
    int rate = 0;         // index into rates_
    bool sparse = false;  // the word embedding
  };
  struct Piece {
    int64_t offset, size;
    bool decays;
    int rate;
  };
  // Calls body(piece number, piece) for all pieces and for the word embedding's touched rows, which
  // count as pieces behind them, in one parallel region: waking the threads for each of some
  // hundred small ranges would take longer than the small ones' work.
  template <class Body>
  void for_each_piece(const Body& body) const;
  Piece word_row(int64_t i) const;  // of the i-th touched row
  void take_totals();

  // Of the same size: one number each for every parameter of a group in which something is trained.
  struct Arenas {
    std::shared_ptr<Buffer<float>> values;
    Buffer<float> gradients, first_moments, second_moments;
    Buffer<float> totals;  // of the micro-batches so far; empty unless they are summed apart
  };
  // The word embedding's place in the arenas; no rows where it is frozen.
  struct WordEmbedding {
    int64_t offset = 0, width = 0;
    bool decays = false;
    int rate = 0;
    LazyAdamWRows lazy;
  };

  std::vector<Range> ranges_;         // trained, neighbours of the same kind joined
  std::vector<Range> frozen_ranges_;  // in the arenas for their neighbours' sake
  std::map<int, std::pair<int64_t, int64_t>> groups_;  // begin and end of each in the arenas
  std::vector<Piece> pieces_;                          // ranges_ but the word embedding, cut small
  std::vector<double> rates_;                          // shares of the learning rate, each once
  Arenas arenas_;
  WordEmbedding words_;
};

}  // namespace thaw
