#include "tokenizer/word_level.h"

#include <fmt/format.h>

#include "base/error.h"
#include "files/json_file.h"

namespace thaw {

WordLevel::WordLevel(Vocabulary vocabulary, std::string unk_token, const std::string& where)
    : tokens_(std::move(vocabulary.tokens)), unk_token_(std::move(unk_token)), where_(where) {
  constexpr const char* kFetchAgain = "take the tokenizer files of the model again";
  if (tokens_.size() == 0) throw Error("the vocabulary is empty", where, kFetchAgain);
  if (!vocabulary.problem.empty()) throw Error(vocabulary.problem, where, kFetchAgain);
  unknown_id_ = token_to_id(unk_token_);
}

void WordLevel::encode_word(std::string_view word, std::vector<int32_t>& ids) const {
  const int32_t id = token_to_id(word);
  if (id == StringTable::kAbsent && unknown_id_ == StringTable::kAbsent) {
    throw Error(fmt::format("a text has a word that the vocabulary lacks, and it lacks the unknown "
                            "token {} as well",
                            in_quotes(unk_token_)),
                where_, "name a token of the vocabulary as unk_token");
  }
  ids.push_back(id == StringTable::kAbsent ? unknown_id_ : id);
}

}  // namespace thaw
