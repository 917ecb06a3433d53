#pragma once

#include <cstdint>

#include "engine/cpu/ops/attention.h"

namespace thaw {

// How attention is cut into work: which (sequence, head) pairs each thread takes, how the queries
// and keys of a long sequence are cut into blocks that stay in the first cache, and where each
// panel lies in a thread's scratch. Internal to ops/.

// Queries and keys in a block, at most. Panels of 64 x 64 floats are 16 KB.
inline constexpr int64_t kAttentionBlock = 64;

// Panels begin at, and their rows have, multiples of this many floats (64 bytes, the widest
// vector).
inline constexpr int64_t kPanelFloats = 16;

// Rows of a block of a sequence of `length` (blocks are of nearly equal size, and whole vectors).
int64_t attention_block(int64_t length);

// A thread's scratch.
struct AttentionPanels {
  // `scratch` as handed to attention_forward or attention_backward.
  AttentionPanels(const AttentionShape& shape, float* scratch, int part);

  // Of a block of queries.
  float* query_transposed = nullptr;      // [columns, kAttentionBlock]
  float* d_context_transposed = nullptr;  // [columns, kAttentionBlock]
  float* query = nullptr;                 // [kAttentionBlock, columns]
  float* d_context = nullptr;             // [kAttentionBlock, columns]
  float* context = nullptr;               // [kAttentionBlock, columns]; d_query in the backward
  float* probabilities = nullptr;         // [keys kAttentionBlock, queries kAttentionBlock]
  float* d_probabilities = nullptr;       // [keys kAttentionBlock, queries kAttentionBlock]
  float* statistics = nullptr;            // [3, kAttentionBlock]
  // Of a whole sequence.
  float *key = nullptr, *value = nullptr, *d_key = nullptr,
        *d_value = nullptr;  // [longest sequence, columns]

  int64_t columns;  // head_size rounded up to kPanelFloats
  int64_t floats;   // of one thread, all panels together
};

// Task t is head t % heads of sequence t / heads. Part p of `parts` takes the tasks
// [attention_cut(p), attention_cut(p + 1)); parts cost nearly the same.
int64_t attention_cut(const AttentionShape& shape, int part, int parts);

}  // namespace thaw
