#pragma once  // Tests: tests/tokenizer/pipelines_test.cc

#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "tokenizer/pattern.h"
#include "tokenizer/piece.h"
#include "tokenizer/text_arena.h"

namespace thaw {

// The pre-tokenizers of tokenizer.json, by their names there. Each cuts texts into pieces, and some
// write into them.
namespace pre_tokenizers {

struct Bert {};  // at white space, which vanishes; each punctuation character by itself
struct ByteLevel {
  bool add_prefix_space;  // before a text that has none
  bool use_regex;         // cuts into GPT-2's words
  bool writes_bytes;      // as visible characters; false where the model does it
};
struct Whitespace {};       // words and runs of what is neither word nor white space
struct WhitespaceSplit {};  // at white space, which vanishes
struct Split {
  Pattern pattern;
  SplitBehavior behavior;
  bool invert;  // what lies between the matches counts as the matches
};
struct Punctuation {
  SplitBehavior behavior;
};
struct Digits {
  bool individual;  // each by itself, or runs of them
};
struct CharDelimiterSplit {
  char32_t delimiter;  // vanishes
};
struct UnicodeScripts {};  // where the script changes
struct FixedLength {
  size_t characters;
};

enum class PrependScheme { kAlways, kFirst, kNever };
// Every ' ' becomes the replacement ('▁'); one stands before a text that has none, or only before
// one that starts where the original text does.
struct Metaspace {
  std::string replacement;  // one character
  PrependScheme scheme;
  bool split;  // each replacement starts a piece
};

}  // namespace pre_tokenizers

using PreTokenizerStep =
    std::variant<pre_tokenizers::Bert, pre_tokenizers::ByteLevel, pre_tokenizers::Whitespace,
                 pre_tokenizers::WhitespaceSplit, pre_tokenizers::Split,
                 pre_tokenizers::Punctuation, pre_tokenizers::Digits,
                 pre_tokenizers::CharDelimiterSplit, pre_tokenizers::UnicodeScripts,
                 pre_tokenizers::FixedLength, pre_tokenizers::Metaspace>;

// The steps, each of which cuts the pieces of the one before; none: the text is one piece.
using PreTokenizer = std::vector<PreTokenizerStep>;

// What one thread keeps from text to text. The pieces of a text may lie in `arena`.
struct PreTokenizerScratch {
  TextArena arena;
  std::vector<Piece> pieces[2];
  std::vector<PatternPart> parts;
};

// Appends the pieces of a normalized text, none of them empty.
void pre_tokenize(const PreTokenizer& pre_tokenizer, const Piece& text,
                  PreTokenizerScratch& scratch, std::vector<Piece>& pieces);

// Whether any step looks at Piece::from_start.
bool asks_for_start(const PreTokenizer& pre_tokenizer);

}  // namespace thaw
