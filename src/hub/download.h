#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <string>

#include "hub/client.h"
#include "hub/name.h"

namespace thaw {

// What the hub says of one file before it is fetched.
struct FileFacts {
  std::string commit;  // that the answer is about
  std::string etag;    // SHA-256 of a large file, git's SHA-1 of a small one
  int64_t size = -1;   // bytes; -1: not told
};

// Asks the hub for them. `retries` false: one attempt, because there is another way.
// Throws Error as throw_hub_error does.
FileFacts file_facts(HubClient& client, const HubName& name, const std::string& commit,
                     const std::string& file, bool retries = true);

// What is to be downloaded and how to tell that it came whole.
struct Download {
  std::string url;
  std::string shown;  // the file's name for progress and messages
  std::string where;  // what messages begin with: the repository
  std::string etag;   // 64 hexadecimal digits: SHA-256; 40: git's SHA-1 of a blob; others are not
                      // looked at
  int64_t size = -1;  // bytes; -1: not known
  // Throws the Error that a reply means which is not the file.
  std::function<void(const HttpReply& reply)> refuse;
};

// Downloads into `partial`, going on where an earlier attempt stopped, and moves the file to
// `target` once its size and its hash are those that were told. A connection that breaks is taken
// up again where it broke; patience starts anew with each byte that came.
//
// Throws Error: what `refuse` throws, a disk that is full or cannot be written to, a
// content that is not the one that was told even when fetched again.
void download(HubClient& client, const Download& what, const std::filesystem::path& partial,
              const std::filesystem::path& target);

// "https://huggingface.co/org/name/resolve/<commit>/config.json", for data sets with "datasets/"
// before the name.
std::string file_url(const HubSettings& settings, const HubName& name, const std::string& commit,
                     const std::string& file);

}  // namespace thaw
