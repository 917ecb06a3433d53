#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "data/split_expression.h"
#include "data/table.h"

namespace thaw {

enum class SplitName { kTrain, kValidation, kTest };

// The split that a word names: train, training; validation, valid, val, dev, development; test,
// testing.
std::optional<SplitName> split_of_word(const std::string& word);

// The files of one split. Several files are shards of one table, in order.
struct SplitSource {
  std::vector<std::filesystem::path> files;
  // Set in TweetEval's layout, where `files` is one text file with a text on each line and this
  // file holds the label on the same line.
  std::filesystem::path label_file;

  // Where only some rows are meant: for each part of an expression, how many of the files are its
  // own and which of their rows. Empty: all rows.
  struct Part {
    size_t files;
    RowRange rows;
  };
  std::vector<Part> parts;
  std::string title;  // for messages, instead of a path

  bool exists() const { return !files.empty(); }
  std::string name() const;  // for messages: the file, or the first shard's folder
};

struct SplitSources {
  SplitSource train, validation, test;
  std::filesystem::path mapping;  // TweetEval's mapping.txt: number, tab, name
  bool is_single_table = false;   // `train` is one file that nobody called "train"
};

SplitSource& split_part(SplitSources& sources, SplitName split);

// A split by the name that its data set gives it: "validation_matched", say.
struct NamedSplit {
  std::string name;
  SplitSource source;
};

// Finds the files of each split.
//
// paths: one file (a single table, whatever its name), several files (told apart by their names),
// or one folder that holds train/validation/test files in any format (also called training, val,
// valid, dev, development, testing; with prefixes and suffixes; shards like
// train-00000-of-00002.parquet), the same in a subfolder data/, or TweetEval's train_text.txt,
// train_labels.txt, val_…, test_…, mapping.txt.
// train, validation, test: files named outright; they come before what `paths` holds. Where that is
// a folder, they may also be expressions over its splits: "train[:80%]" (split_expression.h).
//
// Throws Error: nothing given, a path that does not exist, no or several files for a split, a
// missing shard, a text file without its label file.
SplitSources find_split_sources(const std::vector<std::string>& paths, const std::string& train,
                                const std::string& validation, const std::string& test);

// The same for splits that were found elsewhere (a data set of the hub), whatever their names:
// those called as above, or what train, validation and test say instead, files or expressions.
SplitSources choose_split_sources(const std::vector<NamedSplit>& splits, const std::string& train,
                                  const std::string& validation, const std::string& test);

// Puts what was named outright in its place: files, and with `may_be_expressions` expressions over
// `splits`. Empty texts change nothing.
void take_explicit_splits(SplitSources& sources, bool may_be_expressions,
                          const std::vector<NamedSplit>& splits, const std::string& train,
                          const std::string& validation, const std::string& test);

// The path where something is there; Error where nothing is.
std::filesystem::path existing_path(const std::string& path);

// Those of the names that choose_split_sources() would use for one part, which `text` (the value of
// --train, say, or empty) describes; none where it names a file. Throws Error for an expression
// that is none, or over a split that is not among the names.
std::vector<std::string> splits_for(SplitName part, const std::string& text,
                                    const std::vector<std::string>& names);

// Reads all files of a split as one table. mapping may be empty. `file_rows` gets the number of
// rows of each file.
Table read_split_source(const SplitSource& source, const std::filesystem::path& mapping,
                        const TableRequest& request, std::vector<int64_t>* file_rows = nullptr);

// The rows that the parts of a split mean, by their number in its table. Throws Error where there
// are none.
std::vector<int64_t> rows_of_parts(const SplitSource& source,
                                   const std::vector<int64_t>& file_rows);

}  // namespace thaw
