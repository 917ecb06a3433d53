#include "tokenizer/files/saved_tokenizer.h"

#include <fmt/format.h>

#include <regex>
#include <string>
#include <string_view>

#include "files/files.h"
#include "files/json_file.h"

namespace thaw {
namespace fs = std::filesystem;
namespace {

constexpr const char* kConfigFile = "tokenizer_config.json";
// "truncation" and "padding" stand before the vocabulary, which alone is long.
constexpr size_t kHeadOfTokenizerJson = 4096;

std::string with_length(const std::string& config_text, const fs::path& file, int max_length) {
  auto config = config_text.empty() ? nlohmann::ordered_json::object() : read_json_file(file);
  for (const char* other : {"max_len", "max_length"}) config.erase(other);
  config["model_max_length"] = max_length;
  // thaw knows no padding, as if it stood behind the text. In front of it, other programs would
  // count positions from there.
  if (config.contains("padding_side")) config["padding_side"] = "right";
  return config.dump(2) + "\n";
}

// Replaces the number alone: a vocabulary of megabytes is not parsed and written anew for it.
std::string with_truncation(std::string_view text, int max_length) {
  const size_t vocabulary = text.find("\"added_tokens\"");
  std::string head(text.substr(0, std::min({vocabulary, text.size(), kHeadOfTokenizerJson})));
  const size_t rest = head.size();
  static const std::regex truncation(
      "(\"truncation\"\\s*:\\s*\\{[^{}]*\"max_length\"\\s*:\\s*)\\d+"),
      padding("(\"padding\"\\s*:\\s*\\{\\s*\"strategy\"\\s*:\\s*\\{\\s*\"Fixed\"\\s*:\\s*)\\d+");
  static const std::regex side(
      "(\"padding\"\\s*:\\s*\\{[^{}]*(?:\\{[^{}]*\\}[^{}]*)?\"direction\"\\s*:\\s*)\"Left\"");
  const std::string replacement = fmt::format("$01{}", max_length);
  head = std::regex_replace(head, side, "$1\"Right\"");
  head = std::regex_replace(head, truncation, replacement);
  head = std::regex_replace(head, padding, replacement);
  return head + std::string(text.substr(rest));
}

}  // namespace

void save_tokenizer(const Tokenizer& tokenizer, int max_length, const fs::path& folder) {
  bool has_config = false;
  for (const fs::path& file : tokenizer.files()) {
    const std::string name = file.filename();
    const MappedFile mapped = MappedFile::open(file);
    const std::string_view text = mapped.text();
    if (name == kConfigFile) {
      has_config = true;
      write_file(folder / name, with_length(std::string(text), file, max_length));
    } else if (name == "tokenizer.json") {
      write_file(folder / name, with_truncation(text, max_length));
    } else {
      write_file(folder / name, text);
    }
  }
  if (!has_config) write_file(folder / kConfigFile, with_length("", {}, max_length));
}

}  // namespace thaw
