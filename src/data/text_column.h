#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace thaw {

// Many texts in one buffer: no allocation a row.
class TextColumn {
 public:
  TextColumn() : offsets_{0} {}

  int64_t size() const { return static_cast<int64_t>(offsets_.size()) - 1; }
  std::string_view operator[](int64_t row) const {
    return {bytes_.data() + offsets_[row], offsets_[row + 1] - offsets_[row]};
  }
  void push_back(std::string_view text) {
    bytes_.append(text);
    offsets_.push_back(bytes_.size());
  }
  void reserve(int64_t rows, size_t bytes) {
    offsets_.reserve(rows + 1);
    bytes_.reserve(bytes);
  }

 private:
  std::string bytes_;
  std::vector<uint64_t> offsets_;  // [size() + 1]
};

}  // namespace thaw
