#pragma once  // Tests: tests/model/whole_classifier_test.cc

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "data/readers/column_roles.h"
#include "model/load_report.h"
#include "model/parameters.h"
#include "model/probability_rules.h"
#include "model/weights.h"
#include "tokenizer/tokenizer.h"

namespace thaw {

// What is done to every text before it is cut into tokens, as a sentence encoder was trained.
struct TextPreparation {
  std::string prompt;       // stands before it
  bool lower_case = false;  // it is lowered
};

// The head that the probability rules were found for.
struct RulesHead {
  std::string sha256;    // as last_layer_hash() gives it; "": not said
  bool is_gone = false;  // the folder holds another head, and the rules were left out
};

// A text classifier as its folder describes it: configuration, weights, label names. Copies share
// the memory of the weights.
struct ClassifierModel {  // NOLINT(bugprone-exception-escape): its implicit move
  std::filesystem::path folder;
  ModelConfig config;
  HeadShape head;
  ParameterTable table;
  std::vector<std::string> label_names;  // [labels]
  int max_length = 0;                    // that it was made for, in tokens; 0: not said
  TextPreparation preparation;
  std::optional<ColumnRoles> columns;  // of the file that it was trained on; only the names
  ProbabilityRules rules;
  RulesHead rules_head;
  HeadRows head_rows;  // which rows of the folder's head it begins with
  LoadReport report;
};

struct OpenOptions {
  std::string pooling = "auto";  // auto, pooler, or names as in parse_poolings()
  std::string head = "auto";     // auto, native
  // The labels to be learnt: rows of a head that the folder holds are matched to them by name.
  // Empty: the folder must be a whole classifier with its own labels (whole_classifier.h).
  std::vector<std::string> label_names;
  uint64_t seed = 42;  // for weights that are not in the folder
};

// Reads a Hugging Face folder. With `pooling` auto, a sentence encoder (modules.json) takes the
// pooling that it names and everything else its family's native head. Throws Error on anything
// that does not fit, with the file and the remedy.
ClassifierModel open_classifier(const std::filesystem::path& folder,
                                const OpenOptions& options = {});

// The same, whatever the folder holds: what has no trained classifier has a new one, as the report
// says.
ClassifierModel load_classifier(const std::filesystem::path& folder,
                                const OpenOptions& options = {});

// The same without weights (values stay null), from a config.json alone: what `thaw inspect` shows.
ClassifierModel describe_classifier(const std::filesystem::path& folder_or_config,
                                    const OpenOptions& options = {});

// The tokenizer of the classifier's folder, which puts the classifier's prompt before the texts and
// lowers them where that is the encoder's way. Throws Error.
Tokenizer load_tokenizer(const ClassifierModel& classifier);

// Throws Error where the tokenizer has more tokens, or gives higher token types, than the
// embeddings have rows, or where max_length is more than the model has positions or leaves no room
// for a token of the text (or pair) beside the special ones.
void check_tokenizer_fits(const ClassifierModel& classifier, const Tokenizer& tokenizer);
void check_token_types(const ClassifierModel& classifier, const TokenizedTexts& texts);
// Throws Error where the embedding of a token of the texts is NaN or infinite.
void check_word_rows(const ClassifierModel& classifier, const TokenizedTexts& texts);
void check_max_length(const ClassifierModel& classifier, const Tokenizer& tokenizer, int max_length,
                      bool pairs);

// The max_length to use where the user names none: what the folder names (sentence encoders, the
// tokenizer), at most the number of positions.
int default_max_length(const ClassifierModel& classifier, const Tokenizer& tokenizer);

}  // namespace thaw
