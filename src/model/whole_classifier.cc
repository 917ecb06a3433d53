#include "model/whole_classifier.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>

#include "base/error.h"
#include "base/setting_words.h"
#include "files/json_file.h"
#include "model/safetensors.h"
#include "model/weight_names.h"
#include "text/value_list.h"

namespace thaw {
namespace fs = std::filesystem;
namespace {

constexpr int64_t kMostRows = 65536;
constexpr const char* kClassifierClass = "ForSequenceClassification";

struct Task {
  const char* ending;  // of the class in `architectures`
  const char* does;
};

constexpr Task kOtherTasks[] = {
    {"ForTokenClassification", "which labels single words"},
    {"ForMultipleChoice", "which chooses among given answers"},
    {"ForQuestionAnswering", "which marks answers in a text"},
    {"ForNextSentencePrediction", "which judges whether one sentence follows another"},
    {"ForMaskedLM", "which fills in masked words"},
    {"WithLMHeadModel", "which fills in masked words"},
    {"ForPreTraining", "which was pretrained only"},
    {"ForCausalLM", "which writes text"},
    {"LMHeadModel", "which writes text"},
    {"Model", "which is the encoder alone"},
};

// The class that config.json names, where it is none of text classification: "". Several are those
// of one file for several tasks.
std::string other_architecture(const ModelConfig& config) {
  const auto found = config.json.find("architectures");
  if (found == config.json.end() || !found->is_array()) return "";
  std::string first;
  for (const auto& name : *found) {
    if (!name.is_string()) continue;
    if (name.get<std::string>().ends_with(kClassifierClass)) return "";
    if (first.empty()) first = name.get<std::string>();
  }
  return first;
}

std::string what_it_does(const std::string& architecture) {
  for (const Task& task : kOtherTasks) {
    if (architecture.ends_with(task.ending)) return task.does;
  }
  return "which thaw does not know";
}

std::string listed(const std::vector<std::string>& names, size_t most) {
  return comma_list(names, most, [](const std::string& name) { return in_quotes(name); });
}

std::string remedy(const ClassifierModel& classifier) {
  return fmt::format(
      "use a {}, or train one from this folder: {}",
      architecture_name(classifier.config.family, false),
      command_words("train", {{"model", classifier.folder.string()}, {"data", "…"}}));
}

// Whether modules of the folder's own end as those of a classifier that thaw saved.
bool may_end_with_classifier(const HeadShape& head) {
  return !head.native && !head.dense.empty() && head.dense.back().bias &&
         head.dense.back().activation == HeadTraits::Activation::kIdentity;
}

// The head has another number of rows than config.json has labels.
void check_row_count(const ClassifierModel& classifier) {
  const std::string& field = classifier.config.labels.field;
  for (const LoadReportRow& row : classifier.report.rows) {
    if (row.status != LoadStatus::kMismatch || row.in_checkpoint.size() != 2 ||
        row.in_model.size() != 2 || row.in_checkpoint[1] != row.in_model[1]) {
      continue;
    }
    throw Error(fmt::format("'{}' has {} rows, one for each label, but {} in config.json says {}",
                            row.key, row.in_checkpoint[0], field, row.in_model[0]),
                classifier.folder.string(),
                "use the config.json that belongs to these weights, or correct " + field);
  }
}

}  // namespace

std::vector<std::string> own_label_names(const ModelConfig& config, const fs::path& folder) {
  if (!config.labels.names.empty()) return config.labels.names;
  std::error_code error;
  if (fs::is_directory(folder, error) && Checkpoint::exists(folder)) {
    const Checkpoint checkpoint = Checkpoint::open(folder);
    const auto tensors = canonical_tensors(checkpoint, config.family);
    const auto head = tensors.find(std::string(config.traits().weights.classifier) + ".weight");
    if (head != tensors.end() && head->second.tensor->shape.size() == 2) {
      const int64_t rows = head->second.tensor->shape[0];
      if (rows >= 1 && rows <= kMostRows) return place_names(rows);
    }
  }
  return place_names(2);
}

HeadRows match_head_rows(const ModelConfig& config, const HeadShape& head,
                         const std::vector<std::string>& label_names) {
  const ConfigLabels& own = config.labels;
  const auto no = [](std::string why) { return HeadRows{false, {}, std::move(why)}; };
  if (const std::string other = other_architecture(config); head.native && !other.empty()) {
    return no("the head of a " + in_quotes(other));
  }
  if (!own.contradiction.empty()) return no(own.contradiction);
  if (!own.named) return no("its labels have no names");
  if (own.names == label_names) return {};
  std::map<std::string, int64_t> rows;
  for (size_t id = 0; id < own.names.size(); ++id) rows[own.names[id]] = static_cast<int64_t>(id);
  HeadRows matched;
  for (const std::string& name : label_names) {
    const auto row = rows.find(name);
    if (row == rows.end() || label_names.size() != own.names.size()) {
      return no("trained for " + listed(own.names, 5));
    }
    matched.order.push_back(row->second);
  }
  matched.why = "its order is " + listed(own.names, 5);
  return matched;
}

void check_whole_classifier(const ClassifierModel& classifier) {
  const ModelConfig& config = classifier.config;
  const std::string file = (classifier.folder / "config.json").string();
  if (const std::string other = other_architecture(config);
      classifier.head.native && !other.empty()) {
    throw Error(fmt::format("describes {}, {}: an encoder without a trained classifier of texts",
                            in_quotes(other), what_it_does(other)),
                file, remedy(classifier));
  }
  const auto problem = config.json.find("problem_type");
  if (problem != config.json.end() && problem->is_string() &&
      *problem != "single_label_classification") {
    throw Error(
        fmt::format("was trained for {}, not for one label a text", problem->get<std::string>()),
        file, "use a single-label classifier");
  }
  if (!config.labels.contradiction.empty()) {
    throw Error(config.labels.contradiction, file,
                "correct it, so that each row of the head has one name");
  }
  check_row_count(classifier);
  std::vector<std::string> fresh;
  for (const Parameter& parameter : classifier.table.list) {
    if (!parameter.used || !parameter.fresh) continue;
    fresh.push_back(saved_weight_name(config.family, parameter.name, !classifier.head.native));
  }
  if (!fresh.empty() && may_end_with_classifier(classifier.head)) {
    throw Error(
        "has no thaw.json, which would name the labels of the linear layer that ends its "
        "modules",
        classifier.folder.string(),
        "if thaw saved it, copy thaw.json again from where the model was saved; if not, " +
            remedy(classifier));
  }
  if (!fresh.empty()) {
    throw Error(fmt::format("holds no fitting {}, on which every answer depends: an encoder "
                            "without a trained classifier",
                            listed(fresh, 2)),
                classifier.folder.string(), remedy(classifier));
  }
  for (const LoadReportRow& row : classifier.report.rows) {
    if (row.status != LoadStatus::kUnexpected ||
        row.key.find(config.traits().weights.layer) == std::string::npos) {
      continue;
    }
    throw Error(fmt::format("holds {}, which the {} layers of config.json do not use",
                            in_quotes(row.key), config.num_hidden_layers),
                classifier.folder.string(), "use the config.json that belongs to these weights");
  }
  if (classifier.head.labels < 2) {
    throw Error(
        "has one output, which is a score (of a regression, or a yes or no by a sigmoid) "
        "and no choice among labels",
        classifier.folder.string(), remedy(classifier));
  }
}

}  // namespace thaw
