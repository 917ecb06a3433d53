#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "data/table.h"

namespace thaw {

// The files of one split. Several files are shards of one table, in order.
struct SplitSource {
  std::vector<std::filesystem::path> files;
  // Set in TweetEval's layout, where `files` is one text file with a text on each line and this
  // file holds the label on the same line.
  std::filesystem::path label_file;

  bool exists() const { return !files.empty(); }
  std::string name() const;  // for messages: the file, or the first shard's folder
};

struct SplitSources {
  SplitSource train, validation, test;
  std::filesystem::path mapping;  // TweetEval's mapping.txt: number, tab, name
  bool is_single_table = false;   // `train` is one file that nobody called "train"
};

// Finds the files of each split.
//
// paths: one file (a single table, whatever its name), several files (told apart by their names),
// or one folder that holds train/validation/test files in any format (also called training, val,
// valid, dev, development, testing; with prefixes and suffixes; shards like
// train-00000-of-00002.parquet), the same in a subfolder data/, or TweetEval's train_text.txt,
// train_labels.txt, val_…, test_…, mapping.txt.
// train, validation, test: files named outright; they come before what `paths` holds.
//
// Throws Error: nothing given, a path that does not exist, no or several files for a split, a
// missing shard, a text file without its label file.
SplitSources find_split_sources(const std::vector<std::string>& paths, const std::string& train,
                                const std::string& validation, const std::string& test);

// Reads all files of a split as one table. mapping may be empty.
Table read_split_source(const SplitSource& source, const std::filesystem::path& mapping,
                        const TableRequest& request);

}  // namespace thaw
