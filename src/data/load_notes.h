#pragma once

#include <optional>
#include <string>
#include <vector>

#include "data/readers/column_roles.h"
#include "data/readers/table.h"

namespace thaw {

// What is said of a file where it could be read in another way than it was. Each adds a line to
// `notes`, or none.

// Which columns were taken for what.
std::string roles_line(const ColumnRoles& roles);

// A model of pairs that reads texts alone answers another question, which nobody may have meant.
void note_lost_pairs(const std::optional<ColumnRoles>& remembered, bool has_pairs,
                     std::vector<std::string>& notes);

// A table that says itself what is train and what is test would else be split otherwise in silence.
void note_split_column(const ColumnRoles& roles, std::vector<std::string>& notes);

void note_missing_texts(const Table& table, std::vector<std::string>& notes);
// The same of lines of text; `source` is their file.
void note_empty_lines(const TextColumn& texts, const std::string& source,
                      std::vector<std::string>& notes);

// A column of numbers is more likely an id or a rating than what is to be classified.
void note_numbers_as_texts(const Table& table, std::vector<std::string>& notes);

}  // namespace thaw
