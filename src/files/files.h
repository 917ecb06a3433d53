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

  // A file in memory, without a name, of all that `write` gives to its argument. `where` is for
  // messages. What `write` throws is passed on.
  using Sink = std::function<void(std::string_view piece)>;
  static MappedFile in_memory(const std::function<void(const Sink&)>& write,
                              const std::string& where);

  MappedFile(MappedFile&& other) noexcept;
  MappedFile& operator=(MappedFile&& other) noexcept;
  ~MappedFile();

  const std::byte* data() const { return data_; }
  size_t size() const { return size_; }
  std::string_view text() const { return {reinterpret_cast<const char*>(data_), size_}; }

  // Gives the memory of a range back to the system for now: what is read again comes from the disk
  // again. Nothing happens to a file in memory.
  void release(size_t begin, size_t end) const;
  // The same for what nobody reads again: of a file in memory the range is gone afterwards.
  void discard(size_t begin, size_t end) const;

  // Whether it was a pipe, or made by in_memory().
  bool is_in_memory() const { return memory_ >= 0; }
  // Of a file in memory: a path under which the same bytes are opened for as long as
  // the object lives. Empty for others, which have a path.
  std::filesystem::path memory_path() const;

 private:
  MappedFile() = default;
  void map(int descriptor, const std::string& where);

  const std::byte* data_ = nullptr;
  size_t size_ = 0;
  int memory_ = -1;  // descriptor of a file in memory
};

// The whole file as a string. Throws Error as MappedFile::open does.
std::string read_text_file(const std::filesystem::path& path);

// Writes a file that is afterwards the complete old one or the complete new one, whatever happens:
// a temporary file beside it (is_partial_name), fsync, rename, fsync of the folder. Throws Error
// (no space, no permission, …) and leaves nothing behind. What `write` throws is passed on.
void write_file(const std::filesystem::path& path, std::string_view bytes);
void write_file(const std::filesystem::path& path, const std::function<void(std::ostream&)>& write);

// Creates the folder for results. Throws Error if it holds files already (unless `may_hold_files`;
// remains of killed programs are removed), is a file, or cannot be written to.
void create_output_folder(const std::filesystem::path& folder, bool may_hold_files = false);

// Where thaw keeps what it fetched: $THAW_CACHE, else $XDG_CACHE_HOME/thaw, else ~/.cache/thaw.
std::filesystem::path cache_folder();

}  // namespace thaw
