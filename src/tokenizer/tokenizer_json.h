#pragma once

#include <nlohmann/json.hpp>
#include <string>
#include <string_view>
#include <vector>

#include "tokenizer/pipeline.h"
#include "tokenizer/vocabulary.h"

namespace thaw {

// What a tokenizer.json says, as the `tokenizers` package (0.23) reads it, except that its
// "padding" and "truncation" lengths are left to the caller. `where` is for messages. Throws Error:
// broken JSON, a component or an option that thaw does not know (named), a vocabulary that cannot
// be (see WordPiece).
struct TokenizerJson {
  nlohmann::json json;    // "vocab" of its "model" is empty where it is an object
  Vocabulary vocabulary;  // what was there
};
TokenizerJson parse_tokenizer_json(std::string_view text, const std::string& where);
TokenizerPipeline read_tokenizer_json(TokenizerJson& tokenizer, const std::string& where);

// Parts of the same. The vocabulary is moved out of `tokenizer`.
Vocabulary read_vocabulary(TokenizerJson& tokenizer, const std::string& where);
std::vector<AddedToken> read_added_tokens(const nlohmann::json& tokenizer,
                                          const std::string& where);
TruncationSide read_truncation_side(const nlohmann::json& tokenizer, const std::string& where);
// The "type" of a WordPiece model, or the shape of one: older files leave the type out.
bool is_wordpiece(const nlohmann::json& model);

}  // namespace thaw
