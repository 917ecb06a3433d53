#include "tokenizer/files/special_tokens.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <map>
#include <set>

#include "base/error.h"
#include "files/json_file.h"

namespace thaw {
namespace {

using nlohmann::ordered_json;

constexpr const char* kNames[] = {"bos_token", "eos_token", "unk_token", "sep_token",
                                  "pad_token", "cls_token", "mask_token"};

bool is_standard_name(const std::string& name) {
  return std::find(std::begin(kNames), std::end(kNames), name) != std::end(kNames);
}

[[noreturn]] void throw_token(const std::string& name, const std::string& where) {
  throw Error(fmt::format("the token {} is neither a string nor an added token", in_quotes(name)),
              where, "take the tokenizer files of the model again");
}

bool read_flag(const ordered_json& object, const char* name, bool otherwise,
               const std::string& token, const std::string& where) {
  const auto found = object.find(name);
  if (found == object.end() || found->is_null()) return otherwise;
  if (!found->is_boolean()) throw_token(token, where);
  return found->get<bool>();
}

// A string, or {"content": …} with flags; special tokens are not normalized unless they say so.
AddedToken read_token(const ordered_json& value, const std::string& name, bool always_special,
                      const std::string& where) {
  if (value.is_string()) {
    return {value.get<std::string>(), false, false, false, false, true};
  }
  const auto content = value.is_object() ? value.find("content") : value.end();
  if (content == value.end() || !content->is_string()) throw_token(name, where);
  AddedToken token;
  token.content = content->get<std::string>();
  token.special = always_special || read_flag(value, "special", false, name, where);
  token.normalized = read_flag(value, "normalized", !token.special, name, where);
  token.single_word = read_flag(value, "single_word", false, name, where);
  token.lstrip = read_flag(value, "lstrip", false, name, where);
  token.rstrip = read_flag(value, "rstrip", false, name, where);
  return token;
}

struct Names {
  std::vector<std::pair<std::string, AddedToken>> tokens;
  std::vector<AddedToken> extra;

  void set(const std::string& name, const AddedToken& token) {
    const auto same = [&](const auto& known) { return known.first == name; };
    const auto found = std::find_if(tokens.begin(), tokens.end(), same);
    if (found == tokens.end()) {
      tokens.emplace_back(name, token);
    } else {
      found->second = token;
    }
  }
  void unset(const std::string& name) {
    std::erase_if(tokens, [&](const auto& known) { return known.first == name; });
  }
  bool has_content(const std::string& content) const {
    const auto same = [&](const AddedToken& token) { return token.content == content; };
    return std::any_of(tokens.begin(), tokens.end(),
                       [&](const auto& known) { return same(known.second); }) ||
           std::any_of(extra.begin(), extra.end(), same);
  }
};

// The lists "extra_special_tokens" and, of older files, "additional_special_tokens".
void read_extra(const ordered_json& file, bool always_special, const std::string& where,
                Names& names) {
  auto found = file.find("extra_special_tokens");
  if (found == file.end() || found->is_null() || found->empty()) {
    found = file.find("additional_special_tokens");
  }
  if (found == file.end() || found->is_null()) return;
  if (found->is_object()) {  // tokens with names of their own
    for (const auto& [name, value] : found->items()) {
      names.set(name, read_token(value, name, always_special, where));
    }
    return;
  }
  if (!found->is_array()) throw_token(found.key(), where);
  for (const ordered_json& value : *found) {
    const AddedToken token = read_token(value, found.key(), always_special, where);
    if (std::find(names.extra.begin(), names.extra.end(), token) == names.extra.end()) {
      names.extra.push_back(token);
    }
  }
}

// "cls_token": …, and tokens that only this model has ("image_token": …).
void read_names(const ordered_json& file, bool always_special, const std::string& where,
                Names& names) {
  for (const auto& [name, value] : file.items()) {
    if (is_standard_name(name)) {
      if (value.is_null()) {
        names.unset(name);
      } else {
        names.set(name, read_token(value, name, always_special, where));
      }
    } else if (name.ends_with("_token") && (value.is_string() || value.is_object())) {
      names.set(name, read_token(value, name, always_special, where));
    }
  }
}

int64_t read_index(const std::string& text, const std::string& where) {
  int64_t index = -1;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), index);
  if (error != std::errc() || end != text.data() + text.size() || index < 0) {
    throw Error(
        fmt::format("added_tokens_decoder has {} where a token id belongs", in_quotes(text)), where,
        "take the tokenizer files of the model again");
  }
  return index;
}

// The order in which Transformers goes through the names: the standard ones come first.
void sort_names(Names& names) {
  const auto rank = [](const auto& named) {
    return std::find(std::begin(kNames), std::end(kNames), named.first) - std::begin(kNames);
  };
  std::stable_sort(names.tokens.begin(), names.tokens.end(),
                   [&](const auto& a, const auto& b) { return rank(a) < rank(b); });
}

}  // namespace

std::string SpecialTokens::content(const std::string& name) const {
  for (const auto& [known, token] : named) {
    if (known == name) return token.content;
  }
  return "";
}

SpecialTokens gather_special_tokens(const TokenizerConfigFiles& files,
                                    const DefaultTokens& defaults,
                                    const std::vector<std::pair<int64_t, AddedToken>>& json_tokens,
                                    bool json_tokens_are_present) {
  Names names;
  for (const auto& [name, token] : defaults.named) names.set(name, token);
  read_names(files.tokenizer_config, false, files.where, names);
  read_extra(files.tokenizer_config, false, files.where, names);

  std::map<int64_t, AddedToken> decoder;
  const auto listed = files.tokenizer_config.find("added_tokens_decoder");
  if (listed != files.tokenizer_config.end()) {
    if (!listed->is_object()) throw_token("added_tokens_decoder", files.where);
    for (const auto& [index, value] : listed->items()) {
      if (!value.is_object()) throw_token(index, files.where);
      decoder[read_index(index, files.where)] = read_token(value, index, false, files.where);
    }
  } else {
    read_names(files.special_tokens_map, true, files.where, names);
    read_extra(files.special_tokens_map, true, files.where, names);
    for (const auto& [content, index] : files.added_tokens.items()) {
      if (!index.is_number_unsigned()) throw_token(content, files.where);
      const bool special = names.has_content(content);
      decoder[index.get<int64_t>()] = {content, false, false, false, !special, special};
    }
    for (const auto& [index, token] : json_tokens) decoder[index] = token;
  }
  sort_names(names);
  if (names.extra.empty()) names.extra = defaults.extra;

  SpecialTokens out;
  std::set<std::string> known;
  if (json_tokens_are_present) {
    for (const auto& [index, token] : json_tokens) known.insert(token.content);
  }
  for (auto& [index, token] : decoder) {
    known.insert(token.content);
    // A token with a name is special even where the list forgot to say so.
    for (const auto& [name, named] : names.tokens) token.special |= named.content == token.content;
    out.to_add.push_back(token);
  }
  for (const auto& [name, token] : names.tokens) {
    if (!known.insert(token.content).second) continue;
    out.to_add.push_back(token);
    out.to_add.back().special = true;
  }
  for (const AddedToken& token : names.extra) {
    if (known.insert(token.content).second) out.to_add.push_back(token);
  }
  out.named = std::move(names.tokens);
  return out;
}

}  // namespace thaw
