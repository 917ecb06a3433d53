#pragma once  // Tests: tests/data/readers/table_file_test.cc

#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "data/readers/column_roles.h"
#include "data/readers/column_values.h"
#include "data/readers/label_column.h"
#include "data/readers/table_file.h"
#include "data/readers/text_column.h"

namespace thaw {

// What is wanted of a file. Columns that are not named are guessed (see columns.h).
struct TableRequest {
  std::string text_column, label_column;
  std::string pair_column;           // of the second texts; "": rows are single texts
  std::string id_column;             // that tells rows apart; "": guessed where with_ids
  std::vector<std::string> columns;  // names for a CSV or TSV file without a header
  bool with_labels = true;           // false: only the texts
  // As another file has decided; then nothing is guessed, and a file may lack the label column.
  std::optional<ColumnRoles> roles;
  // That a model was trained with: taken where nothing is named and the file has them.
  std::optional<ColumnRoles> remembered;
  bool with_ids = false;  // also the column that tells rows apart, where there is one
  // Columns whose values are wanted beside texts and labels; a file may lack them.
  std::vector<std::string> further_columns;
  // By column: what the data set's own card calls the labels 0, 1, …; comes before what files say.
  std::map<std::string, std::vector<std::string>> class_names;
};

// The columns of a file that matter, as they stand in it.
struct Table {
  TextColumn texts;
  LabelColumn labels;                    // [rows], or empty
  ColumnRoles roles;                     // which columns these are
  TextColumn ids;                        // [rows] as they stand in the file, or empty
  std::string id_name;                   // of their column
  std::vector<ColumnValues> further;     // [further_columns] whose rows are those of the texts
  int64_t missing_texts = 0;             // null, empty or white space alone
  std::string first_missing_text;        // the first one's place
  std::vector<std::string> class_names;  // what the file itself calls the labels 0, 1, …
  std::vector<std::string> notes;        // lines for the user: how the file was read
};

// Where name and contents tell different formats of text, neither is taken in silence.
enum class FileFormat { kCsv, kTsv, kJsonLines, kParquet };  // the last one: or Arrow

// The format that the first bytes tell where they must (Parquet, Arrow), else the name's ending
// (.csv, .tsv, .tab, .jsonl, .ndjson, .json, .parquet, .pq, .arrow, .feather), or for other endings
// what the first line tells. Throws Error when neither does, and where the name says CSV or TSV and
// the first line is JSON, or the other way round.
FileFormat file_format(const TableFile& file);

// Whether the ending alone, before .gz and its like, names one of the formats.
bool has_table_ending(const std::filesystem::path& path);

// Reads a file of any of the formats, compressed or not. Throws Error, with file and line where
// there is one: no such file, no rows, ragged rows, broken quotes or JSON, invalid UTF-8,
// columns that are missing or cannot be told apart, a file of another kind (UTF-16, zipped).
Table read_table(const std::filesystem::path& path, const TableRequest& request);
Table read_table(const TableFile& file, const TableRequest& request);

// The formats one by one; read_table() picks.
Table read_delimited(const TableFile& file, FileFormat format, const TableRequest& request);
Table read_json_lines(const TableFile& file, const TableRequest& request);
Table read_delimited(const std::filesystem::path& path, FileFormat format,
                     const TableRequest& request);
Table read_json_lines(const std::filesystem::path& path, const TableRequest& request);

}  // namespace thaw
