#include "trained_model.h"

#include <cstdio>
#include <utility>

#include "base/threads.h"
#include "engine/classify.h"
#include "experiment/choose_precision.h"
#include "experiment/comparison.h"
#include "experiment/describe.h"
#include "experiment/frozen_passes.h"
#include "flag_values.h"
#include "models.h"
#include "report/findings/truncation_words.h"
#include "shown.h"

namespace thaw {

void TrainedModelFlags::add_to(CLI::App& command) {
  add_whole_flag(command, "--max-length", max_length, 1,
                 "tokens a text at most (the model's own length)");
  add_choice_flag(command, "--precision", precision, {"auto", "fp32", "bf16", "int8"},
                  "auto, fp32, bf16 or int8 (auto)");
  add_whole_flag(command, "--threads", threads, 0, "threads to use (0: all cores)");
}

TrainedModel open_trained_model(const TrainedModelFlags& flags) {
  set_thread_count(flags.threads);
  const auto folder = resolve_model(flags.model, ModelPlace::kTrained);
  Classifier classifier = open_classifier(folder);
  Tokenizer tokenizer = load_tokenizer(classifier);
  check_tokenizer_fits(classifier, tokenizer);
  const int max_length =
      flags.max_length > 0 ? flags.max_length : default_max_length(classifier, tokenizer);
  const bool of_pairs = classifier.columns && classifier.columns->pair;
  check_max_length(classifier, tokenizer, max_length, of_pairs);
  if (classifier.rules_are_stale) {
    std::fprintf(stderr,
                 "thaw: the head has changed since thaw saved it, so its temperature and "
                 "thresholds are left out\n");
  }
  if (!classifier.prompt.empty()) {
    std::fprintf(stderr, "%s", shown(prompt_line(classifier)).c_str());
  }
  std::string why;
  check_frozen_precision(flags.precision, {"precision", flags.precision});
  const NumberType precision =
      flags.precision == "int8" ? NumberType::kInt8 : choose_precision(flags.precision, why);
  return {std::move(classifier), std::move(tokenizer), max_length, precision, nullptr};
}

std::vector<float> TrainedModel::logits(const TextColumn& texts, const std::string& stage,
                                        const Listener& listener) const {
  check_max_length(classifier, tokenizer, max_length, texts.has_pairs());
  const TokenizedTexts tokens = tokenizer.encode_all(texts, max_length);
  check_token_types(classifier, tokens);
  check_word_rows(classifier, tokens);
  TruncationFindings found{max_length, static_cast<int>(classifier.config.max_length()), {}};
  found.splits[""] = tokenizer.truncation(texts, tokens, max_length);
  if (found.all().cut_texts > 0) {
    std::fprintf(stderr, "thaw: %s\n", truncation_sentence(found).c_str());
  }
  if (!session)
    session = open_engine()->session(classifier, evaluation_precision(precision), false);
  std::vector<float> logits(static_cast<size_t>(tokens.rows() * session->labels()));
  session->logits(tokens, nullptr, logits, stage, listener);
  return logits;
}

}  // namespace thaw
