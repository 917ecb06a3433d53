#include "tests/faults/disk_model.h"

#include <fcntl.h>

#include <algorithm>
#include <cerrno>
#include <fstream>
#include <iterator>
#include <random>
#include <set>
#include <stdexcept>

namespace thaw::testing {
namespace {

namespace fs = std::filesystem;

// What may have become of a file that was not synced.
enum Damage { kAsSynced, kEmpty, kCut, kZeros, kAsWritten, kDamages };

std::string text_of(const fs::path& path) {
  std::ifstream in(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

}  // namespace

DiskModel::DiskModel(const fs::path& folder) : root_(folder) {
  contents_[next_++].is_folder = true;  // 1: the folder itself
  std::vector<fs::path> paths;
  for (const auto& entry : fs::recursive_directory_iterator(folder)) paths.push_back(entry.path());
  std::sort(paths.begin(), paths.end());
  for (const fs::path& path : paths) {
    const bool is_folder = !fs::is_symlink(path) && fs::is_directory(path);
    const std::string text = is_folder              ? ""
                             : fs::is_symlink(path) ? fs::read_symlink(path).string()
                                                    : text_of(path);
    const Node node = add(is_folder, text);
    names_[*place_of(path)] = node;
  }
  first_contents_ = contents_;
  first_names_ = names_;
}

DiskModel::Node DiskModel::add(bool is_folder, const std::string& text) {
  contents_[next_] = {is_folder, text, text, true};
  return next_++;
}

std::optional<DiskModel::Place> DiskModel::place_of(const fs::path& path) const {
  const fs::path relative = path.lexically_normal().lexically_relative(root_.lexically_normal());
  if (relative.empty() || *relative.begin() == ".." || relative == ".") return std::nullopt;
  Node folder = 1;
  for (const fs::path& part : relative.parent_path()) {
    const auto found = names_.find({folder, part.string()});
    if (found == names_.end()) throw std::logic_error("no such folder: " + path.string());
    folder = found->second;
  }
  return Place{folder, relative.filename().string()};
}

DiskModel::Node DiskModel::find(const fs::path& path) const {
  if (path.lexically_normal() == root_.lexically_normal()) return 1;
  const auto place = place_of(path);
  if (!place) return 0;
  const auto found = names_.find(*place);
  return found == names_.end() ? 0 : found->second;
}

void DiskModel::play(const Renaming& renaming, Names& names) {
  for (const auto& [place, node] : renaming.sets) {
    if (node == 0) {
      names.erase(place);
    } else {
      names[place] = node;
    }
  }
}

void DiskModel::change(std::string what, Renaming renaming) {
  play(renaming, names_);
  Step step;
  step.what = std::move(what);
  step.renaming = std::move(renaming);
  steps_.push_back(std::move(step));
}

void DiskModel::open(int file, const fs::path& path, bool created) {
  open_.erase(file);
  const auto place = place_of(path);
  if (created && place) {
    const Node node = add(false, "");
    // Its bytes are on the disk when it is synced, and none are written yet.
    first_contents_[node] = {};
    open_[file] = node;
    change("making " + path.string(), {{{*place, node}}, {place->first}});
  } else if (const Node node = find(path)) {
    open_[file] = node;
  }
}

void DiskModel::write(int file, std::string bytes, int64_t at) {
  const auto found = open_.find(file);
  if (found == open_.end()) return;
  Step step;
  step.what = "writing";
  step.written = found->second;
  step.bytes = std::move(bytes);
  step.at = at;
  steps_.push_back(std::move(step));
}

void DiskModel::truncate(int file, int64_t size) {
  const auto found = open_.find(file);
  if (found == open_.end()) return;
  Step step;
  step.what = "truncating";
  step.written = found->second;
  step.at = size;
  step.resizes = true;
  steps_.push_back(std::move(step));
}

void DiskModel::sync(int file) {
  const auto found = open_.find(file);
  if (found == open_.end()) return;
  Step step;
  step.what = "syncing";
  step.synced = found->second;
  steps_.push_back(std::move(step));
}

void DiskModel::rename(const fs::path& from, const fs::path& to) {
  const auto old = place_of(from), now = place_of(to);
  if (!old || !now) return;
  const Node node = names_.at(*old);
  change("renaming to " + to.string(), {{{*old, 0}, {*now, node}}, {now->first}});
}

void DiskModel::exchange(const fs::path& one, const fs::path& other) {
  const auto a = place_of(one), b = place_of(other);
  if (!a || !b) return;
  const Node first = names_.at(*a), second = names_.at(*b);
  change("exchanging " + other.string(), {{{*a, second}, {*b, first}}, {b->first}});
}

void DiskModel::symlink(const std::string& target, const fs::path& path) {
  const auto place = place_of(path);
  if (!place) return;
  const Node node = add(false, target);
  first_contents_[node] = contents_[node];
  change("linking " + path.string(), {{{*place, node}}, {place->first}});
}

void DiskModel::remove(const fs::path& path) {
  const auto place = place_of(path);
  if (place) change("removing " + path.string(), {{{*place, 0}}, {place->first}});
}

void DiskModel::mkdir(const fs::path& path) {
  const auto place = place_of(path);
  if (!place) return;
  const Node node = add(true, "");
  first_contents_[node] = contents_[node];
  change("making the folder " + path.string(), {{{*place, node}}, {place->first}});
}

void DiskModel::apply(const Step& step, std::map<Node, Content>& contents) {
  if (step.synced != 0) {
    Content& content = contents[step.synced];
    content.synced = content.now;
    content.is_synced = true;
  }
  if (step.written == 0) return;
  Content& content = contents[step.written];
  content.is_synced = false;
  if (step.resizes) {
    content.now.resize(static_cast<size_t>(step.at));
    return;
  }
  const auto at = static_cast<size_t>(step.at);
  if (content.now.size() < at + step.bytes.size()) content.now.resize(at + step.bytes.size());
  content.now.replace(at, step.bytes.size(), step.bytes);
}

DiskState DiskModel::state_of(const Names& names, const std::map<Node, Content>& contents,
                              int damage) {
  const auto on_disk = [&](const Content& content) {
    if (content.is_synced) return content.synced;
    switch (damage) {
      case kEmpty:
        return std::string();
      case kCut:
        return content.now.substr(0, content.now.size() / 2);
      case kZeros:
        return std::string(content.now.size(), '\0');
      case kAsWritten:
        return content.now;
      default:
        return content.synced;
    }
  };
  DiskState state;
  const std::function<void(Node, const std::string&, int)> walk =
      [&](Node folder, const std::string& path, int depth) {
        if (depth > 50) return;  // a folder within itself
        for (auto entry = names.lower_bound({folder, ""});
             entry != names.end() && entry->first.first == folder; ++entry) {
          const Content& content = contents.at(entry->second);
          const std::string name = path + entry->first.second;
          if (content.is_folder) {
            walk(entry->second, name + "/", depth + 1);
          } else {
            state.files[name] = on_disk(content);
          }
        }
      };
  walk(1, "", 0);
  return state;
}

std::vector<std::vector<bool>> DiskModel::choices(size_t count, int most, std::mt19937& random) {
  std::vector<std::vector<bool>> choices;
  const bool all = count < 20 && (1 << count) <= most;
  for (int choice = 0; all && choice < 1 << count; ++choice) {
    choices.emplace_back();
    for (size_t i = 0; i < count; ++i) choices.back().push_back((choice >> i & 1) != 0);
  }
  for (size_t done = 0; !all && done <= count; ++done) {
    choices.emplace_back(count);
    std::fill_n(choices.back().begin(), done, true);
  }
  while (!all && choices.size() < static_cast<size_t>(most)) {
    choices.emplace_back(count);
    for (size_t i = 0; i < count; ++i) choices.back()[i] = random() % 2 == 0;
  }
  return choices;
}

void DiskModel::for_each_crash(const Visit& visit, int most) const {
  std::mt19937 random(1);
  std::map<Node, Content> contents = first_contents_;
  Names names = first_names_;  // that are on the disk
  // Changes since then, in order: those that are synced stand behind one that is not.
  std::vector<std::pair<const Renaming*, bool>> later;
  const auto visit_all = [&](const std::string& when) {
    const auto pending = std::count_if(later.begin(), later.end(),
                                       [](const auto& change) { return !change.second; });
    const bool is_damaged = std::any_of(contents.begin(), contents.end(), [](const auto& content) {
      return !content.second.is_synced;
    });
    for (const auto& chosen : choices(static_cast<size_t>(pending), most, random)) {
      Names crashed = names;
      auto is_chosen = chosen.begin();
      for (const auto& [change, is_synced] : later) {
        if (is_synced || *is_chosen++) play(*change, crashed);
      }
      for (int damage = 0; damage < (is_damaged ? kDamages : 1); ++damage) {
        visit(state_of(crashed, contents, damage), when);
      }
    }
  };
  visit_all("before the first call");
  for (size_t i = 0; i < steps_.size(); ++i) {
    const Step& step = steps_[i];
    apply(step, contents);
    if (step.renaming) later.emplace_back(&*step.renaming, false);
    for (auto& [change, is_synced] : later) {
      const auto& folders = change->folders;
      if (std::find(folders.begin(), folders.end(), step.synced) != folders.end()) is_synced = true;
    }
    while (!later.empty() && later.front().second) {
      play(*later.front().first, names);
      later.erase(later.begin());
    }
    visit_all("after call " + std::to_string(i + 1) + ", " + step.what);
  }
}

// ---- DiskRecorder

namespace {

DiskModel* recorded = nullptr;

const FileCalls& real() { return system_file_calls(); }

template <class Tell>
int told(int result, const Tell& tell) {
  const int error = errno;
  if (result >= 0) tell();
  errno = error;
  return result;
}

constexpr FileCalls kRecording{
    [](const char* path, int flags, mode_t mode) {
      std::error_code ignored;
      const bool is_new = fs::symlink_status(path, ignored).type() == fs::file_type::not_found;
      const int file = real().open(path, flags, mode);
      return told(file, [&] { recorded->open(file, path, is_new && (flags & O_CREAT) != 0); });
    },
    [](int file, const void* bytes, size_t count, off_t at) -> ssize_t {
      const ssize_t written = real().write(file, bytes, count, at);
      if (written > 0) {
        recorded->write(file, {static_cast<const char*>(bytes), static_cast<size_t>(written)}, at);
      }
      return written;
    },
    [](int file, off_t size) {
      return told(real().truncate(file, size), [&] { recorded->truncate(file, size); });
    },
    [](int file, off_t size) { return real().allocate(file, size); },
    [](int file, size_t size) { return real().map(file, size); },
    [](int file, mode_t mode) { return real().set_mode(file, mode); },
    [](int file) { return told(real().sync(file), [&] { recorded->sync(file); }); },
    [](int file) { return real().close(file); },
    [](const char* from, const char* to) {
      return told(real().rename(from, to), [&] { recorded->rename(from, to); });
    },
    [](const char* one, const char* other) {
      return told(real().exchange(one, other), [&] { recorded->exchange(one, other); });
    },
    [](const char* target, const char* path) {
      return told(real().symlink(target, path), [&] { recorded->symlink(target, path); });
    },
    [](const char* path) { return told(real().unlink(path), [&] { recorded->remove(path); }); },
    [](const char* path, mode_t mode) {
      return told(real().mkdir(path, mode), [&] { recorded->mkdir(path); });
    },
    [](const char* path) { return told(real().rmdir(path), [&] { recorded->remove(path); }); },
};

}  // namespace

DiskRecorder::DiskRecorder(const fs::path& folder) : model_(folder) {
  recorded = &model_;
  set_file_calls(kRecording);
}

DiskRecorder::~DiskRecorder() {
  set_file_calls(system_file_calls());
  recorded = nullptr;
}

}  // namespace thaw::testing
