#include "hub/cache.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/file.h>

#include <algorithm>
#include <cctype>
#include <cerrno>
#include <chrono>
#include <nlohmann/json.hpp>
#include <thread>

#include "base/error.h"
#include "files/file_calls.h"
#include "files/file_steps.h"
#include "files/files.h"
#include "files/json_file.h"

namespace thaw {
namespace fs = std::filesystem;
namespace {

constexpr const char* kCacheTag =
    "Signature: 8a477f597d28d172789f06886806bc55\n"
    "# This file is a cache directory tag created by huggingface_hub.\n"
    "# For information about cache directory tags, see:\n"
    "#\thttps://bford.info/cachedir/\n";

const std::string& checked(const std::string& name) {
  if (is_safe_file_name(name)) return name;
  throw Error(
      fmt::format("the hub names a file {}, which leads out of its folder", in_quotes(name)), "",
      "do not use this repository");
}

bool is_file(const fs::path& path) {
  std::error_code error;
  return fs::is_regular_file(path, error);
}

// For what only saves a later look-up: a cache that cannot be written to is no reason to fail.
void write_if_possible(const fs::path& path, std::string_view bytes) {
  try {
    create_folders(path.parent_path());
    write_file(path, bytes);
  } catch (const Error&) {
  }
}

}  // namespace

RepoCache::RepoCache(const HubSettings& settings, RepoType type, const std::string& id)
    : cache_(settings.cache),
      folder_(settings.cache / repo_folder_name(type, id)),
      listings_(settings.listings / repo_folder_name(type, id)),
      folder_name_(repo_folder_name(type, id)),
      uses_symlinks_(settings.uses_symlinks) {}

std::optional<std::string> RepoCache::commit_of(const std::string& revision) const {
  if (is_commit_hash(revision)) return revision;
  const fs::path path = folder_ / "refs" / checked(revision);
  if (!is_file(path)) return std::nullopt;
  std::string commit = read_text_file(path);
  while (!commit.empty() && std::isspace(static_cast<unsigned char>(commit.back()))) {
    commit.pop_back();
  }
  return is_commit_hash(commit) ? std::optional(commit) : std::nullopt;
}

void RepoCache::remember_commit(const std::string& revision, const std::string& commit) const {
  if (revision == commit || commit_of(revision) == commit) return;
  write_if_possible(folder_ / "refs" / checked(revision), commit);
}

fs::path RepoCache::snapshot(const std::string& commit) const {
  return folder_ / "snapshots" / checked(commit);
}

std::optional<fs::path> RepoCache::file(const std::string& commit, const std::string& name) const {
  fs::path path = snapshot(commit) / checked(name);
  return is_file(path) ? std::optional(path) : std::nullopt;
}

std::vector<std::string> RepoCache::files(const std::string& commit) const {
  std::vector<std::string> names;
  const fs::path folder = snapshot(commit);
  std::error_code error;
  for (fs::recursive_directory_iterator entry(folder, error), end; !error && entry != end;
       entry.increment(error)) {
    if (is_file(entry->path())) names.push_back(entry->path().lexically_relative(folder).string());
  }
  std::sort(names.begin(), names.end());
  return names;
}

bool RepoCache::is_known_missing(const std::string& commit, const std::string& name) const {
  return is_file(folder_ / ".no_exist" / checked(commit) / checked(name));
}

void RepoCache::remember_missing(const std::string& commit, const std::string& name) const {
  if (!is_known_missing(commit, name)) {
    write_if_possible(folder_ / ".no_exist" / checked(commit) / checked(name), "");
  }
}

std::optional<std::vector<std::string>> RepoCache::listing(const std::string& commit) const {
  const std::string file = checked(commit) + ".json";
  try {
    std::vector<std::string> names;
    if (is_file(listings_ / file)) {
      const auto json =
          parse_unique_json(read_text_file(listings_ / file), (listings_ / file).string());
      return json.get<std::vector<std::string>>();
    }
    // huggingface_hub's own, since its release 2.
    const fs::path tree = folder_ / "trees" / file;
    if (!is_file(tree)) return std::nullopt;
    const auto json = parse_unique_json(read_text_file(tree), tree.string());
    if (json.at("format_version") != 1) return std::nullopt;
    for (const auto& [name, ignored] : json.at("files").items()) names.push_back(name);
    return names;
  } catch (const Error&) {
  } catch (const nlohmann::json::exception&) {
  }
  return std::nullopt;  // damaged, or of another make: the hub knows
}

void RepoCache::remember_listing(const std::string& commit,
                                 const std::vector<std::string>& names) const {
  using Json = nlohmann::json;
  write_if_possible(listings_ / (checked(commit) + ".json"),
                    Json(names).dump(1, ' ', false, Json::error_handler_t::replace));
}

fs::path RepoCache::blob(const std::string& etag) const {
  const bool fits =
      is_safe_file_name(etag) && etag.size() <= 200 && etag.find('/') == std::string::npos;
  if (!fits) {
    throw Error(
        fmt::format("the hub gives a file the etag {}, which thaw cannot keep", in_quotes(etag)),
        "", "check HF_ENDPOINT and the proxy", ErrorKind::kNetwork);
  }
  return folder_ / "blobs" / etag;
}

fs::path RepoCache::lock(const std::string& etag) const {
  return cache_ / ".locks" / folder_name_ / (blob(etag).filename().string() + ".lock");
}

void RepoCache::create_folders() const {
  thaw::create_folders(folder_ / "blobs");
  thaw::create_folders(cache_ / ".locks" / folder_name_);
  if (!is_file(cache_ / "CACHEDIR.TAG")) write_if_possible(cache_ / "CACHEDIR.TAG", kCacheTag);
}

fs::path RepoCache::link(const std::string& commit, const std::string& name,
                         const std::string& etag, bool is_new) const {
  const fs::path target = blob(etag);
  fs::path path = snapshot(commit) / checked(name);
  const fs::path folder = path.parent_path();
  thaw::create_folders(folder);
  remove_file(path);  // a link to what is no more
  if (uses_symlinks_) {
    const fs::path relative = target.lexically_relative(folder);
    const bool linked = file_calls().symlink(relative.c_str(), path.c_str()) == 0;
    if (linked) sync_folder(folder);
    // Another process may have been faster.
    if (linked || is_file(path)) return path;
  }
  if (is_new) {
    rename_file(target, path);
  } else {  // snapshots of an earlier time may lead to an older blob
    write_file(path, MappedFile::open(target).text());
  }
  return path;
}

FileLock::FileLock(const fs::path& path, const std::function<void()>& waiting) {
  const bool is_new = !is_file(path);
  file_ = WritableFile(path, O_RDWR | O_CREAT, 0664);
  // Whoever shares the cache may wait for the lock, too, whatever the umask.
  if (is_new) (void)file_calls().set_mode(file_.descriptor(), 0664);
  for (;;) {
    if (::flock(file_.descriptor(), LOCK_EX | LOCK_NB) == 0) {
      held_ = true;
      return;
    }
    if (errno == EINTR) continue;
    if (errno != EWOULDBLOCK && errno != EACCES) return;  // a file system without locks
    if (waiting) waiting();
    std::this_thread::sleep_for(std::chrono::milliseconds(50));
  }
}

}  // namespace thaw
