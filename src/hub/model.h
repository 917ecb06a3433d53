#pragma once  // Tests: tests/hub/download_test.cc

#include <filesystem>

#include "hub/client.h"
#include "hub/name.h"

namespace thaw {

enum class ModelFiles { kAll, kWithoutWeights };

// The folder of a model of the hub in the cache, with all that thaw reads of it: config.json,
// model.safetensors (or the shards that its index names), the tokenizer's files, and the modules of
// a sentence encoder. What is missing is fetched; `latest`: a branch is looked up anew, too;
// `files`: all of them, or only what reading texts takes, which is small.
//
// Throws Error: the hub's refusals (hub/errors.h), a repository that is no model, or whose weights
// are not in safetensors.
std::filesystem::path fetch_model(HubClient& client, const HubName& name, bool latest = false,
                                  ModelFiles files = ModelFiles::kAll);

}  // namespace thaw
