#pragma once  // Tests: tests/tokenizer/files/hostile_files_test.cc

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "tokenizer/pipeline.h"

namespace thaw {

// What a model's folder says about its tokenizer.
struct TokenizerFolder {
  TokenizerPipeline pipeline;
  int32_t pad_id = 0;
  int model_max_length = 0;                    // 0: none, or none that means anything
  std::vector<std::filesystem::path> files{};  // those that were read or belong to them
  bool gives_types = true;                     // of tokens in pairs, to the model
  std::string where{};                         // the folder, for messages
};

// Reads it as Transformers 5 does. A folder of a class that builds its tokenizer anew (see
// TokenizerClass: BERT's, RoBERTa's, XLM-R's …, named in tokenizer_config.json or config.json, or
// the model's own default) gives its vocabulary from tokenizer.json, or from the class's own files,
// and tokenizer_config.json decides on the rest: what tokenizer.json says about lower-casing and
// the like does not count. Any other class is its tokenizer.json to the letter.
// Throws Error: no tokenizer there, a component that thaw does not know (named), a broken file.
TokenizerFolder load_tokenizer_folder(const std::filesystem::path& folder);

}  // namespace thaw
