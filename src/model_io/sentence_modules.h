#pragma once

#include <filesystem>
#include <optional>
#include <string>

namespace thaw {

enum class Pooling { kCls, kMean, kMax, kPooler };

std::string to_string(Pooling pooling);  // "cls", "mean", "max", "pooler"

// What a sentence-transformers folder (modules.json) says about itself.
struct SentenceModules {
  std::filesystem::path transformer_folder;  // config.json, weights, tokenizer: the folder itself
                                             // or one in it, e.g. FOLDER/0_Transformer
  bool pools = true;  // false: the Transformer alone, a cross-encoder's folder, whose classifier is
                      // the family's own
  Pooling pooling = Pooling::kMean;
  bool normalize = false;                             // a Normalize module stands in the list
  int max_seq_length = 0;                             // sentence_bert_config.json; 0: none, and
                                                      // the tokenizer's model_max_length holds
  bool lower_case = false;                            // texts are lowered before the tokenizer
  std::optional<std::filesystem::path> dense_folder;  // last Dense module, e.g. FOLDER/2_Dense
};

// nullopt where the folder has no modules.json. Understood: Transformer (in any folder of it),
// Pooling (cls, max, mean; written as one name, or as the flags of releases before 5), Dropout,
// Normalize, and one Dense with identity activation at the end, as save_sentence_modules writes it.
// Prompts that a folder may name are not put before the texts. Throws Error on anything else,
// because the vectors would silently differ from sentence-transformers'.
std::optional<SentenceModules> read_sentence_modules(const std::filesystem::path& folder);

// Where a model's config.json, weights and tokenizer lie: the folder itself, or, where its
// modules.json names another one for the Transformer, that one. Throws Error for a modules.json
// that cannot be read.
std::filesystem::path encoder_folder(const std::filesystem::path& folder);

// The folder that save_sentence_modules gives the encoder. With a config.json beside modules.json
// Transformers would take the whole for a model of its own and answer from the encoder alone.
inline constexpr const char* kTransformerFolder = "0_Transformer";

// Writes modules.json, config_sentence_transformers.json, 0_Transformer/sentence_bert_config.json,
// 1_Pooling/ and 2_Dense/ (identity activation) so that sentence-transformers' encode() gives the
// logits. The folder exists; its 0_Transformer/ holds, or will hold, the encoder. Throws Error for
// kPooler, which sentence-transformers cannot express, and where a file cannot be written. Loads in
// every release since 2.3.
void save_sentence_modules(const std::filesystem::path& folder, Pooling pooling, int max_seq_length,
                           bool lower_case, int64_t hidden_size, int64_t labels,
                           const float* weight /* [labels, hidden] */,
                           const float* bias /* [labels] */);

}  // namespace thaw
