#include "data_flags.h"

#include <map>
#include <string>

#include "shown.h"

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
      "file of training rows, or a split of the folder or data set: train[:80%]");
  add("--validation", options.validation, "FILE", "the same of validation rows");
  add("--test", options.test, "FILE", "the same of test rows");
  add("--text-column", options.text_column, "NAME", "column that holds the texts");
  add("--text-pair", options.pair_column, "NAME", "column of second texts, for pairs of texts");
  add("--label-column", options.label_column, "NAME", "column that holds the labels");
  // One argument each, or they would swallow the files that follow.
  add("--columns", options.columns, "LIST", "names of the columns of a file without a header")
      ->delimiter(',')
      ->allow_extra_args(false);
  add("--label-cuts", options.label_cuts, "LIST", "cut a rating into labels: -0.5,0.5 makes three")
      ->delimiter(',')
      ->allow_extra_args(false);
  add("--label-names", options.label_names, "LIST", "names of the labels 0, 1, 2, …")
      ->delimiter(',')
      ->allow_extra_args(false);
  static const std::map<std::string, Unlabelled> kUnlabelled = {{"skip", Unlabelled::kSkip},
                                                                {"fail", Unlabelled::kFail}};
  add("--unlabelled", options.unlabelled, "skip|fail", "what is done about rows without a label")
      ->transform(CLI::CheckedTransformer(kUnlabelled).description(""))
      ->default_str("skip");
}

void add_split_flags(CLI::App& command, DataOptions& options) {
  const auto add = [&](const char* flag, auto& value, const char* type, const char* help) {
    command.add_option(flag, value, help)->type_name(type)->group("Splits");
  };
  add("--test-size", options.test_size, "NUMBER",
      "share or number of rows to hold back for the test");
  add("--validation-size", options.validation_size, "NUMBER",
      "share or number of rows to hold back for validation");
  add("--stratify", options.stratify, "BOOL",
      "split so that each part has the same shares of labels");
  add("--fraction", options.fraction, "NUMBER", "share of the training and validation rows to use");
  add("--seed", options.seed, "N", "of splits and of the choice of rows");
}

void print_notes(const std::vector<std::string>& notes, std::FILE* to) {
  for (const std::string& note : notes) std::fprintf(to, "%s\n", shown(note).c_str());
  if (!notes.empty()) std::fputc('\n', to);
}

}  // namespace thaw
