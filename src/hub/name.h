#pragma once

#include <string>

#include "files/file_name.h"

namespace thaw {

enum class RepoType { kModel, kDataset };

// A name as a user writes it: "roberta-base", "cardiffnlp/tweet_eval:sentiment",
// "bert-base-uncased@v1.0". Only data sets have a configuration.
struct HubName {
  RepoType type = RepoType::kModel;
  std::string id;                 // "roberta-base", "cardiffnlp/tweet_eval"
  std::string configuration;      // "sentiment"; empty: the data set's own choice
  std::string revision = "main";  // a branch, a tag, a commit or "refs/pr/1"

  std::string otherwise;  // for messages: how to do without the hub; empty: the usual way

  std::string shown() const;  // for messages: as the user would write it
};

// Takes such a name apart. Throws Error, with `where` (a flag), for what cannot be one: more than
// one slash, characters that the hub does not allow, a revision that leads out of its folder.
HubName parse_hub_name(const std::string& text, RepoType type, const std::string& where);

// Whether a text that names no file or folder is rather a mistyped one than a name of the hub: it
// begins with "/", "." or "~", or has more slashes than the one of owner/name.
bool looks_like_path(const std::string& text);

// 40 hexadecimal digits.
bool is_commit_hash(const std::string& text);

// "models--org--name", "datasets--org--name": the folder in the cache.
std::string repo_folder_name(RepoType type, const std::string& id);

// With everything but letters, digits, "-._~" and `kept` percent-encoded.
std::string url_quoted(const std::string& text, const std::string& kept);

}  // namespace thaw
