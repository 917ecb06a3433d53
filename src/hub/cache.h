#pragma once

#include <filesystem>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "files/file_steps.h"
#include "hub/name.h"
#include "hub/settings.h"

namespace thaw {

// One repository's part of the cache, in the layout of Python's huggingface_hub, which thus finds
// what thaw fetched and the other way round:
//
//   CACHE/models--org--name/
//     refs/main                      the commit that the branch was at
//     blobs/<etag>                   contents
//     snapshots/<commit>/config.json -> ../../blobs/<etag>
//     .no_exist/<commit>/x.json      known not to be in that commit
//   CACHE/.locks/models--org--name/<etag>.lock
//
// File names are relative ("1_Pooling/config.json"); each function that takes one throws Error for
// a name that leads out of its folder (is_safe_file_name).
class RepoCache {
 public:
  RepoCache(const HubSettings& settings, RepoType type, const std::string& id);

  // The commit that a revision was at when it was last looked up, or the commit that it is itself.
  std::optional<std::string> commit_of(const std::string& revision) const;
  // Does nothing where the cache cannot be written to or the revision is the commit itself.
  void remember_commit(const std::string& revision, const std::string& commit) const;

  std::filesystem::path snapshot(const std::string& commit) const;
  // A file of a commit, where it is there.
  std::optional<std::filesystem::path> file(const std::string& commit,
                                            const std::string& name) const;
  // The names of all files that are there, sorted.
  std::vector<std::string> files(const std::string& commit) const;

  bool is_known_missing(const std::string& commit, const std::string& name) const;
  void remember_missing(const std::string& commit, const std::string& name) const;

  // All names that a commit has, as the hub listed them once, to thaw or to huggingface_hub.
  std::optional<std::vector<std::string>> listing(const std::string& commit) const;
  void remember_listing(const std::string& commit, const std::vector<std::string>& names) const;

  // Where the content with this etag is or belongs. Throws Error for an etag that is no file name.
  std::filesystem::path blob(const std::string& etag) const;
  std::filesystem::path lock(const std::string& etag) const;
  // Creates the folders of blobs and locks. Throws Error where it cannot.
  void create_folders() const;
  // Makes a blob appear under its name in a commit, and returns where. `is_new`: nothing else leads
  // to the blob yet, so that it may be moved where there are no symbolic links.
  std::filesystem::path link(const std::string& commit, const std::string& name,
                             const std::string& etag, bool is_new) const;

 private:
  std::filesystem::path cache_, folder_, listings_;
  std::string folder_name_;
  bool uses_symlinks_;
};

// A lock that huggingface_hub takes, too, for as long as the object lives. Movable.
class FileLock {
 public:
  // Waits until it is free; `waiting` is called several times a second and may throw.
  FileLock(const std::filesystem::path& path, const std::function<void()>& waiting);

  // False on file systems that know no locks: nobody else is kept out there.
  bool is_held() const { return held_; }

 private:
  WritableFile file_;
  bool held_ = false;
};

}  // namespace thaw
