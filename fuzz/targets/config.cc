// config.json: sizes that were accepted are possible ones, and the configuration that is saved for
// a classifier is read again as the same model.
#include "files/json_file.h"
#include "fuzz/target.h"
#include "model/model_config.h"

namespace {

using thaw::ModelConfig;

void check_sizes(const ModelConfig& config) {
  using thaw::fuzz::require;
  for (const int64_t size :
       {config.vocab_size, config.hidden_size, config.num_hidden_layers, config.num_attention_heads,
        config.intermediate_size, config.max_position_embeddings}) {
    require(size >= 1 && size <= int64_t{1} << 24, "sizes are possible");
  }
  require(config.hidden_size % config.num_attention_heads == 0, "heads divide the hidden size");
  require(config.pad_token_id >= 0 && config.pad_token_id < config.vocab_size,
          "the padding token is in the vocabulary");
  require(config.max_length() >= 1, "there is room for a token");
  // What the parameters take, in bytes of fp32, in a type in which nothing overflows.
  const auto h = static_cast<double>(config.hidden_size);
  const double layer = 4 * h * h + 2 * h * static_cast<double>(config.intermediate_size);
  const double rows = static_cast<double>(config.vocab_size + config.max_position_embeddings);
  require(rows * static_cast<double>(config.embedding_width()) +
                  layer * static_cast<double>(config.num_hidden_layers) <=
              17.2e9,
          "the parameters are countable");
  for (const float share : {config.hidden_dropout, config.attention_dropout,
                            config.classifier_dropout, config.layer_norm_eps}) {
    require(share >= 0 && share <= 1, "probabilities are probabilities");
  }
}

}  // namespace

THAW_FUZZ_TARGET(config) {
  using thaw::fuzz::require;
  ModelConfig config;
  const bool accepted = thaw::fuzz::accepts([&] {
    config =
        thaw::parse_model_config(thaw::parse_ordered_json(input, "config.json"), "config.json");
  });
  if (!accepted) return;
  check_sizes(config);

  const std::vector<std::string> labels = {"yes", "no"};
  const std::string saved = thaw::classifier_config_json(config, labels, false).dump(2);
  ModelConfig again;
  require(thaw::fuzz::accepts([&] {
            again = thaw::parse_model_config(thaw::parse_ordered_json(saved, "saved.json"),
                                             "saved.json");
          }),
          "what is saved can be read");
  require(again.labels.names == labels, "labels make a round trip");
  require(again.family == config.family && again.hidden_size == config.hidden_size &&
              again.num_hidden_layers == config.num_hidden_layers &&
              again.vocab_size == config.vocab_size && again.hidden_act == config.hidden_act &&
              again.layer_norm_eps == config.layer_norm_eps &&
              again.pad_token_id == config.pad_token_id,
          "a saved configuration is the same model");
}
