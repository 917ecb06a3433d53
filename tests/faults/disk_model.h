#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <map>
#include <optional>
#include <random>
#include <string>
#include <utility>
#include <vector>

#include "files/file_calls.h"

namespace thaw::testing {

// What a power failure may leave of a folder whose files are changed.
//
//   const DiskRecorder recorder(folder);
//   write_file(folder / "x", "new");
//   recorder.model().for_each_crash([&](const DiskState& state, const std::string& when) {
//     ... state.files["x"] is "old" or "new", or the code is wrong
//   });
//
// The model is as unkind as POSIX allows. What a file holds is on the disk once the file has been
// synced; before that it may be empty, cut off, zeros, or there. That a name is added, changed or
// removed is on the disk once its folder has been synced; before that it may have happened or not,
// each by itself and in any order, but a rename or an exchange happens as a whole. A new folder
// without its entry in the one above is lost with all that is in it. What the folder held when the
// recording began is on the disk.

// The files of the folder, by their paths relative to it. Folders without files are left out.
struct DiskState {
  std::map<std::string, std::string> files;
};

class DiskModel {
 public:
  explicit DiskModel(const std::filesystem::path& folder);

  // The calls, after they have succeeded. Paths outside the folder are nobody's business.
  void open(int file, const std::filesystem::path& path, bool created);
  void write(int file, std::string bytes, int64_t at);
  void truncate(int file, int64_t size);
  void sync(int file);
  void rename(const std::filesystem::path& from, const std::filesystem::path& to);
  void exchange(const std::filesystem::path& one, const std::filesystem::path& other);
  void symlink(const std::string& target, const std::filesystem::path& path);
  void remove(const std::filesystem::path& path);  // unlink and rmdir
  void mkdir(const std::filesystem::path& path);

  // Plays the calls again and tells, for the time before the first and after each of them, the
  // states that a power failure may leave. Where changes of names that are not synced can be
  // combined in more than `most` ways, those that happened in order and random ones are taken.
  using Visit = std::function<void(const DiskState& state, const std::string& when)>;
  void for_each_crash(const Visit& visit, int most = 64) const;

  // How many calls were recorded.
  size_t size() const { return steps_.size(); }

 private:
  using Node = int;  // number of a file or folder; 0: none
  using Place = std::pair<Node, std::string>;

  struct Content {
    bool is_folder = false;
    std::string now, synced;
    bool is_synced = true;
  };
  // A change of names that happens as a whole.
  struct Renaming {
    std::vector<std::pair<Place, Node>> sets;  // name -> what it leads to afterwards
    std::vector<Node> folders;                 // whose sync puts it on the disk
  };
  struct Step {
    std::string what;
    Node synced = 0, written = 0;
    std::string bytes;  // written, or the target of a link
    int64_t at = 0;     // where; or the new size
    bool resizes = false;
    std::optional<Renaming> renaming;
  };
  using Names = std::map<Place, Node>;

  Node add(bool is_folder, const std::string& text);
  Node find(const std::filesystem::path& path) const;
  std::optional<Place> place_of(const std::filesystem::path& path) const;
  void change(std::string what, Renaming renaming);
  static void play(const Renaming& renaming, Names& names);
  // Which of so many changes have happened, in at most so many ways.
  static std::vector<std::vector<bool>> choices(size_t count, int most, std::mt19937& random);
  static DiskState state_of(const Names& names, const std::map<Node, Content>& contents,
                            int damage);
  static void apply(const Step& step, std::map<Node, Content>& contents);

  std::filesystem::path root_;
  Node next_ = 1;
  std::map<Node, Content> first_contents_, contents_;
  Names first_names_, names_;  // names_: as the program sees them
  std::map<int, Node> open_;   // by descriptor
  std::vector<Step> steps_;
};

// Puts a table in use that makes the calls and tells a model of them, for as long as it lives.
class DiskRecorder {
 public:
  explicit DiskRecorder(const std::filesystem::path& folder);
  DiskRecorder(const DiskRecorder&) = delete;
  DiskRecorder& operator=(const DiskRecorder&) = delete;
  ~DiskRecorder();
  const DiskModel& model() const { return model_; }

 private:
  DiskModel model_;
};

}  // namespace thaw::testing
