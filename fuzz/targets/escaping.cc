// Any text in each kind of output: it is escaped there, and where there is a way back, it leads to
// the same text.
#include <algorithm>
#include <nlohmann/json.hpp>

#include "data/readers/table.h"
#include "files/json_file.h"
#include "fuzz/target.h"
#include "hub/yaml.h"
#include "report/export/markdown.h"
#include "results/csv.h"
#include "text/markup.h"
#include "text/printable.h"
#include "text/utf8.h"

namespace {

using thaw::fuzz::require;

bool is_utf8(std::string_view text) {
  return thaw::first_invalid_utf8(text) == std::string_view::npos;
}

bool has_any(std::string_view text, std::string_view bytes) {
  return text.find_first_of(bytes) != std::string_view::npos;
}

// Of a field of CSV, what a spreadsheet would see first.
char first_character(std::string_view field) {
  if (field.starts_with('"')) field.remove_prefix(1);
  return field.empty() ? 'x' : field.front();
}

bool is_number(std::string_view text) {
  return !text.empty() && text.find_first_not_of("+-.0123456789eE") == std::string_view::npos;
}

void check_csv(std::string_view text) {
  const std::string field = thaw::csv_text(text);
  const char first = first_character(field);
  if (std::string_view("=+-@\t\r").find(first) != std::string_view::npos) {
    require((first == '+' || first == '-') && is_number(text), "no cell is a formula");
  }
  // Read by the reader of data files, which knows nothing of the writer.
  if (!is_utf8(text)) return;
  const std::string csv = "text,other\n" + field + ",x\n";
  thaw::TableRequest request;
  request.with_labels = false;
  thaw::Table table;
  bool doubted = false;
  require(thaw::fuzz::accepts([&] {
            try {
              table = thaw::read_delimited(thaw::fuzz::memory_file(0, csv), thaw::FileFormat::kCsv,
                                           request);
            } catch (const thaw::Error& error) {
              // A text of many lines that might be rows is refused, and rightly so.
              doubted = error.fact().find("look like rows") != std::string::npos;
              if (!doubted) throw;
            }
          }),
          "a written field can be read");
  if (doubted) return;
  require(table.texts.size() == 1 && thaw::without_guard(std::string(table.texts[0])) == text,
          "a field makes a round trip");
}

void check_markup(std::string_view text) {
  const std::string markup = thaw::escape_markup(text).str();
  require(!has_any(markup, "<>\"'"), "markup holds no tag and no quote");
  require(is_utf8(markup), "markup is UTF-8");
  for (size_t at = 0; (at = markup.find('&', at)) != std::string::npos; ++at) {
    const size_t end = markup.find(';', at);
    require(end != std::string::npos && end - at <= 6, "an ampersand begins an entity");
  }
  require(!has_any(thaw::file_name_part(text), "/\\<>\"' \n") &&
              thaw::file_name_part(text).front() != '.',
          "a file's name is plain");
}

void check_markdown(std::string_view text) {
  const std::string markdown = thaw::escape_markdown(text);
  require(!has_any(markdown, "<>\n\r"), "Markdown holds no tag and one line");
  require(is_utf8(markdown), "Markdown is UTF-8");
  for (size_t i = 0; i < markdown.size(); ++i) {
    if (std::string_view("`*_[]|").find(markdown[i]) == std::string_view::npos) continue;
    size_t backslashes = 0;
    while (backslashes < i && markdown[i - 1 - backslashes] == '\\') ++backslashes;
    require(backslashes % 2 == 1, "what Markdown reads as markup is escaped");
  }
}

void check_yaml(std::string_view text) {
  const std::string yaml = "key: " + thaw::yaml_quoted(text) + "\nother: 1\n";
  nlohmann::ordered_json value;
  require(thaw::fuzz::accepts([&] { value = thaw::parse_yaml(yaml, "x.yaml"); }),
          "a quoted text is YAML");
  require(value.size() == 2 && value.contains("other"), "a quoted text is one scalar");
  if (is_utf8(text)) require(value["key"] == text, "a text makes a round trip through YAML");
}

}  // namespace

THAW_FUZZ_TARGET(escaping) {
  check_csv(input);
  check_markup(input);
  check_markdown(input);
  check_yaml(input);
  for (const std::string& shown :
       {thaw::sanitize_for_terminal(input), thaw::in_quotes(input), thaw::quoted_excerpt(input)}) {
    require(is_utf8(shown), "what is shown is UTF-8");
    require(std::none_of(shown.begin(), shown.end(),
                         [](unsigned char c) { return c < 0x20 || c == 0x7F; }),
            "what is shown holds no control characters");
    require(shown.find("\xC2\x9B") == std::string::npos, "nor the eight-bit ones");
    require(shown.find("\u202E") == std::string::npos, "nor marks of direction");
  }
  require(thaw::sanitize_for_terminal(thaw::sanitize_for_terminal(input)) ==
              thaw::sanitize_for_terminal(input),
          "what can be shown stays as it is");
}
