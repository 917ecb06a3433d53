#include "hub/name.h"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>
#include <string_view>

#include "base/error.h"
#include "files/json_file.h"

namespace thaw {
namespace {

constexpr size_t kLongestPart = 96;  // of owner and name, as the hub has it

bool is_word_character(unsigned char c) { return c < 0x80 && (std::isalnum(c) != 0 || c == '_'); }

// An owner or the name itself, by huggingface_hub's rules.
bool is_id_part(std::string_view part) {
  if (part.empty() || part.size() > kLongestPart) return false;
  const bool known = std::all_of(part.begin(), part.end(), [](unsigned char c) {
    return is_word_character(c) || c == '-' || c == '.';
  });
  return known && is_word_character(part.front()) && is_word_character(part.back()) &&
         part.find("--") == std::string_view::npos && part.find("..") == std::string_view::npos;
}

bool is_id(const std::string& id) {
  const size_t slash = id.find('/');
  if (id.ends_with(".git")) return false;
  if (slash == std::string::npos) return is_id_part(id);
  return is_id_part(std::string_view(id).substr(0, slash)) &&
         is_id_part(std::string_view(id).substr(slash + 1));
}

}  // namespace

std::string HubName::shown() const {
  return id + (configuration.empty() ? "" : ":" + configuration) +
         (revision == "main" ? "" : "@" + revision);
}

HubName parse_hub_name(const std::string& text, RepoType type, const std::string& where) {
  HubName name;
  name.type = type;
  name.id = text;
  if (const size_t at = text.find('@'); at != std::string::npos) {
    name.revision = text.substr(at + 1);
    name.id = text.substr(0, at);
    if (!is_safe_file_name(name.revision)) {
      throw Error(in_quotes(name.revision) + " cannot be a revision", where,
                  "name a branch, a tag or a commit after the @");
    }
  }
  const size_t colon = name.id.find(':');
  if (type == RepoType::kDataset && colon != std::string::npos) {
    name.configuration = name.id.substr(colon + 1);
    name.id.resize(colon);
    const std::string& chosen = name.configuration;
    if (!is_safe_file_name(chosen) || chosen.find('/') != std::string::npos) {
      throw Error(in_quotes(chosen) + " cannot be a configuration of a data set", where,
                  "name one after the colon, as in cardiffnlp/tweet_eval:sentiment");
    }
  }
  if (!is_id(name.id)) {
    const bool is_model = type == RepoType::kModel;
    throw Error(fmt::format("there is no file or folder {}, and {} of the hub cannot be called so",
                            in_quotes(text), is_model ? "a model" : "a data set"),
                where,
                is_model ? "name a folder, or a model as owner/name"
                         : "name a file, a folder, or a data set as owner/name:configuration");
  }
  return name;
}

bool looks_like_path(const std::string& text) {
  if (text.empty() || text[0] == '/' || text[0] == '.' || text[0] == '~') return true;
  const std::string_view id = std::string_view(text).substr(0, text.find_first_of("@:"));
  return std::count(id.begin(), id.end(), '/') > 1 || id.ends_with('/');
}

bool is_commit_hash(const std::string& text) {
  return text.size() == 40 && std::all_of(text.begin(), text.end(), [](unsigned char c) {
           return std::isdigit(c) != 0 || (c >= 'a' && c <= 'f');
         });
}

std::string repo_folder_name(RepoType type, const std::string& id) {
  std::string folder = type == RepoType::kModel ? "models--" : "datasets--";
  for (const char c : id) folder += c == '/' ? std::string("--") : std::string(1, c);
  return folder;
}

std::string url_quoted(const std::string& text, const std::string& kept) {
  constexpr char kDigits[] = "0123456789ABCDEF";
  const std::string plain = "-._~" + kept;
  std::string quoted;
  for (const unsigned char c : text) {
    if ((c < 0x80 && std::isalnum(c) != 0) ||
        plain.find(static_cast<char>(c)) != std::string::npos) {
      quoted += static_cast<char>(c);
    } else {
      quoted += {'%', kDigits[c >> 4], kDigits[c & 15]};
    }
  }
  return quoted;
}

}  // namespace thaw
