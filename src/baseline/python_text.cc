#include "baseline/python_text.h"

#include <vector>

#include "baseline/python_text_tables.h"
#include "tokenizer/unicode/code_points.h"
#include "tokenizer/unicode/utf8.h"

namespace thaw::python {
namespace {

constexpr char32_t kCapitalSigma = 0x3A3, kSmallSigma = 0x3C3, kFinalSigma = 0x3C2;
constexpr char32_t kCapitalDottedI = 0x130, kDotAbove = 0x307;

std::vector<uint8_t> build_flags() {
  std::vector<uint8_t> flags(0x110000);
  const auto set = [&](const std::vector<unicode::CodePointRange>& ranges, uint8_t flag) {
    for (const unicode::CodePointRange& range : ranges) {
      for (char32_t c = range.first; c <= range.last; ++c) flags[c] |= flag;
    }
  };
  set(kWordCharacter, kIsWord);
  set(kSpace, kIsSpace);
  set(kCased, kIsCased);
  set(kCaseIgnorable, kIsCaseIgnorable);
  return flags;
}

// Whether a capital sigma between `before` and `after` ends a word: behind a cased letter and not
// before one, what is ignorable aside.
bool is_final_sigma(std::string_view before, std::string_view after) {
  const uint8_t* flags = text_flags();
  uint8_t found = 0;
  for (const char* p = before.data() + before.size(); p != before.data();) {
    p = unicode::previous_code_point(before.data(), p);
    const char* at = p;
    found = flags[unicode::next_code_point(at)];
    if (!(found & kIsCaseIgnorable)) break;
  }
  if (!(found & kIsCased)) return false;
  for (const char* p = after.data(); p != after.data() + after.size();) {
    found = flags[unicode::next_code_point(p)];
    if (!(found & kIsCaseIgnorable)) return !(found & kIsCased);
  }
  return true;
}

}  // namespace

const uint8_t* text_flags() {
  static const std::vector<uint8_t> flags = build_flags();
  return flags.data();
}

void append_lower(std::string_view text, std::string& out) {
  const uint8_t* flags = unicode::code_point_flags();
  const char* const end = text.data() + text.size();
  char bytes[8];
  for (const char* p = text.data(); p != end;) {
    const char* const start = p;
    const char32_t c = unicode::next_code_point(p);
    if (c < 0x80) {
      out += static_cast<char>(c >= 'A' && c <= 'Z' ? c + ('a' - 'A') : c);
    } else if (!(flags[c] & unicode::kIsLowercased)) {
      out.append(start, p);
    } else if (c == kCapitalDottedI) {
      out.append(bytes, unicode::put_code_point(kDotAbove, unicode::put_code_point('i', bytes)));
    } else if (c == kCapitalSigma) {
      const bool ends = is_final_sigma({text.data(), start}, {p, end});
      out.append(bytes, unicode::put_code_point(ends ? kFinalSigma : kSmallSigma, bytes));
    } else {
      out.append(bytes, unicode::put_code_point(unicode::lowercase(c), bytes));
    }
  }
}

}  // namespace thaw::python
