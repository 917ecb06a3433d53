#include "data_flags.h"

#include <string>

#include "flag_values.h"
#include "sanitize.h"

namespace thaw {

void add_data_flags(CLI::App& command, DataOptions& options) {
  command
      .add_option("data", options.paths,
                  "a file (CSV, TSV, JSONL, Parquet), files of several splits, a folder, or a data "
                  "set of the hub as owner/name:configuration")
      ->type_name("DATA");
  const auto add = [&](const char* flag, auto& value, const char* type, const char* help) {
    CLI::Option* option = command.add_option(flag, value, help);
    option->type_name(type)->group("Data");
    return option;
  };
  add("--train", options.train, "FILE",
      "files of training rows, or a split of the folder or data set: train[:80%]");
  add("--validation", options.validation, "FILE", "the same of validation rows");
  add("--test", options.test, "FILE", "the same of test rows");
  add("--text-column", options.text_column, "NAME", "column that holds the texts");
  add("--text-pair", options.pair_column, "NAME", "column of second texts, for pairs of texts");
  add("--label-column", options.label_column, "NAME", "column that holds the labels");
  // One argument each, or they would swallow the files that follow.
  add_list_flag(command, "--columns", options.columns,
                "names of the columns of a file without a header")
      ->group("Data");
  add_parsed_flag(command, "--label-cuts", "LIST", "cut a rating into labels: -0.5,0.5 makes three",
                  [&options](Assignment given) {
                    given.values = parse_list(given.values.front(), given.where);
                    options.label_bin_edges = parse_cuts(given);
                  })
      ->group("Data");
  add_list_flag(
      command, "--label-names", options.label_names,
      "names of the labels 0, 1, 2, …; one that holds a comma in double quotes: '\"a, b\",c'")
      ->group("Data");
  add_parsed_flag(command, "--unlabelled", "NAME",
                  "what is done about rows without a label: skip or fail (skip)",
                  [&options](const Assignment& given) {
                    options.unlabelled = parse_one_of(given, {"skip", "fail"}) == "fail"
                                             ? Unlabelled::kFail
                                             : Unlabelled::kSkip;
                  })
      ->group("Data");
}

void add_split_flags(CLI::App& command, DataOptions& options) {
  add_size_flag(command, "--test-size", options.test_size,
                "share or number of rows to hold back for the test: 0.2, 20% or 500")
      ->group("Splits");
  add_size_flag(command, "--validation-size", options.validation_size,
                "share or number of rows to hold back for validation: 0.1, 10% or 500")
      ->group("Splits");
  add_truth_flag(command, "--stratify", options.stratify,
                 "split so that each part has the same shares of labels (true)")
      ->group("Splits");
  add_parsed_flag(
      command, "--keep-split", "NAME",
      "leak-free, or exact: also rows whose text training has (leak-free)",
      [&options](const Assignment& given) {
        options.keep_split_exact = parse_one_of(given, {"leak-free", "exact"}) == "exact";
      })
      ->group("Splits");
  add_truth_flag(command, "--drop-duplicates", options.drop_duplicates,
                 "take repeated texts out of the training rows first (false)")
      ->group("Splits");
  add_share_flag(
      command, "--fraction", options.fraction, ShareRange::kAboveZero,
      "share of the training and validation rows to use, but 30 at least: 0.3 or 30% (1)")
      ->group("Splits");
  add_seed_flag(command, "--seed", options.seed, "of splits and of the choice of rows (42)")
      ->group("Splits");
}

void print_notes(const std::vector<std::string>& notes, std::FILE* to) {
  for (const std::string& note : notes) std::fprintf(to, "%s\n", sanitize_lines(note).c_str());
  if (!notes.empty()) std::fputc('\n', to);
}

}  // namespace thaw
