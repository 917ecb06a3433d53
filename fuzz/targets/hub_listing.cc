// The hub's list of a revision's files, and what thaw makes of the names: where one is safe, it
// stays in its folder; where not, the cache refuses it.
#include <set>

#include "files/file_name.h"
#include "fuzz/target.h"
#include "hub/cache.h"
#include "hub/data_files.h"
#include "hub/download.h"
#include "hub/repository.h"

namespace fs = std::filesystem;

THAW_FUZZ_TARGET(hub_listing) {
  using thaw::fuzz::require;
  static const thaw::HubName name = thaw::parse_hub_name("org/bert", thaw::RepoType::kModel, "");
  thaw::HubListing listing;
  const bool accepted = thaw::fuzz::accepts(
      [&] { listing = thaw::parse_hub_listing(input, name, "https://hub.example"); });
  if (!accepted) return;
  require(thaw::is_commit_hash(listing.commit), "a commit is a hash");

  thaw::HubSettings settings;
  settings.cache = "/nowhere/cache";
  settings.listings = "/nowhere/listings";
  const thaw::RepoCache cache(settings, thaw::RepoType::kModel, name.id);
  const fs::path snapshot = cache.snapshot(listing.commit);
  for (const std::string& file : listing.files) {
    const bool taken = thaw::fuzz::accepts([&] { cache.file(listing.commit, file); });
    require(taken == thaw::is_safe_file_name(file), "the cache takes safe names alone");
    if (!taken) continue;
    const fs::path path = (snapshot / file).lexically_normal();
    require(path.string().starts_with(snapshot.string() + "/"), "a safe name stays in its folder");
    require(path == snapshot / file, "a safe name has one spelling");
    const std::string url = thaw::file_url(settings, name, listing.commit, file);
    require(url.find_first_of(" \"<>?#\\\r\n") == std::string::npos, "a name is quoted in a URL");
    // An etag of that text would be a file's name as well.
    thaw::fuzz::accepts([&] {
      const fs::path blob = cache.blob(file);
      require(
          blob.lexically_normal().parent_path() == snapshot.parent_path().parent_path() / "blobs",
          "a blob lies among the blobs");
      require(cache.lock(file).parent_path() == "/nowhere/cache/.locks/models--org--bert",
              "a lock lies among the locks");
    });
  }
  // Names of files tell splits; whatever they are, each file is one of the list.
  const std::set<std::string> known(listing.files.begin(), listing.files.end());
  for (const auto& split : thaw::files_by_name(listing.files)) {
    for (const std::string& file : split.files) {
      require(known.contains(file), "splits are made of files of the list");
    }
  }
  thaw::files_of_parquet_copy("", listing.files);
  thaw::incomplete_shard(listing.files);
}
