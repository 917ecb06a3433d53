#pragma once

#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "data/readers/table.h"
#include "data/splits/split_expression.h"

namespace thaw {

enum class SplitName { kTrain, kValidation, kTest };

// The split that a word names: train, training; validation, valid, val, dev, development; test,
// testing, eval, evaluation.
std::optional<SplitName> split_of_word(const std::string& word);

// The files of one split. Several files are parts of one table, in order.
struct SplitSource {
  std::vector<std::filesystem::path> files;
  // Set in TweetEval's layout, where `files` is one text file with a text on each line and this
  // file holds the label on the same line.
  std::filesystem::path label_file;
  // Set instead for such a file of a test without one: its lines are texts to be answered.
  bool texts_alone = false;

  // Where only some rows are meant: for each part of an expression, how many of the files are its
  // own and which of their rows. Empty: all rows.
  struct Part {
    size_t files;
    RowRange rows;
  };
  std::vector<Part> parts;
  std::string title;  // for messages, instead of a path
  // By column: what a description beside the files calls the labels 0, 1, ….
  std::map<std::string, std::vector<std::string>> class_names;

  bool exists() const { return !files.empty(); }
  std::string name() const;  // for messages: the file, or the first shard's folder
};

struct SplitSources {
  SplitSource train, validation, test;
  std::filesystem::path mapping;   // TweetEval's mapping.txt: number, tab, name
  bool is_single_table = false;    // `train` is one file that nobody called "train"
  std::vector<std::string> notes;  // lines for the user: what was taken, and what was left out
};

SplitSource& split_part(SplitSources& sources, SplitName split);

// A split by the name that its data set gives it: "validation_matched", say.
struct NamedSplit {
  std::string name;
  SplitSource source;
};

// Finds the files of each split.
//
// paths: one file (a single table, whatever its name), several files, or one folder
// (folder_splits.h). Several files are told apart by the words in their names; those that have none
// are train, where nothing else is.
// train, validation, test: files named outright; they come before what `paths` holds. Where that is
// a folder, they may also be expressions over its splits: "train[:80%]" (split_expression.h).
//
// Throws Error: nothing given, a path that does not exist, a missing shard, a text file without its
// label file, files and expressions for one split.
SplitSources find_split_sources(const std::vector<std::string>& paths,
                                const std::vector<std::string>& train,
                                const std::vector<std::string>& validation,
                                const std::vector<std::string>& test);

// The same for splits that were found elsewhere (a data set of the hub), whatever their names:
// those called as above, or what train, validation and test say instead, files or expressions.
SplitSources choose_split_sources(const std::vector<NamedSplit>& splits,
                                  const std::vector<std::string>& train,
                                  const std::vector<std::string>& validation,
                                  const std::vector<std::string>& test);

// Puts what was named outright in its place: files, and with `may_be_expressions` expressions over
// `splits`. Empty lists change nothing.
void take_explicit_splits(SplitSources& sources, bool may_be_expressions,
                          const std::vector<NamedSplit>& splits,
                          const std::vector<std::string>& train,
                          const std::vector<std::string>& validation,
                          const std::vector<std::string>& test);

// The path where something is there; Error where nothing is.
std::filesystem::path existing_path(const std::string& path);

// Those of the names that choose_split_sources() would use for one part, which `texts` (the values
// of --train, say, or none) describe; none where they name files. Throws Error for an expression
// that is none, or over a split that is not among the names.
std::vector<std::string> splits_for(SplitName part, const std::vector<std::string>& texts,
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
