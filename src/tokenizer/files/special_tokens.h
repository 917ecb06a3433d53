#pragma once  // Tests: tests/tokenizer/files/hostile_files_test.cc

#include <nlohmann/json.hpp>
#include <string>
#include <utility>
#include <vector>

#include "tokenizer/added_tokens.h"

namespace thaw {

// The JSON files beside a vocabulary, each {} where it is absent.
struct TokenizerConfigFiles {
  nlohmann::ordered_json tokenizer_config = nlohmann::ordered_json::object();
  nlohmann::ordered_json special_tokens_map = nlohmann::ordered_json::object();
  nlohmann::ordered_json added_tokens = nlohmann::ordered_json::object();  // token -> id
  std::string where;  // the folder, for messages
};

// The tokens that have a name ("cls_token": "[CLS]"), and those that are to be found in texts.
struct SpecialTokens {
  std::vector<std::pair<std::string, AddedToken>> named;  // Transformers' order; none twice
  std::vector<AddedToken> to_add;                         // in order

  // The content of a named token, or "" where the files name none.
  std::string content(const std::string& name) const;
};

// What a class of Transformers knows by itself.
struct DefaultTokens {
  std::vector<std::pair<std::string, AddedToken>> named{};
  std::vector<AddedToken> extra{};  // where the files list none
};

// Gathers them by the rules of Transformers 5: tokenizer_config.json with added_tokens_decoder says
// all; without it, special_tokens_map.json, added_tokens.json and `json_tokens` (tokenizer.json's
// own) have their say too. With `json_tokens_are_present` those need not be added again. Throws
// Error on a token that is not one.
SpecialTokens gather_special_tokens(const TokenizerConfigFiles& files,
                                    const DefaultTokens& defaults,
                                    const std::vector<std::pair<int64_t, AddedToken>>& json_tokens,
                                    bool json_tokens_are_present);

}  // namespace thaw
