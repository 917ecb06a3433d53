#include "tokenizer/added_tokens.h"

#include <fmt/format.h>

#include <algorithm>
#include <limits>

#include "base/error.h"
#include "tokenizer/unicode/code_points.h"
#include "tokenizer/unicode/utf8.h"

namespace thaw {
namespace {

bool is_whitespace(char32_t c) { return unicode::code_point_flags()[c] & unicode::kIsWhitespace; }

bool starts_with_word_character(std::string_view text) {
  if (text.empty()) return false;
  const char* p = text.data();
  return unicode::is_word_character(unicode::next_code_point(p));
}

bool ends_with_word_character(std::string_view text) {
  if (text.empty()) return false;
  const char* p = unicode::previous_code_point(text.data(), text.data() + text.size());
  return unicode::is_word_character(unicode::next_code_point(p));
}

// Where the white space at the end of text[0, end) starts.
size_t strip_left(std::string_view text, size_t end) {
  while (end > 0) {
    const char* before = unicode::previous_code_point(text.data(), text.data() + end);
    const char* p = before;
    if (!is_whitespace(unicode::next_code_point(p))) break;
    end = static_cast<size_t>(before - text.data());
  }
  return end;
}

// Where the white space at the start of text[begin, …) ends.
size_t strip_right(std::string_view text, size_t begin) {
  while (begin < text.size()) {
    const char* p = text.data() + begin;
    if (!is_whitespace(unicode::next_code_point(p))) break;
    begin = static_cast<size_t>(p - text.data());
  }
  return begin;
}

}  // namespace

void StringMatcher::add(std::string_view text, int32_t id) {
  if (text.empty() || patterns_.find(text) != StringTable::kAbsent) return;
  patterns_.insert(text, id);
  bool& is_first = is_first_byte_[static_cast<unsigned char>(text[0])];
  first_bytes_ += !is_first;
  is_first = true;
  a_first_byte_ = text[0];
}

void StringMatcher::clear() { *this = StringMatcher(); }

StringMatcher::Match StringMatcher::find(std::string_view text, size_t from) const {
  for (size_t i = from; i < text.size(); ++i) {
    if (first_bytes_ <= 1) {
      if (first_bytes_ == 0) break;
      i = text.find(a_first_byte_, i);
      if (i == std::string_view::npos) break;
    } else if (!is_first_byte_[static_cast<unsigned char>(text[i])]) {
      continue;
    }
    Match longest;
    uint64_t hash = StringTable::kEmptyHash;
    const size_t limit = std::min(text.size() - i, patterns_.longest());
    for (size_t length = 1; length <= limit; ++length) {
      hash = StringTable::extend(hash, text[i + length - 1]);
      const int32_t id = patterns_.find(text.substr(i, length), hash);
      if (id != StringTable::kAbsent) longest = {i, i + length, id};
    }
    if (longest.begin != std::string_view::npos) return longest;
  }
  return {};
}

void AddedTokens::add(const std::vector<AddedToken>& tokens, const TokenToId& model,
                      int64_t vocabulary_size) {
  for (const AddedToken& token : tokens) {
    if (token.special) special_contents_.insert(token.content);
  }
  for (const AddedToken& token : tokens) {
    if (token.content.empty()) continue;
    int32_t id = find(token.content);
    if (id < 0) id = model(token.content);
    if (id < 0) {
      const int64_t free = std::max<int64_t>(vocabulary_size, int64_t{highest_id()} + 1);
      if (free > std::numeric_limits<int32_t>::max()) {
        throw Error(fmt::format("there is no id left for the added token '{}'", token.content), "",
                    "take the tokenizer files of the model again");
      }
      id = static_cast<int32_t>(free);
    }
    ids_[token.content] = id;
    by_id_[id] = token;
  }
}

void AddedTokens::prepare(const Normalize& normalize) {
  raw_.clear();
  normalized_.clear();
  for (const auto& [id, token] : by_id_) {
    if (token.normalized) {
      normalized_.add(normalize(token.content), id);
    } else {
      raw_.add(token.content, id);
    }
  }
}

int32_t AddedTokens::find(std::string_view content) const {
  const auto found = ids_.find(std::string(content));
  return found == ids_.end() ? -1 : found->second;
}

void AddedTokens::split(const StringMatcher& matcher, std::string_view text,
                        std::vector<TextPart>& parts) const {
  size_t done = 0;
  size_t from = 0;
  while (true) {
    const StringMatcher::Match match = matcher.find(text, from);
    if (match.begin == std::string_view::npos) break;
    from = match.end;  // a match that is turned down is not sought again inside itself
    const AddedToken& token = by_id_.at(match.id);
    if (splits_special_tokens_ && special_contents_.contains(token.content)) continue;
    if (token.single_word && (ends_with_word_character(text.substr(0, match.begin)) ||
                              starts_with_word_character(text.substr(match.end)))) {
      continue;
    }
    size_t begin = match.begin;
    size_t end = match.end;
    if (token.lstrip) begin = std::max(strip_left(text, begin), done);
    if (token.rstrip) end = strip_right(text, end);
    if (begin >= end) continue;  // white space that the token before took along
    if (done < begin) parts.push_back({text.substr(done, begin - done), TextPart::kText});
    parts.push_back({text.substr(begin, end - begin), match.id});
    done = end;
  }
  if (done < text.size()) parts.push_back({text.substr(done), TextPart::kText});
}

}  // namespace thaw
