#include "tokenizer/unigram.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstdio>
#include <limits>

#include "base/error.h"

namespace thaw {
namespace {

constexpr const char* kFetchAgain = "take the tokenizer files of the model again";
constexpr double kUnknownPenalty = 10;

// Bytes of the UTF-8 character that starts with this one.
size_t character_bytes(char first) {
  const auto byte = static_cast<unsigned char>(first);
  return byte < 0x80 ? 1 : byte < 0xE0 ? 2 : byte < 0xF0 ? 3 : 4;
}

}  // namespace

Unigram::Unigram(const Pieces& pieces, std::optional<int64_t> unknown_id, bool byte_fallback,
                 const std::string& where)
    : byte_fallback_(byte_fallback), where_(where) {
  if (pieces.empty()) throw Error("the vocabulary is empty", where, kFetchAgain);
  const auto count = static_cast<int64_t>(pieces.size());
  if (unknown_id && (*unknown_id < 0 || *unknown_id >= count)) {
    throw Error(fmt::format("unk_id is {}, but the vocabulary has {} tokens", *unknown_id, count),
                where, kFetchAgain);
  }
  if (count > std::numeric_limits<int32_t>::max()) {
    throw Error("the vocabulary is larger than one can be", where, kFetchAgain);
  }
  if (unknown_id) unknown_id_ = static_cast<int32_t>(*unknown_id);
  double lowest = std::numeric_limits<double>::infinity();
  std::vector<std::pair<std::string_view, int32_t>> strings;
  scores_.reserve(pieces.size());
  strings.reserve(pieces.size());
  for (const auto& [piece, score] : pieces) {
    const auto id = static_cast<int32_t>(scores_.size());
    tokens_.insert(piece, id);
    strings.emplace_back(piece, id);
    scores_.push_back(score);
    lowest = std::min(lowest, score);
  }
  trie_.build(std::move(strings));
  unknown_score_ = lowest - kUnknownPenalty;
  for (size_t byte = 0; byte < byte_ids_.size(); ++byte) {
    char name[8];
    std::snprintf(name, sizeof(name), "<0x%02X>", static_cast<unsigned>(byte));
    byte_ids_[byte] = token_to_id(name);
  }
}

// Viterbi over the ends of pieces, in the order in which the package compares them: of equal sums
// the first that is found stays.
void Unigram::find_best_path(std::string_view word, Scratch& scratch) const {
  auto& best = scratch.best;
  best.assign(word.size() + 1, {0, -1, 0});
  size_t next = 0;
  for (size_t start = 0; start < word.size(); start = next) {
    const size_t character = character_bytes(word[start]);
    next = start + character;
    const double here = best[start].score;
    const auto offer = [&](size_t end, double score, int32_t id) {
      Scratch::Best& target = best[end];
      if (target.start >= 0 && !(score > target.score)) return;
      target = {score, static_cast<int32_t>(start), id};
    };
    bool has_character = false;
    trie_.for_each_prefix(word.substr(start), [&](size_t length, int32_t id) {
      offer(start + length, scores_[static_cast<size_t>(id)] + here, id);
      has_character |= length == character;
    });
    if (!has_character) offer(next, unknown_score_ + here, unknown_id_);
  }
}

void Unigram::append_unknown(std::string_view part, std::vector<int32_t>& ids) const {
  const int32_t id = token_to_id(part);
  if (id != StringTable::kAbsent) {
    ids.push_back(id);
    return;
  }
  const auto known = [&](char byte) {
    return byte_ids_[static_cast<unsigned char>(byte)] != StringTable::kAbsent;
  };
  if (byte_fallback_ && std::all_of(part.begin(), part.end(), known)) {
    for (const char byte : part) ids.push_back(byte_ids_[static_cast<unsigned char>(byte)]);
    return;
  }
  ids.push_back(unknown_id_);
}

void Unigram::encode_word(std::string_view word, Scratch& scratch,
                          std::vector<int32_t>& ids) const {
  if (word.size() > static_cast<size_t>(std::numeric_limits<int32_t>::max())) {
    throw Error("a text is longer than 2 GiB", where_, "cut it");
  }
  find_best_path(word, scratch);
  auto& path = scratch.path;
  path.clear();
  for (auto end = static_cast<uint32_t>(word.size()); end > 0;
       end = static_cast<uint32_t>(scratch.best[end].start)) {
    path.push_back(end);
  }
  size_t unknown_start = std::string_view::npos;
  size_t start = 0;
  const auto end_unknown = [&] {
    if (unknown_start == std::string_view::npos) return;
    append_unknown(word.substr(unknown_start, start - unknown_start), ids);
    unknown_start = std::string_view::npos;
  };
  for (size_t i = path.size(); i-- > 0;) {
    const auto end = path[i];
    const int32_t id = scratch.best[end].id;
    if (id == StringTable::kAbsent) {
      throw Error("a text has a character that the vocabulary lacks, and there is no unknown token",
                  where_, "take a model whose vocabulary has one");
    }
    if (id == unknown_id_) {
      if (unknown_start == std::string_view::npos) unknown_start = start;
    } else {
      end_unknown();
      ids.push_back(id);
    }
    start = end;
  }
  end_unknown();
}

}  // namespace thaw
