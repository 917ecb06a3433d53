#pragma once  // Tests: tests/hub/cache_test.cc

#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "hub/cache.h"
#include "hub/client.h"
#include "hub/errors.h"
#include "hub/name.h"

namespace thaw {

// Something that a Repository::from_cache() would have to ask the hub for.
struct NotInCache {
  std::string what;  // "the model", "model.safetensors"
};

// What the hub says of a revision.
struct HubListing {
  std::string commit;
  std::vector<std::string> files;  // sorted; not yet checked: see is_safe_file_name()
};

// {"sha": "…", "siblings": [{"rfilename": "config.json"}, …]}. Throws Error for anything else.
HubListing parse_hub_listing(std::string_view body, const HubName& name,
                             const std::string& endpoint);

// A repository of the hub at one commit: the names of its files, and the files.
class Repository {
 public:
  // As the cache knows it, without network: the commit that the revision was at when it was last
  // looked up, and the files of that commit as the hub listed them then. Where the network is
  // forbidden, or with `is_enough`, the files that are there will do for a list.
  // Throws NotInCache, here and from fetch().
  static Repository from_cache(HubClient& client, const HubName& name, bool is_enough = false);

  // As it is on the hub now. Where the hub cannot be asked but the cache has the repository, that
  // one is returned and the listener is told. Throws Error as throw_hub_error does.
  static Repository from_hub(HubClient& client, const HubName& name);

  const HubName& name() const { return name_; }
  const std::string& commit() const { return commit_; }
  const std::vector<std::string>& files() const { return files_; }  // sorted
  // False where `files` are only those that are in the cache.
  bool knows_all_files() const { return knows_all_files_; }
  bool has(const std::string& file) const;

  // The file's path in the cache, where it is put first if need be. Throws Error as download()
  // does, NotInCache for a repository that is not to be asked.
  std::filesystem::path fetch(const std::string& file);
  // Remembers, for huggingface_hub, that the commit does not have a file.
  void note_missing(const std::string& file) const;

  std::filesystem::path folder() const { return cache_.snapshot(commit_); }

 private:
  Repository(HubClient& client, HubName name);
  std::filesystem::path download_file(const std::string& file);

  HubClient* client_;
  HubName name_;
  RepoCache cache_;
  std::string commit_;
  std::vector<std::string> files_;
  bool knows_all_files_ = true;
  bool may_ask_ = true;
};

// Runs work(repository) on what the cache has, and where that does not suffice on what the hub has:
// so a name that was used before costs no request. With `latest` the hub is asked in any case
// whether the revision has moved on. Throws Error, also where the network is forbidden.
template <class Work>
auto with_repository(HubClient& client, const HubName& name, bool latest, const Work& work);

// For with_repository: throws Error where the network is forbidden.
void require_network(const HubClient& client, const HubName& name, const NotInCache& missing);

template <class Work>
auto with_repository(HubClient& client, const HubName& name, bool latest, const Work& work) {
  return with_another_cache(client.settings(), [&] {
    if (!latest || !client.settings().offline.empty()) {
      try {
        Repository cached = Repository::from_cache(client, name);
        return work(cached);
      } catch (const NotInCache& missing) {
        require_network(client, name, missing);
      }
    }
    Repository repository = Repository::from_hub(client, name);
    return work(repository);
  });
}

}  // namespace thaw
