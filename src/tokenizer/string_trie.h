#pragma once  // Tests: tests/tokenizer/golden_test.cc

#include <cstddef>
#include <cstdint>
#include <string_view>
#include <utility>
#include <vector>

namespace thaw {

// Strings with a number each, found byte by byte: a double array (Aoe 1989), in which the child of
// a node for a byte stands at the node's base + byte.
class StringTrie {
 public:
  static constexpr int32_t kNone = -1;

  // Of equal strings the last counts. Numbers are not negative.
  void build(std::vector<std::pair<std::string_view, int32_t>> strings);

  // Calls visit(length, number) on every string that `text` starts with, the shortest first; the
  // empty one is never found.
  template <class Visit>
  void for_each_prefix(std::string_view text, const Visit& visit) const {
    uint32_t node = 0;
    for (size_t i = 0; i < text.size(); ++i) {
      const uint32_t child = nodes_[node].base + static_cast<unsigned char>(text[i]);
      if (nodes_[child].parent != node) return;
      node = child;
      if (nodes_[node].number != kNone) visit(i + 1, nodes_[node].number);
    }
  }

 private:
  static constexpr uint32_t kFree = ~uint32_t{0};

  struct Node {
    uint32_t base = 0;
    uint32_t parent = kFree;
    int32_t number = kNone;
  };
  uint32_t find_base(const std::vector<unsigned char>& labels);

  std::vector<Node> nodes_ = std::vector<Node>(257);  // 256 more than the highest base
  uint32_t first_free_ = 1;
};

}  // namespace thaw
