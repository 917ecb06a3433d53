#include "tokenizer/wordpiece.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "base/error.h"

namespace thaw {
namespace {

// Whether a code point starts at byte `at` of valid UTF-8, or the text ends there.
bool is_boundary(std::string_view text, size_t at) {
  return at == text.size() || (static_cast<unsigned char>(text[at]) & 0xC0) != 0x80;
}

bool is_longer_than(std::string_view word, size_t chars) {
  if (word.size() <= chars) return false;
  const auto starts = std::count_if(word.begin(), word.end(), [](char byte) {
    return (static_cast<unsigned char>(byte) & 0xC0) != 0x80;
  });
  return static_cast<size_t>(starts) > chars;
}

}  // namespace

WordPiece::WordPiece(Vocabulary vocabulary, const WordPieceOptions& options,
                     const std::string& where)
    : words_(std::move(vocabulary.tokens)) {
  const std::string_view prefix = options.continuing_subword_prefix;
  if (words_.size() == 0) {
    throw Error("the vocabulary is empty", where, "take the tokenizer files of the model again");
  }
  if (!vocabulary.problem.empty()) {
    throw Error(vocabulary.problem, where, "take the tokenizer files of the model again");
  }
  words_.for_each([&](std::string_view token, int32_t id) {
    if (token.size() > prefix.size() && token.starts_with(prefix)) {
      pieces_.insert(token.substr(prefix.size()), id);
    }
  });
  unknown_id_ = token_to_id(options.unk_token);
  if (unknown_id_ == StringTable::kAbsent) {
    throw Error(fmt::format("the vocabulary lacks the unknown token '{}'", options.unk_token),
                where, "name a token of the vocabulary as unk_token");
  }
  max_chars_ = static_cast<size_t>(std::max<int64_t>(0, options.max_input_chars_per_word));
}

size_t WordPiece::append_longest(const StringTable& table, std::string_view word, size_t start,
                                 std::vector<int32_t>& ids) const {
  constexpr size_t kHashes = 128;
  const size_t limit = std::min(word.size() - start, table.longest());
  uint64_t hashes[kHashes];  // of the prefix that ends behind each byte
  uint64_t hash = StringTable::kEmptyHash;
  const size_t kept = std::min(limit, kHashes);
  for (size_t i = 0; i < kept; ++i) {
    hash = StringTable::extend(hash, word[start + i]);
    hashes[i] = hash;
  }
  // Longer candidates than there are hashes kept: only for vocabularies with such tokens.
  std::vector<uint64_t> more;  // the hash of each
  for (size_t i = kept; i < limit; ++i) {
    hash = StringTable::extend(hash, word[start + i]);
    more.push_back(hash);
  }
  for (size_t length = limit; length > kept; --length) {
    if (!is_boundary(word, start + length)) continue;
    const int32_t id = table.find(word.substr(start, length), more[length - kept - 1]);
    if (id == StringTable::kAbsent) continue;
    ids.push_back(id);
    return start + length;
  }
  for (size_t length = kept; length > 0; --length) {
    if (!is_boundary(word, start + length)) continue;
    const int32_t id = table.find(word.substr(start, length), hashes[length - 1]);
    if (id == StringTable::kAbsent) continue;
    ids.push_back(id);
    return start + length;
  }
  return start;
}

void WordPiece::encode_word(std::string_view word, std::vector<int32_t>& ids) const {
  if (is_longer_than(word, max_chars_)) {
    ids.push_back(unknown_id_);
    return;
  }
  const size_t before = ids.size();
  size_t start = 0;
  while (start < word.size()) {
    const size_t end = append_longest(start == 0 ? words_ : pieces_, word, start, ids);
    if (end == start) {
      ids.resize(before);
      ids.push_back(unknown_id_);
      return;
    }
    start = end;
  }
}

}  // namespace thaw
