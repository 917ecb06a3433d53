#include "engine/batch.h"

#include <algorithm>
#include <numeric>

#include "base/random.h"
#include "engine/cpu/gemm/linear.h"

namespace thaw {

void gather_batch(const TokenizedTexts& texts, const int64_t* rows, int64_t count, Batch& batch) {
  batch.rows.assign(rows, rows + count);
  batch.offsets.assign(1, 0);
  batch.ids.clear();
  batch.positions.clear();
  batch.types.clear();
  for (int64_t i = 0; i < count; ++i) {
    const int64_t begin = texts.offsets[rows[i]], length = texts.length(rows[i]);
    batch.ids.insert(batch.ids.end(), texts.ids.begin() + begin,
                     texts.ids.begin() + begin + length);
    if (!texts.types.empty()) {
      batch.types.insert(batch.types.end(), texts.types.begin() + begin,
                         texts.types.begin() + begin + length);
    }
    for (int64_t t = 0; t < length; ++t) batch.positions.push_back(static_cast<int32_t>(t));
    batch.offsets.push_back(static_cast<int32_t>(batch.ids.size()));
  }
  batch.tokens = static_cast<int64_t>(batch.ids.size());
  batch.padded_tokens = padded_token_count(batch.tokens);
}

std::vector<int64_t> epoch_order(int64_t rows, uint64_t seed, int epoch) {
  std::vector<int64_t> order(rows);
  std::iota(order.begin(), order.end(), 0);
  const uint64_t key = random_key(seed, 0x6F72646572, static_cast<uint64_t>(epoch));
  for (int64_t i = rows - 1; i > 0; --i) {  // Fisher & Yates; the bias of % is below 2^-40 here
    const uint64_t draw = mix64(key ^ static_cast<uint64_t>(i) * 0xD1342543DE82EF95u);
    std::swap(order[i], order[draw % static_cast<uint64_t>(i + 1)]);
  }
  return order;
}

std::vector<std::vector<int64_t>> batches_by_tokens(const TokenizedTexts& texts,
                                                    int64_t max_tokens) {
  std::vector<int64_t> order(texts.rows());
  std::iota(order.begin(), order.end(), 0);
  std::stable_sort(order.begin(), order.end(),
                   [&](int64_t a, int64_t b) { return texts.length(a) < texts.length(b); });
  std::vector<std::vector<int64_t>> batches;
  int64_t tokens = 0;
  for (const int64_t row : order) {
    if (batches.empty() || tokens + texts.length(row) > max_tokens) {
      batches.emplace_back();
      tokens = 0;
    }
    batches.back().push_back(row);
    tokens += texts.length(row);
  }
  return batches;
}

std::vector<int64_t> micro_batches_by_tokens(const TokenizedTexts& texts, const int64_t* rows,
                                             int64_t count, int64_t max_tokens) {
  if (max_tokens <= 0) return {count};
  std::vector<int64_t> parts;
  int64_t tokens = 0;
  for (int64_t i = 0; i < count; ++i) {
    const int64_t length = texts.length(rows[i]);
    if (parts.empty() || padded_token_count(tokens + length) > max_tokens) {
      parts.push_back(0);
      tokens = 0;
    }
    ++parts.back();
    tokens += length;
  }
  return parts;
}

int64_t largest_batch_tokens(const TokenizedTexts& texts, const std::vector<int64_t>& order,
                             int64_t batch_rows, int64_t max_tokens) {
  const auto rows = static_cast<int64_t>(order.size());
  int64_t most = 0;
  for (int64_t begin = 0; begin < rows; begin += batch_rows) {
    const int64_t* row = order.data() + begin;
    for (const int64_t count :
         micro_batches_by_tokens(texts, row, std::min(batch_rows, rows - begin), max_tokens)) {
      int64_t tokens = 0;
      for (const int64_t* end = row + count; row < end; ++row) tokens += texts.length(*row);
      most = std::max(most, tokens);
    }
  }
  return padded_token_count(most);
}

}  // namespace thaw
