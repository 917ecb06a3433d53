#include "classifier/classifier.h"

#include <algorithm>
#include <memory>
#include <nlohmann/json.hpp>

#include "base/error.h"
#include "base/files.h"
#include "base/retold_error.h"
#include "encoder/weights.h"
#include "model_io/safetensors.h"

namespace thaw {
namespace fs = std::filesystem;
namespace {

HeadShape choose_head(const Classifier& classifier, const OpenOptions& options,
                      const std::optional<SentenceModules>& modules) {
  HeadShape head;
  if (options.head != "auto" && options.head != "native") {
    throw Error("'" + options.head + "' is not a kind of head", "--head", "use auto or native",
                ErrorKind::kUsage);
  }
  if (options.head == "native" && options.pooling != "auto" && options.pooling != "pooler") {
    throw Error("the native head has a pooling of its own", "--pooling " + options.pooling,
                "leave out --pooling or --head native", ErrorKind::kUsage);
  }
  if (options.pooling == "auto") {
    if (options.head == "auto" && modules.has_value()) {
      head.native = false;
      head.pooling = modules->pooling;
    }
  } else if (options.pooling == "pooler") {
    if (classifier.config.traits().weights.head_dense != nullptr) {
      throw Error("the head of " + to_string(classifier.config.family) + " reads no pooler",
                  "--pooling pooler", "use auto, cls, mean or max");
    }
  } else {
    head.native = false;
    if (options.pooling == "cls") {
      head.pooling = Pooling::kCls;
    } else if (options.pooling == "mean") {
      head.pooling = Pooling::kMean;
    } else if (options.pooling == "max") {
      head.pooling = Pooling::kMax;
    } else {
      throw Error("'" + options.pooling + "' is not a pooling", "--pooling",
                  "use auto, cls, mean, max or pooler", ErrorKind::kUsage);
    }
  }
  // A folder whose pooling is BERT's pooler is what the native head already is.
  if (!head.native && head.pooling == Pooling::kPooler) head.native = true;
  return head;
}

// The classifier of a sentence-transformers folder lies in a module of its own.
void load_dense_module(Classifier& classifier, const fs::path& dense_folder) {
  const auto checkpoint =
      std::make_shared<Checkpoint>(Checkpoint::open(dense_folder / "model.safetensors"));
  const auto values =
      std::make_shared<Buffer<float>>(classifier.head.labels * (classifier.config.hidden_size + 1));
  float* next = values->data();
  for (const auto& [role, name] : {std::pair{Role::kClassifierWeight, "linear.weight"},
                                   std::pair{Role::kClassifierBias, "linear.bias"}}) {
    Parameter& parameter = classifier.table.list[classifier.table.find(role, 0)];
    const StoredTensor* tensor = checkpoint->find(name);
    if (tensor == nullptr || tensor->shape != parameter.shape) {
      throw Error(std::string("holds no '") + name + "' of " +
                      std::to_string(classifier.head.labels) + " labels",
                  (dense_folder / "model.safetensors").string(),
                  "use the config.json that belongs to this folder");
    }
    copy_as_float(*tensor, next);
    parameter.value = next;
    next += parameter.size();
  }
  classifier.table.keep_alive(values);
  std::erase_if(classifier.report.rows, [](const LoadReportRow& row) {
    return row.key == "classifier.weight" || row.key == "classifier.bias";
  });
}

Classifier describe(const fs::path& path, const OpenOptions& options,
                    std::optional<SentenceModules>& modules) {
  Classifier classifier;
  std::error_code error;
  const bool is_folder = fs::is_directory(path, error);
  if (!is_folder && !fs::exists(path, error)) {
    throw Error("there is no such folder", path.string(),
                "name a model's folder (config.json, model.safetensors, tokenizer.json)");
  }
  classifier.folder = is_folder ? path : path.parent_path();
  classifier.config = read_model_config(path);
  if (is_folder) modules = read_sentence_modules(path);
  classifier.head = choose_head(classifier, options, modules);
  classifier.label_names =
      options.label_names.empty() ? classifier.config.label_names : options.label_names;
  if (classifier.label_names.empty()) classifier.label_names = {"LABEL_0", "LABEL_1"};
  classifier.head.labels = static_cast<int64_t>(classifier.label_names.size());
  if (modules.has_value()) classifier.max_length = modules->max_seq_length;
  if (const auto& json = classifier.config.json; json.contains("thaw")) {
    const auto& own = json["thaw"];
    if (own.is_object() && own.contains("max_length") && own["max_length"].is_number_integer()) {
      classifier.max_length = own["max_length"].get<int>();
    }
    // Of the labels that it was trained for, not of new ones.
    if (own.is_object() && options.label_names.empty()) {
      classifier.rules = read_probability_rules(own, classifier.label_names.size(),
                                                is_folder ? path / "config.json" : path);
    }
  }
  classifier.table = make_parameter_table(classifier.config, classifier.head);
  return classifier;
}

}  // namespace

Classifier describe_classifier(const fs::path& folder_or_config, const OpenOptions& options) {
  std::optional<SentenceModules> modules;
  return describe(folder_or_config, options, modules);
}

Classifier open_classifier(const fs::path& folder, const OpenOptions& options) {
  std::optional<SentenceModules> modules;
  Classifier classifier = describe(folder, options, modules);
  if (!fs::is_directory(folder)) {
    throw Error("is a file where a model's folder is needed", folder.string(),
                "name the folder that holds config.json and model.safetensors");
  }
  classifier.report =
      load_parameters(classifier.table, classifier.config, classifier.head, folder, options.seed);
  const bool wants_own_labels = options.label_names.empty();
  const bool dense_fits =
      modules.has_value() && modules->dense_folder.has_value() && !classifier.head.native &&
      (wants_own_labels || classifier.config.label_names == options.label_names);
  if (dense_fits) load_dense_module(classifier, *modules->dense_folder);
  if (wants_own_labels) {
    const auto problem = classifier.config.json.find("problem_type");
    if (problem != classifier.config.json.end() && problem->is_string() &&
        *problem != "single_label_classification") {
      throw Error("was trained for " + problem->get<std::string>() + ", not for one label a text",
                  (folder / "config.json").string(), "use a single-label classifier");
    }
    const bool untrained = std::any_of(
        classifier.report.rows.begin(), classifier.report.rows.end(), [](const auto& row) {
          return row.status != LoadStatus::kUnexpected && row.key.find("classifier") == 0;
        });
    if (untrained || classifier.config.label_names.empty()) {
      throw Error("is an encoder without a trained classifier", folder.string(),
                  "train one first: thaw train --model " + folder.string() + " --data …");
    }
  }
  return classifier;
}

void check_tokenizer_fits(const Classifier& classifier, const Tokenizer& tokenizer) {
  if (tokenizer.vocabulary_size() > classifier.config.vocab_size) {
    throw Error("the tokenizer has " + std::to_string(tokenizer.vocabulary_size()) +
                    " tokens but the embedding only " +
                    std::to_string(classifier.config.vocab_size) + " rows",
                classifier.folder.string(), "use the tokenizer that belongs to these weights");
  }
}

void check_token_types(const Classifier& classifier, const TokenizedTexts& texts) {
  const int64_t known = classifier.config.type_vocab_size;
  if (known < 2 || texts.types.empty()) return;
  const int32_t highest = *std::max_element(texts.types.begin(), texts.types.end());
  if (highest < known) return;
  throw Error("the tokenizer gives the token type " + std::to_string(highest) +
                  " but the embedding has only " + std::to_string(known) + " rows",
              classifier.folder.string(), "use the tokenizer that belongs to these weights");
}

void check_max_length(const Classifier& classifier, int max_length) {
  const int64_t positions = classifier.config.max_length();
  if (max_length < 1 || max_length > positions) {
    throw Error("the model has " + std::to_string(positions) + " positions",
                "--max-length " + std::to_string(max_length),
                "use 1 to " + std::to_string(positions));
  }
}

int default_max_length(const Classifier& classifier, const Tokenizer& tokenizer) {
  int64_t length = classifier.config.max_length();
  if (classifier.max_length > 0) length = std::min<int64_t>(length, classifier.max_length);
  if (tokenizer.model_max_length() > 0) {
    length = std::min<int64_t>(length, tokenizer.model_max_length());
  }
  return static_cast<int>(length);
}

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
