#include "files/durable_folder.h"

#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdint>
#include <utility>

#include "files/error_at_target.h"
#include "files/file_calls.h"
#include "files/file_hash.h"
#include "files/file_name.h"
#include "files/files.h"

namespace thaw {
namespace fs = std::filesystem;
namespace {

// What a folder is called while another takes its place, where the two cannot be exchanged at once:
// this and its name.
constexpr char kReplacedPrefix[] = ".thaw-replaced-";

fs::path replaced_path(const fs::path& target) {
  return target.parent_path() / (kReplacedPrefix + target.filename().string());
}

bool is_there(const fs::path& path) {
  std::error_code error;
  return fs::symlink_status(path, error).type() != fs::file_type::not_found;
}

// Without a slash at the end, and the folder itself where a link leads to it, since the link cannot
// be exchanged.
fs::path real_target(fs::path target) {
  if (target.filename().empty() && target.has_parent_path()) target = target.parent_path();
  std::error_code error;
  const bool is_link = fs::is_symlink(target, error);
  if (!is_link && target.filename() != "." && target.filename() != "..") return target;
  const fs::path real = fs::canonical(target, error);
  return error ? target : real;
}

// A killed program may have left the old folder under its other name.
void restore_replaced(const fs::path& target) {
  const fs::path old = replaced_path(target);
  if (!is_there(old)) return;
  if (!is_there(target)) {
    rename_file(old, target);
    return;
  }
  sync_folder(target.parent_path());  // the new one is there for good before the old one goes
  remove_tree(old);
}

// The folders below, those furthest down first.
std::vector<fs::path> folders_below(const fs::path& folder) {
  std::vector<fs::path> folders;
  for (const auto& entry : fs::recursive_directory_iterator(folder)) {
    if (!entry.is_symlink() && entry.is_directory()) folders.push_back(entry.path());
  }
  std::reverse(folders.begin(), folders.end());
  return folders;
}

// The temporary folder is new, so what cannot be listed in it is a failure of the disk.
template <class Action>
auto listed(const fs::path& folder, const Action& action) {
  try {
    return action();
  } catch (const fs::filesystem_error& error) {
    throw file_error("cannot be read", error.code().value(), folder);
  }
}

}  // namespace

// ---- FolderWriter

struct FolderWriter::Move {
  fs::path from, to, spare;
  enum { kRenamed, kExchanged, kSpared } how;
};

FolderWriter::FolderWriter(const fs::path& target, Others others)
    : target_(real_target(target)), others_(others) {
  const bool inside = others == Others::kKept;
  const fs::path home = inside ? target_ : target_.parent_path();
  create_folders(home);
  if (!inside) restore_replaced(target_);
  partial_ = create_partial_folder(home, target_);
}

FolderWriter::~FolderWriter() {
  if (!leave_partial_) remove_tree(partial_.path());
}

std::vector<ManifestEntry> FolderWriter::sync_files() const {
  std::vector<ManifestEntry> entries;
  listed(target_, [&] {
    for (const auto& found : fs::recursive_directory_iterator(path())) {
      if (!found.is_symlink() && found.is_directory()) continue;
      ManifestEntry entry;
      entry.name = found.path().lexically_relative(path()).generic_string();
      if (!is_safe_file_name(entry.name)) {
        throw Error("a file cannot be called so", (target_ / entry.name).string());
      }
      entries.push_back(std::move(entry));
    }
  });
  std::sort(entries.begin(), entries.end(),
            [](const ManifestEntry& a, const ManifestEntry& b) { return a.name < b.name; });
  for (ManifestEntry& entry : entries) {
    const fs::path shown = target_ / entry.name;
    WritableFile file(path() / entry.name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK, 0, shown);
    const FileHash found = hash_file(file.descriptor(), shown);
    entry.bytes = found.bytes;
    entry.sha256 = found.sha256;
    file.sync();
    // So that what is verified afterwards comes from the disk.
    ::posix_fadvise(file.descriptor(), 0, 0, POSIX_FADV_DONTNEED);
    file.close();
  }
  listed(target_, [&] {
    for (const fs::path& folder : folders_below(path())) sync_folder(folder);
  });
  return entries;
}

void FolderWriter::commit(const std::string& last) {
  try {
    write_file(path() / kManifestName, manifest_text(sync_files()));
    verify_folder(path());
  } catch (const Error& error) {
    throw error_at_target(error, path(), target_);
  }
  if (others_ == Others::kGone) {
    replace_target();
  } else {
    fill_target(last);
  }
  remove_tree(path());  // now what was replaced
  leave_partial_ = true;
}

void FolderWriter::move(const fs::path& from, const fs::path& to, const fs::path& spare,
                        std::vector<Move>& moves) const {
  const FileCalls& calls = file_calls();
  const auto require = [&](bool succeeded) {
    if (!succeeded) throw file_error("cannot be written", errno, to);
  };
  if (!is_there(to)) {
    require(calls.rename(from.c_str(), to.c_str()) == 0);
    moves.push_back({from, to, spare, Move::kRenamed});
    return;
  }
  if (calls.exchange(from.c_str(), to.c_str()) == 0) {
    moves.push_back({from, to, spare, Move::kExchanged});
    return;
  }
  require(errno == EINVAL || errno == ENOSYS || errno == EOPNOTSUPP);
  require(calls.rename(to.c_str(), spare.c_str()) == 0);
  if (calls.rename(from.c_str(), to.c_str()) != 0) {
    const int error = errno;
    calls.rename(spare.c_str(), to.c_str());
    errno = error;
    require(false);
  }
  moves.push_back({from, to, spare, Move::kSpared});
}

bool FolderWriter::undo(const std::vector<Move>& moves) noexcept {
  const FileCalls& calls = file_calls();
  bool undone = true;
  for (size_t i = moves.size(); i-- > 0;) {
    const Move& move = moves[i];
    const char *from = move.from.c_str(), *to = move.to.c_str();
    if (move.how == Move::kExchanged) {
      undone = calls.exchange(from, to) == 0 && undone;
    } else {
      undone = calls.rename(to, from) == 0 && undone;
    }
    if (move.how == Move::kSpared) undone = calls.rename(move.spare.c_str(), to) == 0 && undone;
  }
  return undone;
}

void FolderWriter::replace_target() {
  std::vector<Move> moves;
  move(path(), target_, replaced_path(target_), moves);
  leave_partial_ = true;  // until it is known which of the two a power failure would leave
  sync_folder(target_.parent_path());
  if (moves.front().how == Move::kSpared) remove_tree(moves.front().spare);
}

void FolderWriter::fill_target(const std::string& last) {
  std::vector<std::string> names;
  listed(target_, [&] {
    for (const auto& entry : fs::directory_iterator(path())) {
      names.push_back(entry.path().filename().string());
    }
  });
  std::sort(names.begin(), names.end());
  for (const std::string& late : {last, std::string(kManifestName)}) {
    const auto found = std::find(names.begin(), names.end(), late);
    if (found != names.end()) std::rotate(found, found + 1, names.end());
  }
  std::vector<Move> moves;
  try {
    for (const std::string& name : names) {
      if (name == last || name == kManifestName) sync_folder(target_);
      move(path() / name, target_ / name, path() / (kReplacedPrefix + name), moves);
    }
  } catch (...) {
    leave_partial_ = true;
    if (undo(moves)) {
      try {
        sync_folder(path());
        sync_folder(target_);
        leave_partial_ = false;
      } catch (const Error&) {
      }
    }
    throw;
  }
  leave_partial_ = true;
  sync_folder(target_);
}

// ---- Reading

void verify_folder(const fs::path& folder) {
  const fs::path manifest = folder / kManifestName;
  std::error_code error;
  if (fs::symlink_status(manifest, error).type() != fs::file_type::regular) {
    throw Error("is missing", manifest.string(), "use a folder that was written to its end");
  }
  for (const ManifestEntry& entry : parse_manifest(read_text_file(manifest), manifest)) {
    verify_entry(folder, entry);
  }
}

std::vector<std::pair<uint64_t, fs::path>> numbered_folders(const fs::path& parent,
                                                            const std::string& prefix) {
  constexpr size_t kMostDigits = 18;  // that a uint64_t holds for sure
  std::vector<std::pair<uint64_t, fs::path>> folders;
  std::error_code error;
  for (fs::directory_iterator entry(parent, error), end; !error && entry != end;
       entry.increment(error)) {
    const std::string name = entry->path().filename().string();
    if (!name.starts_with(prefix + "-")) continue;
    const std::string digits = name.substr(prefix.size() + 1);
    const bool is_number =
        !digits.empty() && digits.size() <= kMostDigits &&
        std::all_of(digits.begin(), digits.end(), [](char c) { return c >= '0' && c <= '9'; });
    if (is_number) folders.emplace_back(std::stoull(digits), entry->path());
  }
  std::sort(folders.rbegin(), folders.rend());
  return folders;
}

std::optional<fs::path> newest_verified_folder(
    const fs::path& parent, const std::string& prefix,
    const std::function<void(const fs::path&, const Error&)>& on_broken) {
  for (const auto& [number, folder] : numbered_folders(parent, prefix)) {
    try {
      verify_folder(folder);
      return folder;
    } catch (const Error& error) {
      on_broken(folder, error);
    }
  }
  return std::nullopt;
}

// ---- What killed programs left

void remove_leftovers(const fs::path& folder) noexcept {
  try {
    std::vector<fs::path> partial, replaced;
    std::error_code error;
    for (fs::directory_iterator entry(folder, error), end; !error && entry != end;
         entry.increment(error)) {
      const std::string name = entry->path().filename().string();
      if (is_partial_name(name)) partial.push_back(entry->path());
      if (name.starts_with(kReplacedPrefix)) replaced.push_back(entry->path());
    }
    if (partial.empty() && replaced.empty()) return;
    sync_folder(folder);  // what has taken their place is there for good
    for (const fs::path& old : replaced) {
      restore_replaced(folder / old.filename().string().substr(std::size(kReplacedPrefix) - 1));
    }
    for (const fs::path& path : partial) {
      const int descriptor = ::open(path.c_str(), O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
      if (descriptor < 0) continue;
      if (::flock(descriptor, LOCK_EX | LOCK_NB) == 0) remove_tree(path);
      ::close(descriptor);
    }
  } catch (const std::exception&) {
  }
}

}  // namespace thaw
