#include "classifier/save_classifier.h"

#include <nlohmann/json.hpp>
#include <string>

#include "base/error.h"
#include "base/files.h"
#include "base/retold_error.h"
#include "encoder/weights.h"
#include "model_io/safetensors.h"
#include "model_io/sentence_modules.h"

namespace thaw {
namespace fs = std::filesystem;

void save_classifier(const Classifier& classifier, const Tokenizer& tokenizer, int max_length,
                     const fs::path& folder, FolderWriter::Others others) {
  const std::string elsewhere = "name another folder with --out";
  FolderWriter writer(folder, others, elsewhere);
  try {
    write_classifier(classifier, tokenizer, max_length, writer.path());
  } catch (const Error& error) {
    throw retold(error, writer.path(), folder, elsewhere);
  }
  writer.commit("config.json");
}

void write_classifier(const Classifier& classifier, const Tokenizer& tokenizer, int max_length,
                      const fs::path& folder) {
  for (const fs::path& file : tokenizer.files()) {
    write_file(folder / file.filename(), MappedFile::open(file).text());
  }
  if (!classifier.head.native) {
    const auto value = [&](Role role) { return classifier.table.at(role, 0).value; };
    save_sentence_modules(folder, classifier.head.pooling, max_length, false,
                          classifier.config.hidden_size, classifier.head.labels,
                          value(Role::kClassifierWeight), value(Role::kClassifierBias));
  }
  save_safetensors(folder / "model.safetensors",
                   tensors_to_save(classifier.table, classifier.config, classifier.head));
  auto json =
      classifier_config_json(classifier.config, classifier.label_names, !classifier.head.native);
  json["thaw"] = {{"max_length", max_length}};
  write_probability_rules(classifier.rules, json["thaw"]);
  write_file(folder / "config.json", json.dump(2) + "\n");
}

}  // namespace thaw
