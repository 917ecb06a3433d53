#pragma once  // Tests: tests/training/saved_folder_test.cc

#include <filesystem>

#include "files/durable_folder.h"
#include "model/classifier.h"

namespace thaw {

// The temperature of its rules is folded into the last layer of the copy that is saved, so that
// every program gets the calibrated probabilities; `classifier` stays as it was trained.
//
// Writes a folder that Transformers (native head) or sentence-transformers (pooling) loads with the
// same logits, tokenizer and labels, and makes it where it is missing. It is complete, with its
// manifest (files/durable_folder.h), or absent; what the folder held before is gone or kept. Throws
// Error.
void save_classifier(const ClassifierModel& classifier, const Tokenizer& tokenizer, int max_length,
                     const std::filesystem::path& folder,
                     FolderWriter::Others others = FolderWriter::Others::kGone);

// The same files in a folder that exists, one by one and without a manifest: for what becomes a
// part of another folder (a checkpoint).
void write_classifier(const ClassifierModel& trained, const Tokenizer& tokenizer, int max_length,
                      const std::filesystem::path& folder);

}  // namespace thaw
