#include "data/readers/tweet_eval.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>

#include "base/error.h"
#include "text/utf8.h"

namespace thaw {
namespace {

std::string place(const std::filesystem::path& file, int64_t line) {
  return fmt::format("{}:{}", file.string(), line);
}

bool is_number(std::string_view text) {
  return !text.empty() && text.size() <= 9 &&
         std::all_of(text.begin(), text.end(), [](char c) { return c >= '0' && c <= '9'; });
}

std::vector<std::string> read_mapping(const std::filesystem::path& file) {
  const TableFile bytes = TableFile::open(file);
  const TextColumn lines = read_lines(checked_text(bytes), file.string());
  std::map<int64_t, std::string> names;
  for (int64_t i = 0; i < lines.size(); ++i) {
    if (trim_ascii(lines[i]).empty()) continue;
    const std::string_view line = lines[i];
    const size_t tab = line.find('\t');
    const std::string_view number = trim_ascii(line.substr(0, tab));
    // TweetEval's emoji mapping has a third column; the second is the name.
    const std::string_view rest = tab == std::string_view::npos ? "" : line.substr(tab + 1);
    const std::string_view name = trim_ascii(rest.substr(0, rest.find('\t')));
    if (!is_number(number) || name.empty()) {
      throw Error("is not a number, a tab and a name", place(file, i + 1), "e.g. 0<tab>negative");
    }
    if (!names.emplace(std::stoll(std::string(number)), name).second) {
      throw Error(fmt::format("the number {} stands there twice", number), place(file, i + 1),
                  "give each label one name");
    }
  }
  std::vector<std::string> in_order;
  for (const auto& [number, name] : names) {
    if (number != static_cast<int64_t>(in_order.size())) {
      throw Error(fmt::format("the number {} is missing", in_order.size()), file.string(),
                  "name the labels from 0 on without gaps");
    }
    in_order.push_back(name);
  }
  return in_order;
}

void count_empty(Table& table, const std::filesystem::path& file) {
  for (int64_t i = 0; i < table.texts.size(); ++i) {
    if (!trim_ascii(table.texts[i]).empty()) continue;
    if (table.missing_texts++ == 0) table.first_missing_text = place(file, i + 1);
  }
}

}  // namespace

TextColumn read_lines(std::string_view bytes, const std::string& source) {
  TextColumn lines;
  // Old Macintosh programs end lines with CR alone.
  const char line_end =
      bytes.find('\n') == std::string_view::npos && bytes.find('\r') != std::string_view::npos
          ? '\r'
          : '\n';
  lines.reserve(std::count(bytes.begin(), bytes.end(), line_end) + 1, bytes.size());
  while (!bytes.empty()) {
    const size_t end = std::min(bytes.find(line_end), bytes.size());
    std::string_view line = bytes.substr(0, end);
    if (line.ends_with('\r')) line.remove_suffix(1);
    if (first_invalid_utf8(line) != std::string_view::npos) {
      throw_invalid_utf8("the text", fmt::format("{}:{}", source, lines.size() + 1));
    }
    lines.push_back(line);
    bytes.remove_prefix(std::min(end + 1, bytes.size()));
  }
  return lines;
}

Table read_texts_alone(const std::filesystem::path& text_file) {
  const TableFile bytes = TableFile::open(text_file);
  Table table;
  table.texts = read_lines(checked_text(bytes), text_file.string());
  count_empty(table, text_file);
  table.roles = {.text = "text",
                 .pair = {},
                 .label = {},
                 .id = {},
                 .source = text_file.string(),
                 .columns = {"text"}};
  return table;
}

Table read_tweet_eval(const std::filesystem::path& text_file,
                      const std::filesystem::path& label_file,
                      const std::filesystem::path& mapping_file) {
  const TableFile text_bytes = TableFile::open(text_file);
  const TableFile label_bytes = TableFile::open(label_file);
  Table table;
  table.texts = read_lines(checked_text(text_bytes), text_file.string());
  const TextColumn labels = read_lines(checked_text(label_bytes), label_file.string());
  if (labels.size() != table.texts.size()) {
    throw Error(fmt::format("has {} lines, and {} has {}", labels.size(),
                            text_file.filename().string(), table.texts.size()),
                label_file.string(), "give each text one label");
  }
  count_empty(table, text_file);
  table.labels = LabelColumn(label_file.string(), true);
  table.roles = {.text = "text",
                 .pair = {},
                 .label = "label",
                 .id = {},
                 .source = label_file.string(),
                 .columns = {"text", "label"}};
  for (int64_t i = 0; i < labels.size(); ++i) {
    const std::string_view label = trim_ascii(labels[i]);
    if (label.empty()) {
      table.labels.push_back_none(i + 1);
      continue;
    }
    int32_t code = table.labels.find(label);
    if (code < 0) {
      if (!is_number(label) && label != "-1") {
        throw Error(fmt::format("the label {} is not a number", quoted_excerpt(label)),
                    place(label_file, i + 1), "write the label's number");
      }
      code = table.labels.add(label, i + 1);
    }
    table.labels.push_back(code);
  }
  if (!mapping_file.empty()) table.class_names = read_mapping(mapping_file);
  return table;
}

}  // namespace thaw
