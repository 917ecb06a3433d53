#include "model/save_classifier.h"

#include <nlohmann/json.hpp>
#include <string>

#include "base/error.h"
#include "files/error_at_target.h"
#include "files/files.h"
#include "model/classifier_notes.h"
#include "model/last_layer.h"
#include "model/safetensors.h"
#include "model/sentence_modules.h"
#include "model/weights.h"
#include "tokenizer/files/saved_tokenizer.h"

namespace thaw {
namespace fs = std::filesystem;
namespace {

void write_json(const fs::path& path, const nlohmann::ordered_json& json) {
  write_file(path, json.dump(2) + "\n");
}

// The poolings and Dense modules of a pooling head, and the classifier as the last of them.
void save_modules(const ClassifierModel& classifier, int max_length, const fs::path& folder) {
  const ParameterTable& table = classifier.table;
  const int64_t hidden = classifier.config.hidden_size;
  SentenceModules modules;
  modules.pooling = classifier.head.pooling;
  modules.dense = classifier.head.dense;
  modules.dense.push_back({{},
                           classifier.head.classifier_input(hidden),
                           classifier.head.labels,
                           true,
                           HeadTraits::Activation::kIdentity});
  modules.max_seq_length = max_length;
  modules.lower_case = classifier.preparation.lower_case;
  modules.prompt = classifier.preparation.prompt;
  std::vector<DenseValues> values;
  for (size_t i = 0; i < table.list.size(); ++i) {
    if (table.list[i].role != Role::kModuleWeight) continue;
    const bool has_bias = table.list[i + 1].role == Role::kModuleBias;
    values.push_back({table.list[i].value, has_bias ? table.list[i + 1].value : nullptr});
  }
  values.push_back(
      {table.at(Role::kClassifierWeight, 0).value, table.at(Role::kClassifierBias, 0).value});
  save_sentence_modules(folder, modules, hidden, values);
}

}  // namespace

void save_classifier(const ClassifierModel& classifier, const Tokenizer& tokenizer, int max_length,
                     const fs::path& folder, FolderWriter::Others others) {
  FolderWriter writer(folder, others);
  try {
    write_classifier(classifier, tokenizer, max_length, writer.path());
  } catch (const Error& error) {
    throw error_at_target(error, writer.path(), folder);
  }
  writer.commit(classifier.head.native ? "config.json" : kNotesFile);
}

void write_classifier(const ClassifierModel& trained, const Tokenizer& tokenizer, int max_length,
                      const fs::path& folder) {
  const ClassifierModel classifier = with_folded_temperature(trained);
  const bool modules = !classifier.head.native;
  const fs::path encoder = modules ? folder / kTransformerFolder : folder;
  if (modules) save_modules(classifier, max_length, folder);
  save_tokenizer(tokenizer, max_length, encoder);
  save_safetensors(encoder / "model.safetensors",
                   tensors_to_save(classifier.table, classifier.config, classifier.head));

  nlohmann::ordered_json notes = {{"max_length", max_length}};
  write_probability_rules(classifier.rules, notes);
  if (classifier.rules.temperature != 1 || !classifier.rules.thresholds.empty()) {
    ClassifierModel as_saved = classifier;
    as_saved.head_rows = {};
    notes["head_sha256"] = last_layer_hash(as_saved);
  }
  if (classifier.columns) notes["columns"] = columns_json(*classifier.columns);
  auto config = classifier_config_json(classifier.config, classifier.label_names, modules);
  if (modules) {
    notes["labels"] = classifier.label_names;
    write_json(folder / kNotesFile, notes);
  } else {
    config["thaw"] = std::move(notes);
  }
  write_json(encoder / "config.json", config);
}

}  // namespace thaw
