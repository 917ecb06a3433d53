#include "tokenizer/unicode/code_points.h"

#include <algorithm>
#include <vector>

#include "tokenizer/unicode/unicode_tables.h"

namespace thaw::unicode {
namespace {

constexpr char32_t kCodePoints = 0x110000;

template <class Range>
void set_flag(const std::vector<Range>& ranges, uint8_t flag, std::vector<uint8_t>& flags) {
  for (const Range& range : ranges) {
    for (char32_t c = range.first; c <= range.last; ++c) flags[c] |= flag;
  }
}

std::vector<uint8_t> build_flags() {
  std::vector<uint8_t> flags(kCodePoints);
  set_flag(kRemovedByCleaning, kIsRemovedByCleaning, flags);
  set_flag(kSpaceByCleaning, kIsSpaceByCleaning, flags);
  set_flag(kWhitespace, kIsWhitespace, flags);
  set_flag(kPunctuation, kIsPunctuation, flags);
  set_flag(kNonspacingMark, kIsNonspacingMark, flags);
  set_flag(kDecomposes, kIsDecomposed, flags);
  set_flag(kCombiningClass, kIsReordered, flags);
  for (const LowercaseRange& range : kLowercase) {
    for (char32_t c = range.first; c <= range.last; c += range.step) flags[c] |= kIsLowercased;
  }
  flags[0x130] |= kIsLowercased;
  return flags;
}

std::vector<uint8_t> build_categories() {
  std::vector<uint8_t> flags(kCodePoints);
  set_flag(kLetter, kIsLetter, flags);
  set_flag(kNumber, kIsNumber, flags);
  set_flag(kWhitespace, kIsSpace, flags);
  set_flag(kWordCharacter, kIsWordCharacter, flags);
  set_flag(kCombiningMark, kIsCombiningMark, flags);
  set_flag(kNumeric, kIsNumeric, flags);
  return flags;
}

// The range that holds c, or nullptr.
template <class Range>
const Range* find_range(const std::vector<Range>& ranges, char32_t c) {
  const auto above =
      std::upper_bound(ranges.begin(), ranges.end(), c,
                       [](char32_t x, const Range& range) { return x < range.first; });
  if (above == ranges.begin() || (above - 1)->last < c) return nullptr;
  return &*(above - 1);
}

}  // namespace

const uint8_t* code_point_flags() {
  static const std::vector<uint8_t> flags = build_flags();
  return flags.data();
}

const uint8_t* category_flags() {
  static const std::vector<uint8_t> flags = build_categories();
  return flags.data();
}

uint8_t script_number(char32_t c) {
  const ScriptRange* range = find_range(kScript, c);
  return range ? range->script : 0;
}

uint8_t combining_class(char32_t c) {
  const CombiningClassRange* range = find_range(kCombiningClass, c);
  return range ? range->combining_class : 0;
}

char32_t lowercase(char32_t c) {
  const LowercaseRange* range = find_range(kLowercase, c);
  if (!range || (c - range->first) % range->step != 0) return c;
  return static_cast<char32_t>(static_cast<int32_t>(c) + range->delta);
}

bool is_word_character(char32_t c) { return find_range(kWordCharacter, c) != nullptr; }

}  // namespace thaw::unicode
