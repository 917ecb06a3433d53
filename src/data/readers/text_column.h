#pragma once  // Tests: tests/data/load_test.cc

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace thaw {

// Many texts, or pairs of texts, in one buffer each: no allocation a row.
class TextColumn {
 public:
  int64_t size() const { return first_.size(); }
  std::string_view operator[](int64_t row) const { return first_[row]; }
  void push_back(std::string_view text) { first_.push_back(text); }
  void reserve(int64_t rows, size_t bytes) { first_.reserve(rows, bytes); }

  // The second texts, of which there are none or one for each row once the column is read.
  bool has_pairs() const { return second_.size() > 0; }
  std::string_view pair(int64_t row) const { return second_[row]; }
  void push_back_pair(std::string_view text) { second_.push_back(text); }
  void reserve_pairs(int64_t rows, size_t bytes) { second_.reserve(rows, bytes); }
  int64_t pairs() const { return second_.size(); }

  // Adds a row of another column, which has pairs where this one has them.
  void push_back_row(const TextColumn& from, int64_t row) {
    push_back(from[row]);
    if (from.has_pairs()) push_back_pair(from.pair(row));
  }

 private:
  class Texts {
   public:
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
    std::vector<uint64_t> offsets_{0};  // [size() + 1]
  };

  Texts first_, second_;
};

}  // namespace thaw
