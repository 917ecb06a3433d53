#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

namespace thaw {

// Special tokens that stand together in a template.
struct SpecialRun {
  std::vector<int32_t> ids{};
  std::vector<uint8_t> types{};  // [ids]

  void add(int32_t id, uint8_t type) {
    ids.push_back(id);
    types.push_back(type);
  }
};

// tokenizer.json's "post_processor": what stands around the ids of a text, or of two, and the token
// types of all.
struct PostProcessor {
  struct Single {
    SpecialRun before{}, after{};
    uint8_t type = 0;  // of the text's own tokens

    int64_t added() const { return static_cast<int64_t>(before.ids.size() + after.ids.size()); }
    bool has_types() const;  // whether any token has a type other than 0
  };
  struct Pair {
    SpecialRun before{}, between{}, after{};
    uint8_t types[2] = {0, 1};     // of the first and the second text
    bool second_is_first = false;  // the second text stands before the first

    int64_t added() const {
      return static_cast<int64_t>(before.ids.size() + between.ids.size() + after.ids.size());
    }
  };
  Single single{};
  Pair pair{};
};

enum class TruncationSide { kRight, kLeft };

// Which of two texts gives way where both together are too long: the longer one until both are of
// a length, and then both; or always the same.
enum class TruncationStrategy { kLongestFirst, kOnlyFirst, kOnlySecond };

// Cuts ids[begin, …), the ids of one text, so that at most max_length are left together with the
// `added` ones of the post-processor. Does nothing where max_length is 0, or has no room for those
// that are added: so does the `tokenizers` package.
void truncate(int64_t added, int64_t max_length, TruncationSide side, size_t begin,
              std::vector<int32_t>& ids);

// The same for two texts. Throws Error where the text that has to give way is too short.
void truncate_pair(int64_t added, int64_t max_length, TruncationSide side,
                   TruncationStrategy strategy, std::vector<int32_t>& first,
                   std::vector<int32_t>& second);

}  // namespace thaw
