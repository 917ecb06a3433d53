#pragma once  // Tests: tests/tokenizer/pair_test.cc

#include <cstddef>
#include <cstdint>
#include <optional>
#include <utility>
#include <vector>

namespace thaw {

// Special tokens that stand together in a template.
struct SpecialRun {
  std::vector<int32_t> ids{};
  std::vector<int32_t> types{};  // [ids]

  void add(int32_t id, int32_t type) {
    ids.push_back(id);
    types.push_back(type);
  }
  int64_t size() const { return static_cast<int64_t>(ids.size()); }
};

// tokenizer.json's "post_processor": what stands around the ids of a text, or of two, and the token
// types of all.
struct PostProcessor {
  struct Single {
    SpecialRun before{}, after{};
    int32_t type = 0;  // of the text's own tokens

    int64_t added() const { return before.size() + after.size(); }
    bool has_types() const;  // whether any token has a type other than 0
  };
  struct Pair {
    SpecialRun before{}, between{}, after{};
    int32_t types[2] = {0, 1};     // of the first and the second text
    bool second_is_first = false;  // the second text stands before the first

    int64_t added() const { return before.size() + between.size() + after.size(); }
  };
  Single single{};
  std::optional<Pair> pair = Pair{};  // none: it knows no pairs
};

// [CLS] A [SEP] with type 0, then B [SEP] with type 1, as BERT has it.
PostProcessor bert_post_processor(int32_t cls, int32_t sep);
// <s> A </s></s> B </s>, all of type 0, as RoBERTa has it.
PostProcessor roberta_post_processor(int32_t cls, int32_t sep);

enum class TruncationSide { kRight, kLeft };

// Cuts ids[begin, …), the ids of one text, so that at most max_length are left together with the
// `added` ones of the post-processor. Does nothing where max_length is 0, or has no room for those
// that are added: so does the `tokenizers` package.
void truncate(int64_t added, int64_t max_length, TruncationSide side, size_t begin,
              std::vector<int32_t>& ids);

// How many ids of two texts stay where `room` is all there is: the longer one gives first, and
// where both must give, each keeps half and the longer one the odd id ("longest_first").
std::pair<int64_t, int64_t> share_room(int64_t first, int64_t second, int64_t room);

// Keeps `count` ids of ids[begin, …).
void cut(TruncationSide side, size_t begin, int64_t count, std::vector<int32_t>& ids);

}  // namespace thaw
