#pragma once

#include <string>

#include "base/error.h"
#include "hub/http.h"
#include "hub/name.h"
#include "hub/settings.h"

namespace thaw {

// The hub shows no repository of this name to whoever asks.
class NoSuchRepository : public Error {
 public:
  using Error::Error;
};

// The repository is there, but not at this revision.
class NoSuchRevision : public Error {
 public:
  using Error::Error;
};

// Throws the Error that tells a user what a reply to a request for a repository means and what to
// do. `file`: the file that was asked for, or empty for the repository itself.
[[noreturn]] void throw_hub_error(const HttpReply& reply, const HubName& name,
                                  const std::string& file, const HubSettings& settings);

// The Error for what would have to be fetched while the network is forbidden. `missing`: "the model
// is not in the cache", "model.safetensors is not in the cache".
Error offline_error(const HubName& name, const std::string& missing, const HubSettings& settings);

// What `work` returns, which writes into the cache. Errors of writing say how to put it elsewhere.
template <class Work>
decltype(auto) with_another_cache(const HubSettings& settings, const Work& work) {
  return with_way_out("set " + settings.cache_variable + " to another folder", work);
}

// The address of a repository's page, to which those of its files are added.
std::string page_of(const HubName& name, const HubSettings& settings);

// How to do without the hub: name.otherwise where it says so, or else naming a folder or minilm.
std::string way_without_hub(const HubName& name);

}  // namespace thaw
