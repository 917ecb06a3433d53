// Any text through tokenizers of every kind: those that the tests compare with Transformers.
#include <nlohmann/json.hpp>

#include "files/files.h"
#include "fuzz/target.h"
#include "fuzz/tokenizer_checks.h"
#include "tokenizer/files/tokenizer_folder.h"

namespace {

namespace fs = std::filesystem;
using nlohmann::json;

// tests/golden/tokenizer/pipelines.json lists the files of each.
std::vector<thaw::TokenizerFolder> load_all() {
  const fs::path golden = fs::path(THAW_SOURCE_DIR) / "tests" / "golden" / "tokenizer";
  const std::string words = thaw::read_text_file(golden / "vocab.txt");
  json vocabulary = json::object();
  for (size_t begin = 0, id = 0; begin < words.size(); ++id) {
    const size_t end = std::min(words.find('\n', begin), words.size());
    vocabulary[words.substr(begin, end - begin)] = id;
    begin = end + 1;
  }
  const json all = json::parse(thaw::read_text_file(golden / "pipelines.json"));
  std::vector<thaw::TokenizerFolder> tokenizers;
  thaw::fuzz::MemoryFolder folder;
  for (const json& configuration : all.at("configurations")) {
    folder.clear();
    folder.add("vocab.txt", words);
    for (const auto& [name, content] : configuration.at("files").items()) {
      json file = content;
      if (name == "tokenizer.json" && file.contains("model") && !file["model"].contains("vocab")) {
        file["model"]["vocab"] = vocabulary;
      }
      folder.add(name, file.dump());
    }
    if (configuration.contains("merges")) {
      folder.add("merges.txt", configuration["merges"].get<std::string>());
    }
    tokenizers.push_back(thaw::load_tokenizer_folder(folder.path()));
  }
  return tokenizers;
}

}  // namespace

THAW_FUZZ_TARGET(encode) {
  static const std::vector<thaw::TokenizerFolder> tokenizers = load_all();
  thaw::fuzz::Input bytes(input);
  const unsigned choice = bytes.take_byte();
  thaw::fuzz::check_encoding(tokenizers[choice % tokenizers.size()].pipeline, bytes.rest());
}
