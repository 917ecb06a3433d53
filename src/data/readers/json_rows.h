#pragma once  // Tests: tests/data/readers/json_lines_test.cc

#include <cstdint>
#include <nlohmann/json.hpp>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "data/readers/table.h"

namespace thaw {

// Makes a table of JSON objects, one after another, however their document is laid out. The roles
// of fields follow from all fields that occur, so that no object decides alone.
class JsonRows {
 public:
  // source: the file, for messages. numbers_are_lines: what take() gets as `number` are lines, from
  // 1; else rows, from 0. Request and source must outlive it.
  JsonRows(const TableRequest& request, const std::string& source, bool numbers_are_lines);

  // Takes up one row. place: where it stands, for messages. A null is a missing label, or a missing
  // text, which is taken as an empty one and counted. Throws Error: no object, a field that is
  // missing or neither a string nor a number, an empty label, columns as in columns.h.
  void take(const nlohmann::json& object, int64_t number, const std::string& place);

  // The table of all that was taken. Throws Error where that is nothing.
  Table finish();

 private:
  bool has_new_fields(const nlohmann::json& object);
  void choose();
  void take_label(const nlohmann::json& value, int64_t number, const std::string& place);
  void take_further(const nlohmann::json& object, const std::string& place);
  std::string text_of(const nlohmann::json& object, const std::string& name,
                      const std::string& place);
  const nlohmann::json& field(const nlohmann::json& object, const std::string& name,
                              const std::string& place) const;

  const TableRequest& request_;
  const std::string& source_;
  std::set<std::string> fields_;  // of all rows
  std::set<std::string> first_fields_;
  std::string first_place_;
  bool decided_ = false;
  std::optional<std::string> text_, pair_, label_, id_;  // a field may be called "", too
  Table table_;
};

}  // namespace thaw
