#pragma once

#include <CLI/CLI.hpp>
#include <string>
#include <vector>

#include "api/trained_model.h"

namespace thaw {

// The flags of commands that use a trained model: its folder, --max-length, --precision, --threads.
struct TrainedModelFlags {
  std::string model, precision = "auto";
  int max_length = 0, threads = 0;

  void add_to(CLI::App& command);
};

// The model, after what is to be known of it was printed on stderr.
TrainedModel open_trained_model(const TrainedModelFlags& flags);

// Its logits, after a word on stderr where texts are cut.  // [rows, labels]
std::vector<float> classify_texts(TrainedModel& model, const TextColumn& texts,
                                  const std::string& stage, const Listener& listener);

}  // namespace thaw
