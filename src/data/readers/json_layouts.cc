#include "data/readers/json_layouts.h"

#include <fmt/format.h>

#include <algorithm>
#include <optional>
#include <vector>

#include "base/error.h"
#include "data/readers/columns.h"
#include "data/readers/json_rows.h"
#include "text/json_text.h"
#include "text/utf8.h"

namespace thaw {
namespace {

using nlohmann::json;

std::string row_place(const std::string& source, int64_t row) {
  return fmt::format("{}, row {}", source, row);
}

// What the first element of a list begins with; 0 for an empty list.
char first_of(const JsonPart& list) {
  const size_t at = skip_json_space(list.value, 1);
  return at < list.value.size() && list.value[at] != ']' ? list.value[at] : '\0';
}

bool is_list_of(const JsonPart& part, char opening) {
  return part.is('[') && first_of(part) == opening;
}

bool is_list_of_scalars(const JsonPart& part) {
  return part.is('[') && !is_list_of(part, '{') && !is_list_of(part, '[');
}

std::string names_of(const std::vector<const JsonPart*>& parts) {
  std::string list;
  for (const JsonPart* part : parts) list += (list.empty() ? "" : ", ") + quoted_excerpt(part->key);
  return list;
}

int64_t count_parts(std::string_view text, const std::string& place) {
  JsonParts parts(text, place);
  int64_t count = 0;
  for (JsonPart part; parts.next(part);) ++count;
  return count;
}

struct Document {
  std::vector<JsonPart> members;
  const TableRequest& request;
  const std::string& source;

  const JsonPart* find(const std::string& name) const {
    const auto found = std::find_if(members.begin(), members.end(),
                                    [&](const JsonPart& member) { return member.key == name; });
    return found == members.end() ? nullptr : &*found;
  }

  // The members that would be the texts and the labels, were each member a column.
  struct Columns {
    const JsonPart* text = nullptr;
    const JsonPart* label = nullptr;
  };
  Columns columns() const {
    std::vector<std::string> names;
    names.reserve(members.size());
    for (const JsonPart& member : members) names.push_back(member.key);
    try {
      const ChosenColumns chosen = choose_columns(names, request, source);
      return {&members[chosen.text], chosen.label < 0 ? nullptr : &members[chosen.label]};
    } catch (const Error&) {
      return {};  // they are no columns
    }
  }

  json value_of(const JsonPart& part, const std::string& place) const {
    return parse_json_value(part.value, "the value", place);
  }
};

Table with_note(Table table, const std::string& note) {
  table.notes.push_back(note);
  return table;
}

// {"text": ["x", …], "label": [1, …]}, or with objects of keys that are the same for all columns.
Table read_columns(const Document& document, const Document::Columns& chosen) {
  const std::string& source = document.source;
  const int64_t rows = count_parts(chosen.text->value, source);
  const char opening = chosen.text->value.front();
  std::vector<const JsonPart*> taken;
  std::vector<JsonParts> walks;
  for (const JsonPart& member : document.members) {
    const bool is_column = member.is(opening) && count_parts(member.value, source) == rows;
    if (&member == chosen.label && !is_column) {
      throw Error(fmt::format("its column {} is not as long as {}, which has {} values",
                              quoted_excerpt(member.key), quoted_excerpt(chosen.text->key), rows),
                  source, "give each text one label");
    }
    if (!is_column) continue;
    taken.push_back(&member);
    walks.emplace_back(member.value, source);
  }
  JsonRows reader(document.request, source, false);
  for (int64_t row = 0; row < rows; ++row) {
    json object = json::object();
    std::string key;
    for (size_t i = 0; i < walks.size(); ++i) {
      JsonPart part;
      walks[i].next(part);
      if (i > 0 && part.key != key) {
        throw Error(fmt::format("its columns name their rows differently: {} and {}",
                                quoted_excerpt(key), quoted_excerpt(part.key)),
                    row_place(source, row), "save it as JSON lines (pandas: orient=\"records\")");
      }
      key = part.key;
      object[taken[i]->key] = document.value_of(part, row_place(source, row));
    }
    reader.take(object, row, row_place(source, row));
  }
  return with_note(reader.finish(), source + ": read as columns: " + names_of(taken));
}

// {"columns": ["text", "label"], "data": [["x", 1], …]}
Table read_split_form(const Document& document, const JsonPart& columns, const JsonPart& data) {
  const std::string& source = document.source;
  std::vector<std::string> names;
  for (const json& name : document.value_of(columns, source)) {
    if (!name.is_string()) {
      throw Error("names a column by what is no text in 'columns'", source,
                  "save it as JSON lines (pandas: orient=\"records\")");
    }
    if (std::find(names.begin(), names.end(), name.get<std::string>()) != names.end()) {
      throw Error(fmt::format("names the column {} twice in 'columns'",
                              quoted_excerpt(name.get<std::string>())),
                  source, "rename one of them");
    }
    names.push_back(name.get<std::string>());
  }
  JsonRows reader(document.request, source, false);
  JsonParts parts(data.value, source);
  int64_t row = 0;
  for (JsonPart part; parts.next(part); ++row) {
    const std::string place = row_place(source, row);
    // Infinity is kept at the top and in objects alone, so each value is parsed by itself.
    json object = json::object();
    size_t column = 0;
    if (!part.is('[')) throw Error("is not a list as the rows before it are", place, "");
    JsonParts values(part.value, place);
    for (JsonPart value; values.next(value); ++column) {
      if (column < names.size()) object[names[column]] = document.value_of(value, place);
    }
    if (column != names.size()) {
      throw Error(fmt::format("has {} values where 'columns' names {}", column, names.size()),
                  place, "give every row the same columns");
    }
    reader.take(object, row, place);
  }
  return with_note(reader.finish(),
                   source + ": read as rows of 'data' with the names in 'columns'");
}

// {"0": {"text": "x", "label": 1}, …}
Table read_index_form(const Document& document) {
  JsonRows reader(document.request, document.source, false);
  int64_t row = 0;
  for (const JsonPart& member : document.members) {
    const std::string place = row_place(document.source, row);
    reader.take(document.value_of(member, place), row, place);
    ++row;
  }
  return with_note(reader.finish(), document.source + ": read as a row for each key");
}

}  // namespace

Table read_json_array(std::string_view text, const TableRequest& request, const std::string& source,
                      const std::string& what) {
  JsonRows reader(request, source, false);
  JsonParts parts(text, source);
  int64_t row = 0;
  for (JsonPart part; parts.next(part); ++row) {
    const std::string place = row_place(source, row);
    reader.take(parse_json_value(part.value, "the row", place), row, place);
  }
  if (skip_json_space(text, parts.end()) != text.size()) {
    throw Error("is not valid JSON: something stands behind its list of rows", source,
                "write each row as one JSON object on a line of its own");
  }
  Table table = reader.finish();
  if (!what.empty()) table.notes.push_back(source + ": read as the list " + quoted_excerpt(what));
  return table;
}

Table read_json_document(std::string_view text, int64_t line, const TableRequest& request,
                         const std::string& source) {
  const std::string place = fmt::format("{}:{}", source, line);
  const Document document{json_members(text, place), request, source};
  const Document::Columns chosen = document.columns();
  const auto read_row = [&] {
    JsonRows reader(request, source, true);
    reader.take(parse_json_value(text, "the object", place), line, place);
    return reader.finish();
  };
  if (chosen.text != nullptr && chosen.text->is_scalar()) return read_row();
  if (chosen.text != nullptr && (chosen.text->is('{') || is_list_of_scalars(*chosen.text))) {
    return read_columns(document, chosen);
  }

  const JsonPart* columns = document.find("columns");
  const JsonPart* data = document.find("data");
  if (columns != nullptr && data != nullptr && columns->is('[') && is_list_of(*data, '[')) {
    return read_split_form(document, *columns, *data);
  }
  std::vector<const JsonPart*> lists;
  for (const JsonPart& member : document.members) {
    if (is_list_of(member, '{')) lists.push_back(&member);
  }
  if (lists.size() == 1) {
    return read_json_array(lists[0]->value, request, source, lists[0]->key);
  }
  if (lists.size() > 1) {
    throw Error("holds several lists of rows: " + names_of(lists), source,
                "save each as a file of its own, e.g. `jq -c '.NAME[]' FILE > NAME.jsonl`");
  }
  const bool has_rows = !document.members.empty() &&
                        std::all_of(document.members.begin(), document.members.end(),
                                    [](const JsonPart& member) { return member.is('{'); });
  return has_rows ? read_index_form(document) : read_row();
}

}  // namespace thaw
