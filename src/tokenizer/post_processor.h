#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

namespace thaw {

// tokenizer.json's "post_processor" for a single text: what stands before and behind its ids.
struct PostProcessor {
  std::vector<int32_t> before, after;

  int64_t added() const { return static_cast<int64_t>(before.size() + after.size()); }
};

enum class TruncationSide { kRight, kLeft };

// Cuts ids[begin, …), the ids of one text, so that at most max_length are left together with those
// that the post-processor adds. Does nothing where max_length is 0, or has no room for those that
// are added: so does the `tokenizers` package.
void truncate(const PostProcessor& post_processor, int64_t max_length, TruncationSide side,
              size_t begin, std::vector<int32_t>& ids);

}  // namespace thaw
