#include "data/readers/table_file.h"

#include <sys/stat.h>

#include <algorithm>
#include <cctype>
#include <mutex>
#include <set>
#include <utility>

#include "base/error.h"
#include "files/decompression.h"
#include "text/utf8.h"

namespace thaw {
namespace fs = std::filesystem;
namespace {

// Throws Error where the path is a pipe that this program has read before: nothing is left in it,
// and whoever waits for more waits for ever.
void take_pipe_once(const fs::path& path) {
  struct stat status {};
  if (::stat(path.c_str(), &status) != 0 || !S_ISFIFO(status.st_mode)) return;
  static std::mutex mutex;
  static std::set<std::pair<dev_t, ino_t>> taken;
  const std::lock_guard lock(mutex);
  if (taken.emplace(status.st_dev, status.st_ino).second) return;
  throw Error("is a pipe that was read already", path.string(),
              "name each pipe once, or write its data to a file first");
}

MappedFile unpacked(MappedFile packed, FileKind kind, const std::string& source) {
  return MappedFile::in_memory(
      [&](const MappedFile::Sink& sink) { unpack(packed.text(), kind, source, sink); }, source);
}

}  // namespace

fs::path without_compression_ending(const fs::path& path) {
  std::string ending = path.extension().string();
  std::transform(ending.begin(), ending.end(), ending.begin(),
                 [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  for (const char* known : {".gz", ".gzip", ".zst", ".zstd", ".bz2", ".xz"}) {
    if (ending == known) return path.parent_path() / path.stem();
  }
  return path;
}

TableFile::TableFile(fs::path path, MappedFile file)
    : source_(path.string()), name_(std::move(path)), file_(std::move(file)) {
  kind_ = file_kind(file_.text());
  stored_bytes_ = file_.size();
}

TableFile TableFile::open(const fs::path& path) {
  take_pipe_once(path);
  TableFile table(path, MappedFile::open(path));
  table.name_ = without_compression_ending(path);
  if (is_compressed(table.kind_)) {
    table.file_ = unpacked(std::move(table.file_), table.kind_, table.source_);
    table.kind_ = file_kind(table.bytes());
  }
  return table;
}

bool TableFile::is_binary() const {
  return kind_ == FileKind::kParquet || kind_ == FileKind::kArrowFile ||
         kind_ == FileKind::kArrowStream;
}

fs::path TableFile::path_to_open() const {
  const fs::path in_memory = file_.memory_path();
  return in_memory.empty() ? fs::path(source_) : in_memory;
}

std::string_view checked_text(const TableFile& file) {
  std::string_view bytes = file.bytes();
  if (bytes.starts_with("\xEF\xBB\xBF")) bytes.remove_prefix(3);
  if (trim_ascii(bytes.substr(0, 4096)).empty() && trim_ascii(bytes).empty()) {
    throw Error("the file is empty", file.source(), "give a file with a row for each text");
  }
  refuse_foreign_kind(file.kind(), file.source());
  refuse_archive(file.kind(), file.source());
  if (is_compressed(file.kind())) {
    throw Error("the file is compressed twice", file.source(), "unpack it first");
  }
  if (file.is_binary()) {
    throw Error("the file is a table in binary form (Parquet or Arrow), not text", file.source(),
                "name it .parquet or .arrow");
  }
  // Bytes that are no text at all would be taken for text in another encoding.
  const std::string_view start = bytes.substr(0, 4096);
  const size_t invalid = first_invalid_utf8(start);
  if (start.find('\0') != std::string_view::npos && invalid != std::string_view::npos &&
      invalid + 4 < start.size()) {
    throw Error("the file is not text, but binary data that thaw does not know", file.source(),
                "save its rows as CSV, JSONL or Parquet");
  }
  return bytes;
}

}  // namespace thaw
