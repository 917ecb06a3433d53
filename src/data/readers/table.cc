#include "data/readers/table.h"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>

#include "base/error.h"
#include "data/readers/parquet.h"
#include "text/utf8.h"

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

std::string_view first_line(std::string_view bytes) {
  bytes = trim_ascii(bytes.substr(0, 1 << 16));
  return bytes.substr(0, bytes.find_first_of("\r\n"));
}

// Whether it begins as JSON's rows do: an object, or a list of such. A header may hold a brace.
bool begins_like_json(std::string_view bytes) {
  const std::string_view start = trim_ascii(bytes.substr(0, 1 << 12));
  if (start.starts_with('[')) {
    const std::string_view inner = trim_ascii(start.substr(1));
    return inner.starts_with('{') && trim_ascii(inner.substr(1)).starts_with('"');
  }
  if (!start.starts_with('{')) return false;
  const std::string_view key = trim_ascii(start.substr(1));
  if (!key.starts_with('"')) return false;
  const size_t end = key.find('"', 1);
  return end != std::string_view::npos && trim_ascii(key.substr(end + 1)).starts_with(':');
}

[[noreturn]] void throw_other_format(const TableFile& file, const std::string& ending,
                                     const std::string& holds, const std::string& fitting) {
  throw Error(fmt::format("holds {}, though its name ends in {}", holds, ending), file.source(),
              "rename it to end in " + fitting);
}

// The format that the ending tells, where the contents are not plainly of another one.
FileFormat checked_format(FileFormat format, const TableFile& file, const std::string& ending) {
  const std::string_view bytes =
      file.bytes().starts_with("\xEF\xBB\xBF") ? file.bytes().substr(3) : file.bytes();
  const std::string_view line = first_line(bytes);
  if (format == FileFormat::kJsonLines) {
    // Numbers, texts and the like are values of JSON, and told as such where rows are needed.
    if (line.empty() || line.find_first_of("{[") == 0) return format;
    if (line.find('\t') != std::string_view::npos) {
      throw_other_format(file, ending, "columns between tabs", ".tsv");
    }
    const bool has_fields = line.starts_with('"')
                                ? line.find("\",\"") != std::string_view::npos ||
                                      line.find("\";\"") != std::string_view::npos
                                : line.find_first_of(",;|") != std::string_view::npos;
    if (has_fields) {
      throw_other_format(file, ending, "columns between commas or the like", ".csv");
    }
    return format;
  }
  if (begins_like_json(bytes)) throw_other_format(file, ending, "JSON", ".jsonl");
  return format;
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
  if (ending == ".csv") return checked_format(FileFormat::kCsv, file, ending);
  if (one_of(ending, {".tsv", ".tab"})) return checked_format(FileFormat::kTsv, file, ending);
  if (one_of(ending, {".jsonl", ".ndjson", ".json"})) {
    return checked_format(FileFormat::kJsonLines, file, ending);
  }

  const std::string_view line = first_line(checked_text(file));
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

}  // namespace thaw
