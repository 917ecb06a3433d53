#include "results/model_names.h"

#include <algorithm>
#include <filesystem>
#include <system_error>

#include "base/error.h"
#include "data/readers/table.h"

namespace thaw {
namespace {

bool exists(const std::string& path) {
  std::error_code error;
  return std::filesystem::exists(path, error);
}

}  // namespace

std::optional<HubName> hub_name_of(const std::string& named, RepoType type) {
  if (named == "minilm" && type == RepoType::kModel) {
    HubName name;
    name.id = "sentence-transformers/all-MiniLM-L6-v2";
    return name;
  }
  // "cache:" is how describe_experiment() shortens the path to thaw's cache.
  if (looks_like_path(named) || named.starts_with("cache:") || exists(named)) return std::nullopt;
  try {
    HubName name = parse_hub_name(named, type, "");
    if (has_table_ending(name.id)) return std::nullopt;
    return name;
  } catch (const Error&) {
    return std::nullopt;
  }
}

std::string public_name(const std::string& named, RepoType type) {
  std::string shown;
  // describe_experiment() puts ", " between the files and splits of a data set.
  for (size_t at = 0; at <= named.size();) {
    const size_t end = std::min(named.find(", ", at), named.size());
    std::string part = named.substr(at, end - at);
    if (part.find('/') != std::string::npos && !hub_name_of(part, type)) {
      while (part.ends_with('/')) part.pop_back();
      part = part.substr(part.rfind('/') + 1);  // the whole where there is none
    }
    shown += (shown.empty() ? "" : ", ") + part;
    at = end + 2;
  }
  return shown;
}

}  // namespace thaw
