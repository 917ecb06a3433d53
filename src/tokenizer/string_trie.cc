#include "tokenizer/string_trie.h"

#include <algorithm>

namespace thaw {
namespace {

// Strings [begin, end) that share their first `depth` bytes, which lead to `node`.
struct Branch {
  size_t begin, end, depth;
  uint32_t node;
};

}  // namespace

void StringTrie::build(std::vector<std::pair<std::string_view, int32_t>> strings) {
  std::stable_sort(strings.begin(), strings.end(),
                   [](const auto& a, const auto& b) { return a.first < b.first; });
  nodes_.assign(257, Node());
  nodes_[0].parent = 0;
  first_free_ = 1;
  std::vector<Branch> open{{0, strings.size(), 0, 0}};
  std::vector<unsigned char> labels;
  std::vector<size_t> starts;
  while (!open.empty()) {
    Branch branch = open.back();
    open.pop_back();
    // Strings that end here come first.
    while (branch.begin < branch.end && strings[branch.begin].first.size() == branch.depth) {
      nodes_[branch.node].number = strings[branch.begin].second;
      ++branch.begin;
    }
    if (branch.begin == branch.end) continue;
    labels.clear();
    starts.clear();
    for (size_t i = branch.begin; i < branch.end; ++i) {
      const auto label = static_cast<unsigned char>(strings[i].first[branch.depth]);
      if (!labels.empty() && labels.back() == label) continue;
      labels.push_back(label);
      starts.push_back(i);
    }
    starts.push_back(branch.end);
    const uint32_t base = find_base(labels);
    nodes_[branch.node].base = base;
    for (const unsigned char label : labels) nodes_[base + label].parent = branch.node;
    for (size_t i = labels.size(); i-- > 0;) {
      open.push_back({starts[i], starts[i + 1], branch.depth + 1, base + labels[i]});
    }
  }
}

// Where all children are free. Skips places that are nearly all taken, as Darts does.
uint32_t StringTrie::find_base(const std::vector<unsigned char>& labels) {
  constexpr uint32_t kNearlyAll = 20;  // one free in so many
  uint32_t taken = 0;
  for (uint32_t at = std::max<uint32_t>(first_free_, labels[0] + 1u);; ++at) {
    if (at + 512 > nodes_.size()) nodes_.resize(nodes_.size() + nodes_.size() / 2 + 1024);
    if (nodes_[at].parent != kFree) {
      ++taken;
      continue;
    }
    const uint32_t base = at - labels[0];
    const auto is_free = [&](unsigned char label) { return nodes_[base + label].parent == kFree; };
    if (!std::all_of(labels.begin(), labels.end(), is_free)) continue;
    const uint32_t seen = at - first_free_ + 1;
    if (at >= first_free_ && (seen - std::min(seen, taken)) * kNearlyAll <= seen) first_free_ = at;
    return base;
  }
}

}  // namespace thaw
