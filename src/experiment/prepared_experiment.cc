#include "experiment/prepared_experiment.h"

#include <fmt/format.h>

#include "base/error.h"
#include "base/memory.h"
#include "base/setting_words.h"
#include "data/audit/similar_labels.h"
#include "data/class_balance.h"
#include "data/load.h"
#include "data/splits/leak_free_split.h"
#include "evaluation/calibration.h"
#include "experiment/choose_precision.h"
#include "experiment/data_findings.h"
#include "experiment/describe.h"
#include "experiment/seed_classifiers.h"
#include "experiment/sweep.h"
#include "experiment/tokenize_splits.h"
#include "report/findings/slices.h"
#include "report/findings/truncation_words.h"

namespace thaw {
namespace fs = std::filesystem;

PreparedExperiment open_experiment(const ExperimentSettings& given, const fs::path& model_folder,
                                   bool single, ComparisonResults& results) {
  PreparedExperiment opened;
  opened.settings = given;
  opened.single = single;
  ExperimentSettings& settings = opened.settings;
  opened.data = load_dataset(settings.data, chooses_by_few_rows(settings) ? 0 : kRowsToCalibrate);
  const Dataset& data = opened.data;
  OpenOptions options;
  options.pooling = settings.pooling;
  options.head = settings.head;
  options.label_names = data.label_names;
  opened.prepared.pretrained = open_for_seeds(model_folder, settings, options);
  for (ClassifierModel& classifier : opened.prepared.pretrained) classifier.columns = data.columns;
  const ClassifierModel& pretrained = opened.pretrained();
  opened.tokenizer.emplace(load_tokenizer(pretrained));
  check_tokenizer_fits(pretrained, *opened.tokenizer);
  opened.max_length = settings.max_length > 0 ? settings.max_length
                                              : default_max_length(pretrained, *opened.tokenizer);
  check_max_length(pretrained, *opened.tokenizer, opened.max_length, data.train.texts.has_pairs());
  check_frozen_precision(settings.frozen_precision,
                         {"frozen_precision", settings.frozen_precision});
  if (settings.sweep_depth) expand_depth_sweep(settings, pretrained.table.layers);
  const std::vector<int64_t> class_rows =
      rows_of_labels(data.train.labels, static_cast<int64_t>(data.label_names.size()));
  opened.scale = {data.train.size(), data.validation.size(), class_balance(class_rows)};
  suit_settings(settings, pretrained, opened.scale);
  if (settings.sweep_size) sweep_sizes(settings, data.train.size(), pretrained.head.labels);
  if (!settings.search.empty() && data.validation.size() == 0) {
    throw Error("there are no validation rows to search with", Setting{"search"},
                "hold some back with " + setting("validation_size", "0.1"));
  }
  describe_experiment(settings, data, pretrained, opened.max_length, results);
  opened.trained = choose_precision(settings.precision, results.precision);
  return opened;
}

void say_introduction(const PreparedExperiment& opened, const ComparisonResults& results,
                      const Listener& listener) {
  const Dataset& data = opened.data;
  std::string notes;
  for (const std::string& note : data.notes) notes += note + "\n";
  listener.say(notes);
  listener.say(format_introduction(results, opened.pretrained()));
  std::string choice = describe_choice_of_settings(opened.settings, opened.scale);
  if (!choice.empty()) choice = fmt::format("Settings: {}\n", choice);
  choice += describe_imbalance(opened.settings, opened.scale, data.label_names);
  if (!choice.empty()) listener.say(choice);
  const std::string of_rows = format_split_changes(data.changes) +
                              format_similar_labels(find_similar_labels(data.label_names));
  if (!of_rows.empty()) listener.say(of_rows);
}

void audit_rows(const PreparedExperiment& opened, ComparisonResults& results,
                const Listener& listener) {
  const Dataset& data = opened.data;
  const Tokenizer& tokenizer = *opened.tokenizer;
  if (opened.settings.check_data) {
    const SplitLengths lengths{tokenizer.lengths(data.train.texts),
                               tokenizer.lengths(data.validation.texts),
                               tokenizer.lengths(data.test.texts)};
    results.findings = find_data_problems(data, lengths, opened.max_length);
    listener.say(format_findings(results.findings, data.label_names));
  }
  const Split& evaluated = data.test.size() > 0 ? data.test : data.validation;
  if (!evaluated.columns.empty()) {
    take_slice_values(evaluated.columns, tokenizer.lengths(evaluated.texts), results);
    for (const SlicedColumn& column : results.slices) {
      const std::string taken = slices_sentence(column);
      if (!taken.empty()) listener.say(fmt::format("Slices: {}\n", taken));
      std::string& named = results.settings["slices"];
      named += (named.empty() ? "" : ", ") + column.name;
    }
  }
}

void tokenize(PreparedExperiment& opened, ComparisonResults& results, const Listener& listener) {
  PreparedData& prepared = opened.prepared;
  const Dataset& data = opened.data;
  results.findings.truncation =
      tokenize_splits(data, *opened.tokenizer, opened.pretrained(), opened.max_length, prepared);
  listener.say(fmt::format("Truncation: {}\n", truncation_sentence(results.findings.truncation)));
  prepared.train_labels = data.train.labels;
  prepared.train_numbers = data.train.rows;
  prepared.validation_labels = data.validation.labels;
  prepared.has_test = data.test.size() > 0;
  prepared.spill_folder = opened.settings.out;
  prepared.memory = opened.settings.memory > 0 ? opened.settings.memory : available_memory();
}

}  // namespace thaw
