#pragma once  // Tests: tests/tokenizer/golden_test.cc

#include <array>
#include <cstdint>
#include <string_view>

#include "tokenizer/text_buffer.h"

namespace thaw {

struct BertNormalizerOptions {
  bool clean_text = true;            // drop control characters, make every white space a ' '
  bool handle_chinese_chars = true;  // put spaces around each ideograph
  bool strip_accents = true;         // NFD without nonspacing marks
  bool lowercase = true;             // code point by code point, without context
};

// tokenizer.json's "BertNormalizer": the four steps in the order above.
class BertNormalizer {
 public:
  explicit BertNormalizer(const BertNormalizerOptions& options);

  // `text` is valid UTF-8, and so is what `out` holds afterwards.
  void normalize(std::string_view text, TextBuffer& out) const;

 private:
  BertNormalizerOptions options_;
  std::array<uint8_t, 128> ascii_;  // the byte that an ASCII byte becomes, or kDropped
};

}  // namespace thaw
