#include "tokenizer/bpe.h"

#include <fmt/format.h>

#include <algorithm>
#include <bit>
#include <cstdio>

#include "base/error.h"
#include "files/json_file.h"
#include "tokenizer/byte_level.h"
#include "tokenizer/unicode/utf8.h"

namespace thaw {
namespace {

constexpr const char* kFetchAgain = "take the tokenizer files of the model again";

// Up to here a scan for the lowest rank is faster than a heap of candidates.
constexpr size_t kFewSymbols = 48;
constexpr int32_t kGone = -1;  // the id of a symbol that another one has taken up

bool comes_later(const Bpe::Scratch::Candidate& a, const Bpe::Scratch::Candidate& b) {
  return a.rank != b.rank ? a.rank > b.rank : a.at > b.at;
}

}  // namespace

Bpe::Bpe(Vocabulary vocabulary, const Merges& merges, const BpeOptions& options,
         const std::string& where)
    : options_(options), tokens_(std::move(vocabulary.tokens)), where_(where) {
  if (tokens_.size() == 0) throw Error("the vocabulary is empty", where, kFetchAgain);
  if (!vocabulary.problem.empty()) throw Error(vocabulary.problem, where, kFetchAgain);

  const auto id_of_character = [&](char32_t c) {
    char text[4];
    const char* end = unicode::put_code_point(c, text);
    return token_to_id({text, static_cast<size_t>(end - text)});
  };
  for (char32_t c = 0; c < kDirect; ++c) direct_ids_[c] = id_of_character(c);
  for (size_t byte = 0; byte < byte_ids_.size(); ++byte) {
    char name[8];
    std::snprintf(name, sizeof(name), "<0x%02X>", static_cast<unsigned>(byte));
    byte_ids_[byte] = token_to_id(name);
    visible_ids_[byte] = id_of_character(byte_characters()[byte]);
  }
  if (options.unk_token) unknown_id_ = token_to_id(*options.unk_token);
  std::vector<int32_t> ids;
  tokens_.for_each([&](std::string_view, int32_t id) { ids.push_back(id); });
  std::sort(ids.begin(), ids.end());
  has_double_ids_ = std::adjacent_find(ids.begin(), ids.end()) != ids.end();
  merges_.assign(std::bit_ceil(std::max<size_t>(16, 2 * merges.size())), Merge{});
  mask_ = merges_.size() - 1;
  const size_t prefix = options.continuing_subword_prefix.size();
  for (size_t rank = 0; rank < merges.size(); ++rank) {
    const auto& [left, right] = merges[rank];
    const auto id_of = [&](const std::string& token) {
      const int32_t id = token_to_id(token);
      if (id != StringTable::kAbsent) return id;
      throw Error(fmt::format("merge {} needs the token {}, which the vocabulary lacks", rank + 1,
                              in_quotes(token)),
                  where, kFetchAgain);
    };
    const int32_t left_id = id_of(left);
    const int32_t right_id = id_of(right);
    const std::string merged = left + right.substr(std::min(prefix, right.size()));
    add_merge(left_id, right_id, static_cast<uint32_t>(rank), id_of(merged));
  }
}

// Of equal pairs the last counts.
void Bpe::add_merge(int32_t left, int32_t right, uint32_t rank, int32_t id) {
  const uint64_t pair = pair_of(left, right);
  merges_[place_of(pair)] = {pair, rank, id};
}

size_t Bpe::place_of(uint64_t pair) const {
  const uint64_t mixed = pair * 0x9E3779B97F4A7C15u;
  for (size_t i = (mixed ^ mixed >> 32) & mask_;; i = (i + 1) & mask_) {
    if (merges_[i].pair == pair || merges_[i].pair == kFree) return i;
  }
}

void Bpe::split_characters(std::string_view word, Scratch& scratch) const {
  std::vector<int32_t>& out = scratch.ids;
  out.clear();
  const char* p = word.data();
  const char* end = p + word.size();
  bool has_unknown = false;  // one that is not written yet
  while (p < end) {
    const char* start = p;
    const char32_t c = unicode::next_code_point(p);
    const bool prefixed = start != word.data() && !options_.continuing_subword_prefix.empty();
    const bool suffixed = p == end && !options_.end_of_word_suffix.empty();
    std::string_view character(start, static_cast<size_t>(p - start));
    int32_t id;
    if (prefixed || suffixed) {
      scratch.character.clear();
      if (prefixed) scratch.character += options_.continuing_subword_prefix;
      scratch.character += character;
      if (suffixed) scratch.character += options_.end_of_word_suffix;
      character = scratch.character;
      id = tokens_.find(character);
    } else {
      id = c < kDirect ? direct_ids_[c] : tokens_.find(character);
    }
    if (id != StringTable::kAbsent) {
      if (has_unknown) out.push_back(unknown_id());
      has_unknown = false;
      out.push_back(id);
      continue;
    }
    const auto known = [&](char byte) {
      return byte_ids_[static_cast<unsigned char>(byte)] != StringTable::kAbsent;
    };
    if (options_.byte_fallback && std::all_of(character.begin(), character.end(), known)) {
      // An unknown character before these bytes comes behind them: so does the package.
      for (const char byte : character) {
        out.push_back(byte_ids_[static_cast<unsigned char>(byte)]);
      }
      continue;
    }
    if (!options_.unk_token) continue;
    if (has_unknown && !options_.fuse_unk) out.push_back(unknown_id());
    has_unknown = true;
  }
  if (has_unknown) out.push_back(unknown_id());
}

bool Bpe::split_bytes(std::string_view word, Scratch& scratch) const {
  scratch.ids.resize(word.size());
  bool known = true;
  for (size_t i = 0; i < word.size(); ++i) {
    const int32_t id = visible_ids_[static_cast<unsigned char>(word[i])];
    scratch.ids[i] = id;
    known &= id != StringTable::kAbsent;
  }
  return known;
}

int32_t Bpe::unknown_id() const {
  if (unknown_id_ == StringTable::kAbsent) {
    throw Error(fmt::format("a text has a character that the vocabulary lacks, and it lacks the "
                            "unknown token {} as well",
                            in_quotes(options_.unk_token.value_or(""))),
                where_, "name a token of the vocabulary as unk_token");
  }
  return unknown_id_;
}

void Bpe::merge_few(Scratch& scratch) const {
  std::vector<int32_t>& ids = scratch.ids;
  size_t size = ids.size();
  uint32_t ranks[kFewSymbols];  // of the pair that starts at each place
  for (size_t i = 0; i + 1 < size; ++i) ranks[i] = find_merge(ids[i], ids[i + 1]).rank;
  while (size > 1) {
    const size_t at = static_cast<size_t>(std::min_element(ranks, ranks + size - 1) - ranks);
    if (ranks[at] == kNoMerge) break;
    ids[at] = find_merge(ids[at], ids[at + 1]).id;
    --size;
    for (size_t i = at + 1; i < size; ++i) ids[i] = ids[i + 1];
    for (size_t i = at + 1; i + 1 < size; ++i) ranks[i] = ranks[i + 1];
    if (at > 0) ranks[at - 1] = find_merge(ids[at - 1], ids[at]).rank;
    if (at + 1 < size) ranks[at] = find_merge(ids[at], ids[at + 1]).rank;
  }
  ids.resize(size);
}

void Bpe::merge_many(Scratch& scratch) const {
  auto& symbols = scratch.symbols;
  auto& heap = scratch.heap;
  symbols.clear();
  heap.clear();
  const auto count = static_cast<int32_t>(scratch.ids.size());
  for (int32_t i = 0; i < count; ++i) {
    symbols.push_back({scratch.ids[static_cast<size_t>(i)], i - 1, i + 1 < count ? i + 1 : -1});
  }
  const auto push = [&](int32_t at) {
    const Merge& merge = find_merge(symbols[at].id, symbols[symbols[at].next].id);
    if (merge.rank == kNoMerge) return;
    heap.push_back({merge.rank, at, merge.id});
    std::push_heap(heap.begin(), heap.end(), comes_later);
  };
  for (int32_t i = 0; i + 1 < count; ++i) push(i);
  while (!heap.empty()) {
    std::pop_heap(heap.begin(), heap.end(), comes_later);
    const Scratch::Candidate top = heap.back();
    heap.pop_back();
    Scratch::Symbol& symbol = symbols[top.at];
    if (symbol.id == kGone || symbol.next < 0) continue;
    Scratch::Symbol& right = symbols[symbol.next];
    // Symbols have changed since then, unless they still become the same: the package asks no more.
    const Merge& merge = find_merge(symbol.id, right.id);
    if (merge.rank == kNoMerge || merge.id != top.id) continue;
    symbol.id = top.id;
    right.id = kGone;
    symbol.next = right.next;
    if (symbol.next >= 0) symbols[symbol.next].previous = top.at;
    if (symbol.previous >= 0) push(symbol.previous);
    if (symbol.next >= 0) push(top.at);
  }
  scratch.ids.clear();
  for (int32_t i = count > 0 ? 0 : -1; i >= 0; i = symbols[i].next)
    scratch.ids.push_back(symbols[i].id);
}

void Bpe::encode_word(std::string_view word, Scratch& scratch, std::vector<int32_t>& ids) const {
  if (!options_.reads_bytes) {
    encode_characters(word, scratch, ids);
    return;
  }
  if (options_.ignore_merges || !split_bytes(word, scratch)) {
    scratch.word.resize(2 * word.size());
    const char* end = put_byte_characters(word, scratch.word.data());
    encode_characters(std::string_view(scratch.word.data(), end), scratch, ids);
    return;
  }
  merge(scratch);
  ids.insert(ids.end(), scratch.ids.begin(), scratch.ids.end());
}

void Bpe::encode_characters(std::string_view word, Scratch& scratch,
                            std::vector<int32_t>& ids) const {
  if (options_.ignore_merges) {
    const int32_t id = token_to_id(word);
    if (id != StringTable::kAbsent) {
      ids.push_back(id);
      return;
    }
  }
  split_characters(word, scratch);
  merge(scratch);
  ids.insert(ids.end(), scratch.ids.begin(), scratch.ids.end());
}

void Bpe::merge(Scratch& scratch) const {
  if (scratch.ids.size() > kFewSymbols || has_double_ids_) {
    merge_many(scratch);
  } else if (scratch.ids.size() > 1) {
    merge_few(scratch);
  }
}

}  // namespace thaw
