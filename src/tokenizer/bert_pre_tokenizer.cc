#include "tokenizer/bert_pre_tokenizer.h"

#include <cstdint>

#include "tokenizer/code_points.h"
#include "tokenizer/utf8.h"

namespace thaw {

void split_bert_words(std::string_view text, std::vector<std::string_view>& words) {
  using namespace unicode;
  const uint8_t* flags = code_point_flags();
  const char* p = text.data();
  const char* end = p + text.size();
  const char* word = p;
  const auto end_word = [&](const char* at) {
    if (word < at) words.emplace_back(word, static_cast<size_t>(at - word));
  };
  while (p < end) {
    const char* start = p;
    const uint8_t kind = flags[next_code_point(p)] & (kIsWhitespace | kIsPunctuation);
    if (kind == 0) continue;
    end_word(start);
    if (kind & kIsPunctuation) words.emplace_back(start, static_cast<size_t>(p - start));
    word = p;
  }
  end_word(end);
}

}  // namespace thaw
