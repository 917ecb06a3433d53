#pragma once  // Tests: tests/data/splits/split_files_test.cc

#include <filesystem>
#include <string>
#include <vector>

#include "data/splits/split_files.h"

namespace thaw {

// What a folder holds.
struct FolderSplits {
  std::vector<NamedSplit> splits;  // all that its names tell
  std::filesystem::path mapping;   // of TweetEval's layout
  bool is_single_table = false;    // one table, and its name tells nothing
  std::vector<std::string> notes;  // lines for the user: what was taken, and what was left out
};

// Finds the splits of a folder: what datasets' save_to_disk() has written (saved_dataset.h),
// TweetEval's layout, or tables in it and its folders by the rules of datasets (split_names.h).
// Tables whose names tell nothing are train where none tells anything. In a split that has files of
// several formats, those of the format that most tables have are taken. Hidden files, those of a
// write that was broken off, and datasets' own descriptions are no tables.
// Throws Error: no table, with what is there instead; a link that leads nowhere; a shard that is
// missing; more files than anybody keeps in one data set.
FolderSplits splits_of_folder(const std::filesystem::path& folder);

}  // namespace thaw
