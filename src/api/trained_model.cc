#include "api/trained_model.h"

#include <fmt/format.h>

#include <filesystem>

#include "api/resolve_model.h"
#include "base/error.h"
#include "engine/classify.h"
#include "engine/number_type.h"
#include "experiment/choose_precision.h"
#include "report/findings/truncation_words.h"

namespace thaw {
namespace {

// Before anything is fetched or opened.
void check_options(const TrainedModelOptions& options) {
  if (options.max_length < 0) {
    throw Error(fmt::format("{} is no length", options.max_length), Setting{"max_length"},
                "use a whole number from 1, or 0 for the model's own", ErrorKind::kUsage);
  }
  if (options.precision != "auto" && !number_type_named(options.precision)) {
    throw Error(fmt::format("there is no precision '{}'", options.precision), Setting{"precision"},
                "use auto, fp32, bf16 or int8", ErrorKind::kUsage);
  }
}

std::filesystem::path folder_of(const std::string& name, const TrainedModelOptions& options) {
  check_options(options);
  return resolve_model(name, ModelPlace::kTrained, options.hub);
}

NumberType chosen_precision(const std::string& name) {
  const DeviceTraits device = open_engine()->traits();
  const WantedPrecision wanted = number_type_named(name);  // nothing: auto
  check_precision(device, wanted, "precision");
  std::string why;
  return wanted == NumberType::kInt8 ? NumberType::kInt8 : choose_precision(device, wanted, why);
}

}  // namespace

TrainedModel::TrainedModel(const std::string& name, const TrainedModelOptions& options)
    : classifier_(open_classifier(folder_of(name, options))),
      tokenizer_(load_tokenizer(classifier_)) {
  check_tokenizer_fits(classifier_, tokenizer_);
  max_length_ =
      options.max_length > 0 ? options.max_length : default_max_length(classifier_, tokenizer_);
  const bool of_pairs = classifier_.columns && classifier_.columns->pair;
  check_max_length(classifier_, tokenizer_, max_length_, of_pairs);
  if (classifier_.rules_head.is_gone) {
    notes_.emplace_back(
        "the head has changed since thaw saved it, so its temperature and thresholds are left out");
  }
  precision_ = chosen_precision(options.precision);
}

TokenizedTexts TrainedModel::encode(const TextColumn& texts,
                                    std::vector<std::string>* notes) const {
  check_max_length(classifier_, tokenizer_, max_length_, texts.has_pairs());
  TokenizedTexts tokens = tokenizer_.encode_all(texts, max_length_);
  check_token_types(classifier_, tokens);
  check_word_rows(classifier_, tokens);
  if (notes == nullptr) return tokens;
  TruncationFindings found{max_length_, static_cast<int>(classifier_.config.max_length()), {}};
  found.splits[""] = tokenizer_.truncation(texts, tokens, max_length_);
  if (found.all().cut_texts > 0) notes->push_back(truncation_sentence(found));
  return tokens;
}

std::vector<float> TrainedModel::logits(const TokenizedTexts& texts, const std::string& stage,
                                        const Listener& listener) {
  if (!session_) {
    const auto engine = open_engine();
    session_ =
        engine->session(classifier_, evaluation_precision(engine->traits(), precision_), false);
  }
  return logits_of(*session_, texts, nullptr, stage, listener);
}

std::vector<float> TrainedModel::logits(const TextColumn& texts, std::vector<std::string>* notes,
                                        const Listener& listener) {
  return logits(encode(texts, notes), "predict", listener);
}

}  // namespace thaw
