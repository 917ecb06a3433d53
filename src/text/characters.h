#pragma once  // Tests: tests/data/audit/similar_labels_test.cc

#include <cstdint>
#include <string_view>
#include <vector>

namespace thaw {

using Characters = std::vector<uint32_t>;  // code points

// The code points of a text; each byte that is not UTF-8 counts as U+FFFD.
Characters read_characters(std::string_view text);

// White space of any kind: Unicode's separators, and ASCII's and U+0085's control characters.
inline bool is_space(uint32_t c) {
  return c == ' ' || (c >= '\t' && c <= '\r') || c == 0x85 || c == 0xA0 || c == 0x1680 ||
         (c >= 0x2000 && c <= 0x200A) || c == 0x2028 || c == 0x2029 || c == 0x202F || c == 0x205F ||
         c == 0x3000;
}

// Appends characters to a text with one space for any run of white space, and none at its ends.
class SpaceCollapser {
 public:
  explicit SpaceCollapser(Characters& to) : to_(to) {}
  void add(uint32_t c) {
    if (is_space(c)) {
      space_ = true;
      return;
    }
    if (space_ && !to_.empty()) to_.push_back(' ');
    space_ = false;
    to_.push_back(c);
  }

 private:
  Characters& to_;
  bool space_ = false;
};

// The Latin letter that a Greek or Cyrillic one looks like, in most fonts to the pixel; other
// characters as they are.
uint32_t latin_look_alike(uint32_t c);

}  // namespace thaw
