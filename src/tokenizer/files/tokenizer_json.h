#pragma once  // Tests: tests/tokenizer/files/hostile_files_test.cc

#include <nlohmann/json.hpp>
#include <string>
#include <string_view>
#include <vector>

#include "tokenizer/bpe.h"
#include "tokenizer/files/vocabulary.h"
#include "tokenizer/pipeline.h"
#include "tokenizer/unigram.h"

namespace thaw {

// What a tokenizer.json says, as the `tokenizers` package (0.23) reads it, except that its
// "padding" and "truncation" lengths are left to the caller. `where` is for messages. Throws Error:
// broken JSON, a component or an option that thaw does not know (named), a vocabulary that cannot
// be (see WordPiece, Bpe, Unigram, WordLevel).
struct TokenizerJson {     // NOLINT(bugprone-exception-escape): its implicit move
  nlohmann::json json;     // the "vocab" and "merges" of its "model" are empty
  Vocabulary vocabulary;   // of a "vocab" that is an object
  Unigram::Pieces pieces;  // of one that is a list
  Bpe::Merges merges;      // those that are complete
  std::string problem;     // what is wrong with the first piece or merge that cannot be one; ""
};
TokenizerJson parse_tokenizer_json(std::string_view text, const std::string& where);
TokenizerPipeline read_tokenizer_json(TokenizerJson& tokenizer, const std::string& where);

// Parts of the same. What the model takes is moved out of `tokenizer`.
Vocabulary read_vocabulary(TokenizerJson& tokenizer, const std::string& where);
std::vector<AddedToken> read_added_tokens(const nlohmann::json& tokenizer,
                                          const std::string& where);
TruncationSide read_truncation_side(const nlohmann::json& tokenizer, const std::string& where);
// "WordPiece", "BPE", "Unigram" or "WordLevel": the "type" of the model, or what its fields tell
// where an older file leaves that out; else what is written there.
std::string model_type(const nlohmann::json& tokenizer);

// Adds the merge that a line "t he" tells of; a line "#version…" tells of none. False: neither.
bool add_merge_line(std::string_view line, Bpe::Merges& merges);

// Lets a byte-level BPE read the bytes of its words itself, where that gives the same ids: the last
// pre-tokenizer need not write them as characters.
void pass_bytes_to_model(PreTokenizer& pre_tokenizer, BpeOptions& options);

// A score as the `tokenizers` package reads it, up to one unit in the last place from what is
// written: its JSON parser (serde_json without float_roundtrip) divides the digits by a power of
// ten. Where two paths through a text are equally good, that unit decides.
double score_as_package_reads_it(double score);

}  // namespace thaw
