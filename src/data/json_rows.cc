#include "data/json_rows.h"

#include <charconv>

#include "base/error.h"
#include "data/columns.h"
#include "data/utf8.h"

namespace thaw {
namespace {

using nlohmann::json;

std::string shortest(double number) {
  char digits[40];
  const auto end = std::to_chars(digits, digits + sizeof(digits), number).ptr;
  return std::string(digits, end);
}

// A scalar as text; empty for null. Throws Error for lists and objects.
std::string scalar(const json& value, const std::string& column, const std::string& place) {
  switch (value.type()) {
    case json::value_t::string:
      return value.get_ref<const std::string&>();
    case json::value_t::number_float:
      return shortest(value.get<double>());
    case json::value_t::number_integer:
    case json::value_t::number_unsigned:
    case json::value_t::boolean:
      return value.dump();
    case json::value_t::null:
      return {};
    default:
      throw Error("the field " + quoted_excerpt(column) + " is neither a string nor a number",
                  place, "give one text and one label a row");
  }
}

}  // namespace

JsonRows::JsonRows(const TableRequest& request, const std::string& source, bool numbers_are_lines)
    : request_(request), source_(source) {
  table_.labels = LabelColumn(source, numbers_are_lines);
}

void JsonRows::take(const json& object, int64_t number, const std::string& place) {
  if (!object.is_object()) {
    throw Error("is not a JSON object", place, "write each row as {\"text\": …, \"label\": …}");
  }
  if (!text_) choose(object);
  table_.texts.push_back(scalar(field(object, *text_, place), *text_, place));
  if (pair_) table_.texts.push_back_pair(scalar(field(object, *pair_, place), *pair_, place));
  if (!label_) return;
  const std::string value = scalar(field(object, *label_, place), *label_, place);
  const std::string_view label = trim_ascii(value);
  int32_t code = table_.labels.find(label);
  if (code < 0) {
    if (label.empty()) {
      throw Error("the label is empty", place, "fill it in or remove the row");
    }
    code = table_.labels.add(label, number);
  }
  table_.labels.push_back(code);
}

Table JsonRows::finish() {
  if (table_.texts.size() == 0) {
    throw Error("the file has no rows", source_, "give a file with a row for each text");
  }
  table_.label_name = label_.value_or("");
  return std::move(table_);
}

void JsonRows::choose(const json& object) {
  std::vector<std::string> names;
  for (const auto& [name, value] : object.items()) names.push_back(name);
  const ChosenColumns columns = choose_columns(names, request_, source_);
  text_ = names[columns.text];
  if (columns.pair >= 0) pair_ = names[columns.pair];
  if (columns.label >= 0) label_ = names[columns.label];
}

const json& JsonRows::field(const json& object, const std::string& name,
                            const std::string& place) const {
  const auto found = object.find(name);
  if (found == object.end()) {
    throw Error("the row has no field " + quoted_excerpt(name), place,
                "give every row the same fields");
  }
  return *found;
}

}  // namespace thaw
