#pragma once

#include <cstdint>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>

#include "data/table.h"

namespace thaw {

// Makes a table of JSON objects, one after another, however their document is laid out.
class JsonRows {
 public:
  // source: the file, for messages. numbers_are_lines: what take() gets as `number` are lines, from
  // 1; else rows, from 0. Request and source must outlive it.
  JsonRows(const TableRequest& request, const std::string& source, bool numbers_are_lines);

  // Takes up one row. place: where it stands, for messages. Throws Error: no object, a field that
  // is missing or neither a string nor a number, columns as in columns.h.
  void take(const nlohmann::json& object, int64_t number, const std::string& place);

  // The table of all that was taken. Throws Error where that is nothing.
  Table finish();

 private:
  void choose(const nlohmann::json& object);
  const nlohmann::json& field(const nlohmann::json& object, const std::string& name,
                              const std::string& place) const;

  const TableRequest& request_;
  const std::string& source_;
  std::optional<std::string> text_, pair_, label_;  // a field may be called "", too
  Table table_;
};

}  // namespace thaw
