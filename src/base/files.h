#pragma once

#include <cstddef>
#include <filesystem>
#include <functional>
#include <memory>
#include <ostream>
#include <string>
#include <string_view>

namespace thaw {

// A file mapped read-only into memory for as long as the object lives. Movable, not copyable. What
// a pipe has to say is read to its end and then mapped.
class MappedFile {
 public:
  // Throws Error when the path is absent, a folder, or unreadable. An empty file has size() == 0.
  static MappedFile open(const std::filesystem::path& path);

  MappedFile(MappedFile&& other) noexcept;
  MappedFile& operator=(MappedFile&& other) noexcept;
  ~MappedFile();

  const std::byte* data() const { return data_; }
  size_t size() const { return size_; }
  std::string_view text() const { return {reinterpret_cast<const char*>(data_), size_}; }

 private:
  MappedFile() = default;
  const std::byte* data_ = nullptr;
  size_t size_ = 0;
};

// The whole file as a string. Throws Error as MappedFile::open does.
std::string read_text_file(const std::filesystem::path& path);

// Writes a file that is afterwards the complete old one or the complete new one, whatever happens:
// a temporary file beside it (is_partial_name), fsync, rename, fsync of the folder. Throws Error
// (no space, no permission, …) and leaves nothing behind. What `write` throws is passed on.
// `elsewhere` ends the remedy of errors ("name another folder with --out").
void write_file(const std::filesystem::path& path, std::string_view bytes,
                const std::string& elsewhere = "choose another folder");
void write_file(const std::filesystem::path& path, const std::function<void(std::ostream&)>& write,
                const std::string& elsewhere = "choose another folder");

// Creates the folder for results. Throws Error if it holds files already (unless `may_hold_files`;
// remains of killed programs are removed), is a file, or cannot be written to.
void create_output_folder(const std::filesystem::path& folder, bool may_hold_files = false);

// Where thaw keeps what it fetched: $THAW_CACHE, else $XDG_CACHE_HOME/thaw, else ~/.cache/thaw.
std::filesystem::path cache_folder();

}  // namespace thaw
