#include "files/file_kind.h"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>
#include <cstddef>
#include <cstdint>

#include "base/error.h"
#include "text/value_list.h"

namespace thaw {
namespace {

constexpr size_t kLookedAt = 4096;  // bytes

std::string_view without_leading_space(std::string_view bytes) {
  const size_t first = bytes.find_first_not_of(" \t\r\n");
  return first == std::string_view::npos ? std::string_view() : bytes.substr(first);
}

// `word` is in lower case.
bool starts_with_word(std::string_view bytes, std::string_view word) {
  return bytes.size() >= word.size() &&
         std::equal(word.begin(), word.end(), bytes.begin(), [](char a, char b) {
           return a == static_cast<char>(std::tolower(static_cast<unsigned char>(b)));
         });
}

// A page as servers send it instead of a file: <!DOCTYPE html>, <html lang="en">, after comments.
bool is_html(std::string_view bytes) {
  bytes = without_leading_space(bytes);
  while (bytes.starts_with("<!--")) {
    const size_t end = bytes.find("-->");
    if (end == std::string_view::npos) return false;
    bytes = without_leading_space(bytes.substr(end + 3));
  }
  const auto is_tag = [&](std::string_view tag) {
    return starts_with_word(bytes, tag) && bytes.size() > tag.size() &&
           std::string_view(" \t\r\n>").find(bytes[tag.size()]) != std::string_view::npos;
  };
  return is_tag("<!doctype html") || is_tag("<html") || is_tag("<head");
}

// UTF-16 and UTF-32 give ASCII, which headers, separators and line ends are, zero bytes at fixed
// places. UTF-8 has hardly any, and none beside each of its line ends.
FileKind wide_text(std::string_view bytes) {
  bytes = bytes.substr(0, std::min(kLookedAt, bytes.size() / 4 * 4));
  if (bytes.find('\0') == std::string_view::npos || bytes.size() < 8) return FileKind::kOther;
  size_t zeros[4] = {};  // by their place in groups of four bytes
  size_t line_ends = 0, little_line_ends = 0, big_line_ends = 0;
  for (size_t i = 0; i < bytes.size(); ++i) {
    zeros[i % 4] += bytes[i] == '\0' ? 1 : 0;
    if (bytes[i] != '\n') continue;
    ++line_ends;
    little_line_ends += i % 2 == 0 && bytes[i + 1] == '\0' ? 1 : 0;
    big_line_ends += i % 2 == 1 && bytes[i - 1] == '\0' ? 1 : 0;
  }
  const size_t groups = bytes.size() / 4;
  const auto all = [&](int place) { return zeros[place] == groups; };
  const auto none = [&](int place) { return zeros[place] == 0; };
  const auto most = [&](int place) { return zeros[place] * 2 > groups; };
  if (none(0) && most(2) && all(3)) return FileKind::kUtf32LittleEndian;
  if (all(0) && most(1) && none(3)) return FileKind::kUtf32BigEndian;
  // A table's first line holds separators at least; zeros that only stand behind it are a text's.
  if (bytes.find('\0') > bytes.find('\n')) return FileKind::kOther;
  // A line without an end in sight: one character in eight.
  const auto enough = [&](size_t found, size_t wide_line_ends) {
    return line_ends > 0 ? wide_line_ends * 2 > line_ends : found * 4 >= groups;
  };
  if (none(0) && none(2) && enough(zeros[1] + zeros[3], little_line_ends)) {
    return FileKind::kUtf16LittleEndian;
  }
  if (none(1) && none(3) && enough(zeros[0] + zeros[2], big_line_ends)) {
    return FileKind::kUtf16BigEndian;
  }
  return FileKind::kOther;
}

// A tar archive begins with a header of 512 bytes that holds its own checksum in octal digits, the
// checksum's eight bytes counted as spaces (POSIX, ustar interchange format). Its magic word is no
// evidence: a text may hold it ("mustard"), and archives of the older form do not.
bool is_tar(std::string_view bytes) {
  constexpr size_t kHeader = 512, kChecksum = 148;
  if (bytes.size() < kHeader) return false;
  int64_t sum = 0;
  for (size_t i = 0; i < kHeader; ++i) {
    const bool is_checksum = i >= kChecksum && i < kChecksum + 8;
    sum += is_checksum ? ' ' : static_cast<unsigned char>(bytes[i]);
  }
  int64_t stored = 0;
  for (const char digit : without_leading_space(bytes.substr(kChecksum, 8))) {
    if (digit < '0' || digit > '7') break;
    stored = stored * 8 + (digit - '0');
  }
  return sum == stored;
}

// Many programs write zip archives; the names of the entries tell which. They stand before each
// entry and once more at the end.
FileKind zip_kind(std::string_view bytes) {
  const std::string_view begin = bytes.substr(0, kLookedAt);
  const std::string_view end = bytes.substr(bytes.size() - std::min(bytes.size(), kLookedAt));
  struct Entry {
    std::string_view name;
    FileKind kind;
  };
  static constexpr Entry kEntries[] = {
      {"xl/workbook", FileKind::kSpreadsheet},
      {"opendocument.spreadsheet", FileKind::kSpreadsheet},
      {"word/document", FileKind::kWordDocument},
      {"opendocument.text", FileKind::kWordDocument},
      {"/data.pkl", FileKind::kTorchArchive},
      {".npyPK", FileKind::kNumpyArchive},  // the name's end, and the next entry
      {".npy\x93NUMPY", FileKind::kNumpyArchive},
  };
  for (const Entry& entry : kEntries) {
    if (begin.find(entry.name) != std::string_view::npos ||
        end.find(entry.name) != std::string_view::npos) {
      return entry.kind;
    }
  }
  return FileKind::kZip;
}

[[noreturn]] void throw_encoding(const char* encoding, bool marked, const std::string& where) {
  const std::string name = encoding;
  throw Error(fmt::format("the file is {}{}, not UTF-8", name.substr(0, 6),
                          marked ? "" : " without a byte order mark"),
              where,
              fmt::format("save it as UTF-8: `iconv -f {} -t UTF-8 {} > NEW_FILE`", name,
                          shell_word(where)));
}

}  // namespace

FileKind file_kind(std::string_view bytes) {
  using namespace std::string_view_literals;
  struct Magic {
    std::string_view begin;
    FileKind kind;
  };
  static constexpr Magic kMagics[] = {
      {"\x1F\x8B"sv, FileKind::kGzip},
      {"\x28\xB5\x2F\xFD"sv, FileKind::kZstd},
      {"\xFD\x37zXZ\0"sv, FileKind::kXz},
      {"PAR1"sv, FileKind::kParquet},
      {"ARROW1"sv, FileKind::kArrowFile},
      {"\xFF\xFF\xFF\xFF"sv, FileKind::kArrowStream},
      {"version https://git-lfs.github.com/spec/"sv, FileKind::kGitLfsPointer},
      {"version https://hawser.github.com/spec/"sv, FileKind::kGitLfsPointer},
      {"version http://git-media.io/"sv, FileKind::kGitLfsPointer},
      {"/annex/objects/"sv, FileKind::kGitAnnexPointer},
      {"PK\x03\x04"sv, FileKind::kZip},
      {"PK\x05\x06"sv, FileKind::kZip},
      {"\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1"sv, FileKind::kOldOffice},
      {"{\\rtf1"sv, FileKind::kRichText},
      {"\x80\x02"sv, FileKind::kPickle},  // by its protocol; none is UTF-8
      {"\x80\x03"sv, FileKind::kPickle},
      {"\x80\x04"sv, FileKind::kPickle},
      {"\x80\x05"sv, FileKind::kPickle},
      {"\x93NUMPY"sv, FileKind::kNumpyArray},
      {"SQLite format 3\0"sv, FileKind::kSqlite},
      {"\x89HDF\r\n\x1A\n"sv, FileKind::kHdf5},
      {"Obj\x01"sv, FileKind::kAvro},
      {"RDX2\nX\n"sv, FileKind::kRData},
      {"RDX3\nX\n"sv, FileKind::kRData},
      {"X\n\0\0\0"sv, FileKind::kRData},
      {"Rar!\x1A\x07"sv, FileKind::kRar},
      {"\x89PNG\r\n\x1A\n"sv, FileKind::kImage},
      {"\xFF\xD8\xFF"sv, FileKind::kImage},
      {"7z\xBC\xAF\x27\x1C"sv, FileKind::kSevenZip},
      {"%PDF-"sv, FileKind::kPdf},
      {"\xFF\xFE\0\0"sv, FileKind::kUtf32},
      {"\0\0\xFE\xFF"sv, FileKind::kUtf32},
      {"\xFF\xFE"sv, FileKind::kUtf16},
      {"\xFE\xFF"sv, FileKind::kUtf16},
  };
  for (const Magic& magic : kMagics) {
    if (!bytes.starts_with(magic.begin)) continue;
    return magic.kind == FileKind::kZip ? zip_kind(bytes) : magic.kind;
  }
  // "BZh", the level, and the first block's or an empty stream's own six bytes: text may begin with
  // the three letters.
  if (bytes.starts_with("BZh") && bytes.size() >= 4 && bytes[3] >= '1' && bytes[3] <= '9' &&
      (bytes.size() < 10 || bytes.substr(4, 6) == "\x31\x41\x59\x26\x53\x59" ||
       bytes.substr(4, 6) == "\x17\x72\x45\x38\x50\x90")) {
    return FileKind::kBzip2;
  }
  // Frames of zstd that hold no data (pzstd begins with one): 0x184D2A5? and a length.
  if (bytes.size() >= 8 && (static_cast<unsigned char>(bytes[0]) & 0xF0) == 0x50 &&
      bytes.substr(1, 3) == "\x2A\x4D\x18") {
    return FileKind::kZstd;
  }
  if (is_tar(bytes)) return FileKind::kTar;
  if (bytes.starts_with("\xEF\xBB\xBF")) bytes.remove_prefix(3);
  bytes = bytes.substr(0, kLookedAt);
  if (is_html(bytes)) return FileKind::kHtml;
  if (without_leading_space(bytes).starts_with("<?xml")) return FileKind::kXml;
  return wide_text(bytes);
}

void refuse_foreign_kind(std::string_view bytes, const std::string& where) {
  refuse_foreign_kind(file_kind(bytes), where);
}

void refuse_foreign_kind(FileKind kind, const std::string& where) {
  switch (kind) {
    case FileKind::kGitLfsPointer:
      throw Error("is a Git LFS pointer, not the file itself", where,
                  "run `git lfs pull` in its repository (`git lfs install` before the first time)");
    case FileKind::kGitAnnexPointer:
      throw Error("is a git-annex pointer, not the file itself", where,
                  "run `git annex get` in its repository");
    case FileKind::kHtml:
      throw Error("is an HTML page, not the file itself", where,
                  "download the file, not the page that shows it (on a hub the address holds "
                  "/resolve/ or /raw/, not /blob/)");
    case FileKind::kXml:
      throw Error("is an XML document", where,
                  "save it as a table, or download it again if it holds a server's error message");
    case FileKind::kUtf16:
      throw_encoding("UTF-16", true, where);
    case FileKind::kUtf32:
      throw_encoding("UTF-32", true, where);
    case FileKind::kUtf16LittleEndian:
      throw_encoding("UTF-16LE", false, where);
    case FileKind::kUtf16BigEndian:
      throw_encoding("UTF-16BE", false, where);
    case FileKind::kUtf32LittleEndian:
      throw_encoding("UTF-32LE", false, where);
    case FileKind::kUtf32BigEndian:
      throw_encoding("UTF-32BE", false, where);
    default:
      return;
  }
}

void refuse_archive(FileKind kind, const std::string& where) {
  switch (kind) {
    case FileKind::kZip:
      throw Error("the file is a zip archive", where, "unpack it with `unzip`");
    case FileKind::kSpreadsheet:
      throw Error("the file is a spreadsheet (.xlsx, .ods)", where,
                  "save its sheet as CSV (pandas: read_excel() and to_csv(index=False))");
    case FileKind::kWordDocument:
      throw Error("the file is a word processor's document (.docx, .odt)", where,
                  "write its texts into a table: CSV or JSONL");
    case FileKind::kOldOffice:
      throw Error("the file is an old Office document (.xls, .doc)", where,
                  "save its sheet as CSV (pandas: read_excel() and to_csv(index=False))");
    case FileKind::kRichText:
      throw Error("the file is a document in rich text (RTF)", where,
                  "write its texts into a table: CSV or JSONL");
    case FileKind::kPickle:
      throw Error("the file is a Python pickle, which can run any program when it is loaded", where,
                  "if you trust it, save it as a table (pandas: read_pickle() and to_parquet())");
    case FileKind::kTorchArchive:
      throw Error("the file is an archive of PyTorch (.pt)", where,
                  "load it with PyTorch, and save texts and labels as CSV, JSONL or Parquet");
    case FileKind::kNumpyArray:
    case FileKind::kNumpyArchive:
      throw Error("the file holds arrays of NumPy (.npy, .npz)", where,
                  "load it with NumPy, and save texts and labels as CSV, JSONL or Parquet");
    case FileKind::kSqlite:
      throw Error("the file is an SQLite database", where,
                  fmt::format("save its table as CSV: `sqlite3 -header -csv {} 'SELECT text, label "
                              "FROM TABLE' > NEW_FILE.csv`",
                              shell_word(where)));
    case FileKind::kHdf5:
      throw Error("the file is in HDF5", where,
                  "save its table as Parquet or CSV (pandas: read_hdf() and to_parquet())");
    case FileKind::kAvro:
      throw Error("the file is in Avro", where, "save its table as Parquet, JSONL or CSV");
    case FileKind::kRData:
      throw Error("the file holds data of R", where, "save its table as CSV (R: write.csv())");
    case FileKind::kRar:
      throw Error("the file is a RAR archive", where, "unpack it with `unrar x`");
    case FileKind::kImage:
      throw Error("the file is an image", where, "give a table of texts: CSV, JSONL or Parquet");
    case FileKind::kTar:
      throw Error("the file is a tar archive", where, "unpack it with `tar -xf`");
    case FileKind::kSevenZip:
      throw Error("the file is a 7z archive", where, "unpack it with `7z x`");
    case FileKind::kPdf:
      throw Error("the file is a PDF document", where, "save its texts as a table");
    default:
      return;
  }
}

}  // namespace thaw
