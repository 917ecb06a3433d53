#pragma once

#include <string>
#include <vector>

#include "model/classifier.h"
#include "model/weights.h"

namespace thaw {

// The labels that a folder's classifier answers with: those of its config.json, or LABEL_0 … for
// each row of its head, or two, as Transformers takes where nothing says how many.
std::vector<std::string> own_label_names(const ModelConfig& config,
                                         const std::filesystem::path& folder);

// Which rows of the folder's head a classifier of these labels begins with: rows are matched by the
// labels' names, never by place. LABEL_0 and the like are no names.
HeadRows match_head_rows(const ModelConfig& config, const HeadShape& head,
                         const std::vector<std::string>& label_names);

// Throws Error unless the folder is a whole classifier of texts, with labels of its own: its
// architecture is no other task's, config.json and the head agree on the labels, there are at least
// two of them, and everything that the logits depend on came from the checkpoint.
void check_whole_classifier(const ClassifierModel& classifier);

}  // namespace thaw
