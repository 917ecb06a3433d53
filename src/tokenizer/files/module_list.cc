#include "tokenizer/files/module_list.h"

#include <fmt/format.h>

#include <system_error>
#include <utility>

#include "base/error.h"
#include "files/json_file.h"

namespace thaw {
namespace fs = std::filesystem;
namespace {

using nlohmann::ordered_json;

bool is_inside(const std::string& path) {
  if (path.find('\0') != std::string::npos || path.find('\\') != std::string::npos) return false;
  const fs::path relative(path);
  if (relative.is_absolute()) return false;
  for (const fs::path& part : relative) {
    if (part == "..") return false;
  }
  return true;
}

}  // namespace

std::vector<ListedModule> read_module_list(const fs::path& file) {
  const ordered_json json = read_json_file(file);
  if (!json.is_array() || json.empty() || json.size() > 64) {
    throw Error("is not a list of modules", file.string(), "fetch the model again");
  }
  std::vector<ListedModule> modules;
  for (const ordered_json& entry : json) {
    const auto text = [&](const char* key) -> std::string {
      if (!entry.is_object() || !entry.contains(key) || !entry[key].is_string()) {
        throw Error(fmt::format("module {} has no {}", modules.size(), key), file.string(),
                    "fetch the model again");
      }
      return entry[key].get<std::string>();
    };
    const std::string type = text("type");
    std::string path = text("path");
    if (!is_inside(path)) {
      throw Error(fmt::format("module path {} leads out of the folder", in_quotes(path)),
                  file.string(), "fetch the model again");
    }
    if (!type.starts_with("sentence_transformers.")) {
      throw Error(fmt::format("module {} is code of the model's own, which thaw does not run",
                              in_quotes(type)),
                  file.string(), kChooseOtherModel);
    }
    modules.push_back({type.substr(type.rfind('.') + 1), std::move(path)});
  }
  return modules;
}

fs::path module_folder(const fs::path& folder, const std::string& path) {
  return path.empty() || path == "." ? folder : folder / path;
}

fs::path encoder_folder(const fs::path& folder) {
  std::error_code error;
  if (!fs::exists(folder / "modules.json", error)) return folder;
  const ListedModule first = read_module_list(folder / "modules.json").front();
  return first.kind == "Transformer" ? module_folder(folder, first.path) : folder;
}

}  // namespace thaw
