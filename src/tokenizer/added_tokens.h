#pragma once

#include <array>
#include <cstdint>
#include <functional>
#include <map>
#include <string>
#include <string_view>
#include <unordered_map>
#include <unordered_set>
#include <vector>

#include "tokenizer/string_table.h"

namespace thaw {

// A token that is found in the text before the model sees it, and never split.
struct AddedToken {
  std::string content;
  bool single_word = false;  // only where no letter, digit or mark stands beside it
  bool lstrip = false;       // takes the white space before it along
  bool rstrip = false;       // takes the white space behind it along
  bool normalized = true;    // sought in the normalized text, in its own normalized form
  bool special = false;      // "[CLS]" and its kind

  bool operator==(const AddedToken&) const = default;
};

// A part of a text: an added token, or what stands between two of them.
struct TextPart {
  static constexpr int32_t kText = -1;

  std::string_view text;
  int32_t id = kText;  // of the added token
};

// Strings that are found leftmost first, the longest of those that start there.
class StringMatcher {
 public:
  // Of equal strings the first counts; empty ones never match.
  void add(std::string_view text, int32_t id);
  void clear();
  bool empty() const { return patterns_.size() == 0; }

  struct Match {
    size_t begin = std::string_view::npos;  // npos: none
    size_t end = 0;
    int32_t id = TextPart::kText;
  };
  Match find(std::string_view text, size_t from) const;

 private:
  StringTable patterns_;
  std::array<bool, 256> is_first_byte_{};
  int first_bytes_ = 0;    // how many there are
  char a_first_byte_ = 0;  // the last one added
};

// The "added_tokens" of tokenizer.json and what the other files of a folder add to them.
class AddedTokens {
 public:
  // The ids of the model's vocabulary: token -> id, or -1.
  using TokenToId = std::function<int32_t(std::string_view)>;
  using Normalize = std::function<std::string(std::string_view)>;

  // Adds tokens in order: one that the model knows keeps its id there, another gets the next free
  // number from `vocabulary_size` on, whatever the file says. Empty ones are passed over. Throws
  // Error where no number is left.
  void add(const std::vector<AddedToken>& tokens, const TokenToId& model, int64_t vocabulary_size);
  // To be called after the last add() and before the first split. Tokens that only `normalize`
  // makes equal are found as the one with the lowest id (the package picks any of them, anew in
  // each run).
  void prepare(const Normalize& normalize);

  // The id of an added token, or -1.
  int32_t find(std::string_view content) const;
  int32_t highest_id() const { return by_id_.empty() ? -1 : by_id_.rbegin()->first; }

  // With true, special tokens in the text are text.
  void set_splits_special_tokens(bool splits) { splits_special_tokens_ = splits; }

  // Appends the parts of a raw (first) or normalized (second) text, which is valid UTF-8; empty
  // text has no parts.
  void split_raw(std::string_view text, std::vector<TextPart>& parts) const {
    split(raw_, text, parts);
  }
  void split_normalized(std::string_view text, std::vector<TextPart>& parts) const {
    split(normalized_, text, parts);
  }
  bool has_normalized() const { return !normalized_.empty(); }

 private:
  void split(const StringMatcher& matcher, std::string_view text,
             std::vector<TextPart>& parts) const;

  std::unordered_map<std::string, int32_t> ids_;
  std::map<int32_t, AddedToken> by_id_;  // as it was added last
  std::unordered_set<std::string> special_contents_;
  bool splits_special_tokens_ = false;
  StringMatcher raw_, normalized_;
};

}  // namespace thaw
