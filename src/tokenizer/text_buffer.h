#pragma once  // Tests: tests/tokenizer/pipelines_test.cc

#include <cstddef>
#include <memory>
#include <string_view>

namespace thaw {

// Bytes that are written through a pointer, kept from row to row: growing never copies or clears.
class TextBuffer {
 public:
  // Room for `bytes`; what was there is lost.
  char* reserve(size_t bytes) {
    if (bytes > capacity_) {
      capacity_ = bytes + bytes / 2;
      data_ = std::make_unique_for_overwrite<char[]>(capacity_);
    }
    return data_.get();
  }
  void set_end(const char* end) { size_ = static_cast<size_t>(end - data_.get()); }
  std::string_view view() const { return {data_.get(), size_}; }

 private:
  std::unique_ptr<char[]> data_;
  size_t capacity_ = 0;
  size_t size_ = 0;
};

}  // namespace thaw
