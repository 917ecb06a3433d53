#include "model/classifier.h"

#include <fmt/format.h>

#include <algorithm>
#include <memory>

#include "base/error.h"
#include "base/setting_words.h"
#include "model/classifier_notes.h"
#include "model/last_layer.h"
#include "model/lost_files.h"
#include "model/safetensors.h"
#include "model/weights.h"
#include "model/whole_classifier.h"

namespace thaw {
namespace fs = std::filesystem;
namespace {

HeadShape choose_head(const ClassifierModel& classifier, const OpenOptions& options,
                      const std::optional<SentenceModules>& modules) {
  HeadShape head;
  if (options.head != "auto" && options.head != "native") {
    throw Error(fmt::format("'{}' is not a kind of head", options.head), Setting{"head"},
                "use auto or native", ErrorKind::kUsage);
  }
  if (options.head == "native" && options.pooling != "auto" && options.pooling != "pooler") {
    throw Error("the native head has a pooling of its own", Setting{"pooling", options.pooling},
                fmt::format("leave out {} or {}", setting("pooling"), setting("head", "native")),
                ErrorKind::kUsage);
  }
  if (options.pooling == "auto") {
    if (options.head == "auto" && modules.has_value() && !modules->pooling.empty()) {
      head.native = false;
      head.pooling = modules->pooling;
      head.dense = modules->dense;
    }
  } else if (options.pooling == "pooler") {
    if (classifier.config.traits().weights.head_dense != nullptr) {
      throw Error(
          fmt::format("the head of {} reads no pooler", to_string(classifier.config.family)),
          Setting{"pooling", "pooler"}, "use auto, cls, mean or max");
    }
  } else {
    head.native = false;
    auto poolings = parse_poolings(options.pooling);
    if (!poolings) {
      throw Error(fmt::format("'{}' is not a pooling", options.pooling), Setting{"pooling"},
                  std::string("use auto, pooler, ") + kPoolingNames, ErrorKind::kUsage);
    }
    std::sort(poolings->begin(), poolings->end());  // as sentence-transformers has them
    head.pooling = *std::move(poolings);
    // Of the folder's own pooling, what is named changes nothing.
    if (modules && modules->pooling == head.pooling) head.dense = modules->dense;
  }
  return head;
}

bool is_head_row(const LoadReportRow& row) {
  return row.key == "classifier.weight" || row.key == "classifier.bias";
}

// The head is not missing: it lies in a module of its own.
void restate_head(LoadReport& report, LoadStatus status, const std::string& why) {
  for (LoadReportRow& row : report.rows) {
    if (!is_head_row(row)) continue;
    row.status = status;
    row.detail = why;
  }
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
      throw Error(fmt::format("reads vectors of {} numbers where {} come in", dense.in, size),
                  dense.folder.empty() ? where : (dense.folder / "config.json").string(),
                  "fetch the model again");
    }
    size = dense.out;
  }
}

// encode() cuts what the last module gives, also behind a Normalize. A head on the cut vector could
// not be saved: the classifier would be one more module, and its logits would be cut.
void check_nothing_is_cut(const SentenceModules& modules, const HeadShape& head, int64_t hidden,
                          const fs::path& folder) {
  if (head.native || modules.pooling != head.pooling || modules.truncate_dim == 0) return;
  const int64_t width = modules.dense.empty() ? head.pooled_size(hidden) : modules.dense.back().out;
  if (modules.truncate_dim >= width) return;
  throw Error(
      fmt::format(
          "field 'truncate_dim' keeps {} of the {} numbers of each vector, which is not supported",
          modules.truncate_dim, width),
      (folder / "config_sentence_transformers.json").string(),
      "choose another model, or set 'truncate_dim' to null in a copy of it");
}

// A linear layer that sentence-transformers keeps in a folder of its own.
// `rows`: which of its rows are taken; all as they stand but for the classifier's.
void load_dense_module(ClassifierModel& classifier, const DenseModule& dense, int weight, int bias,
                       const HeadRows& rows = {}) {
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
    copy_head_rows(*tensor, rows, values->data());
    if (!all_finite(values->data(), parameter.size())) {
      throw Error("the weight holds values that are not numbers (NaN) or infinite", tensor->where,
                  "fetch the model again, or choose another one");
    }
    parameter.value = values->data();
    parameter.fresh = false;
    table.keep_alive(values);
    std::erase_if(classifier.report.rows, [&](const LoadReportRow& row) {
      return row.status != LoadStatus::kUnexpected && row.key == parameter.name;
    });
    if (!rows.order.empty()) {
      classifier.report.rows.push_back({parameter.name, LoadStatus::kReordered, {}, {}, rows.why});
    }
  }
}

void load_dense_modules(ClassifierModel& classifier, const SentenceModules& modules,
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
                    table.find(Role::kClassifierBias, 0), classifier.head_rows);
}

// A classifier with its own labels gives calibrated logits, whatever its file holds. One that is
// trained on starts from the head as it was trained, and calibration will begin anew.
void take_rules(ClassifierModel& classifier, bool wants_own_labels) {
  if (!classifier.rules_head.sha256.empty() &&
      !classifier.table.at(Role::kClassifierWeight, 0).fresh &&
      last_layer_hash(classifier) != classifier.rules_head.sha256) {
    // Transformers keeps what thaw has noted when it saves a classifier that it trained on.
    classifier.rules = {};
    classifier.rules_head.is_gone = true;
  }
  if (wants_own_labels) {
    classifier = with_folded_temperature(classifier);
    return;
  }
  const bool is_new = classifier.table.at(Role::kClassifierWeight, 0).fresh;
  if (classifier.rules.folded && !is_new)
    scale_last_layer(classifier, classifier.rules.temperature);
  classifier.rules = {};
}

ClassifierModel describe(const fs::path& path, const OpenOptions& options,
                         std::optional<SentenceModules>& modules) {
  ClassifierModel classifier;
  std::error_code error;
  const bool is_folder = fs::is_directory(path, error);
  if (!is_folder && !fs::exists(path, error)) {
    throw Error("there is no such folder", path.string(),
                "name a model's folder (config.json, model.safetensors, tokenizer.json)");
  }
  classifier.folder = is_folder ? path : path.parent_path();
  if (is_folder) check_no_file_is_lost(path);
  const fs::path weights = is_folder ? encoder_folder(path) : path;
  classifier.config = read_model_config(weights);
  if (is_folder) modules = read_sentence_modules(path);
  const auto notes = read_classifier_notes(path, classifier.config.json);
  if (notes && !notes->labels.empty()) {
    const bool named = notes->labels != place_names(static_cast<int64_t>(notes->labels.size()));
    classifier.config.labels = {notes->labels, "labels", named, ""};
  }
  const std::vector<std::string>& own_names = classifier.config.labels.names;
  // The folder's own classifier stands apart from the Dense modules of its encoder.
  std::optional<SentenceModules> encoder = modules;
  const bool ends_so = encoder && ends_with_classifier(*encoder, own_names);
  if (notes && !notes->labels.empty() && !ends_so) {
    throw Error(fmt::format("names {} labels, but the last of the folder's modules is no linear "
                            "Dense module that gives so many numbers",
                            own_names.size()),
                notes->where, "copy the folder again from where the model was saved");
  }
  if (ends_so) encoder->dense.pop_back();
  classifier.head = choose_head(classifier, options, encoder);
  check_dense_modules(classifier.head, classifier.config.hidden_size, path.string());
  if (modules) {
    check_nothing_is_cut(*modules, classifier.head, classifier.config.hidden_size, path);
  }
  if (encoder && !classifier.head.native) {
    classifier.preparation = {encoder->prompt, encoder->lower_case};
  }
  if (options.label_names.empty()) {
    classifier.label_names = own_label_names(classifier.config, weights);
  } else {
    classifier.label_names = options.label_names;
    classifier.head_rows =
        match_head_rows(classifier.config, classifier.head, classifier.label_names);
  }
  classifier.head.labels = static_cast<int64_t>(classifier.label_names.size());
  if (modules.has_value()) classifier.max_length = modules->max_seq_length;
  if (notes) {
    if (notes->max_length > 0) classifier.max_length = notes->max_length;
    classifier.columns = notes->columns;
    // Transformers leaves out the names LABEL_0, LABEL_1 when it saves.
    const size_t labels =
        own_names.empty() ? own_label_names(classifier.config, weights).size() : own_names.size();
    classifier.rules = read_probability_rules(notes->fields(), labels);
    classifier.rules_head.sha256 = notes->head_sha256;
  }
  classifier.table = make_parameter_table(classifier.config, classifier.head);
  return classifier;
}

}  // namespace

ClassifierModel describe_classifier(const fs::path& folder_or_config, const OpenOptions& options) {
  std::optional<SentenceModules> modules;
  return describe(folder_or_config, options, modules);
}

ClassifierModel load_classifier(const fs::path& folder, const OpenOptions& options) {
  std::optional<SentenceModules> modules;
  ClassifierModel classifier = describe(folder, options, modules);
  if (!fs::is_directory(folder)) {
    throw Error("is a file where a model's folder is needed", folder.string(),
                "name the folder that holds config.json and model.safetensors");
  }
  classifier.report = load_parameters(classifier.table, classifier.config, classifier.head,
                                      encoder_folder(folder), options.seed, classifier.head_rows);
  if (modules && !classifier.head.native) {
    const bool has_classifier = ends_with_classifier(*modules, classifier.config.labels.names);
    const bool same_features = modules->pooling == classifier.head.pooling;
    const bool is_taken = has_classifier && same_features && classifier.head_rows.taken;
    load_dense_modules(classifier, *modules, is_taken);
    if (has_classifier && !is_taken) {
      restate_head(classifier.report, LoadStatus::kNewHead,
                   same_features ? classifier.head_rows.why : "reads other features");
    }
  }
  take_rules(classifier, options.label_names.empty());
  return classifier;
}

ClassifierModel open_classifier(const fs::path& folder, const OpenOptions& options) {
  ClassifierModel classifier = load_classifier(folder, options);
  if (options.label_names.empty()) check_whole_classifier(classifier);
  return classifier;
}

Tokenizer load_tokenizer(const ClassifierModel& classifier) {
  Tokenizer tokenizer = Tokenizer::load(classifier.folder);
  tokenizer.prepare_texts(classifier.preparation.prompt, classifier.preparation.lower_case);
  return tokenizer;
}

void check_tokenizer_fits(const ClassifierModel& classifier, const Tokenizer& tokenizer) {
  if (tokenizer.vocabulary_size() > classifier.config.vocab_size) {
    throw Error(fmt::format("the tokenizer has {} tokens but the embedding only {} rows",
                            tokenizer.vocabulary_size(), classifier.config.vocab_size),
                classifier.folder.string(), "use the tokenizer that belongs to these weights");
  }
}

void check_token_types(const ClassifierModel& classifier, const TokenizedTexts& texts) {
  const int64_t known = classifier.config.type_vocab_size;
  if (known < 2 || texts.types.empty()) return;
  const int32_t highest = *std::max_element(texts.types.begin(), texts.types.end());
  if (highest < known) return;
  throw Error(
      fmt::format("the tokenizer gives the token type {} but the embedding has only {} rows",
                  highest, known),
      classifier.folder.string(), "use the tokenizer that belongs to these weights");
}

void check_word_rows(const ClassifierModel& classifier, const TokenizedTexts& texts) {
  const Parameter& words = classifier.table.at(Role::kWordEmbedding, 0);
  const int64_t width = words.shape[1];
  std::vector<bool> seen(static_cast<size_t>(words.shape[0]), false);
  for (const int32_t id : texts.ids) {
    if (seen[id]) continue;
    seen[id] = true;
    if (all_finite(words.value + id * width, width)) continue;
    throw Error(fmt::format("row {} of '{}' holds values that are not numbers (NaN) or infinite",
                            id, words.name),
                classifier.folder.string(), "fetch the model again, or choose another one");
  }
}

void check_max_length(const ClassifierModel& classifier, const Tokenizer& tokenizer, int max_length,
                      bool pairs) {
  const int64_t positions = classifier.config.max_length();
  const int special = tokenizer.special_tokens(pairs);
  if (max_length > special && max_length <= positions) return;
  throw Error(max_length > positions
                  ? fmt::format("the model has {} positions", positions)
                  : fmt::format("leaves no room for a text beside {} special tokens", special),
              Setting{"max_length", std::to_string(max_length)},
              fmt::format("use {} to {}", special + 1, positions));
}

int default_max_length(const ClassifierModel& classifier, const Tokenizer& tokenizer) {
  int64_t length = classifier.config.max_length();
  if (classifier.max_length > 0) length = std::min<int64_t>(length, classifier.max_length);
  if (tokenizer.model_max_length() > 0) {
    length = std::min<int64_t>(length, tokenizer.model_max_length());
  }
  return static_cast<int>(length);
}

}  // namespace thaw
