#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <utility>
#include <vector>

namespace thaw {

// What stands around the ids of a pair of texts, and the token types of all.
struct PairTemplate {
  struct Token {
    int32_t id, type;
  };
  std::vector<Token> before, between, after;
  int32_t first_type = 0, second_type = 1;

  int64_t added() const {
    return static_cast<int64_t>(before.size() + between.size() + after.size());
  }
};

// tokenizer.json's "post_processor": for a single text what stands before and behind its ids, and
// the same for a pair, where it knows pairs.
struct PostProcessor {
  std::vector<int32_t> before, after;
  std::optional<PairTemplate> pair = PairTemplate{};  // of no post-processor at all

  int64_t added() const { return static_cast<int64_t>(before.size() + after.size()); }
};

// [CLS] A [SEP] with type 0, then B [SEP] with type 1, as BERT has it.
PostProcessor bert_post_processor(int32_t cls, int32_t sep);

enum class TruncationSide { kRight, kLeft };

// Cuts ids[begin, …), the ids of one text, so that at most max_length are left together with those
// that the post-processor adds. Does nothing where max_length is 0, or has no room for those that
// are added: so does the `tokenizers` package.
void truncate(const PostProcessor& post_processor, int64_t max_length, TruncationSide side,
              size_t begin, std::vector<int32_t>& ids);

// How many ids of two texts stay where `room` is all there is: the longer one gives first, and
// where both must give, each keeps half and the longer one the odd id ("longest_first").
std::pair<int64_t, int64_t> share_room(int64_t first, int64_t second, int64_t room);

// Keeps `count` ids of ids[begin, …).
void cut(TruncationSide side, size_t begin, int64_t count, std::vector<int32_t>& ids);

}  // namespace thaw
