#include "recipe_argument.h"

#include <fmt/format.h>

#include <filesystem>
#include <system_error>

#include "base/error.h"
#include "data/readers/table.h"

namespace thaw {

std::vector<Assignment> read_recipe_argument(const std::string& path) {
  if (path.empty()) return {};
  if (has_table_ending(path)) {
    throw Error(fmt::format("'{}' is a data file, where a recipe may stand", path), "",
                "name it with --data: --data " + path, ErrorKind::kUsage);
  }
  std::error_code error;
  if (std::filesystem::is_directory(path, error)) {
    throw Error(fmt::format("'{}' is a folder, where a recipe's file may stand", path), "",
                "name data with --data, a model with --model, a run to go on with --resume",
                ErrorKind::kUsage);
  }
  return read_recipe(path);
}

}  // namespace thaw
