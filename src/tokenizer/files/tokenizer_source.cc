#include "tokenizer/files/tokenizer_source.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/error.h"
#include "files/file_kind.h"
#include "files/files.h"
#include "files/json_file.h"
#include "text/utf8.h"
#include "tokenizer/files/json_fields.h"
#include "tokenizer/files/pipeline_json.h"
#include "tokenizer/unicode/code_points.h"
#include "tokenizer/unicode/utf8.h"

namespace thaw {
namespace {

using nlohmann::json;
namespace fs = std::filesystem;

constexpr const char* kFetchAgain = "take the tokenizer files of the model again";

// The first charsmap among the normalizers.
std::optional<std::string> find_charsmap(const json& tokenizer, const std::string& where) {
  const json* normalizer = find_component(tokenizer, "normalizer");
  if (normalizer == nullptr) return {};
  const auto charsmap_of = [&](const json& component) -> std::optional<std::string> {
    if (!has_type(component, "Precompiled")) return {};
    return decode_base64(read_string(component, "precompiled_charsmap", where), where);
  };
  if (!has_type(*normalizer, "Sequence")) return charsmap_of(*normalizer);
  const json* list = find_component(*normalizer, "normalizers");
  if (list == nullptr || !list->is_array()) throw_field("normalizers", "a list", where);
  for (const json& component : *list) {
    if (auto found = charsmap_of(component)) return found;
  }
  return {};
}

// Calls each(line) on every line, without its end.
template <class Each>
void for_each_line(std::string_view text, const Each& each) {
  while (!text.empty()) {
    const size_t end = std::min(text.find('\n'), text.size());
    each(text.substr(0, end));
    text.remove_prefix(std::min(end + 1, text.size()));
  }
}

std::string_view utf8_text(const MappedFile& file, const fs::path& path) {
  refuse_foreign_kind(file.text(), path.string());
  if (first_invalid_utf8(file.text()) != std::string_view::npos) {
    throw Error("is not UTF-8", path.string(), kFetchAgain);
  }
  return file.text();
}

}  // namespace

std::vector<std::pair<int64_t, AddedToken>> read_numbered_tokens(const json& tokenizer,
                                                                 const std::string& where) {
  const std::vector<AddedToken> tokens = read_added_tokens(tokenizer, where);
  std::vector<std::pair<int64_t, AddedToken>> out;
  for (size_t i = 0; i < tokens.size(); ++i) {
    const json& entry = tokenizer["added_tokens"][i];
    if (!entry.contains("id") || !entry["id"].is_number_unsigned()) {
      throw Error(fmt::format("the added token {} has no id", in_quotes(tokens[i].content)), where,
                  kFetchAgain);
    }
    out.emplace_back(entry["id"].get<int64_t>(), tokens[i]);
  }
  return out;
}

TokenizerSource read_json_source(const fs::path& path) {
  const std::string where = path.string();
  const MappedFile file = MappedFile::open(path);
  TokenizerJson tokenizer = parse_tokenizer_json(file.text(), where);
  if (!tokenizer.problem.empty()) throw Error(tokenizer.problem, where, kFetchAgain);
  TokenizerSource out{where, model_type(tokenizer.json), {}, {}, {}};
  if (out.model == "Unigram") {
    out.pieces = std::move(tokenizer.pieces);
  } else {
    out.vocabulary = read_vocabulary(tokenizer, where);
  }
  out.merges = std::move(tokenizer.merges);
  out.charsmap = find_charsmap(tokenizer.json, where);
  if (find_component(tokenizer.json, "post_processor") != nullptr) {
    out.post_processor = read_post_processor(tokenizer.json, where);
  }
  out.truncation_side = read_truncation_side(tokenizer.json, where);
  out.added_tokens = read_numbered_tokens(tokenizer.json, where);
  return out;
}

TokenizerSource read_vocab_txt(const fs::path& path) {
  const MappedFile file = MappedFile::open(path);
  const uint8_t* flags = unicode::code_point_flags();
  TokenizerSource out{path.string(), "WordPiece", {}, {}, {}};
  int64_t line = 0;
  for_each_line(utf8_text(file, path), [&](std::string_view token) {
    while (!token.empty()) {
      const char* last = unicode::previous_code_point(token.data(), token.data() + token.size());
      const char* p = last;
      if (!(flags[unicode::next_code_point(p)] & unicode::kIsWhitespace)) break;
      token = token.substr(0, static_cast<size_t>(last - token.data()));
    }
    out.vocabulary.add(token, line++);
  });
  return out;
}

TokenizerSource read_bpe_files(const fs::path& vocab_json, const fs::path& merges_txt) {
  TokenizerSource out{vocab_json.string(), "BPE", {}, {}, {}};
  const MappedFile vocabulary = MappedFile::open(vocab_json);
  const std::vector<MemberReader> readers{
      {{}, [&](std::string_view token, const json& id) {
         if (!id.is_number_integer()) {
           throw Error(fmt::format("the id of token {} is not a token id", in_quotes(token)),
                       out.where, kFetchAgain);
         }
         return out.vocabulary.add(token, id.is_number_unsigned() && id.get<uint64_t>() > INT64_MAX
                                              ? -1
                                              : id.get<int64_t>());
       }}};
  if (!parse_unique_json(vocabulary.text(), out.where, readers).is_object()) {
    throw Error("is not a JSON object", out.where, kFetchAgain);
  }
  const MappedFile merges = MappedFile::open(merges_txt);
  int64_t number = 0;
  for_each_line(utf8_text(merges, merges_txt), [&](std::string_view line) {
    ++number;
    if (line.ends_with('\r')) line.remove_suffix(1);
    if (!add_merge_line(line, out.merges)) {
      throw Error("is not a pair of tokens", fmt::format("{}:{}", merges_txt.string(), number),
                  kFetchAgain);
    }
  });
  return out;
}

}  // namespace thaw
