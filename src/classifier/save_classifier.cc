#include "classifier/save_classifier.h"

#include <nlohmann/json.hpp>
#include <string>

#include "base/error.h"
#include "base/files.h"
#include "base/retold_error.h"
#include "classifier/classifier_notes.h"
#include "classifier/last_layer.h"
#include "encoder/weights.h"
#include "model_io/safetensors.h"
#include "model_io/sentence_modules.h"
#include "tokenizer/saved_tokenizer.h"

namespace thaw {
namespace fs = std::filesystem;
namespace {

void write_json(const fs::path& path, const nlohmann::ordered_json& json) {
  write_file(path, json.dump(2) + "\n");
}

}  // namespace

void save_classifier(const Classifier& classifier, const Tokenizer& tokenizer, int max_length,
                     const fs::path& folder, FolderWriter::Others others) {
  const std::string elsewhere = "name another folder with --out";
  FolderWriter writer(folder, others, elsewhere);
  try {
    write_classifier(classifier, tokenizer, max_length, writer.path());
  } catch (const Error& error) {
    throw retold(error, writer.path(), folder, elsewhere);
  }
  writer.commit(classifier.head.native ? "config.json" : kNotesFile);
}

void write_classifier(const Classifier& trained, const Tokenizer& tokenizer, int max_length,
                      const fs::path& folder) {
  const Classifier classifier = with_folded_temperature(trained);
  const bool modules = !classifier.head.native;
  const fs::path encoder = modules ? folder / kTransformerFolder : folder;
  if (modules) {
    const auto value = [&](Role role) { return classifier.table.at(role, 0).value; };
    save_sentence_modules(folder, classifier.head.pooling, max_length, false,
                          classifier.config.hidden_size, classifier.head.labels,
                          value(Role::kClassifierWeight), value(Role::kClassifierBias));
  }
  save_tokenizer(tokenizer, max_length, encoder);
  save_safetensors(encoder / "model.safetensors",
                   tensors_to_save(classifier.table, classifier.config, classifier.head));

  nlohmann::ordered_json notes = {{"max_length", max_length}};
  write_probability_rules(classifier.rules, notes);
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
