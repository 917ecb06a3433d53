#pragma once  // Tests: tests/data/splits/split_files_test.cc

#include <optional>
#include <string>
#include <vector>

namespace thaw {

// The files that make up one split, as paths below one folder or in one repository.
struct SplitFiles {
  std::string split;
  std::vector<std::string> files;
};

// "train-00001-of-00004.parquet" -> what stands before the numbers, the two numbers, the rest.
struct Shard {
  std::string name;
  int index, count;
  std::string rest;
};
std::optional<Shard> shard_of(const std::string& file_name);

// The splits that names of files and folders tell, by the rules of Python's `datasets` (5.2,
// data_files.py): shards data/NAME-00000-of-00002.*, whatever the name; else, below folders with a
// split's word in their names, everything; else files with such a word. Words are train, training;
// validation, valid, dev, val; test, testing, eval, evaluation; they begin and end where the name
// does or at one of - . _ space and the digits. A path may be in two splits. Empty where no name
// tells anything. tolerant: capitals count as their small letters and "development" as a word,
// which is not so in `datasets`.
std::vector<SplitFiles> splits_by_name(const std::vector<std::string>& paths, bool tolerant);

// Shards that say of how many they are one (…-00000-of-00003) but of which some are missing: the
// name of one that is there; empty where all are.
std::string incomplete_shard(const std::vector<std::string>& files);

// Throws Error, with how many of how many are there, where some are missing.
void require_all_shards(const SplitFiles& split, const std::string& where);

// A number that is missing between those of numbered parts (train_0.csv, train_2.csv): the name
// that such a file would have; empty where none is.
std::string missing_part(const std::vector<std::string>& files);

}  // namespace thaw
