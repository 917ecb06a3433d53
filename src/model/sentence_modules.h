#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "model/family.h"
#include "tokenizer/files/module_list.h"

namespace thaw {

// How the vectors of a text's tokens become one; each by sentence-transformers' own name.
enum class Pooling { kCls, kMax, kMean, kMeanSqrtLength, kWeightedMean, kLastToken, kPooler };

// "cls", "max", "mean", "mean_sqrt_len_tokens", "weightedmean", "lasttoken", "pooler"; of several,
// whose vectors stand one behind the other, "cls+mean".
std::string to_string(Pooling pooling);
std::string to_string(const std::vector<Pooling>& poolings);
// nullopt where one of the names is not known, is the pooler's, or stands twice.
std::optional<std::vector<Pooling>> parse_poolings(std::string_view text);
inline constexpr const char* kPoolingNames =
    "cls, max, mean, mean_sqrt_len_tokens, weightedmean, lasttoken, or several as cls+mean";

// A linear layer and an activation between the pooled vector and what follows.
struct DenseModule {
  std::filesystem::path folder;  // of its config.json and weights; empty: not saved yet
  int64_t in = 0, out = 0;
  bool bias = true;
  HeadTraits::Activation activation = HeadTraits::Activation::kTanh;
};

// What a sentence-transformers folder (modules.json) says about itself.
struct SentenceModules {
  std::filesystem::path transformer_folder;  // config.json, weights, tokenizer: the folder itself
                                             // or one in it, e.g. FOLDER/0_Transformer
  std::vector<Pooling> pooling;  // empty: the Transformer alone, a cross-encoder's folder, whose
                                 // classifier is the family's own
  std::vector<DenseModule> dense;
  bool normalize = false;    // a Normalize module ends the list
  int max_seq_length = 0;    // of sentence_bert_config.json or its kin; 0: none, and the
                             // tokenizer's model_max_length holds
  bool lower_case = false;   // texts are lowered before the tokenizer
  std::string prompt;        // stands before every text: the prompt of default_prompt_name
  int64_t truncate_dim = 0;  // encode() keeps so many numbers of what the last module gives; 0: all
};

// nullopt where the folder has no modules.json. Understood: Transformer (in any folder of it),
// Pooling (written as names, or as the flags of releases before 5), Dropout, Dense modules with or
// without bias (Identity, Tanh, ReLU and GELU), and Normalize behind them. Throws Error on anything
// else, because the vectors would silently differ from sentence-transformers'.
std::optional<SentenceModules> read_sentence_modules(const std::filesystem::path& folder);

// The folder that save_sentence_modules gives the encoder. With a config.json beside modules.json
// Transformers would take the whole for a model of its own and answer from the encoder alone.
inline constexpr const char* kTransformerFolder = "0_Transformer";

// A linear layer's values; bias is null where it has none.
struct DenseValues {
  const float* weight;  // [out, in]
  const float* bias;    // [out]
};

// Writes modules.json, config_sentence_transformers.json, 0_Transformer/sentence_bert_config.json,
// 1_Pooling/, and 2_Dense/, 3_Dense/… for modules.dense with `values`, of which the last is the
// classifier, so that sentence-transformers' encode() gives the logits. The folder exists; its
// 0_Transformer/ holds, or will hold, the encoder. modules.normalize and the folders in `modules`
// do not count. Throws Error for kPooler, which sentence-transformers cannot express, and where a
// file cannot be written. Loads in every release since 2.3.
void save_sentence_modules(const std::filesystem::path& folder, const SentenceModules& modules,
                           int64_t hidden_size, const std::vector<DenseValues>& values);

}  // namespace thaw
