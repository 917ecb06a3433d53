#include "data/load_notes.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/setting_words.h"
#include "data/label_values.h"
#include "text/utf8.h"

namespace thaw {

std::string roles_line(const ColumnRoles& roles) {
  std::string line = "text column " + quoted_excerpt(roles.text);
  if (roles.pair) line += ", second texts " + quoted_excerpt(*roles.pair);
  if (roles.label) line += ", label column " + quoted_excerpt(*roles.label);
  if (roles.id) line += ", ids of rows " + quoted_excerpt(*roles.id);
  return fmt::format("{} ({})", line, roles.source);
}

void note_lost_pairs(const std::optional<ColumnRoles>& remembered, bool has_pairs,
                     std::vector<std::string>& notes) {
  if (!remembered || !remembered->pair || has_pairs) return;
  notes.push_back(fmt::format(
      "the model was trained on pairs of texts ({}, {}) and reads texts alone here; name the "
      "second ones with {}",
      quoted_excerpt(remembered->text), quoted_excerpt(*remembered->pair), setting("text_pair")));
}

void note_split_column(const ColumnRoles& roles, std::vector<std::string>& notes) {
  for (const std::string& name : roles.columns) {
    if (name == roles.text || name == roles.pair || name == roles.label) continue;
    std::string lower = name;
    std::transform(lower.begin(), lower.end(), lower.begin(),
                   [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; });
    for (const char* known : {"split", "data_split", "fold", "partition", "is_test", "is_train"}) {
      if (lower != known) continue;
      notes.push_back(
          fmt::format("column {} is not used; if it tells training rows from test rows, write each "
                      "to a file of its own ({})",
                      quoted_excerpt(name), roles.source));
    }
  }
}

void note_missing_texts(const Table& table, std::vector<std::string>& notes) {
  if (table.missing_texts == 0) return;
  const bool one = table.missing_texts == 1;
  notes.push_back(fmt::format(
      "{}{} empty or missing (null), and {} taken as empty, the first at {}", table.missing_texts,
      one ? " text is" : " texts are", one ? "is" : "are", table.first_missing_text));
}

void note_empty_lines(const TextColumn& texts, const std::string& source,
                      std::vector<std::string>& notes) {
  int64_t empty = 0, first = 0;
  for (int64_t row = 0; row < texts.size(); ++row) {
    if (trim_ascii(texts[row]).empty() && empty++ == 0) first = row + 1;
  }
  if (empty == 0) return;
  notes.push_back(fmt::format("{}{}{}:{}", empty,
                              empty == 1
                                  ? " line is empty and taken as an empty text: "
                                  : " lines are empty and taken as empty texts, the first at ",
                              source, first));
}

void note_numbers_as_texts(const Table& table, std::vector<std::string>& notes) {
  constexpr int64_t kRowsToJudgeBy = 3;  // fewer may well be what somebody asks
  int64_t numbers = 0;
  std::string_view first;
  for (int64_t row = 0; row < table.texts.size(); ++row) {
    const std::string_view text = trim_ascii(table.texts[row]);
    if (text.empty()) continue;
    if (!as_number(text)) return;
    if (numbers++ == 0) first = text;
  }
  if (numbers < kRowsToJudgeBy) return;
  notes.push_back(
      fmt::format("every text is a number, the first {}; if another column holds the texts, name "
                  "it with {} ({})",
                  quoted_excerpt(first), setting("text_column"), table.roles.source));
}

}  // namespace thaw
