#pragma once  // Tests: tests/training/saved_folder_test.cc

#include <filesystem>

#include "tokenizer/tokenizer.h"

namespace thaw {

// Writes the tokenizer's files into a folder that exists, so that programs which cut texts at the
// tokenizer's own length (model_max_length of tokenizer_config.json, "truncation" and a fixed
// "padding" of tokenizer.json) cut them at max_length. All else is verbatim. Throws Error.
void save_tokenizer(const Tokenizer& tokenizer, int max_length,
                    const std::filesystem::path& folder);

}  // namespace thaw
