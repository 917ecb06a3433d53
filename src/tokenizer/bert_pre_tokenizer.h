#pragma once

#include <string_view>
#include <vector>

namespace thaw {

// tokenizer.json's "BertPreTokenizer": words end at white space, which vanishes, and at
// punctuation, of which each character is a word of its own. `text` is valid UTF-8; the words are
// appended to `words` and point into it.
void split_bert_words(std::string_view text, std::vector<std::string_view>& words);

}  // namespace thaw
