#pragma once  // Tests: tests/engine/cpu/ops/attention_test.cc

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

// A thread's scratch. Its panels are float, whatever T is.
struct AttentionPanels {
  // `scratch` as handed to attention_forward or attention_backward.
  AttentionPanels(const AttentionShape& shape, float* scratch, int part);

  // Of a block of queries, and of its pairs with a block of keys.
  struct Block {
    float* query_transposed = nullptr;      // [columns, kAttentionBlock]
    float* d_context_transposed = nullptr;  // [columns, kAttentionBlock]
    float* query = nullptr;                 // [kAttentionBlock, columns]
    float* d_context = nullptr;             // [kAttentionBlock, columns]
    float* context = nullptr;               // [kAttentionBlock, columns]; d_query in the backward
    float* probabilities = nullptr;         // [keys kAttentionBlock, queries kAttentionBlock]
    float* d_probabilities = nullptr;       // [keys kAttentionBlock, queries kAttentionBlock]
    float* statistics = nullptr;            // [3, kAttentionBlock]
  };
  // Of a whole sequence: all [longest sequence, columns].
  struct Sequence {
    float *key = nullptr, *value = nullptr, *d_key = nullptr, *d_value = nullptr;
  };

  Block block;
  Sequence sequence;
  int64_t columns;  // head_size rounded up to kPanelFloats
  int64_t floats;   // of one thread, all panels together
};

// Task t is head t % heads of sequence t / heads. Part p of `parts` takes the tasks
// [attention_cut(p), attention_cut(p + 1)); parts cost nearly the same.
int64_t attention_cut(const AttentionShape& shape, int part, int parts);

// One task, and where its elements lie: one head of one sequence.
struct AttentionTask {
  AttentionTask(const AttentionShape& shape, int64_t task);

  // Its own part of an array [tokens, hidden], of qkv, and of one [tokens, heads].
  template <class T>
  T* in_rows(T* array) const {
    return array + row * hidden + head * head_size;
  }
  template <class T>
  T* in_qkv(T* array) const {
    return array + row * qkv_stride + head * head_size;
  }
  template <class T>
  T* in_statistics(T* array) const {
    return array + row * heads + head;
  }

  int64_t sequence, head;
  int64_t row, length;  // the sequence's first token, and how many it has
  int64_t heads, head_size, hidden;
  int64_t qkv_stride;  // elements from one row of qkv to the next
  int64_t block;       // attention_block(length)
};

// What the kernels of every instruction set are called with, beside their thread's panels.
template <class T>
struct AttentionForward {
  AttentionShape shape;
  const T* qkv;
  Dropout dropout;
  T* context;
  float* log_sum_exp;  // null: not kept
};

template <class T>
struct AttentionBackward {
  AttentionShape shape;
  AttentionSaved<T> saved;
  const T* d_context;
  Dropout dropout;
  T* d_qkv;
};

}  // namespace thaw
