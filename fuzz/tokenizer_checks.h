#pragma once

#include <string_view>

#include "tokenizer/pipeline.h"

namespace thaw::fuzz {

// Encodes a text, whole, cut short and as a pair with itself, and requires what holds for any text
// and any tokenizer.
void check_encoding(const TokenizerPipeline& pipeline, std::string_view text);

}  // namespace thaw::fuzz
