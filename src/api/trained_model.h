#pragma once

#include <memory>
#include <string>
#include <vector>

#include "base/bf16.h"
#include "base/listener.h"
#include "engine/engine.h"
#include "hub/client.h"
#include "model/classifier.h"
#include "tokenizer/tokenizer.h"

namespace thaw {

struct TrainedModelOptions {
  int max_length = 0;              // tokens a text at most; 0: the model's own
  std::string precision = "auto";  // auto, fp32, bf16, int8
  HubListener hub;                 // is told of what is fetched
};

// A trained classifier, ready to answer. One call at a time: its network has one set of
// activations.
class TrainedModel {
 public:
  // name: as resolve_model() takes it. Throws Error as resolve_model() does; where the folder holds
  // no trained classifier, or its parts do not fit; of the settings max_length and precision, where
  // these are no values (kUsage), or the model or this CPU cannot do with them (kData).
  explicit TrainedModel(const std::string& name, const TrainedModelOptions& options = {});

  const ClassifierModel& classifier() const { return classifier_; }
  const Tokenizer& tokenizer() const { return tokenizer_; }
  const std::vector<std::string>& label_names() const { return classifier_.label_names; }
  // Temperature and thresholds. Logits are calibrated: see ProbabilityRules::folded.
  const ProbabilityRules& rules() const { return classifier_.rules; }
  int max_length() const { return max_length_; }       // tokens a text at most
  NumberType precision() const { return precision_; }  // that `auto` became
  // What the user ought to know of the model, sentences without an end: what was left out of it.
  const std::vector<std::string>& notes() const { return notes_; }

  // The ids of each text, cut at max_length. `notes` gets a sentence where texts were cut. Throws
  // Error where the model has no embedding for them, or was not made for pairs of texts.
  TokenizedTexts encode(const TextColumn& texts, std::vector<std::string>* notes = nullptr) const;

  // Logits of every text, by a network that the first call makes, which packs the weights. Throws
  // Interrupted.  // [rows, labels]
  std::vector<float> logits(const TokenizedTexts& texts, const std::string& stage,
                            const Listener& listener = {});
  std::vector<float> logits(const TextColumn& texts, std::vector<std::string>* notes = nullptr,
                            const Listener& listener = {});

 private:
  ClassifierModel classifier_;
  Tokenizer tokenizer_;
  int max_length_ = 0;
  NumberType precision_ = NumberType::kFp32;
  std::vector<std::string> notes_;
  std::unique_ptr<Network> session_;
};

}  // namespace thaw
