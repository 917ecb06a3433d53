#pragma once  // Tests: tests/tokenizer/pipelines_test.cc

#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "tokenizer/piece.h"
#include "tokenizer/regex.h"

namespace thaw {

// What Split and Replace look for: a text as it stands, or a regular expression.
using Pattern = std::variant<std::string, Regex>;

// A part of a text: a match, or what stands between two of them.
struct PatternPart {
  size_t begin, end;
  bool is_match;
};

// The parts of the whole text in order. Matches may be empty, but not right behind another one.
void find_parts(const Pattern& pattern, std::string_view text, std::vector<PatternPart>& parts);

// What becomes of the matches that split a text ("the-final--countdown" at "-").
enum class SplitBehavior {
  kRemoved,             // the final countdown
  kIsolated,            // the - final - - countdown
  kMergedWithPrevious,  // the- final- - countdown
  kMergedWithNext,      // the -final - -countdown
  kContiguous,          // the - final -- countdown
};

// Appends the pieces into which the parts cut a piece; empty ones are left out. Changes `parts`.
void split_at_parts(const Piece& piece, std::vector<PatternPart>& parts, SplitBehavior behavior,
                    std::vector<Piece>& pieces);

}  // namespace thaw
