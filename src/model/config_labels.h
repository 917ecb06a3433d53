#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "model/config_fields.h"

namespace thaw {

// What config.json says of the labels that a classifier's outputs stand for.
struct ConfigLabels {
  // By id: those of id2label; without it, those of label2id, or LABEL_0 … for a bare number. Empty:
  // the file says nothing, which Transformers takes for two.
  std::vector<std::string> names;
  std::string field;  // where their number stands: "id2label"
  // LABEL_0, LABEL_1, … are places, not names: they say nothing of what a label means.
  bool named = false;
  // Where fields deny each other, in one sentence: "id2label names 3 labels, but _num_labels is 2".
  // It matters only to who takes the labels for the folder's own.
  std::string contradiction;
};

// Throws Error on fields that are not of their type, on ids that are not 0 to n-1, and where
// num_labels is not the number of names in id2label.
ConfigLabels read_config_labels(const ConfigFile& file);

// LABEL_0, LABEL_1, …
std::vector<std::string> place_names(int64_t labels);

}  // namespace thaw
