#include "classifier/classifier.h"

#include <algorithm>
#include <memory>

#include "base/error.h"
#include "classifier/classifier_notes.h"
#include "classifier/last_layer.h"
#include "encoder/weights.h"
#include "model_io/safetensors.h"

namespace thaw {
namespace fs = std::filesystem;
namespace {

HeadShape choose_head(const Classifier& classifier, const OpenOptions& options,
                      const std::optional<SentenceModules>& modules) {
  HeadShape head;
  if (options.head != "auto" && options.head != "native") {
    throw Error("'" + options.head + "' is not a kind of head", "--head", "use auto or native");
  }
  if (options.head == "native" && options.pooling != "auto" && options.pooling != "pooler") {
    throw Error("the native head has a pooling of its own", "--pooling " + options.pooling,
                "leave out --pooling or --head native");
  }
  if (options.pooling == "auto") {
    if (options.head == "auto" && modules.has_value() && !modules->pooling.empty()) {
      head.native = false;
      head.pooling = modules->pooling;
      head.dense = modules->dense;
    }
  } else if (options.pooling == "pooler") {
    if (classifier.config.traits().weights.head_dense != nullptr) {
      throw Error("the head of " + to_string(classifier.config.family) + " reads no pooler",
                  "--pooling pooler", "use auto, cls, mean or max");
    }
  } else {
    head.native = false;
    auto poolings = parse_poolings(options.pooling);
    if (!poolings) {
      throw Error("'" + options.pooling + "' is not a pooling", "--pooling",
                  std::string("use auto, pooler, ") + kPoolingNames);
    }
    std::sort(poolings->begin(), poolings->end());  // as sentence-transformers has them
    head.pooling = *std::move(poolings);
    // Of the folder's own pooling, what is named changes nothing.
    if (modules && modules->pooling == head.pooling) head.dense = modules->dense;
  }
  return head;
}

// Whether the last Dense module is a classifier of the folder's labels, as thaw saves it, and not
// one of the encoder's own.
bool ends_with_classifier(const SentenceModules& modules, const std::vector<std::string>& labels) {
  if (modules.dense.empty() || modules.normalize) return false;
  const DenseModule& last = modules.dense.back();
  return last.activation == HeadTraits::Activation::kIdentity && last.bias &&
         last.out == static_cast<int64_t>(labels.size());
}

// That the modules fit one another: each reads what the one before it gives.
void check_dense_modules(const HeadShape& head, int64_t hidden, const std::string& where) {
  int64_t size = head.pooled_size(hidden);
  for (const DenseModule& dense : head.dense) {
    if (dense.in != size) {
      throw Error("reads vectors of " + std::to_string(dense.in) + " numbers where " +
                      std::to_string(size) + " come in",
                  dense.folder.empty() ? where : (dense.folder / "config.json").string(),
                  "fetch the model again");
    }
    size = dense.out;
  }
}

// A linear layer that sentence-transformers keeps in a folder of its own.
void load_dense_module(Classifier& classifier, const DenseModule& dense, int weight, int bias) {
  ParameterTable& table = classifier.table;
  const auto checkpoint = std::make_shared<Checkpoint>(Checkpoint::open(dense.folder));
  for (const auto& [index, name] : {std::pair{weight, "linear.weight"}, {bias, "linear.bias"}}) {
    if (index < 0) continue;
    Parameter& parameter = table.list[index];
    const StoredTensor* tensor = checkpoint->find(name);
    if (tensor == nullptr || tensor->shape != parameter.shape) {
      throw Error(std::string("holds no '") + name + "' of the shape that the modules ask for",
                  (dense.folder / "model.safetensors").string(),
                  "use the files that belong to this folder");
    }
    const auto values = std::make_shared<Buffer<float>>(parameter.size());
    copy_as_float(*tensor, values->data());
    parameter.value = values->data();
    table.keep_alive(values);
    std::erase_if(classifier.report.rows, [&](const LoadReportRow& row) {
      return row.status == LoadStatus::kMissing && row.key == parameter.name;
    });
  }
}

void load_dense_modules(Classifier& classifier, const SentenceModules& modules,
                        bool with_classifier) {
  const ParameterTable& table = classifier.table;
  size_t next = 0;
  for (int i = 0; i < static_cast<int>(table.list.size()); ++i) {
    if (table.list[i].role != Role::kModuleWeight) continue;
    const bool has_bias = table.list[i + 1].role == Role::kModuleBias;
    load_dense_module(classifier, classifier.head.dense.at(next++), i, has_bias ? i + 1 : -1);
  }
  if (!with_classifier) return;
  load_dense_module(classifier, modules.dense.back(), table.find(Role::kClassifierWeight, 0),
                    table.find(Role::kClassifierBias, 0));
}

// A classifier with its own labels gives calibrated logits, whatever its file holds. One that is
// trained on starts from the head as it was trained, and calibration will begin anew.
void take_rules(Classifier& classifier, bool wants_own_labels) {
  if (wants_own_labels) {
    classifier = with_folded_temperature(classifier);
    return;
  }
  const std::string& weight =
      classifier.table.at(Role::kClassifierWeight, 0).name;  // in a report without a prefix
  const bool is_new = std::any_of(
      classifier.report.rows.begin(), classifier.report.rows.end(),
      [&](const auto& row) { return row.status != LoadStatus::kUnexpected && row.key == weight; });
  if (classifier.rules.folded && !is_new)
    scale_last_layer(classifier, classifier.rules.temperature);
  classifier.rules = {};
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
  classifier.config = read_model_config(is_folder ? encoder_folder(path) : path);
  if (is_folder) modules = read_sentence_modules(path);
  const auto notes = read_classifier_notes(path, classifier.config.json);
  if (notes && !notes->labels.empty()) classifier.config.label_names = notes->labels;
  // The folder's own classifier stands apart from the Dense modules of its encoder.
  std::optional<SentenceModules> encoder = modules;
  if (encoder && ends_with_classifier(*encoder, classifier.config.label_names)) {
    encoder->dense.pop_back();
  }
  classifier.head = choose_head(classifier, options, encoder);
  check_dense_modules(classifier.head, classifier.config.hidden_size, path.string());
  if (encoder && !classifier.head.native) {
    classifier.prompt = encoder->prompt;
    classifier.lower_case = encoder->lower_case;
  }
  classifier.label_names =
      options.label_names.empty() ? classifier.config.label_names : options.label_names;
  if (classifier.label_names.empty()) classifier.label_names = {"LABEL_0", "LABEL_1"};
  classifier.head.labels = static_cast<int64_t>(classifier.label_names.size());
  if (modules.has_value()) classifier.max_length = modules->max_seq_length;
  if (notes) {
    if (notes->max_length > 0) classifier.max_length = notes->max_length;
    classifier.rules =
        read_probability_rules(notes->json, classifier.config.label_names.size(), notes->file);
  }
  classifier.table = make_parameter_table(classifier.config, classifier.head);
  return classifier;
}

}  // namespace

Classifier describe_classifier(const fs::path& folder_or_config, const OpenOptions& options) {
  std::optional<SentenceModules> modules;
  return describe(folder_or_config, options, modules);
}

Classifier load_classifier(const fs::path& folder, const OpenOptions& options) {
  std::optional<SentenceModules> modules;
  Classifier classifier = describe(folder, options, modules);
  if (!fs::is_directory(folder)) {
    throw Error("is a file where a model's folder is needed", folder.string(),
                "name the folder that holds config.json and model.safetensors");
  }
  classifier.report = load_parameters(classifier.table, classifier.config, classifier.head,
                                      encoder_folder(folder), options.seed);
  const bool wants_own_labels = options.label_names.empty();
  if (modules && !classifier.head.native) {
    const HeadShape& head = classifier.head;
    const bool same_head = modules->pooling == head.pooling;
    const bool same_labels =
        wants_own_labels || classifier.config.label_names == options.label_names;
    load_dense_modules(
        classifier, *modules,
        same_head && same_labels && ends_with_classifier(*modules, classifier.config.label_names));
  }
  take_rules(classifier, wants_own_labels);
  return classifier;
}

Classifier open_classifier(const fs::path& folder, const OpenOptions& options) {
  Classifier classifier = load_classifier(folder, options);
  if (options.label_names.empty()) {
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

Tokenizer load_tokenizer(const Classifier& classifier) {
  Tokenizer tokenizer = Tokenizer::load(classifier.folder);
  tokenizer.prepare_texts(classifier.prompt, classifier.lower_case);
  return tokenizer;
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

}  // namespace thaw
