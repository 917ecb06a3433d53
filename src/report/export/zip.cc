#include "report/export/zip.h"

#include <zip.h>

#include <memory>

#include "base/error.h"

namespace thaw {
namespace {

constexpr zip_uint16_t kFirstDate = 0x21;  // 1980-01-01, the first that the format knows

[[noreturn]] void fail(const std::string& why) {
  throw Error("the archive cannot be made: " + why, "artifacts.zip");
}

struct SourceFree {
  void operator()(zip_source_t* source) const { zip_source_free(source); }
};

std::string bytes_of(zip_source_t* source) {
  zip_stat_t status;
  zip_stat_init(&status);
  if (zip_source_stat(source, &status) != 0 || (status.valid & ZIP_STAT_SIZE) == 0 ||
      zip_source_open(source) != 0) {
    fail(zip_error_strerror(zip_source_error(source)));
  }
  std::string bytes(static_cast<size_t>(status.size), '\0');
  const zip_int64_t count = zip_source_read(source, bytes.data(), bytes.size());
  zip_source_close(source);
  if (count != static_cast<zip_int64_t>(bytes.size())) fail("it cannot be read back");
  return bytes;
}

}  // namespace

std::string zip_archive(const std::vector<OutputFile>& files) {
  zip_error_t error;
  zip_error_init(&error);
  const std::unique_ptr<zip_source_t, SourceFree> target(
      zip_source_buffer_create(nullptr, 0, 0, &error));
  if (target == nullptr) fail(zip_error_strerror(&error));
  zip_source_keep(target.get());  // the archive's own reference
  zip_t* archive = zip_open_from_source(target.get(), ZIP_TRUNCATE, &error);
  if (archive == nullptr) {
    zip_source_free(target.get());
    fail(zip_error_strerror(&error));
  }
  const auto abandon = [&]() {
    const std::string why = zip_strerror(archive);
    zip_discard(archive);
    fail(why);
  };
  for (const OutputFile& file : files) {
    zip_source_t* source = zip_source_buffer(archive, file.bytes.data(), file.bytes.size(), 0);
    if (source == nullptr) abandon();
    const zip_int64_t index = zip_file_add(archive, file.name.c_str(), source, ZIP_FL_ENC_UTF_8);
    if (index < 0) {
      zip_source_free(source);
      abandon();
    }
    const auto entry = static_cast<zip_uint64_t>(index);
    constexpr zip_uint32_t kRegularFile = 0100644u << 16;
    if (zip_file_set_dostime(archive, entry, 0, kFirstDate, 0) != 0 ||
        zip_set_file_compression(archive, entry, ZIP_CM_DEFLATE, 6) != 0 ||
        zip_file_set_external_attributes(archive, entry, 0, ZIP_OPSYS_UNIX, kRegularFile) != 0) {
      abandon();
    }
  }
  if (zip_close(archive) != 0) abandon();
  return bytes_of(target.get());
}

}  // namespace thaw
