#pragma once

#include <string>
#include <string_view>

namespace thaw {

// What a file is by its bytes, whatever its name says.
enum class FileKind {
  kOther,  // text, or what its reader must tell
  // Packed, see files/decompression.h.
  kGzip,
  kZstd,
  kBzip2,
  kXz,
  // Tables.
  kParquet,
  kArrowFile,    // Arrow IPC with a footer, which Feather is as well
  kArrowStream,  // Arrow IPC without one, which datasets' save_to_disk() writes
  // What nobody means to give.
  kGitLfsPointer,
  kGitAnnexPointer,
  kHtml,
  kXml,
  kZip,
  kSpreadsheet,   // .xlsx, .ods: zip archives by their bytes
  kWordDocument,  // .docx, .odt
  kNumpyArchive,  // .npz
  kTorchArchive,  // .pt
  kOldOffice,     // .xls, .doc
  kRichText,
  kPickle,
  kNumpyArray,
  kSqlite,
  kHdf5,
  kAvro,
  kRData,
  kRar,
  kImage,
  kTar,
  kSevenZip,
  kPdf,
  kUtf16,  // with a byte order mark
  kUtf32,
  kUtf16LittleEndian,  // without one: told by where the zero bytes stand
  kUtf16BigEndian,
  kUtf32LittleEndian,
  kUtf32BigEndian,
};

// Looks at the first bytes alone (some 4 KB of them), and in a zip archive also at the last ones.
FileKind file_kind(std::string_view bytes);

// Throws Error where the bytes are of a kind that neither a table nor a model has, with what they
// are and how to come by what was meant: a pointer of Git LFS, a page of the web, text in UTF-16 or
// UTF-32. `where`: the file, as messages name it.
void refuse_foreign_kind(std::string_view bytes, const std::string& where);
void refuse_foreign_kind(FileKind kind, const std::string& where);

// The same for data in an archive or a document of another program.
void refuse_archive(FileKind kind, const std::string& where);

}  // namespace thaw
