#pragma once

#include <filesystem>
#include <functional>
#include <string>

namespace thaw {

// What a request shows so that the hub knows who asks.
struct HubToken {
  std::string value;              // empty: requests are anonymous
  std::string scheme = "Bearer";  // how it is presented
  std::string source;             // for messages: "HF_TOKEN", "the file /home/me/.cache/…/token"
};

// How often a request that failed is made again.
struct HubRetries {
  int attempts = 6;       // of one request, the first included
  double first_wait = 1;  // seconds before the second attempt; doubled from then on
};

// Where the model hub is, who asks, and where its files are kept: the same variables of the
// environment, with the same meaning, as those of Python's huggingface_hub, so that both share one
// cache.
struct HubSettings {
  std::string called = "the hub";                   // in messages
  std::string endpoint = "https://huggingface.co";  // HF_ENDPOINT; no slash at the end
  HubToken token;
  std::string cache_variable = "HF_HUB_CACHE";  // that moves the cache, for messages
  std::filesystem::path cache;                  // holds models--…, datasets--…, .locks
  std::filesystem::path listings;               // thaw's own: which files a commit has
  std::string offline;                 // the variable that forbids the network; empty: none does
  bool uses_symlinks = true;           // HF_HUB_DISABLE_SYMLINKS
  double metadata_timeout = 10;        // seconds without a byte before giving up; so long, too,
  double download_timeout = 10;        // may connecting take
  std::filesystem::path certificates;  // of authorities to trust; empty: the system's
  HubRetries retries;
};

// Gives the value of a variable of the environment, or null.
using Environment = std::function<const char*(const char* name)>;

// Read from HF_ENDPOINT, HF_TOKEN (or HUGGING_FACE_HUB_TOKEN, or the file HF_TOKEN_PATH, by default
// $HF_HOME/token) unless HF_HUB_DISABLE_IMPLICIT_TOKEN, HF_HUB_CACHE (or HUGGINGFACE_HUB_CACHE, or
// $HF_HOME/hub, or $XDG_CACHE_HOME/huggingface/hub), HF_HUB_OFFLINE or TRANSFORMERS_OFFLINE,
// HF_HUB_DISABLE_SYMLINKS, HF_HUB_ETAG_TIMEOUT, HF_HUB_DOWNLOAD_TIMEOUT, and SSL_CERT_FILE (or
// REQUESTS_CA_BUNDLE, CURL_CA_BUNDLE). Throws Error for a value that cannot be meant.
HubSettings hub_settings(const Environment& environment);

// The same from the process's own environment.
HubSettings hub_settings();

}  // namespace thaw
