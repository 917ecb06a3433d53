#pragma once

#include <cstdint>
#include <vector>

#include "tokenizer/tokenizer.h"

namespace thaw {

// Some rows of a data set, laid end to end without padding.
struct Batch {
  std::vector<int64_t> rows;       // [sequences] their numbers in the split
  std::vector<int32_t> offsets;    // [sequences + 1] first token of each sequence, and the end
  std::vector<int32_t> ids;        // [tokens]
  std::vector<int32_t> positions;  // [tokens] within the sequence, from 0
  std::vector<int32_t> types;      // [tokens] token types, below the model's type_vocab_size (and
                                   // not read where it has none); empty: all are of type 0
  int64_t tokens = 0;
  int64_t padded_tokens = 0;  // rounded up, so that few GEMM plans are needed

  int64_t sequences() const { return static_cast<int64_t>(rows.size()); }
};

// Fills `batch` with the given rows; reuses its memory.
void gather_batch(const TokenizedTexts& texts, const int64_t* rows, int64_t count, Batch& batch);

// The order of the rows in one epoch: a permutation that depends on (seed, epoch, rows) alone.
std::vector<int64_t> epoch_order(int64_t rows, uint64_t seed, int epoch);

// Rows sorted by length, cut into batches of at most `max_tokens` tokens (one row at least): for
// work where the order does not matter. The concatenation of all batches is a permutation.
std::vector<std::vector<int64_t>> batches_by_tokens(const TokenizedTexts& texts,
                                                    int64_t max_tokens);

// The rows of one batch cut, in their order, into micro-batches of at most `max_tokens` tokens (one
// row at least; 0: no limit): how many rows each has.
std::vector<int64_t> micro_batches_by_tokens(const TokenizedTexts& texts, const int64_t* rows,
                                             int64_t count, int64_t max_tokens);

// The most tokens (rounded up) of a micro-batch where `order` is cut into batches of `batch_rows`
// rows and these into micro-batches of at most `max_tokens` tokens (0: a batch is one).
int64_t largest_batch_tokens(const TokenizedTexts& texts, const std::vector<int64_t>& order,
                             int64_t batch_rows, int64_t max_tokens = 0);

}  // namespace thaw
