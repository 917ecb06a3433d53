#pragma once  // Tests: tests/model/sentence_modules_test.cc

#include <filesystem>
#include <string>
#include <vector>

namespace thaw {

// The list of modules that a sentence-transformers folder is made of (modules.json), as far as it
// says where things lie; model/sentence_modules.h reads the modules themselves.

// An entry of modules.json, its type "sentence_transformers.models.Pooling" as Pooling.
struct ListedModule {
  std::string kind;
  std::string path;  // relative to the folder; "" is the folder itself
};

// The remedy for modules that thaw does not know.
inline constexpr const char* kChooseOtherModel =
    "choose a model of Transformer, Pooling and Dense modules";

// At least one, of at most 64. Throws Error for a file that is no such list, a path that leads out
// of the folder, or code of the model's own.
std::vector<ListedModule> read_module_list(const std::filesystem::path& file);

std::filesystem::path module_folder(const std::filesystem::path& folder, const std::string& path);

// Where a model's config.json, weights and tokenizer lie: the folder itself, or, where its
// modules.json names another one for the Transformer, that one. Throws Error for a modules.json
// that cannot be read.
std::filesystem::path encoder_folder(const std::filesystem::path& folder);

}  // namespace thaw
