#include "hub/repository.h"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <nlohmann/json.hpp>
#include <optional>
#include <utility>

#include "base/error.h"
#include "files/json_file.h"
#include "hub/download.h"
#include "hub/errors.h"

namespace thaw {
namespace fs = std::filesystem;
namespace {

constexpr double kLongWait = 10;  // seconds for a lock before the user is told

HttpReply ask(HubClient& client, const HubName& name, bool retries) {
  HttpRequest request;
  request.url = client.settings().endpoint +
                (name.type == RepoType::kModel ? "/api/models/" : "/api/datasets/") + name.id +
                "/revision/" + url_quoted(name.revision, "");
  request.timeout = client.settings().metadata_timeout;
  return client.send(request, HubClient::Redirects::kFollow, retries);
}

}  // namespace

HubListing parse_hub_listing(std::string_view body, const HubName& name,
                             const std::string& endpoint) {
  HubListing listing;
  try {
    const auto json = parse_unique_json(body, endpoint);
    listing.commit = json.at("sha").get<std::string>();
    for (const auto& sibling : json.at("siblings")) {
      listing.files.push_back(sibling.at("rfilename").get<std::string>());
    }
  } catch (const nlohmann::json::exception&) {
    listing.commit.clear();
  } catch (const Error&) {
    listing.commit.clear();
  }
  if (!is_commit_hash(listing.commit)) {
    throw Error(endpoint + " does not answer as a model hub does", name.shown(),
                "check HF_ENDPOINT and the proxy", ErrorKind::kNetwork);
  }
  std::sort(listing.files.begin(), listing.files.end());
  return listing;
}

Repository::Repository(HubClient& client, HubName name)
    : client_(&client), name_(std::move(name)), cache_(client.settings(), name_.type, name_.id) {}

Repository Repository::from_cache(HubClient& client, const HubName& name, bool is_enough) {
  const std::string what = name.type == RepoType::kModel ? "the model" : "the data set";
  Repository found(client, name);
  found.may_ask_ = false;
  const std::optional<std::string> commit = found.cache_.commit_of(name.revision);
  if (!commit) throw NotInCache{what};
  found.commit_ = *commit;
  if (auto listing = found.cache_.listing(*commit)) {
    found.files_ = std::move(*listing);
    return found;
  }
  found.knows_all_files_ = false;
  found.files_ = found.cache_.files(*commit);
  const bool is_usable = !found.files_.empty() && (is_enough || !client.settings().offline.empty());
  if (!is_usable) throw NotInCache{what};
  return found;
}

Repository Repository::from_hub(HubClient& client, const HubName& name) {
  std::optional<Repository> cached;
  try {
    cached = from_cache(client, name, true);
  } catch (const NotInCache&) {
  }
  Repository found(client, name);
  // What a commit holds never changes.
  if (cached && is_commit_hash(name.revision) && cached->knows_all_files_) {
    found.commit_ = cached->commit_;
    found.files_ = cached->files_;
    return found;
  }
  const HttpReply reply = ask(client, name, !cached);
  if (!reply.succeeded()) {
    if (!cached || !HubClient::may_pass(reply)) {
      throw_hub_error(reply, name, "", client.settings());
    }
    client.listener().say(fmt::format("{}: the hub {}; what the cache has is used", name.shown(),
                                      describe_failure(reply)));
    return *std::move(cached);
  }
  HubListing listing = parse_hub_listing(reply.body, name, client.settings().endpoint);
  found.commit_ = std::move(listing.commit);
  found.files_ = std::move(listing.files);
  found.cache_.remember_commit(name.revision, found.commit_);
  found.cache_.remember_listing(found.commit_, found.files_);
  return found;
}

bool Repository::has(const std::string& file) const {
  return std::binary_search(files_.begin(), files_.end(), file);
}

fs::path Repository::fetch(const std::string& file) {
  if (const auto path = cache_.file(commit_, file)) return *path;
  if (!may_ask_) throw NotInCache{file};
  return download_file(file);
}

void Repository::note_missing(const std::string& file) const {
  if (knows_all_files_ && may_ask_) cache_.remember_missing(commit_, file);
}

fs::path Repository::download_file(const std::string& file) {
  const FileFacts facts = file_facts(*client_, name_, commit_, file);
  const fs::path blob = cache_.blob(facts.etag);
  cache_.create_folders();

  using Clock = std::chrono::steady_clock;
  const auto start = Clock::now();
  bool told = false;
  const FileLock lock(cache_.lock(facts.etag), [&] {
    if (client_->listener().check) client_->listener().check();
    if (told || std::chrono::duration<double>(Clock::now() - start).count() < kLongWait) return;
    told = true;
    client_->listener().say("waiting for another program that is fetching " + file);
  });
  if (const auto path = cache_.file(commit_, file)) return *path;  // by that program

  std::error_code error;
  const bool is_there =
      fs::is_regular_file(blob, error) &&
      (facts.size < 0 || fs::file_size(blob, error) == static_cast<uintmax_t>(facts.size));
  if (!is_there) {
    Download what;
    what.url = file_url(client_->settings(), name_, commit_, file);
    what.shown = file;
    what.where = name_.shown();
    what.etag = facts.etag;
    what.size = facts.size;
    what.refuse = [&](const HttpReply& reply) {
      throw_hub_error(reply, name_, file, client_->settings());
    };
    // Without a lock two programs must not write to one file.
    const std::string own = lock.is_held() ? "" : fmt::format(".{}", ::getpid());
    download(*client_, what, blob.string() + own + ".incomplete", blob);
  }
  return cache_.link(commit_, file, facts.etag, !is_there);
}

void require_network(const HubClient& client, const HubName& name, const NotInCache& missing) {
  if (client.settings().offline.empty()) return;
  throw offline_error(name, missing.what, client.settings());
}

}  // namespace thaw
