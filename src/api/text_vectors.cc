#include "api/text_vectors.h"

#include "api/resolve_model.h"
#include "experiment/choose_precision.h"
#include "experiment/label_issues.h"
#include "experiment/length_limits.h"
#include "model/classifier.h"
#include "tokenizer/tokenizer.h"

namespace thaw {

TextVectors text_vectors(const TextColumn& texts, const TextVectorOptions& options,
                         const Listener& listener) {
  const auto folder = resolve_model(options.model, ModelPlace::kSetting, options.hub);
  OpenOptions open;
  open.label_names = options.label_names;
  ClassifierModel classifier = open_classifier(folder, open);
  if (classifier.head.native) {
    open.pooling = "mean";
    classifier = open_classifier(folder, open);
  }
  const Tokenizer tokenizer = load_tokenizer(classifier);
  check_tokenizer_fits(classifier, tokenizer);
  const int max_length =
      options.max_length > 0 ? options.max_length : default_max_length(classifier, tokenizer);
  check_max_length(classifier, tokenizer, max_length, texts.has_pairs());
  const TokenizedTexts tokens = tokenizer.encode_all(texts, max_length);
  check_token_types(classifier, tokens);
  check_word_rows(classifier, tokens);
  std::string why;
  const NumberType precision = choose_precision(open_engine()->traits(), {}, why);
  return {encoder_vectors(classifier, tokens, precision, options.stage, listener),
          classifier.head.pooled_size(classifier.config.hidden_size)};
}

}  // namespace thaw
