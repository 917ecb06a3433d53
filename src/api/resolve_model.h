#pragma once

#include <filesystem>
#include <string>

#include "hub/client.h"
#include "hub/name.h"

namespace thaw {

// Where the caller names its model, for what errors name and advise.
enum class ModelPlace {
  kSetting,   // the setting `model`
  kArgument,  // an argument, MODEL: any model
  kTrained,   // an argument, MODEL: a trained classifier
};

// The folder of a model: a folder as it stands, `minilm` in thaw's cache (where fetch_minilm() puts
// it), or a model of the hub by its name, owner/name@revision, from the cache that Python's
// huggingface_hub uses as well, where it is fetched into first if need be. The listener is told of
// what is fetched.
//
// Throws Error: no such folder, the folder of a comparison, what cannot be a name of the hub or is
// none there (kData); a data file (kUsage); the hub cannot be reached, or must not be (kNetwork).
std::filesystem::path resolve_model(const std::string& name, ModelPlace place,
                                    const HubListener& listener = {});

// The same for a model whose texts are to be read and whose weights are not needed.
std::filesystem::path resolve_tokenizer(const std::string& name, ModelPlace place,
                                        const HubListener& listener = {});

// The name with a revision, which a setting of its own, `key`, has given. Throws Error of kind
// kUsage where the name is a folder, or has a revision already.
std::string with_revision(const std::string& name, const std::string& revision,
                          const std::string& key);

// The name of the hub that is the value of the setting `key`. Throws Error of that setting.
HubName parse_hub_setting(const std::string& key, const std::string& value, RepoType type);

}  // namespace thaw
