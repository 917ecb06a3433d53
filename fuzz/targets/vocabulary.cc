// The other files of a tokenizer: vocab.txt, vocab.json with merges.txt, a sentencepiece model
// (with its charsmap), and the configurations beside them. The first byte picks; the parts of the
// rest are the files, and a text for the tokenizer that came of them.
#include "fuzz/target.h"
#include "fuzz/tokenizer_checks.h"
#include "tokenizer/files/tokenizer_folder.h"

namespace {

struct Kind {
  const char* files[2];  // of the vocabulary
  const char* config;    // what names the class
};

constexpr Kind kKinds[] = {
    {{"vocab.txt", nullptr}, R"({"tokenizer_class": "BertTokenizer"})"},
    {{"vocab.json", "merges.txt"}, R"({"tokenizer_class": "RobertaTokenizer"})"},
    {{"sentencepiece.bpe.model", nullptr}, R"({"tokenizer_class": "XLMRobertaTokenizer"})"},
    {{"sentencepiece.bpe.model", nullptr}, R"({"tokenizer_class": "CamembertTokenizer"})"},
    {{"vocab.txt", nullptr}, R"({"tokenizer_class": "MPNetTokenizer"})"},
    {{"tokenizer.json", nullptr}, nullptr},
};

}  // namespace

THAW_FUZZ_TARGET(vocabulary) {
  using thaw::fuzz::require;
  static thaw::fuzz::MemoryFolder folder;
  thaw::fuzz::Input bytes(input);
  const unsigned options = bytes.take_byte();
  const Kind& kind = kKinds[options % std::size(kKinds)];
  folder.clear();
  std::string_view text = "The river's lovely \u2581\u00e9\u0301 1234";
  if (kind.files[1] == nullptr && kind.config != nullptr && (options & 128) == 0) {
    // One file that may hold any byte.
    folder.add(kind.files[0], bytes.rest());
    folder.add("tokenizer_config.json", kind.config);
  } else {
    for (const char* name : kind.files) {
      if (name != nullptr) folder.add(name, bytes.take_part());
    }
    const std::string_view config = bytes.take_part();
    if (!config.empty()) {
      folder.add("tokenizer_config.json", config);
    } else if (kind.config != nullptr) {
      folder.add("tokenizer_config.json", kind.config);
    }
    for (const char* name : {"special_tokens_map.json", "added_tokens.json"}) {
      const std::string_view part = bytes.take_part();
      if (!part.empty()) folder.add(name, part);
    }
    if (!bytes.rest().empty()) text = bytes.rest();
  }
  std::optional<thaw::TokenizerFolder> tokenizer;
  if (!thaw::fuzz::accepts([&] { tokenizer = thaw::load_tokenizer_folder(folder.path()); })) return;
  require(tokenizer->model_max_length >= 0, "the longest text is possible");
  require(tokenizer->pad_id >= 0, "the padding token is one");
  thaw::fuzz::check_encoding(tokenizer->pipeline, text);
}
