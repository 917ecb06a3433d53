#include "data/readers/json_rows.h"

#include <fmt/format.h>

#include <cmath>

#include "base/error.h"
#include "base/setting_words.h"
#include "data/label_values.h"
#include "data/readers/columns.h"
#include "text/utf8.h"

namespace thaw {
namespace {

using nlohmann::json;

// A scalar as text; empty for null. Throws Error for lists and objects.
std::string scalar(const json& value, const std::string& column, const std::string& place) {
  switch (value.type()) {
    case json::value_t::string:
      return value.get_ref<const std::string&>();
    case json::value_t::number_float:
      if (std::isinf(value.get<double>())) {
        throw Error(fmt::format("the field {} is {}", quoted_excerpt(column),
                                value.get<double>() < 0 ? "-Infinity" : "Infinity"),
                    place, "write a number, or null where there is none");
      }
      // Whole numbers beyond 64 bits come rounded, and different ones would be the same.
      if (std::abs(value.get<double>()) >= 0x1p53) {
        throw Error(fmt::format("the field {} holds a number that is too large to be exact",
                                quoted_excerpt(column)),
                    place, "write it as a string");
      }
      return shortest_text(value.get<double>());
    case json::value_t::number_integer:
    case json::value_t::number_unsigned:
    case json::value_t::boolean:
      return value.dump();
    case json::value_t::null:
      return {};
    default:
      throw Error(
          fmt::format("the field {} is neither a string nor a number", quoted_excerpt(column)),
          place, "give one text and one label a row");
  }
}

}  // namespace

JsonRows::JsonRows(const TableRequest& request, const std::string& source, bool numbers_are_lines)
    : request_(request), source_(source) {
  table_.labels = LabelColumn(source, numbers_are_lines);
  for (const std::string& name : request.further_columns) table_.further.emplace_back(name);
}

void JsonRows::take(const json& object, int64_t number, const std::string& place) {
  if (!object.is_object()) {
    throw Error("is not a JSON object", place, "write each row as {\"text\": …, \"label\": …}");
  }
  const bool is_first = first_place_.empty();
  const bool has_new = has_new_fields(object);
  if (is_first) {
    first_place_ = place;
    first_fields_ = fields_;
  }
  if (has_new) choose();
  if (!decided_) return;  // the first row lacks a field that may still come
  table_.texts.push_back(text_of(object, *text_, place));
  if (pair_) table_.texts.push_back_pair(text_of(object, *pair_, place));
  if (id_) {
    const auto id = object.find(*id_);
    const bool is_known = id != object.end() && !id->is_structured();
    table_.ids.push_back(is_known ? scalar(*id, *id_, place) : "");
  }
  take_further(object, place);
  if (label_) take_label(field(object, *label_, place), number, place);
}

// A field that the row lacks is a value that is missing.
void JsonRows::take_further(const json& object, const std::string& place) {
  for (ColumnValues& column : table_.further) {
    const auto found = column.present() ? object.find(column.name()) : object.end();
    if (found == object.end() || found->is_null()) {
      column.push_back_missing();
      continue;
    }
    if (found->is_structured()) {
      throw Error(
          fmt::format("the field {} holds several values", quoted_excerpt(column.name())), place,
          fmt::format("name another column with {}, or write what is meant into one of its own",
                      setting("slices")));
    }
    column.push_back(scalar(*found, column.name(), place));
    if (found->is_string()) column.set_text();
  }
}

void JsonRows::take_label(const json& value, int64_t number, const std::string& place) {
  if (value.is_null()) return table_.labels.push_back_none(number);
  std::string label = scalar(value, *label_, place);
  const ValueKind kind = value.is_string()    ? ValueKind::kText
                         : value.is_boolean() ? ValueKind::kBoolean
                                              : ValueKind::kNumber;
  if (kind == ValueKind::kNumber && label == "-0") label = "0";
  int32_t code = table_.labels.find(label, kind);
  if (code < 0) {
    if (trim_ascii(label).empty()) {
      throw Error("the label is empty", place, "fill it in, or write null for a row without one");
    }
    code = table_.labels.add(label, number, kind);
  }
  table_.labels.push_back(code);
}

Table JsonRows::finish() {
  if (first_place_.empty()) {
    throw Error("the file has no rows", source_, "give a file with a row for each text");
  }
  if (!decided_) {
    choose_columns({fields_.begin(), fields_.end()}, request_, source_);
    throw Error("the file has no rows", source_, "give a file with a row for each text");
  }
  return std::move(table_);
}

bool JsonRows::has_new_fields(const json& object) {
  const size_t before = fields_.size();
  for (const auto& [name, value] : object.items()) {
    if (!fields_.contains(name)) fields_.insert(name);
  }
  return fields_.size() > before;
}

void JsonRows::choose() {
  const std::vector<std::string> names(fields_.begin(), fields_.end());
  ChosenColumns columns;
  try {
    columns = choose_columns(names, request_, source_);
  } catch (const Error&) {
    if (decided_) throw;
    return;
  }
  const auto role = [&](int column) {
    return column < 0 ? std::nullopt : std::optional(names[column]);
  };
  text_ = role(columns.text);
  pair_ = role(columns.pair);
  label_ = role(columns.label);
  if (!decided_) {
    id_ = role(columns.id);
    table_.id_name = id_.value_or("");
  }
  decided_ = true;
  const std::vector<int> further = find_further_columns(names, request_, source_);
  for (size_t i = 0; i < further.size(); ++i) {
    if (further[i] >= 0 && !table_.further[i].present()) {
      table_.further[i].set_present(names[further[i]]);
    }
  }
  for (const auto& name : {text_, pair_, label_}) {
    if (!name || first_fields_.contains(*name)) continue;
    throw Error(fmt::format("the row has no field {}, which others have", quoted_excerpt(*name)),
                first_place_, "give every row the same fields, null where there is nothing");
  }
  table_.roles = columns.roles(names, source_);
}

std::string JsonRows::text_of(const json& object, const std::string& name,
                              const std::string& place) {
  const json& value = field(object, name, place);
  std::string text = scalar(value, name, place);
  if (trim_ascii(text).empty() && table_.missing_texts++ == 0) table_.first_missing_text = place;
  return text;
}

const json& JsonRows::field(const json& object, const std::string& name,
                            const std::string& place) const {
  const auto found = object.find(name);
  if (found == object.end()) {
    throw Error("the row has no field " + quoted_excerpt(name), place,
                "give every row the same fields, null where there is nothing");
  }
  return *found;
}

}  // namespace thaw
