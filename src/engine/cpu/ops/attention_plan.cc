#include "engine/cpu/ops/attention_plan.h"

#include <algorithm>

#include "base/threads.h"

namespace thaw {
namespace {

int64_t rounded_up(int64_t count, int64_t multiple) {
  return (count + multiple - 1) / multiple * multiple;
}

int64_t length_of(const AttentionShape& shape, int64_t sequence) {
  return shape.offsets[sequence + 1] - shape.offsets[sequence];
}

// Products grow with the square of the length, packing and storing with the length itself.
int64_t cost_of(int64_t length) { return length * (length + 16); }

}  // namespace

int64_t attention_block(int64_t length) {
  const int64_t blocks = std::max<int64_t>(1, (length + kAttentionBlock - 1) / kAttentionBlock);
  return rounded_up((length + blocks - 1) / blocks, kPanelFloats);
}

AttentionPanels::AttentionPanels(const AttentionShape& shape, float* scratch, int part) {
  int64_t longest = 0;
  for (int64_t i = 0; i < shape.sequences; ++i) longest = std::max(longest, length_of(shape, i));
  columns = rounded_up(shape.head_size, kPanelFloats);
  const int64_t rows = kAttentionBlock * columns;
  const int64_t square = kAttentionBlock * kAttentionBlock;
  const int64_t all_rows = longest * columns;
  floats = 5 * rows + 2 * square + 3 * kAttentionBlock + 4 * all_rows;
  if (scratch == nullptr) return;

  const auto address = reinterpret_cast<uintptr_t>(scratch);
  constexpr uintptr_t kBytes = kPanelFloats * sizeof(float);
  float* next = scratch + (kBytes - address % kBytes) % kBytes / sizeof(float) + part * floats;
  const auto take = [&next](int64_t count) {
    float* panel = next;
    next += count;
    return panel;
  };
  block.query_transposed = take(rows);
  block.d_context_transposed = take(rows);
  block.query = take(rows);
  block.d_context = take(rows);
  block.context = take(rows);
  block.probabilities = take(square);
  block.d_probabilities = take(square);
  block.statistics = take(3 * kAttentionBlock);
  sequence.key = take(all_rows);
  sequence.value = take(all_rows);
  sequence.d_key = take(all_rows);
  sequence.d_value = take(all_rows);
}

int64_t attention_scratch(const AttentionShape& shape) {
  return thread_count() * AttentionPanels(shape, nullptr, 0).floats + kPanelFloats;
}

int64_t attention_cut(const AttentionShape& shape, int part, int parts) {
  int64_t total = 0;
  for (int64_t i = 0; i < shape.sequences; ++i) total += cost_of(length_of(shape, i));
  const int64_t tasks = shape.sequences * shape.heads;
  if (part <= 0) return 0;
  if (part >= parts || total == 0) return tasks;
  const int64_t wanted = total * shape.heads / parts * part;
  int64_t before = 0;  // the cost of the sequences already passed
  for (int64_t i = 0; i < shape.sequences; ++i) {
    const int64_t cost = cost_of(length_of(shape, i));
    if (before + cost * shape.heads > wanted) {
      return i * shape.heads + (wanted - before + cost / 2) / cost;
    }
    before += cost * shape.heads;
  }
  return tasks;
}

AttentionTask::AttentionTask(const AttentionShape& shape, int64_t task)
    : sequence(task / shape.heads),
      head(task % shape.heads),
      row(shape.offsets[sequence]),
      length(length_of(shape, sequence)),
      heads(shape.heads),
      head_size(shape.head_size),
      hidden(heads * head_size),
      qkv_stride(3 * hidden),
      block(attention_block(length)) {}

}  // namespace thaw
