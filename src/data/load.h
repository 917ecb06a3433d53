#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "data/dataset.h"
#include "data/splits/split_files.h"

namespace thaw {

// What is done about rows without a label: left out and counted, or an Error.
enum class Unlabelled { kSkip, kFail };

// Which data is read and how it is split. One flat struct, since each field is a key of recipes and
// a flag of thaw's commands that binds to it by itself.
struct DataOptions {
  std::vector<std::string> paths;  // one file, several files, or a folder (split_files.h)
  // Files of each split, or expressions over splits, that come before what `paths` holds.
  std::vector<std::string> train, validation, test;
  std::string text_column, label_column;  // empty: guessed (columns.h)
  std::string pair_column;                // of the second texts; empty: rows are single texts
  std::string id_column;                  // that tells rows apart; empty: guessed, if unique
  std::vector<std::string> columns;       // names for files without a header; empty: the header
  // By whose values the evaluated rows are looked at; kLengthSlices may be missing (split_rows.h).
  std::vector<std::string> slice_columns;
  std::vector<double> label_bin_edges;   // numeric label column -> bins (labels.h)
  std::vector<std::string> label_names;  // of the labels 0, 1, …
  Unlabelled unlabelled = Unlabelled::kSkip;
  double test_size = -1;          // -1: automatic; < 1 share, >= 1 rows; 0: none
  double validation_size = -1;    // the same
  bool stratify = true;           // keep the classes' shares when splitting
  bool keep_split_exact = false;  // leave parts as they are drawn (leak_free_split.h)
  bool drop_duplicates = false;   // take repeated texts out of train first
  double fraction = 1;            // of train and validation that is kept
  int64_t minimum_rows = 30;      // but never fewer than these (or all)
  uint64_t seed = 42;             // of splits and of the choice of rows
  // Of a model that is evaluated: the columns that it was trained with (table.h).
  std::optional<ColumnRoles> remembered;
  // Of a data set that was found elsewhere (the hub): its splits, which come instead of `paths`,
  // and what it calls the labels of its columns.
  std::vector<NamedSplit> splits;
  std::map<std::string, std::vector<std::string>> class_names;
};

// Reads labelled text.
//
// Splits that the data has are used as they are. What it lacks is split off train here: first test
// (automatically 20 % of the rows), then validation (10 % of all rows of the table; where test was
// given, of train's), each as scikit-learn's train_test_split(random_state=seed, stratify=labels)
// does. Rows of a part made here whose text another part has go back to train
// (make_split_leak_free()). Then, for a fraction below 1, train and validation (never test) are
// shuffled and cut to max(minimum_rows, int(rows * fraction)) rows, as datasets'
// shuffle(seed).select(range(n)) does. A validation split whose size is automatic stays in train
// where it would have fewer than `fewest_validation_rows`, and there is a test split to evaluate
// on.
//
// What the training file's columns are taken for, and what its labels are, holds for all splits. A
// given test without labels (no such column, none filled in, or −1 everywhere) is no test: its rows
// become Dataset::unlabelled, and a test is split off as if none were given. Other rows without a
// label are left out. Dataset::notes says all of it.
//
// Throws Error (with file and line where there is one): whatever the readers throw; a class without
// a row in train, unless the file itself names it; an unknown label in validation or test; one
// class only; no labels at all; sizes that leave a split empty; a split given and a size for it as
// well.
Dataset load_dataset(const DataOptions& options, int64_t fewest_validation_rows = 0);

// Reads labelled text for a model whose label names are known: the test split where the data has
// several splits, else all rows. Sizes, stratify and fraction do not count.
// `notes` gets lines for the user: how the file was read, and its labels matched (labels.h).
// Throws Error for a label that the model does not have, when there are none, and when several
// splits lack a test.
Split load_split(const DataOptions& options, const std::vector<std::string>& label_names,
                 std::vector<std::string>* notes = nullptr);

// Reads texts alone: from a table (any format of table.h by its ending, or by what it holds if
// text_column or columns are given), else from plain text, one a line; "-" is standard input, plain
// text. Texts of an empty standard input are none; an empty file is an Error.
// pair_column: of second texts, in a table only.
// remembered: the columns that the model was trained with, as in DataOptions; `notes` gets lines
// for the user: how a table was read, and where texts alone go to a model of pairs.
TextColumn read_texts(const std::string& path, const std::string& text_column = "",
                      const std::vector<std::string>& columns = {},
                      const std::string& pair_column = "",
                      const std::optional<ColumnRoles>& remembered = {},
                      std::vector<std::string>* notes = nullptr);

}  // namespace thaw
