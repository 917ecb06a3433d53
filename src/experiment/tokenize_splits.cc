#include "experiment/tokenize_splits.h"

namespace thaw {

TruncationFindings tokenize_splits(const Dataset& data, const Tokenizer& tokenizer,
                                   const ClassifierModel& model, int max_length,
                                   PreparedData& prepared) {
  TruncationFindings found{max_length, static_cast<int>(model.config.max_length()), {}};
  const auto tokenize = [&](const char* name, const Split& split, TokenizedTexts& tokens) {
    tokens = tokenizer.encode_all(split.texts, max_length);
    check_token_types(model, tokens);
    check_word_rows(model, tokens);
    if (split.size() == 0) return;
    found.splits[name] = tokenizer.truncation(split.texts, tokens, max_length);
  };
  tokenize("train", data.train, prepared.train);
  tokenize("validation", data.validation, prepared.validation);
  tokenize("test", data.test, prepared.test);
  return found;
}

}  // namespace thaw
