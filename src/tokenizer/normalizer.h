#pragma once  // Tests: tests/tokenizer/pipelines_test.cc

#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "tokenizer/bert_normalizer.h"
#include "tokenizer/pattern.h"
#include "tokenizer/precompiled.h"
#include "tokenizer/text_buffer.h"
#include "tokenizer/unicode/normal_form.h"

namespace thaw {

// The normalizers of tokenizer.json, by their names there.
namespace normalizers {

struct Strip {
  bool left, right;
};
struct StripAccents {};  // drops combining marks, which NFD or NFKD may have set free before
struct Lowercase {};     // code point by code point
struct Nmt {};           // drops control characters; white space of all kinds becomes ' '
struct Replace {
  Pattern pattern;
  std::string content;
};
struct Prepend {
  std::string text;  // before every text that is not empty
};
struct ByteLevel {};  // every byte as its visible character

}  // namespace normalizers

using NormalizerStep =
    std::variant<BertNormalizer, NormalForm, Precompiled, normalizers::Strip,
                 normalizers::StripAccents, normalizers::Lowercase, normalizers::Nmt,
                 normalizers::Replace, normalizers::Prepend, normalizers::ByteLevel>;

// The steps, one after another; none: the text stays as it is.
using Normalizer = std::vector<NormalizerStep>;

// What one thread keeps from text to text.
struct NormalizerScratch {
  TextBuffer buffers[2];
  std::string texts[2];
  std::vector<PatternPart> parts;
};

// The normalized text, in `scratch` or `text` itself. `from_start`: see Piece; where it is 0 nobody
// asks for it.
std::string_view normalize(const Normalizer& normalizer, std::string_view text,
                           NormalizerScratch& scratch, size_t& from_start);

}  // namespace thaw
