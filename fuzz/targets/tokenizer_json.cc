// tokenizer.json: the texts of the input are encoded by the tokenizer of the input. Ids are in
// range, and the same with and without what a thread remembers of words, or the text is refused.
#include "tokenizer/files/tokenizer_json.h"

#include <algorithm>

#include "fuzz/target.h"
#include "fuzz/tokenizer_checks.h"
#include "tokenizer/files/tokenizer_source.h"

THAW_FUZZ_TARGET(tokenizer_json) {
  thaw::fuzz::Input parts(input);
  const std::string_view json = parts.take_part();
  std::optional<thaw::TokenizerPipeline> pipeline;
  const bool accepted = thaw::fuzz::accepts([&] {
    thaw::TokenizerJson tokenizer = thaw::parse_tokenizer_json(json, "tokenizer.json");
    pipeline = thaw::read_tokenizer_json(tokenizer, "tokenizer.json");
  });
  if (accepted) {
    for (const std::string_view text :
         {std::string_view("The river's  lovely \u00e9\u0301 1234 \u2581<mask>[CLS]"),
          parts.take_part(), parts.rest()}) {
      thaw::fuzz::check_encoding(*pipeline, text);
    }
  }
  // What a class of Transformers takes of the same file, in a way of its own.
  thaw::fuzz::accepts([&] { thaw::read_json_source(thaw::fuzz::memory_file(0, json)); });
}
