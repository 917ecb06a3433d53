#pragma once  // Tests: tests/tokenizer/golden_test.cc

#include <algorithm>
#include <cstddef>
#include <memory>
#include <string_view>
#include <vector>

namespace thaw {

// Bytes that stay where they are until the next clear(), kept from row to row.
class TextArena {
 public:
  // Room for `bytes` bytes.
  char* allocate(size_t bytes) {
    while (chunk_ < chunks_.size() && chunks_[chunk_].size - used_ < bytes) {
      ++chunk_;
      used_ = 0;
    }
    if (chunk_ == chunks_.size()) {
      const size_t size = std::max(bytes, kChunk);
      chunks_.push_back({std::make_unique_for_overwrite<char[]>(size), size});
    }
    char* out = chunks_[chunk_].bytes.get() + used_;
    used_ += bytes;
    return out;
  }
  std::string_view copy(std::string_view text) {
    char* out = allocate(text.size());
    std::copy(text.begin(), text.end(), out);
    return {out, text.size()};
  }
  void clear() { chunk_ = used_ = 0; }

 private:
  static constexpr size_t kChunk = size_t{1} << 16;

  struct Chunk {
    std::unique_ptr<char[]> bytes;
    size_t size;
  };
  std::vector<Chunk> chunks_;
  size_t chunk_ = 0;  // the one in use
  size_t used_ = 0;   // bytes of it
};

}  // namespace thaw
