#pragma once  // Tests: tests/tokenizer/files/hostile_files_test.cc

#include <filesystem>
#include <string>
#include <utility>
#include <vector>

#include "tokenizer/files/special_tokens.h"
#include "tokenizer/files/tokenizer_source.h"
#include "tokenizer/pipeline.h"

namespace thaw {

// A class of Transformers 5 that builds its tokenizer anew from a vocabulary and from
// tokenizer_config.json, whatever a tokenizer.json says about normalizer, pre-tokenizer and the
// names of special tokens.
struct TokenizerClass {
  const char* name;                // "RobertaTokenizer"
  const char* model;               // "BPE", as in TokenizerSource
  std::vector<const char*> files;  // without a tokenizer.json, it reads these
  DefaultTokens defaults;
  std::vector<const char*> needed;  // names of special tokens without which it cannot be built
  // Puts the pieces of a sentencepiece model into the order of the ids; nullptr: they are.
  void (*arrange)(Unigram::Pieces& pieces, const SpecialTokens& special);
  TokenizerPipeline (*build)(TokenizerSource& source, const TokenizerConfigFiles& files,
                             const SpecialTokens& special);
};

// The class of a folder: as tokenizer_class of tokenizer_config.json or config.json names it, or
// as config.json's model_type has it. nullptr: none of those, so tokenizer.json is taken as it is
// written. `name` becomes what the files name, or "".
const TokenizerClass* find_tokenizer_class(const std::filesystem::path& folder,
                                           const TokenizerConfigFiles& files, std::string& name);

// Where tokenizer_config.json says add_bos_token or add_eos_token: a template with those tokens,
// and with nothing else.
void add_begin_and_end(const TokenizerConfigFiles& files, const SpecialTokens& special,
                       TokenizerPipeline& pipeline);

}  // namespace thaw
