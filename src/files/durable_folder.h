#pragma once

#include <filesystem>
#include <functional>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "files/file_steps.h"
#include "files/manifest.h"

namespace thaw {

// A folder of files that appears as a whole or not at all, whatever happens meanwhile: an error, a
// killed program, a power failure.
//
//   FolderWriter folder("OUT/full");
//   write_file(folder.path() / "config.json", text);
//   write_file(folder.path() / "model.safetensors", write_tensors);
//   folder.commit();
//
// Its files are recorded in a manifest (manifest.json), by which verify_folder tells later whether
// they are still what they were.
class FolderWriter {
 public:
  enum class Others {
    kGone,  // the target is replaced as a whole: what it held before is deleted
    kKept,  // the new files go into the target beside the others that it holds
  };

  // Makes a temporary folder: beside the target (kGone), whose parent is made where it is missing,
  // or in the target (kKept), which is. Throws Error.
  explicit FolderWriter(const std::filesystem::path& target, Others others = Others::kGone);
  FolderWriter(const FolderWriter&) = delete;
  FolderWriter& operator=(const FolderWriter&) = delete;
  // Removes what was not committed.
  ~FolderWriter();

  // The temporary folder. Files may be written into it by any means, and folders made.
  const std::filesystem::path& path() const { return partial_.path(); }

  // Syncs every file, writes the manifest, reads all of it back from the disk and compares. Then:
  //
  // kGone: the target is the complete old folder until, in one step, it is the complete new one.
  // The old one is deleted after that has been synced. On a file system that cannot exchange two
  // folders there is a moment with neither, in which a killed program leaves the old one under
  // another name: remove_leftovers, and the next FolderWriter for this target, give it back its
  // own.
  //
  // kKept: the files are moved into the target one by one, `last` being the last but one and the
  // manifest the very last. So where the manifest is, all is. An error moves back what was moved.
  // Files of an earlier commit with the same names are replaced; a program killed while it moves
  // leaves some of each.
  //
  // Throws Error; the target then is as it was. The only exception is a failure of the very last
  // sync: it cannot be told then which of the two a power failure would leave, so the new one stays
  // in its place and the old one under its temporary name.
  void commit(const std::string& last = "");

 private:
  struct Move;
  std::vector<ManifestEntry> sync_files() const;
  void replace_target();
  void fill_target(const std::string& last);
  void move(const std::filesystem::path& from, const std::filesystem::path& to,
            const std::filesystem::path& spare, std::vector<Move>& moves) const;
  static bool undo(const std::vector<Move>& moves) noexcept;

  std::filesystem::path target_;
  Others others_;
  WritableFile partial_;        // the temporary folder, open and locked
  bool leave_partial_ = false;  // it holds what may be needed
};

// Throws Error, with its path, for the first file that is missing or is not what the folder's
// manifest says, or for a manifest that is missing or broken. Files that the manifest does not name
// are none of its business. Reads everything: about a second for a gigabyte.
void verify_folder(const std::filesystem::path& folder);

// Of the folders "PREFIX-NUMBER" in `parent` the one with the highest number that verify_folder
// accepts. Those with higher numbers, which it does not, go to `on_broken` with what it says.
std::optional<std::filesystem::path> newest_verified_folder(
    const std::filesystem::path& parent, const std::string& prefix,
    const std::function<void(const std::filesystem::path& folder, const Error& error)>& on_broken);

// Those folders with their numbers, the highest first.
std::vector<std::pair<uint64_t, std::filesystem::path>> numbered_folders(
    const std::filesystem::path& parent, const std::string& prefix);

// Removes what killed programs left in the folder: temporary files and folders that no running
// program holds. What cannot be removed stays. Never throws.
void remove_leftovers(const std::filesystem::path& folder) noexcept;

}  // namespace thaw
