#pragma once

#include <CLI/CLI.hpp>
#include <memory>
#include <string>
#include <vector>

#include "base/bf16.h"
#include "base/listener.h"
#include "engine/engine.h"
#include "model/classifier.h"
#include "tokenizer/tokenizer.h"

namespace thaw {

// The flags of commands that use a trained model: its folder, --max-length, --precision, --threads.
struct TrainedModelFlags {
  std::string model, precision = "auto";
  int max_length = 0, threads = 0;

  void add_to(CLI::App& command);
};

// A trained model, ready to classify.
struct TrainedModel {
  Classifier classifier;
  Tokenizer tokenizer;
  int max_length;
  NumberType precision;
  mutable std::unique_ptr<Network> session;  // made by the first call, which packs the weights

  // Logits of every text.  // [rows, labels]
  std::vector<float> logits(const TextColumn& texts, const std::string& stage,
                            const Listener& listener) const;
};

// Throws Error where the folder holds no trained classifier, or its parts do not fit.
TrainedModel open_trained_model(const TrainedModelFlags& flags);

}  // namespace thaw
