#include "experiment/recipe/recipe.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <cstdint>
#include <cstdio>

#define TOML_EXCEPTIONS 1
#include <toml++/toml.h>

#include "base/error.h"
#include "experiment/recipe/setting_values.h"
#include "files/files.h"
#include "text/value_list.h"

namespace thaw {
namespace fs = std::filesystem;
namespace {

std::string with_underscores(std::string key) {
  std::replace(key.begin(), key.end(), '-', '_');
  return key;
}

// The shortest text that reads back as the same number.
std::string number_text(double value) {
  char text[32];
  const auto [end, error] = std::to_chars(text, text + sizeof(text), value);
  return std::string(text, end);
}

std::string scalar_text(const toml::node& node, const std::string& where, const std::string& key) {
  if (const auto* text = node.as_string()) return text->get();
  if (const auto* whole = node.as_integer()) return std::to_string(whole->get());
  if (const auto* number = node.as_floating_point()) return number_text(number->get());
  if (const auto* truth = node.as_boolean()) return truth->get() ? "true" : "false";
  throw Error(fmt::format("'{}' has a value of an unknown kind", key), where,
              "use a text, a number, true, false, or a list of them");
}

bool is_path(const std::string& key) {
  return key == "data" || key == "train" || key == "validation" || key == "test" || key == "model";
}

// A path that stands beside the recipe is meant from there.
std::string resolve_beside(const std::string& value, const fs::path& folder) {
  std::error_code error;
  if (!value.empty() && fs::path(value).is_relative() && fs::exists(folder / value, error)) {
    return (folder / value).lexically_normal().string();
  }
  return value;
}

class RecipeReader {
 public:
  explicit RecipeReader(fs::path path) : path_(std::move(path)) {}

  void read(const toml::table& table, const std::string& scope) {
    for (const auto& [toml_key, node] : table) {
      const std::string name(toml_key.str());
      const std::string where = fmt::format("{}:{}", path_.string(), node.source().begin.line);
      if (const auto* inner = node.as_table()) {
        if (!scope.empty()) {
          throw Error(fmt::format("the table '{}' stands inside another", name), where,
                      "one table a strategy, on the top level");
        }
        read(*inner, name);
        continue;
      }
      Assignment given{scope, with_underscores(name), {}, where};
      if (const auto* list = node.as_array()) {
        for (const auto& element : *list) {
          given.values.push_back(scalar_text(element, where, name));
        }
      } else {
        given.values.push_back(scalar_text(node, where, name));
      }
      if (is_path(given.key)) {
        for (auto& value : given.values) value = resolve_beside(value, path_.parent_path());
      }
      assignments.push_back(std::move(given));
    }
  }

  std::vector<Assignment> assignments;

 private:
  fs::path path_;
};

}  // namespace

std::vector<Assignment> read_recipe(const fs::path& path) {
  return parse_recipe(read_text_file(path), path);
}

std::vector<Assignment> parse_recipe(const std::string& text, const fs::path& path) {
  toml::table table;
  try {
    table = toml::parse(text, path.string());
  } catch (const toml::parse_error& error) {
    throw Error(std::string(error.description()),
                fmt::format("{}:{}", path.string(), error.source().begin.line),
                "correct the TOML there");
  }
  RecipeReader reader(path);
  reader.read(table, "");
  return std::move(reader.assignments);
}

Assignment parse_assignment(const std::string& text, const std::string& where) {
  const size_t equals = text.find('=');
  if (equals == std::string::npos || equals == 0) {
    throw Error(fmt::format("'{}' is not KEY=VALUE", text), where, "write for instance epochs=2");
  }
  std::string key = text.substr(0, equals);
  Assignment given{"", "", {}, where + " " + text};
  const size_t dot = key.rfind('.');
  if (dot != std::string::npos) {
    given.scope = key.substr(0, dot);
    key = key.substr(dot + 1);
  }
  given.key = with_underscores(key);
  const std::string value = text.substr(equals + 1);
  const auto& known = setting_keys();
  const auto description = std::find_if(known.begin(), known.end(), [&](const auto& candidate) {
    return candidate.key == given.key;
  });
  if (description != known.end() && !description->is_list()) {
    given.values = {value};
  } else {
    try {
      given.values = split_value_list(value);
    } catch (const Error& error) {
      throw error.at(given.where);
    }
  }
  return given;
}

}  // namespace thaw
