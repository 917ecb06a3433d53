#include "data/table.h"

#include <algorithm>
#include <cctype>

#include "base/error.h"
#include "data/parquet.h"
#include "data/utf8.h"

namespace thaw {
namespace fs = std::filesystem;
namespace {

// "train.CSV.gz" -> ".csv"
std::string lower_ending(const fs::path& path) {
  std::string ending = without_compression_ending(path).extension().string();
  std::transform(ending.begin(), ending.end(), ending.begin(),
                 [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  return ending;
}

bool one_of(const std::string& ending, std::initializer_list<const char*> endings) {
  return std::any_of(endings.begin(), endings.end(), [&](const char* e) { return ending == e; });
}

}  // namespace

bool has_table_ending(const fs::path& path) {
  return one_of(lower_ending(path), {".csv", ".tsv", ".tab", ".jsonl", ".ndjson", ".json",
                                     ".parquet", ".pq", ".arrow", ".feather"});
}

FileFormat file_format(const TableFile& file) {
  const std::string ending = lower_ending(file.name());
  if (file.is_binary()) return FileFormat::kParquet;
  refuse_foreign_kind(file.kind(), file.source());
  refuse_archive(file.kind(), file.source());
  if (one_of(ending, {".parquet", ".pq", ".arrow", ".feather"})) return FileFormat::kParquet;
  if (ending == ".csv") return FileFormat::kCsv;
  if (one_of(ending, {".tsv", ".tab"})) return FileFormat::kTsv;
  if (one_of(ending, {".jsonl", ".ndjson", ".json"})) return FileFormat::kJsonLines;

  const std::string_view bytes = trim_ascii(checked_text(file).substr(0, 1 << 16));
  const std::string_view line = bytes.substr(0, bytes.find_first_of("\r\n"));
  if (line.starts_with("{") || line.starts_with("[")) return FileFormat::kJsonLines;
  if (line.find('\t') != std::string_view::npos) return FileFormat::kTsv;
  if (line.find_first_of(",;|") != std::string_view::npos) return FileFormat::kCsv;
  throw Error("is not a table that thaw can tell by its name or its first line", file.source(),
              "save it as .csv, .tsv, .jsonl or .parquet");
}

Table read_table(const fs::path& path, const TableRequest& request) {
  return read_table(TableFile::open(path), request);
}

Table read_table(const TableFile& file, const TableRequest& request) {
  if (file.bytes().empty()) {
    throw Error("the file is empty", file.source(), "give a file with a row for each text");
  }
  const FileFormat format = file_format(file);
  switch (format) {
    case FileFormat::kParquet:
      return read_parquet(file, request);
    case FileFormat::kJsonLines:
      return read_json_lines(file, request);
    default:
      return read_delimited(file, format, request);
  }
}

Table read_delimited(const fs::path& path, FileFormat format, const TableRequest& request) {
  return read_delimited(TableFile::open(path), format, request);
}

Table read_json_lines(const fs::path& path, const TableRequest& request) {
  return read_json_lines(TableFile::open(path), request);
}

void throw_invalid_utf8(const std::string& what, const std::string& place) {
  throw Error(what + " is not valid UTF-8", place,
              "convert the file, e.g. with `iconv -f WINDOWS-1252 -t UTF-8`");
}

}  // namespace thaw
