#pragma once

// A model hub on this machine: what the real one answers, from two servers, the hub's own and that
// of the storage that it redirects large files to; and all that can go wrong with them.

#include <httplib.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <functional>
#include <map>
#include <mutex>
#include <nlohmann/json.hpp>
#include <string>
#include <thread>
#include <vector>

#include "base/sha256.h"
#include "hub/client.h"
#include "hub/settings.h"
#include "hub/sha1.h"

namespace thaw::testing {

inline std::string git_sha1(const std::string& content) {
  Sha1 hash;
  hash.update("blob " + std::to_string(content.size()) + std::string(1, '\0') + content);
  return hash.hex();
}

struct FakeFile {
  std::string content;
  bool is_large = false;  // kept by the storage server, named by its SHA-256
  std::string etag() const { return is_large ? sha256_hex(content) : git_sha1(content); }
};

struct FakeRepo {
  std::string commit = std::string(40, 'a');
  std::map<std::string, FakeFile> files;
  std::vector<std::string> revisions = {"main"};  // beside the commit itself
  std::string token;                              // needed to read it; empty: none is
  bool is_gated = false;
};

struct SeenRequest {
  std::string server, method, path, authorization, range;
};

class FakeHub {
 public:
  using Handler = std::function<void(const httplib::Request&, httplib::Response&)>;

  FakeHub() {
    hub_.Get(".*", [this](const auto& q, auto& r) { answer("hub", q, r); });
    storage_.Get(".*", [this](const auto& q, auto& r) { answer("storage", q, r); });
    for (httplib::Server* server : {&hub_, &storage_}) {
      server->set_keep_alive_timeout(1);
      ports_.push_back(server->bind_to_any_port("127.0.0.1"));
      threads_.emplace_back([server] { server->listen_after_bind(); });
      while (!server->is_running()) std::this_thread::yield();
    }
  }
  FakeHub(const FakeHub&) = delete;
  FakeHub& operator=(const FakeHub&) = delete;
  ~FakeHub() {
    is_stopping_ = true;
    hub_.stop();
    storage_.stop();
    for (std::thread& thread : threads_) thread.join();
  }

  // "models/org/name", "datasets/org/name".
  std::map<std::string, FakeRepo> repos;

  std::string endpoint() const { return "http://127.0.0.1:" + std::to_string(ports_[0]); }
  std::string storage() const { return "http://127.0.0.1:" + std::to_string(ports_[1]); }

  // The next `times` requests whose path holds `part` get this answer.
  void next(const std::string& part, Handler handler, int times = 1) {
    const std::lock_guard guard(mutex_);
    planned_.push_back({part, std::move(handler), times});
  }

  std::vector<SeenRequest> requests() {
    const std::lock_guard guard(mutex_);
    return seen_;
  }
  int count(const std::string& method, const std::string& part) {
    int found = 0;
    for (const SeenRequest& request : requests()) {
      found += request.method == method && request.path.find(part) != std::string::npos;
    }
    return found;
  }
  void forget() {
    const std::lock_guard guard(mutex_);
    seen_.clear();
  }

  // Answers that go wrong.
  static Handler status(int code, const std::map<std::string, std::string>& headers = {}) {
    return [=](const httplib::Request&, httplib::Response& reply) {
      reply.status = code;
      for (const auto& [name, value] : headers) reply.set_header(name.c_str(), value);
      reply.set_content("{\"error\": \"as planned\"}", "application/json");
    };
  }
  // The first `part` bytes of what was announced, then the connection ends.
  static Handler truncated(const std::string& content, size_t part) {
    return [=](const httplib::Request& request, httplib::Response& reply) {
      size_t begin = 0;
      if (!request.ranges.empty()) begin = static_cast<size_t>(request.ranges[0].first);
      // As a server does that knows ranges, which httplib would apply once more.
      const_cast<httplib::Request&>(request).ranges.clear();
      if (begin > 0) {
        reply.status = 206;
        reply.set_header("Content-Range", "bytes " + std::to_string(begin) + "-" +
                                              std::to_string(content.size() - 1) + "/" +
                                              std::to_string(content.size()));
      }
      reply.set_content_provider(content.size() - begin, "application/octet-stream",
                                 [=](size_t offset, size_t, httplib::DataSink& sink) {
                                   if (offset >= part) return false;
                                   return sink.write(content.data() + begin + offset,
                                                     part - offset);
                                 });
    };
  }
  static Handler content(const std::string& bytes) {
    return [=](const httplib::Request& request, httplib::Response& reply) {
      const_cast<httplib::Request&>(request).ranges.clear();
      reply.set_content(bytes, "application/octet-stream");
    };
  }
  // Announces a body of which it sends no more than the beginning.
  Handler hanging(size_t announced, const std::string& beginning = "") {
    return [=, this](const httplib::Request& request, httplib::Response& reply) {
      const_cast<httplib::Request&>(request).ranges.clear();
      reply.set_content_provider(announced, "application/octet-stream",
                                 [=, this](size_t offset, size_t, httplib::DataSink& sink) {
                                   if (offset == 0 && !beginning.empty()) {
                                     return sink.write(beginning.data(), beginning.size());
                                   }
                                   pause();
                                   return false;
                                 });
    };
  }

 private:
  struct Planned {
    std::string part;
    Handler handler;
    int times;
  };

  void pause() const {
    for (int i = 0; i < 600 && !is_stopping_; ++i) {
      std::this_thread::sleep_for(std::chrono::milliseconds(50));
    }
  }

  Handler planned_for(const std::string& path) {
    const std::lock_guard guard(mutex_);
    for (Planned& planned : planned_) {
      if (planned.times > 0 && path.find(planned.part) != std::string::npos) {
        --planned.times;
        return planned.handler;
      }
    }
    return {};
  }

  void answer(const std::string& server, const httplib::Request& request,
              httplib::Response& reply) {
    {
      const std::lock_guard guard(mutex_);
      seen_.push_back({server, request.method, request.path,
                       request.get_header_value("Authorization"),
                       request.get_header_value("Range")});
    }
    if (const Handler handler = planned_for(request.path)) return handler(request, reply);
    server == "hub" ? answer_hub(request, reply) : answer_storage(request, reply);
  }

  void answer_storage(const httplib::Request& request, httplib::Response& reply) const {
    for (const auto& [ignored, repo] : repos) {
      for (const auto& [name, file] : repo.files) {
        if (file.is_large && request.path == "/" + file.etag()) {
          reply.set_content(file.content, "application/octet-stream");
          return;
        }
      }
    }
    reply.status = 404;
  }

  static void refuse(httplib::Response& reply, int status, const std::string& code) {
    reply.status = status;
    reply.set_header("X-Error-Code", code);
    reply.set_content("{\"error\": \"" + code + "\"}", "application/json");
  }

  void answer_hub(const httplib::Request& request, httplib::Response& reply) const {
    std::string path = request.path;
    const bool is_api = path.starts_with("/api/");
    if (is_api) path.erase(0, 4);
    path.erase(0, 1);
    if (!is_api && !path.starts_with("datasets/")) path.insert(0, "models/");
    for (const auto& [key, repo] : repos) {
      if (!path.starts_with(key + "/")) continue;
      const std::string given = request.get_header_value("Authorization");
      const bool is_known = given == "Bearer " + repo.token;
      if (!repo.token.empty() && !is_known) {
        if (!given.empty() && !repo.is_gated) {
          reply.set_header("X-Error-Message", "Invalid credentials in Authorization header");
          return refuse(reply, 401, "");
        }
        return refuse(reply, given.empty() ? 401 : 403,
                      repo.is_gated ? "GatedRepo" : "RepoNotFound");
      }
      const std::string rest = path.substr(key.size() + 1);
      return is_api ? answer_api(key, repo, rest, reply) : answer_file(request, repo, rest, reply);
    }
    const bool is_anonymous = request.get_header_value("Authorization").empty();
    refuse(reply, is_anonymous ? 401 : 404, "RepoNotFound");
  }

  static bool has_revision(const FakeRepo& repo, const std::string& revision) {
    return revision == repo.commit || std::find(repo.revisions.begin(), repo.revisions.end(),
                                                revision) != repo.revisions.end();
  }

  // "revision/main" or "tree/<commit>".
  static void answer_api(const std::string& key, const FakeRepo& repo, const std::string& rest,
                         httplib::Response& reply) {
    const size_t slash = rest.find('/');
    const std::string kind = rest.substr(0, slash);
    if (slash == std::string::npos || !has_revision(repo, rest.substr(slash + 1))) {
      return refuse(reply, 404, "RevisionNotFound");
    }
    nlohmann::json list = nlohmann::json::array();
    for (const auto& [name, file] : repo.files) {
      if (kind == "revision") {
        list.push_back({{"rfilename", name}});
        continue;
      }
      nlohmann::json entry = {{"type", "file"},
                              {"path", name},
                              {"size", file.content.size()},
                              {"oid", git_sha1(file.content)}};
      if (file.is_large) {
        entry["lfs"] = {{"oid", file.etag()}, {"size", file.content.size()}, {"pointerSize", 130}};
      }
      list.push_back(std::move(entry));
    }
    if (kind == "revision") {
      list = {{"id", key.substr(key.find('/') + 1)},
              {"sha", repo.commit},
              {"siblings", list},
              {"private", false},
              {"tags", nlohmann::json::array()},
              {"downloads", 1}};
    }
    reply.set_content(list.dump(), "application/json");
  }

  // "resolve/<revision>/<file>".
  void answer_file(const httplib::Request& request, const FakeRepo& repo, const std::string& rest,
                   httplib::Response& reply) const {
    for (const auto& [name, file] : repo.files) {
      for (auto revisions = repo.revisions;
           const std::string& revision : (revisions.push_back(repo.commit), revisions)) {
        if (rest != "resolve/" + revision + "/" + name) continue;
        reply.set_header("X-Repo-Commit", repo.commit);
        if (file.is_large) {
          reply.set_header("X-Linked-Etag", "\"" + file.etag() + "\"");
          reply.set_header("X-Linked-Size", std::to_string(file.content.size()));
          reply.set_redirect(storage() + "/" + file.etag() + "?X-Signature=secret", 302);
          return;
        }
        reply.set_header("ETag", "\"" + file.etag() + "\"");
        reply.set_content(file.content, "text/plain");
        return;
      }
    }
    reply.set_header("X-Repo-Commit", repo.commit);
    const std::string revision = rest.substr(8, rest.find('/', 8) - 8);
    refuse(reply, 404, has_revision(repo, revision) ? "EntryNotFound" : "RevisionNotFound");
    (void)request;
  }

  httplib::Server hub_, storage_;
  std::vector<int> ports_;
  std::vector<std::thread> threads_;
  std::mutex mutex_;
  std::vector<SeenRequest> seen_;
  std::vector<Planned> planned_;
  std::atomic<bool> is_stopping_ = false;
};

// Settings for a test: this hub, a cache in that folder, no waiting in vain.
inline HubSettings settings_for(const FakeHub& hub, const std::filesystem::path& folder) {
  HubSettings settings;
  settings.endpoint = hub.endpoint();
  settings.cache = folder / "hub";
  settings.listings = folder / "listings";
  settings.metadata_timeout = settings.download_timeout = 1;
  return settings;
}

// Keeps what it is told instead of sleeping.
struct RecordingListener {
  std::vector<double> waits;
  std::vector<std::string> messages;
  std::vector<HubTransfer> transfers;

  HubListener listener() {
    HubListener all;
    all.sleep = [this](double seconds) { waits.push_back(seconds); };
    all.message = [this](const std::string& text) { messages.push_back(text); };
    all.progress = [this](const HubTransfer& transfer) { transfers.push_back(transfer); };
    return all;
  }
};

}  // namespace thaw::testing
