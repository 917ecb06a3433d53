#include "tokenizer/pre_tokenizer.h"

#include <algorithm>

#include "tokenizer/byte_level.h"
#include "tokenizer/files/growth.h"
#include "tokenizer/unicode/code_points.h"
#include "tokenizer/unicode/utf8.h"

namespace thaw {
namespace {

using namespace unicode;
using namespace pre_tokenizers;

// Appends what lies between the code points for which is_delimiter() answers yes.
template <class IsDelimiter>
void split_removing(const Piece& piece, const IsDelimiter& is_delimiter,
                    std::vector<Piece>& pieces) {
  const char* const begin = piece.text.data();
  const char* const end = begin + piece.text.size();
  const char* word = begin;
  const auto end_word = [&](const char* at) {
    if (word < at) {
      pieces.push_back(
          piece.part(static_cast<size_t>(word - begin), static_cast<size_t>(at - begin)));
    }
  };
  for (const char* p = begin; p < end;) {
    const char* start = p;
    if (!is_delimiter(next_code_point(p))) continue;
    end_word(start);
    word = p;
  }
  end_word(end);
}

// The parts of a text at each code point for which is_match() answers yes.
template <class IsMatch>
void find_code_points(std::string_view text, const IsMatch& is_match,
                      std::vector<PatternPart>& parts) {
  const char* const begin = text.data();
  size_t done = 0;
  for (const char* p = begin; p < begin + text.size();) {
    const auto start = static_cast<size_t>(p - begin);
    if (!is_match(next_code_point(p))) continue;
    if (done < start) parts.push_back({done, start, false});
    done = static_cast<size_t>(p - begin);
    parts.push_back({start, done, true});
  }
  if (done < text.size()) parts.push_back({done, text.size(), false});
}

void split(const Bert&, const Piece& piece, PreTokenizerScratch&, std::vector<Piece>& pieces) {
  const uint8_t* flags = code_point_flags();
  const char* const begin = piece.text.data();
  const char* const end = begin + piece.text.size();
  const char* p = begin;
  const char* word = p;
  const auto end_word = [&](const char* from, const char* to) {
    if (from < to) {
      pieces.push_back(
          piece.part(static_cast<size_t>(from - begin), static_cast<size_t>(to - begin)));
    }
  };
  while (p < end) {
    const char* start = p;
    const uint8_t kind = flags[next_code_point(p)] & (kIsWhitespace | kIsPunctuation);
    if (kind == 0) continue;
    end_word(word, start);
    if (kind & kIsPunctuation) end_word(start, p);
    word = p;
  }
  end_word(word, end);
}

void split(const ByteLevel& step, const Piece& piece, PreTokenizerScratch& scratch,
           std::vector<Piece>& pieces) {
  Piece text = piece;
  if (step.add_prefix_space && !text.text.starts_with(' ')) {
    char* bytes = scratch.arena.allocate(text.text.size() + 1);
    bytes[0] = ' ';
    std::copy(text.text.begin(), text.text.end(), bytes + 1);
    text = {{bytes, text.text.size() + 1}, text.from_start > 0 ? text.from_start + 1 : 0};
  }
  const size_t before = pieces.size();
  if (step.use_regex) {
    split_gpt2_words(text, pieces);
  } else {
    pieces.push_back(text);
  }
  if (!step.writes_bytes) return;
  for (size_t i = before; i < pieces.size(); ++i) {
    Piece& word = pieces[i];
    char* bytes = scratch.arena.allocate(2 * word.text.size());
    const char* start = put_byte_characters(word.text.substr(0, word.from_start), bytes);
    const char* end = put_byte_characters(word.text, bytes);
    word = {{bytes, static_cast<size_t>(end - bytes)}, static_cast<size_t>(start - bytes)};
  }
}

void split(const Whitespace&, const Piece& piece, PreTokenizerScratch&,
           std::vector<Piece>& pieces) {
  const uint8_t* flags = category_flags();
  const char* const begin = piece.text.data();
  const char* const end = begin + piece.text.size();
  const auto kind_of = [&](char32_t c) -> uint8_t {
    return flags[c] & kIsWordCharacter ? kIsWordCharacter : flags[c] & kIsSpace;
  };
  for (const char* p = begin; p < end;) {
    const char* start = p;
    const uint8_t kind = kind_of(next_code_point(p));
    for (const char* next = p; p < end; p = next) {
      if (kind_of(next_code_point(next)) != kind) break;
    }
    if (kind == kIsSpace) continue;
    pieces.push_back(
        piece.part(static_cast<size_t>(start - begin), static_cast<size_t>(p - begin)));
  }
}

void split(const WhitespaceSplit&, const Piece& piece, PreTokenizerScratch&,
           std::vector<Piece>& pieces) {
  const uint8_t* flags = category_flags();
  split_removing(
      piece, [&](char32_t c) { return flags[c] & kIsSpace; }, pieces);
}

void split(const Split& step, const Piece& piece, PreTokenizerScratch& scratch,
           std::vector<Piece>& pieces) {
  scratch.parts.clear();
  find_parts(step.pattern, piece.text, scratch.parts);
  if (step.invert) {
    for (PatternPart& part : scratch.parts) part.is_match = !part.is_match;
  }
  split_at_parts(piece, scratch.parts, step.behavior, pieces);
}

void split(const Punctuation& step, const Piece& piece, PreTokenizerScratch& scratch,
           std::vector<Piece>& pieces) {
  const uint8_t* flags = code_point_flags();
  scratch.parts.clear();
  find_code_points(
      piece.text, [&](char32_t c) { return flags[c] & kIsPunctuation; }, scratch.parts);
  split_at_parts(piece, scratch.parts, step.behavior, pieces);
}

void split(const Digits& step, const Piece& piece, PreTokenizerScratch& scratch,
           std::vector<Piece>& pieces) {
  const uint8_t* flags = category_flags();
  scratch.parts.clear();
  find_code_points(
      piece.text, [&](char32_t c) { return flags[c] & kIsNumeric; }, scratch.parts);
  split_at_parts(piece, scratch.parts,
                 step.individual ? SplitBehavior::kIsolated : SplitBehavior::kContiguous, pieces);
}

void split(const CharDelimiterSplit& step, const Piece& piece, PreTokenizerScratch&,
           std::vector<Piece>& pieces) {
  split_removing(
      piece, [&](char32_t c) { return c == step.delimiter; }, pieces);
}

void split(const UnicodeScripts&, const Piece& piece, PreTokenizerScratch&,
           std::vector<Piece>& pieces) {
  constexpr size_t kNowhere = std::string_view::npos;
  const char* const begin = piece.text.data();
  const char* const end = begin + piece.text.size();
  size_t start = kNowhere;  // what stands before the first character with a script vanishes
  uint8_t last = 0;
  for (const char* p = begin; p < end;) {
    const auto at = static_cast<size_t>(p - begin);
    const uint8_t script = script_number(next_code_point(p));
    if (script == 0 || script == last) continue;
    if (start != kNowhere) pieces.push_back(piece.part(start, at));
    start = at;
    last = script;
  }
  if (start != kNowhere) pieces.push_back(piece.part(start, piece.text.size()));
}

void split(const FixedLength& step, const Piece& piece, PreTokenizerScratch&,
           std::vector<Piece>& pieces) {
  const char* const begin = piece.text.data();
  const char* const end = begin + piece.text.size();
  for (const char* p = begin; p < end;) {
    const char* start = p;
    for (size_t i = 0; i < step.characters && p < end; ++i) next_code_point(p);
    pieces.push_back(
        piece.part(static_cast<size_t>(start - begin), static_cast<size_t>(p - begin)));
  }
}

void split(const Metaspace& step, const Piece& piece, PreTokenizerScratch& scratch,
           std::vector<Piece>& pieces) {
  const std::string_view text = piece.text;
  const std::string_view mark = step.replacement;
  const auto spaces = static_cast<size_t>(std::count(text.begin(), text.end(), ' '));
  const bool starts_with_mark = text.starts_with(' ') || text.starts_with(mark);
  const bool prepends =
      !starts_with_mark && (step.scheme == PrependScheme::kAlways ||
                            (step.scheme == PrependScheme::kFirst && piece.from_start > 0));
  Piece written = piece;
  if (spaces > 0 || prepends) {
    char* const bytes =
        scratch.arena.allocate(text.size() + spaces * mark.size() + prepends * mark.size());
    char* to = bytes;
    if (prepends) to = std::copy(mark.begin(), mark.end(), to);
    size_t from_start = 0;
    for (size_t i = 0; i < text.size(); ++i) {
      if (text[i] == ' ') {
        to = std::copy(mark.begin(), mark.end(), to);
      } else {
        *to++ = text[i];
      }
      if (i + 1 == piece.from_start) from_start = static_cast<size_t>(to - bytes);
    }
    written = {{bytes, static_cast<size_t>(to - bytes)}, from_start};
  }
  if (!step.split) {
    pieces.push_back(written);
    return;
  }
  size_t start = 0;
  while (start < written.text.size()) {
    const size_t next = std::min(written.text.find(mark, start + 1), written.text.size());
    pieces.push_back(written.part(start, next));
    start = next;
  }
}

}  // namespace

void pre_tokenize(const PreTokenizer& pre_tokenizer, const Piece& text,
                  PreTokenizerScratch& scratch, std::vector<Piece>& pieces) {
  if (text.text.empty()) return;
  if (pre_tokenizer.empty()) {
    pieces.push_back(text);
    return;
  }
  constexpr size_t kHarmlessSteps = 3;  // each writes at most four bytes for one
  const auto apply = [&](const PreTokenizerStep& step, const Piece& piece,
                         std::vector<Piece>& out) {
    std::visit([&](const auto& kind) { split(kind, piece, scratch, out); }, step);
  };
  if (pre_tokenizer.size() == 1) return apply(pre_tokenizer.front(), text, pieces);
  std::vector<Piece>* from = &scratch.pieces[0];
  std::vector<Piece>* to = &scratch.pieces[1];
  from->assign(1, text);
  for (size_t i = 0; i < pre_tokenizer.size(); ++i) {
    const bool is_last = i + 1 == pre_tokenizer.size();
    if (!is_last) to->clear();
    std::vector<Piece>& out = is_last ? pieces : *to;
    const size_t before = out.size();
    for (const Piece& piece : *from) apply(pre_tokenizer[i], piece, out);
    if (i >= kHarmlessSteps) {
      size_t bytes = 0;
      for (size_t j = before; j < out.size(); ++j) bytes += out[j].text.size();
      check_growth(text.text.size(), bytes);
    }
    std::swap(from, to);
  }
}

bool asks_for_start(const PreTokenizer& pre_tokenizer) {
  return std::any_of(pre_tokenizer.begin(), pre_tokenizer.end(), [](const PreTokenizerStep& step) {
    const auto* metaspace = std::get_if<Metaspace>(&step);
    return metaspace != nullptr && metaspace->scheme == PrependScheme::kFirst;
  });
}

}  // namespace thaw
