#include <cstdio>
#include <memory>
#include <string>

#include "base/threads.h"
#include "commands.h"
#include "data/audit.h"
#include "data/load.h"
#include "data_flags.h"
#include "models.h"
#include "tokenizer/tokenizer.h"

namespace thaw {
namespace {

struct DataFlags {
  DataOptions data;
  std::string model;
  int max_length = 0, threads = 0;
  bool list_rows = false;
};

void list_rows(const Split& train) {
  std::string lines;
  for (const int64_t row : train.rows) lines += std::to_string(row) + "\n";
  std::fwrite(lines.data(), 1, lines.size(), stdout);
}

void run_data(DataFlags& flags) {
  set_thread_count(flags.threads);
  resolve_data(flags.data);
  const Dataset dataset = load_dataset(flags.data);
  if (flags.list_rows) return list_rows(dataset.train);

  SplitLengths lengths;
  int max_length = flags.max_length;
  if (!flags.model.empty()) {
    const Tokenizer tokenizer = Tokenizer::load(resolve_tokenizer(flags.model));
    lengths = {tokenizer.lengths(dataset.train.texts), tokenizer.lengths(dataset.validation.texts),
               tokenizer.lengths(dataset.test.texts)};
    if (max_length == 0) max_length = tokenizer.model_max_length();
  }
  std::printf("%s", format_audit(audit_dataset(dataset, lengths, max_length)).c_str());
  if (flags.model.empty()) {
    std::printf("Lengths in tokens need a tokenizer: add --model MODEL.\n");
  }
  if (dataset.test.size() == 0) {
    std::printf(
        "Not split: training would hold back 20 %% for the test and 10 %% for validation;\n"
        "--test-size and --validation-size show that here, too.\n");
  }
}

}  // namespace

void add_data_command(CLI::App& app) {
  const auto flags = std::make_shared<DataFlags>();
  // What lies in the files is shown as it is, unless a split is asked for.
  flags->data.test_size = 0;
  flags->data.validation_size = 0;
  CLI::App* command =
      app.add_subcommand("data", "look over labelled texts: classes, lengths, duplicates");
  add_data_flags(*command, flags->data);
  add_split_flags(*command, flags->data);
  command->add_option("--model", flags->model, "count lengths with the tokenizer of this model")
      ->type_name("MODEL");
  command
      ->add_option("--max-length", flags->max_length,
                   "count the rows that are longer (the model's own limit where left out)")
      ->type_name("TOKENS")
      ->check(CLI::PositiveNumber);
  command->add_option("--threads", flags->threads, "threads to use; 0: all cores")
      ->type_name("N")
      ->check(CLI::NonNegativeNumber);
  command->add_flag("--list-rows", flags->list_rows,
                    "print only the numbers of the training rows, one a line, from 0");
  command->footer(
      "Examples:\n"
      "  thaw data reviews.csv --model minilm --max-length 128\n"
      "  thaw data tweet_eval/sentiment --fraction 0.3 --seed 42 --list-rows\n"
      "  thaw data tweets.tsv --columns id,rating,text --label-cuts=-0.5,0.5 --test-size 0.2");
  command->callback([flags] { run_data(*flags); });
}

}  // namespace thaw
