#pragma once  // Tests: tests/tokenizer/files/hostile_files_test.cc

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "tokenizer/added_tokens.h"
#include "tokenizer/files/tokenizer_json.h"
#include "tokenizer/post_processor.h"

namespace thaw {

// What a class of Transformers takes from a folder's files to build its tokenizer anew.
struct TokenizerSource {
  std::string where;  // the file, for messages
  std::string model;  // "WordPiece", "BPE", "Unigram", "WordLevel": whose vocabulary it is
  Vocabulary vocabulary;
  Unigram::Pieces pieces;
  Bpe::Merges merges;
  std::optional<int64_t> unknown_id{};    // that the file names
  std::optional<std::string> charsmap{};  // the bytes of a precompiled_charsmap
  std::optional<PostProcessor> post_processor{};
  TruncationSide truncation_side = TruncationSide::kRight;
  std::vector<std::pair<int64_t, AddedToken>> added_tokens{};  // of a tokenizer.json, with ids
  std::vector<AddedToken> extra_tokens{};  // of a sentencepiece model: special in no named way
};

// Reads one. All throw Error: a broken file, a vocabulary or merges that cannot be.
TokenizerSource read_json_source(const std::filesystem::path& tokenizer_json);
// A token a line, its number the id; white space at a line's end does not count.
TokenizerSource read_vocab_txt(const std::filesystem::path& vocab_txt);
// GPT-2's two files: {"token": id, …}, and a merge ("t he") a line.
TokenizerSource read_bpe_files(const std::filesystem::path& vocab_json,
                               const std::filesystem::path& merges_txt);
// A sentencepiece model of the kind "unigram" (a protocol buffer).
TokenizerSource read_sentencepiece_model(const std::filesystem::path& model);

// "added_tokens" of a tokenizer.json, with their ids.
std::vector<std::pair<int64_t, AddedToken>> read_numbered_tokens(const nlohmann::json& tokenizer,
                                                                 const std::string& where);

}  // namespace thaw
