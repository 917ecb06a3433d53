#pragma once

#include <cstdint>
#include <vector>

#include "engine/cpu/ops/adamw.h"

namespace thaw {

// Adam for a table of which a step reads few rows: the word embedding. AdamW moves every row at
// every step, also those without a gradient; but nobody sees a row before it is read again. So a
// row rests until then, and makes up for its steps with the same arithmetic, hence the same bits.
class LazyAdamWRows {
 public:
  LazyAdamWRows() = default;
  // All arrays [rows, width]; they must outlive this. `gradient` is zero.
  LazyAdamWRows(int64_t rows, int64_t width, float* value, float* gradient, float* m, float* v);

  int64_t rows() const { return rows_; }
  // Before a step reads the rows: brings them to the steps taken so far. They are the ones with a
  // gradient until the next step. ids may repeat.
  void catch_up(const int32_t* ids, int64_t count);
  // The rows that were caught up since the last step, ascending.
  const std::vector<int32_t>& touched() const { return touched_; }
  // One step: begin_update(), then update_row() for each of these rows, on any thread, then
  // end_update(). All other rows have a gradient of zero.
  void begin_update(const AdamW& adamw) { history_.add(adamw); }
  void update_row(const AdamWFactors& factors, int64_t row);
  void end_update();
  // Brings every row to the steps taken so far.
  void flush();

 private:
  void catch_up_row(int64_t row);

  int64_t rows_ = 0, width_ = 0;
  float *value_ = nullptr, *gradient_ = nullptr, *m_ = nullptr, *v_ = nullptr;
  AdamWHistory history_;
  std::vector<int64_t> steps_;    // [rows] of the history that are in the row
  std::vector<bool> is_touched_;  // [rows]
  std::vector<int32_t> touched_;
};

}  // namespace thaw
