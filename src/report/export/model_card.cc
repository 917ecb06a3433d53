#include "report/export/model_card.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <map>
#include <optional>
#include <system_error>
#include <vector>

#include "base/error.h"
#include "base/setting_words.h"
#include "files/files.h"
#include "model/sentence_modules.h"
#include "report/export/markdown.h"
#include "report/findings/words.h"
#include "report/plots/figures.h"
#include "results/model_names.h"
#include "results/phrases.h"
#include "results/shown.h"
#include "text/numbers.h"

namespace thaw {

namespace fs = std::filesystem;

namespace {

using Lines = std::string;  // each ended

class Card {
 public:
  Card(const ComparisonResults& results, const Findings& words, size_t index, CardLibrary library)
      : results_(results),
        words_(words),
        index_(index),
        strategy_(results.strategies[index]),
        test_(strategy_.test),
        library_(library),
        base_(hub_name_of(results.model, RepoType::kModel)),
        data_(hub_name_of(results.data.substr(0, results.data.find(", ")), RepoType::kDataset)) {}

  std::string text() const {
    return fmt::format("{}\n# {}\n\n{}{}{}{}{}{}", metadata(), escape_markdown(name()),
                       introduction(), labels(), usage(), training(), quality(), limits());
  }

 private:
  std::string name() const {
    const std::string what =
        results_.title.empty() ? public_name(results_.model, RepoType::kModel) : results_.title;
    return (what.empty() ? "" : what + ": ") + strategy_.name;
  }
  bool two_labels() const { return results_.label_names.size() == 2; }
  // Whether a temperature is folded into the saved weights.
  bool calibrated() const {
    return strategy_.calibration.has_value() && strategy_.calibration->temperature != 1;
  }
  std::string setting(const std::string& key) const {
    const auto found = results_.settings.find(key);
    return found == results_.settings.end() ? "" : found->second;
  }
  const MetricEstimate* estimate(Metric metric) const {
    if (index_ >= results_.evidence.strategies.size()) return nullptr;
    for (const MetricEstimate& own : results_.evidence.strategies[index_]) {
      if (own.metric == metric) return &own;
    }
    return nullptr;
  }
  static std::string row(const std::vector<std::string>& cells) {
    Lines line = "|";
    for (const std::string& cell : cells) line += fmt::format(" {} |", cell);
    return line + "\n";
  }

  Lines metadata() const;
  Lines index_metric(const std::string& type, const std::string& name, double value,
                     const std::string& average) const;
  Lines introduction() const;
  Lines labels() const;
  Lines usage() const;
  Lines training() const;
  Lines quality() const;
  Lines metric_table() const;
  Lines class_table() const;
  Lines calibration() const;
  Lines limits() const;

  const ComparisonResults& results_;
  const Findings& words_;
  const size_t index_;
  const StrategyResult& strategy_;
  const ClassificationMetrics& test_;
  const CardLibrary library_;
  const std::optional<HubName> base_, data_;
};

Lines Card::index_metric(const std::string& type, const std::string& name, double value,
                         const std::string& average) const {
  if (!std::isfinite(value)) return "";
  Lines lines = fmt::format("    - type: {}\n      value: {}\n      name: {}\n", type,
                            shortest(value), yaml_quoted(name));
  if (!average.empty()) lines += fmt::format("      args:\n        average: {}\n", average);
  return lines;
}

// https://huggingface.co/docs/hub/model-cards and the specification in huggingface/hub-docs,
// modelcard.md. The language and the licence are not known here.
Lines Card::metadata() const {
  const bool sentences = library_ == CardLibrary::kSentenceTransformers;
  Lines yaml = "---\nlibrary_name: ";
  yaml += sentences ? "sentence-transformers" : "transformers";
  yaml += "\npipeline_tag: text-classification\ntags:\n- text-classification\n- thaw\n";
  if (base_) yaml += fmt::format("base_model: {}\n", yaml_quoted(base_->id));
  if (data_) yaml += fmt::format("datasets:\n- {}\n", yaml_quoted(data_->id));
  yaml += "metrics:\n- accuracy\n- f1\n- precision\n- recall\n";
  yaml += fmt::format(
      "model-index:\n- name: {}\n  results:\n  - task:\n      type: text-classification\n      "
      "name: Text classification\n    dataset:\n      type: {}\n      name: {}\n",
      yaml_quoted(name()), data_ ? yaml_quoted(data_->id) : "local",
      yaml_quoted(results_.data.empty() ? "not named"
                                        : public_name(results_.data, RepoType::kDataset)));
  if (data_ && !data_->configuration.empty()) {
    yaml += fmt::format("      config: {}\n", yaml_quoted(data_->configuration));
  }
  yaml += fmt::format("      split: {}\n", yaml_quoted(evaluated_split(results_)));
  if (data_ && data_->revision != "main") {
    yaml += fmt::format("      revision: {}\n", yaml_quoted(data_->revision));
  }
  yaml += "    metrics:\n" + index_metric("accuracy", "Accuracy", test_.accuracy, "");
  if (two_labels()) {
    yaml += index_metric("f1", f1_name(results_), test_.f1(), "binary");
  }
  yaml += index_metric("f1", "Macro F1", test_.macro_f1, "macro") +
          index_metric("precision", "Macro precision", test_.macro_precision, "macro") +
          index_metric("recall", "Macro recall", test_.macro_recall, "macro") +
          (calibrated() ? index_metric("loss", "Cross-entropy, calibrated",
                                       strategy_.calibration->after.nll, "")
                        : index_metric("loss", "Cross-entropy", test_.loss, ""));
  return yaml + "---\n";
}

Lines Card::introduction() const {
  const std::string base = base_ ? base_->id : public_name(results_.model, RepoType::kModel);
  std::vector<std::string> names;
  for (size_t label = 0; label < results_.label_names.size(); ++label) {
    names.push_back(escape_markdown(quoted_label(results_, static_cast<int32_t>(label))));
  }
  Lines text = "A text classifier that gives each text one of " +
               counted(static_cast<int64_t>(names.size()), "label", "labels");
  if (names.size() <= 10) text += ": " + listed(names);
  text += fmt::format(". It is {}, trained by thaw on a CPU ({})",
                      base.empty() ? std::string("an encoder") : escape_markdown(base),
                      escape_markdown(strategy_description(strategy_)));
  if (!results_.data.empty()) {
    text += " on " + escape_markdown(public_name(results_.data, RepoType::kDataset));
  }
  return text + ".\n";
}

Lines Card::labels() const {
  const SplitSummary* train = nullptr;
  for (const SplitSummary& split : results_.splits) {
    if (split.name == "train") train = &split;
  }
  Lines table = "\n## Labels\n\n| number | label | training rows |\n|--:|---|--:|\n";
  for (size_t label = 0; label < results_.label_names.size(); ++label) {
    const bool counted = train != nullptr && label < train->label_counts.size();
    table += row({std::to_string(label), escape_markdown(results_.label_names[label]),
                  counted ? grouped(train->label_counts[label]) : "–"});
  }
  return table;
}

Lines Card::usage() const {
  const bool pairs = !setting("text_pair").empty();
  Lines text =
      "\n## How to use it\n\n"
      "FOLDER is the folder of this card, or its name on the hub. ";
  if (pairs) text += "It reads pairs of texts. ";
  text += usage_words(pairs);
  if (library_ == CardLibrary::kTransformers) {
    const std::string input =
        pairs ? "{\"text\": \"some text\", \"text_pair\": \"another text\"}" : "\"some text\"";
    return fmt::format(
        "{}With Transformers:\n\n```python\nfrom transformers import pipeline\n\nclassifier = "
        "pipeline(\"text-classification\", model=\"FOLDER\")\nprint(classifier({}, "
        "truncation=True))\n```\n",
        text, input);
  }
  const std::string input = pairs ? "(\"some text\", \"another text\")" : "\"some text\"";
  return fmt::format(
      "{}With sentence-transformers, whose vectors are the logits of the labels (Transformers "
      "alone does not load it):\n\n```python\nimport json\nfrom pathlib import Path\n\nfrom "
      "sentence_transformers import SentenceTransformer\n\nfolder = \"FOLDER\"  # of the hub: "
      "huggingface_hub.snapshot_download(\"owner/name\")\nmodel = "
      "SentenceTransformer(folder)\nnames = json.loads(Path(folder, "
      "\"thaw.json\").read_text(encoding=\"utf-8\"))[\"labels\"]\nlogits = model.encode([{}], "
      "convert_to_tensor=True)\nprint([names[i] for i in logits.argmax(-1).tolist()], "
      "logits.softmax(-1))\n```\n",
      text, input);
}

Lines Card::training() const {
  Lines text = "\n## How it was trained\n\n| | |\n|---|---|\n";
  const auto line = [&](const std::string& key, const std::string& value) {
    if (!value.empty()) text += row({escape_markdown(key), escape_markdown(value)});
  };
  line("strategy", fmt::format("{} ({})", strategy_.strategy, strategy_description(strategy_)));
  // A strategy's own settings come before those that all share.
  std::map<std::string, std::string> settings = strategy_.settings;
  settings.insert(results_.settings.begin(), results_.settings.end());
  for (const auto& [key, value] : settings) {
    line(key, looks_like_path(value) ? public_name(value, RepoType::kDataset) : value);
  }
  for (const SplitSummary& split : results_.splits) {
    line(split.name + " rows", grouped(split.rows));
  }
  if (strategy_.best_epoch > 0) {
    line("epoch kept", fmt::format("{}, of the lowest validation loss", strategy_.best_epoch));
  }
  line("trained parameters",
       grouped(strategy_.trainable_parameters) + " of " + grouped(strategy_.total_parameters));
  const auto cpu = results_.machine.find("cpu");
  line("training time", duration(strategy_.train_seconds) +
                            (cpu == results_.machine.end() ? "" : " on " + cpu->second));
  line("precision", results_.precision);
  for (const auto& [name, version] : results_.versions) line(name, version);
  return text;
}

Lines Card::metric_table() const {
  const size_t seeds = 1 + static_cast<size_t>(std::count_if(
                               strategy_.reruns.begin(), strategy_.reruns.end(),
                               [](const SeedRun& run) { return run.failure.empty(); }));
  const bool known = estimate(Metric::kAccuracy) != nullptr;
  Lines table = "| metric | this model |";
  Lines rule = "|---|--:|";
  if (known) {
    table += " 95 % interval |";
    rule += "--:|";
  }
  if (known && seeds > 1) {
    table += fmt::format(" mean ± sd of {} seeds |", seeds);
    rule += "--:|";
  }
  table += fmt::format("\n{}\n", rule);
  const auto digits = [&](double value) { return score(results_, value); };
  const auto line = [&](const std::string& name, Metric metric) {
    std::vector<std::string> cells = {name, digits(metric_value(test_, metric))};
    const MetricEstimate* own = estimate(metric);
    if (known) {
      cells.push_back(own == nullptr ? "–" : digits(own->low) + " to " + digits(own->high));
    }
    if (known && seeds > 1) {
      cells.push_back(own == nullptr ? "–" : digits(own->value) + " ± " + digits(own->sd));
    }
    table += row(cells);
  };
  line("accuracy", Metric::kAccuracy);
  if (two_labels()) line(escape_markdown(f1_name(results_)), Metric::kF1);
  line("macro F1", Metric::kMacroF1);
  line("macro precision", Metric::kMacroPrecision);
  line("macro recall", Metric::kMacroRecall);
  line(calibrated() ? "loss, as trained" : "loss", Metric::kLoss);
  if (calibrated()) {
    std::vector<std::string> cells = {"loss, as saved (calibrated)",
                                      score(results_, strategy_.calibration->after.nll)};
    if (known) cells.emplace_back("–");
    if (known && seeds > 1) cells.emplace_back("–");
    table += row(cells);
  }
  if (known && seeds > 1) {
    table +=
        fmt::format("\nThe intervals are of the mean over the seeds; this model is of seed {}.\n",
                    strategy_.seed);
  }
  return table;
}

Lines Card::class_table() const {
  if (results_.label_names.size() > kMostLabelsShown) return "";
  Lines table = "\n| label | precision | recall | F1 | rows |\n|---|--:|--:|--:|--:|\n";
  for (size_t label = 0; label < results_.label_names.size(); ++label) {
    const ClassMetrics& own = test_.per_class[label];
    table += row({escape_markdown(results_.label_names[label]), score(results_, own.precision),
                  score(results_, own.recall), score(results_, own.f1), grouped(own.support)});
  }
  return table;
}

Lines Card::calibration() const {
  if (!strategy_.calibration) return "";
  const CalibrationResult& own = *strategy_.calibration;
  Lines text =
      "\nThe temperature of the lowest negative log likelihood on the validation rows is " +
      shortest(own.temperature);
  if (!calibrated()) return text + ": the probabilities are those of training.\n";
  return fmt::format(
      "{}. The weights of the last layer are saved divided by it, so that every program gets the "
      "calibrated probabilities: the expected calibration error is {} instead of {}, the negative "
      "log likelihood {} instead of {}. `{}` gives those of training.\n",
      text, fixed(own.after.ece, 4), fixed(own.before.ece, 4), fixed(own.after.nll, 4),
      fixed(own.before.nll, 4), command_words("predict", {{"raw_probabilities"}}));
}

Lines Card::quality() const {
  int64_t most = 0;
  for (const ClassMetrics& own : test_.per_class) most = std::max(most, own.support);
  const std::string rows =
      counted(test_.rows, evaluated_split(results_) + " row", evaluated_split(results_) + " rows");
  Lines text = fmt::format(
      "\n## How good it is\n\nMeasured on {}. Always answering their most frequent label would "
      "have accuracy {}.\n\n{}{}{}",
      rows, score(results_, static_cast<double>(most) / static_cast<double>(test_.rows)),
      metric_table(), class_table(), calibration());
  std::vector<std::string> others;
  for (size_t i = 0; i < results_.strategies.size(); ++i) {
    const StrategyResult& other = results_.strategies[i];
    if (i == index_ || other.test.rows == 0) continue;
    others.push_back(escape_markdown(other.name) + " " +
                     spread_text(results_, i, Metric::kAccuracy));
  }
  if (!others.empty()) {
    text +=
        fmt::format("\nCompared on the same rows, accuracy of the other strategies{}: {}.\n\n{}\n",
                    several_seeds(results_) ? ", means over their seeds" : "", listed(others),
                    escape_markdown(words_.headline));
  }
  return text;
}

Lines Card::limits() const {
  Lines text = "\n## What it is not good for\n\n";
  const auto item = [&](const std::string& sentence) { text += fmt::format("- {}\n", sentence); };
  item("It gives one of its labels to every text, also to one that none of them fits.");
  item("The numbers hold for texts like those that it was tested on; for others nothing is known.");
  const std::string length = setting("max_length");
  if (!length.empty()) {
    item(fmt::format("It reads the first {} tokens of a text and no more.",
                     escape_markdown(length)));
  }
  if (results_.evaluated_on == "validation") {
    item(
        "There was no test split: the rows of the numbers also chose among its epochs, which "
        "flatters it.");
  }
  if (test_.rows < 100) {
    item(fmt::format("With {} to test on, the numbers say little.",
                     counted(test_.rows, "row", "rows")));
  }
  const DataFindings& found = results_.findings;
  if (found.shared_equal + found.shared_near > 0) {
    item(counted(found.shared_equal + found.shared_near, "row", "rows") +
         " of later splits also stand, word for word or nearly, in earlier ones: the numbers are "
         "likely too good.");
  }
  if (found.suspected > 0) {
    item(fmt::format("The labels of {} are likely wrong.",
                     counted(found.suspected, "training row", "training rows")));
  }
  std::vector<std::string> missed;
  for (size_t label = 0; label < results_.label_names.size(); ++label) {
    const ClassMetrics& own = test_.per_class[label];
    if (own.support > 0 && own.recall == 0) {
      missed.push_back(escape_markdown(quoted_label(results_, static_cast<int32_t>(label))));
    }
  }
  if (!missed.empty() && missed.size() <= 10) {
    item(fmt::format("It recognised no row of {}.", listed(missed)));
  } else if (!missed.empty()) {
    item(fmt::format("It recognised no row of {} of its labels.", missed.size()));
  }
  return text;
}

bool holds_model(const fs::path& folder) {
  std::error_code error;
  for (const fs::path& encoder : {folder, folder / kTransformerFolder}) {
    if (fs::exists(encoder / "config.json", error) &&
        fs::exists(encoder / "model.safetensors", error)) {
      return true;
    }
  }
  return false;
}

}  // namespace

std::string model_card(const ComparisonResults& results, const Findings& words, size_t strategy,
                       CardLibrary library) {
  if (strategy >= results.strategies.size() || results.strategies[strategy].test.rows == 0 ||
      results.strategies[strategy].test.per_class.size() != results.label_names.size()) {
    throw Error("there are no metrics to write a model card with");
  }
  return Card(results, words, strategy, library).text();
}

void write_model_cards(const ComparisonResults& results, const Findings& words,
                       const fs::path& out) {
  for (size_t i = 0; i < results.strategies.size(); ++i) {
    if (results.strategies[i].test.rows == 0) continue;
    fs::path folder = out / results.strategies[i].name;
    if (!holds_model(folder) && results.strategies.size() == 1) folder = out;
    if (!holds_model(folder)) continue;
    const bool sentences = fs::exists(folder / "modules.json");
    const auto library =
        sentences ? CardLibrary::kSentenceTransformers : CardLibrary::kTransformers;
    write_file(folder / "README.md", model_card(results, words, i, library));
  }
}

}  // namespace thaw
