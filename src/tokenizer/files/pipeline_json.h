#pragma once  // Tests: tests/tokenizer/files/hostile_files_test.cc

#include <nlohmann/json.hpp>
#include <string>

#include "tokenizer/normalizer.h"
#include "tokenizer/post_processor.h"
#include "tokenizer/pre_tokenizer.h"

namespace thaw {

// The stages of tokenizer.json around the model, as the `tokenizers` package (0.23) reads them.
// `file` is the whole file, `where` its name for messages. Throws Error: a component or an option
// that thaw does not know (named), a field that is absent or of the wrong kind.
Normalizer read_normalizer(const nlohmann::json& file, const std::string& where);
PreTokenizer read_pre_tokenizer(const nlohmann::json& file, const std::string& where);
PostProcessor read_post_processor(const nlohmann::json& file, const std::string& where);

}  // namespace thaw
