#include "data/table.h"

#include <algorithm>
#include <cctype>

#include "base/error.h"
#include "base/files.h"
#include "data/parquet.h"
#include "data/utf8.h"

namespace thaw {
namespace fs = std::filesystem;
namespace {

std::string lower_ending(const fs::path& path) {
  std::string ending = path.extension().string();
  std::transform(ending.begin(), ending.end(), ending.begin(),
                 [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  return ending;
}

bool one_of(const std::string& ending, std::initializer_list<const char*> endings) {
  return std::any_of(endings.begin(), endings.end(), [&](const char* e) { return ending == e; });
}

}  // namespace

bool has_table_ending(const fs::path& path) {
  return one_of(lower_ending(path),
                {".csv", ".tsv", ".tab", ".jsonl", ".ndjson", ".json", ".parquet", ".pq"});
}

FileFormat file_format(const fs::path& path, std::string_view bytes) {
  const std::string ending = lower_ending(path);
  if (bytes.starts_with("PAR1") || one_of(ending, {".parquet", ".pq"})) return FileFormat::kParquet;
  if (ending == ".csv") return FileFormat::kCsv;
  if (one_of(ending, {".tsv", ".tab"})) return FileFormat::kTsv;
  if (one_of(ending, {".jsonl", ".ndjson", ".json"})) return FileFormat::kJsonLines;

  bytes = checked_text(bytes, path.string());
  const std::string_view line = bytes.substr(0, std::min<size_t>(bytes.find('\n'), 1 << 16));
  if (line.starts_with("{")) return FileFormat::kJsonLines;
  if (line.find('\t') != std::string_view::npos) return FileFormat::kTsv;
  if (line.find(',') != std::string_view::npos) return FileFormat::kCsv;
  throw Error("is not a table that thaw can tell by its name or its first line", path.string(),
              "save it as .csv, .tsv, .jsonl or .parquet");
}

Table read_table(const fs::path& path, const TableRequest& request) {
  FileFormat format;
  {
    const MappedFile file = MappedFile::open(path);
    if (file.size() == 0) {
      throw Error("the file is empty", path.string(), "give a file with a row for each text");
    }
    format = file_format(path, file.text());
  }
  switch (format) {
    case FileFormat::kParquet:
      return read_parquet(path, request);
    case FileFormat::kJsonLines:
      return read_json_lines(path, request);
    default:
      return read_delimited(path, format, request);
  }
}

std::string_view checked_text(std::string_view bytes, const std::string& source) {
  if (bytes.starts_with("\xEF\xBB\xBF")) bytes.remove_prefix(3);
  if (trim_ascii(bytes.substr(0, 4096)).empty() && trim_ascii(bytes).empty()) {
    throw Error("the file is empty", source, "give a file with a row for each text");
  }
  if (bytes.starts_with("\xFF\xFE") || bytes.starts_with("\xFE\xFF")) {
    throw Error("the file is UTF-16", source, "save it as UTF-8");
  }
  if (bytes.starts_with("\x1F\x8B") || bytes.starts_with("\x28\xB5\x2F\xFD") ||
      bytes.starts_with("BZh") || bytes.starts_with("\xFD\x37zXZ")) {
    throw Error("the file is compressed", source, "unpack it first");
  }
  if (bytes.starts_with("PK\x03\x04")) {
    throw Error("the file is a zip archive or a spreadsheet", source,
                "unpack it, or save it as CSV");
  }
  return bytes;
}

void throw_invalid_utf8(const std::string& what, const std::string& place) {
  throw Error(what + " is not valid UTF-8", place,
              "convert the file, e.g. with `iconv -f WINDOWS-1252 -t UTF-8`");
}

}  // namespace thaw
