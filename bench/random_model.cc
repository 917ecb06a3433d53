// Writes a classifier of DistilBERT's shape with random weights and another encoder's vocabulary:
// what is needed to time an encoder of hidden size 768 without fetching one.
//
//   thaw_bench_random_model ENCODER NEW_FOLDER
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <vector>

#include "base/error.h"
#include "model/save_classifier.h"
#include "model/weights.h"

namespace thaw {
namespace {

constexpr const char* kConfig = R"({
  "architectures": ["DistilBertForSequenceClassification"], "model_type": "distilbert",
  "dim": 768, "hidden_dim": 3072, "n_layers": 6, "n_heads": 12, "vocab_size": 30522,
  "max_position_embeddings": 512, "activation": "gelu", "dropout": 0.1,
  "attention_dropout": 0.1, "seq_classif_dropout": 0.2, "initializer_range": 0.02,
  "pad_token_id": 0, "sinusoidal_pos_embds": false, "tie_weights_": true
})";

void write_model(const std::filesystem::path& encoder, const std::filesystem::path& folder) {
  std::filesystem::create_directories(folder);
  const auto config = folder / "config.json";
  std::ofstream(config) << kConfig;
  OpenOptions options;
  options.label_names = {"negative", "neutral", "positive"};
  ClassifierModel classifier = describe_classifier(config, options);
  std::vector<std::vector<float>> values;
  for (Parameter& parameter : classifier.table.list) {
    values.emplace_back(parameter.size());
    initialize_parameter(parameter, classifier.config.initializer_range, 1, values.back().data());
    parameter.value = values.back().data();
  }
  write_classifier(classifier, Tokenizer::load(encoder), 512, folder);
}

}  // namespace
}  // namespace thaw

int main(int argc, char** argv) {
  if (argc != 3) {
    std::fprintf(stderr, "usage: thaw_bench_random_model ENCODER NEW_FOLDER\n");
    return 2;
  }
  try {
    thaw::write_model(argv[1], argv[2]);
  } catch (const thaw::Error& error) {
    std::fprintf(stderr, "thaw_bench_random_model: %s\n", error.what());
    return 1;
  }
  return 0;
}
