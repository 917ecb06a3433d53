#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace thaw {

// Labels that differ only in what nobody sees or means: invisible characters (zero-width ones,
// soft hyphens, byte order marks, marks of direction, control characters), white space (none, one
// or several, of any kind), Unicode form (NFC, NFD, full width and other compatibility forms),
// letters that look alike (Greek and Cyrillic ones for Latin ones), or case.
struct SimilarLabels {
  std::vector<int32_t> labels;  // two or more, ascending
  // What they differ in: "invisible characters", "white space", "Unicode form",
  // "letters that look alike", "case".
  std::vector<std::string> differences;
  // The labels in quotes, with code points for what does not show: 'pos<U+200B>'.  // [labels]
  std::vector<std::string> shown;
};

// All such groups, by their first label. `names` are UTF-8; bytes that are not count as U+FFFD.
std::vector<SimilarLabels> find_similar_labels(const std::vector<std::string>& names);

// "case", "white space and case", "invisible characters, white space and case".
std::string listed_differences(const std::vector<std::string>& items);

// One line on the first few groups, with its line end; empty where there are none.
std::string format_similar_labels(const std::vector<SimilarLabels>& groups);

}  // namespace thaw
