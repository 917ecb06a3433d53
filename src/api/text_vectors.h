#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "base/listener.h"
#include "data/readers/text_column.h"
#include "hub/client.h"

namespace thaw {

struct TextVectorOptions {
  std::string model;                     // a pretrained encoder, as resolve_model() takes it
  std::vector<std::string> label_names;  // of the texts, for a head that comes with the encoder
  int max_length = 0;                    // tokens a text at most; 0: the model's own
  std::string stage;                     // for the listener
  HubListener hub;                       // is told of what is fetched
};

struct TextVectors {
  std::vector<float> values;  // [rows, size]
  int64_t size = 0;
};

// Pooled vectors of a pretrained encoder, in the numbers that suit the device. Where the folder
// names no pooling, their mean is a better sentence vector than what the head of a classifier would
// read. Throws Error where the model cannot be found or cannot read the texts, Interrupted as the
// listener says.
TextVectors text_vectors(const TextColumn& texts, const TextVectorOptions& options,
                         const Listener& listener = {});

}  // namespace thaw
