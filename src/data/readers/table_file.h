#pragma once

#include <filesystem>
#include <string>
#include <string_view>

#include "files/file_kind.h"
#include "files/files.h"

namespace thaw {

// A file of texts or of a table as its reader gets it: opened once (a pipe can be read only once)
// and unpacked where it is compressed with gzip, zstd, bzip2 or xz, as its first bytes tell.
class TableFile {
 public:
  // Throws Error as MappedFile::open() and unpack() do, and for a pipe that was read before.
  static TableFile open(const std::filesystem::path& path);

  const std::string& source() const { return source_; }        // for messages: the path
  const std::filesystem::path& name() const { return name_; }  // without .gz and its like
  const MappedFile& file() const { return file_; }             // what was unpacked
  std::string_view bytes() const { return file_.text(); }
  FileKind kind() const { return kind_; }                // of what was unpacked
  bool is_binary() const;                                // Parquet or Arrow
  std::filesystem::path path_to_open() const;            // for readers of their own
  size_t stored_bytes() const { return stored_bytes_; }  // before unpacking

 private:
  TableFile(std::filesystem::path path, MappedFile file);

  std::string source_;
  std::filesystem::path name_;
  MappedFile file_;
  FileKind kind_ = FileKind::kOther;
  size_t stored_bytes_ = 0;
};

// The name without the ending that compression adds: "train.csv.gz" -> "train.csv".
std::filesystem::path without_compression_ending(const std::filesystem::path& path);

// The bytes of a text file without its UTF-8 byte order mark. Throws Error for an empty file and
// for what is not text (refuse_foreign_kind), compressed twice, or a table in binary form.
std::string_view checked_text(const TableFile& file);

}  // namespace thaw
