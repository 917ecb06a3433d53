#include <fmt/format.h>

#include <cstdio>
#include <memory>
#include <string>

#include "api/resolve_data.h"
#include "api/resolve_model.h"
#include "base/error.h"
#include "base/threads.h"
#include "commands.h"
#include "console.h"
#include "data/audit/audit.h"
#include "data/load.h"
#include "data/splits/leak_free_split.h"
#include "data_flags.h"
#include "experiment/choose_precision.h"
#include "experiment/comparison.h"
#include "experiment/label_issues.h"
#include "experiment/length_limits.h"
#include "files/files.h"
#include "flag_values.h"
#include "hub_console.h"
#include "model/sentence_modules.h"
#include "report/findings/truncation_words.h"
#include "sanitize.h"
#include "tokenizer/tokenizer.h"

namespace thaw {
namespace {

struct DataFlags {
  DataOptions data;
  std::string model, label_issues_out;
  int max_length = 0, threads = 0;
  bool list_rows = false, label_issues = false;
};

constexpr const char* kUsualModel = "minilm";

void list_rows(const Split& train) {
  std::string lines;
  for (const int64_t row : train.rows) lines += fmt::format("{}\n", row);
  std::fwrite(lines.data(), 1, lines.size(), stdout);
}

// Pooled vectors of a pretrained encoder. Where the folder names no pooling, their mean is a better
// sentence vector than what the head of a classifier would read.
std::vector<float> vectors_of(const Split& train, const DataFlags& flags,
                              const std::vector<std::string>& label_names, int64_t& hidden,
                              const Listener& listener) {
  const auto folder = resolve_model(flags.model, ModelPlace::kSetting, console_transfers());
  OpenOptions options;
  options.label_names = label_names;
  ClassifierModel classifier = open_classifier(folder, options);
  if (classifier.head.native) {
    options.pooling = "mean";
    classifier = open_classifier(folder, options);
  }
  const Tokenizer tokenizer = load_tokenizer(classifier);
  check_tokenizer_fits(classifier, tokenizer);
  const int max_length =
      flags.max_length > 0 ? flags.max_length : default_max_length(classifier, tokenizer);
  check_max_length(classifier, tokenizer, max_length, train.texts.has_pairs());
  const TokenizedTexts texts = tokenizer.encode_all(train.texts, max_length);
  check_token_types(classifier, texts);
  check_word_rows(classifier, texts);
  hidden = classifier.head.pooled_size(classifier.config.hidden_size);
  std::string why;
  return encoder_vectors(classifier, texts, choose_precision("auto", why), "suspects: vectors",
                         listener);
}

void show_label_issues(const Dataset& dataset, const DataFlags& flags) {
  const Split& train = dataset.train;
  if (train.size() == 0 || train.labels.empty()) {
    throw Error("there are no labelled training rows to look for wrong labels in", "--suspects",
                "name a file that has some with --train");
  }
  catch_interrupts();
  const Listener listener = console_listener();
  int64_t hidden = 0;
  const std::vector<float> vectors =
      vectors_of(train, flags, dataset.label_names, hidden, listener);
  LabelIssueOptions options;
  options.seed = flags.data.seed;
  const LabelIssues label_issues =
      audit_labels(vectors.data(), hidden, train, static_cast<int64_t>(dataset.label_names.size()),
                   options, listener);
  std::printf("\n%s",
              sanitize_lines(format_label_issues(label_issues, dataset.label_names)).c_str());
  if (flags.label_issues_out.empty()) {
    if (!label_issues.found.empty()) {
      std::printf("All of them go to a table with --suspects-out FILE.csv.\n");
    }
    return;
  }
  write_file(flags.label_issues_out, label_issues_csv(label_issues, dataset.label_names));
  std::printf("All of them: %s\n", flags.label_issues_out.c_str());
}

void run_data(DataFlags& flags) {
  set_thread_count(flags.threads);
  flags.label_issues = flags.label_issues || !flags.label_issues_out.empty();
  if (flags.label_issues && flags.model.empty()) flags.model = kUsualModel;
  if (flags.max_length > 0 && flags.model.empty()) {
    as_usage([] {
      throw Error("counts tokens, which needs a tokenizer", "--max-length", "add --model MODEL");
    });
  }
  resolve_data(flags.data, DataUse::kAllSplits, console_transfers());
  const Dataset dataset = load_dataset(flags.data);
  if (flags.list_rows) return list_rows(dataset.train);

  SplitLengths lengths;
  LengthLimits limits;
  int max_length = flags.max_length;
  if (!flags.model.empty()) {
    const auto folder = resolve_tokenizer(flags.model, ModelPlace::kSetting, console_transfers());
    Tokenizer tokenizer = Tokenizer::load(folder);
    if (const auto modules = read_sentence_modules(folder)) {
      tokenizer.prepare_texts(modules->prompt, modules->lower_case);
    }
    const bool pairs = dataset.train.texts.has_pairs();
    lengths = {tokenizer.lengths(dataset.train.texts), tokenizer.lengths(dataset.validation.texts),
               tokenizer.lengths(dataset.test.texts), tokenizer.special_tokens(pairs)};
    limits = length_limits(folder, tokenizer, dataset.label_names);
    if (max_length == 0) max_length = limits.usual;
    if (max_length > 0) tokenizer.check_max_length(max_length, pairs);
    if (limits.most > 0 && max_length > limits.most) {
      throw Error(fmt::format("the model has {} positions", limits.most),
                  fmt::format("--max-length {}", max_length),
                  fmt::format("use {} or fewer", limits.most));
    }
  }
  const std::string changes = format_split_changes(dataset.changes);
  if (!changes.empty()) std::printf("%s\n", sanitize_lines(changes).c_str());
  std::printf("%s\n",
              sanitize_lines(format_audit(audit_dataset(dataset, lengths, max_length))).c_str());
  print_notes(dataset.notes, stdout);
  if (!flags.model.empty() && max_length > 0) {
    std::printf("Truncation: %s\n",
                truncation_sentence(truncation_of_lengths(lengths, max_length, limits)).c_str());
  }
  if (flags.model.empty()) {
    std::printf("Lengths in tokens need a tokenizer: add --model MODEL.\n");
  }
  if (dataset.test.size() == 0) {
    std::printf(
        "Not split: training would hold back 20 %% for the test and 10 %% for validation;\n"
        "--test-size and --validation-size show that here, too.\n");
  }
  if (flags.label_issues) show_label_issues(dataset, flags);
}

}  // namespace

void add_data_command(CLI::App& app) {
  const auto flags = std::make_shared<DataFlags>();
  // What lies in the files is shown as it is, unless a split is asked for.
  flags->data.test_size = 0;
  flags->data.validation_size = 0;
  CLI::App* command = app.add_subcommand(
      "data", "look over labelled texts: classes, lengths, duplicates, likely wrong labels");
  add_data_flags(*command, flags->data);
  add_split_flags(*command, flags->data);
  command->add_option("--model", flags->model, "count lengths with the tokenizer of this model")
      ->type_name("MODEL");
  add_whole_flag(*command, "--max-length", flags->max_length, 1,
                 "count the rows that are longer (as a training of --model would cut them)");
  add_whole_flag(*command, "--threads", flags->threads, 0, "threads to use (0: all cores)");
  command->add_flag("--list-rows", flags->list_rows,
                    "print only the numbers of the training rows, one a line, from 0");
  command->add_flag("--suspects", flags->label_issues,
                    "look for training labels that are likely wrong, with the vectors of --model "
                    "(minilm where left out); takes the time of one pass over the texts");
  command
      ->add_option("--suspects-out", flags->label_issues_out,
                   "the same, and write all of them to this file, as CSV")
      ->type_name("FILE");
  command->footer(
      "Examples:\n"
      "  thaw data reviews.csv --model minilm --max-length 128\n"
      "  thaw data reviews.csv --suspects-out suspects.csv\n"
      "  thaw data tweet_eval/sentiment --fraction 0.3 --seed 42 --list-rows\n"
      "  thaw data tweets.tsv --columns id,rating,text --label-cuts=-0.5,0.5 --test-size 0.2");
  command->callback([flags] { run_data(*flags); });
}

}  // namespace thaw
