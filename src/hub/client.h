#pragma once  // Tests: tests/hub/download_test.cc

#include <cstdint>
#include <functional>
#include <optional>
#include <string>

#include "hub/http.h"
#include "hub/settings.h"

namespace thaw {

// How far a file has come.
struct HubTransfer {
  std::string file;  // "model.safetensors"
  int64_t done = 0;  // bytes
  int64_t total = 0;
  bool finished = false;
};

// What hub/ tells whoever uses it; it never prints. Any member may be empty.
struct HubListener {
  std::function<void(const HubTransfer&)> progress;
  std::function<void(const std::string&)> message;  // "… answers 503; trying again in 2 s"
  std::function<void()> check;                      // throws to stop: called several times a second
  std::function<void(double seconds)> sleep;        // instead of sleeping: for tests

  void report(const HubTransfer& transfer) const {
    if (progress) progress(transfer);
  }
  void say(const std::string& text) const {
    if (message) message(text);
  }
};

// Requests to the hub (and to whom it sends them on), patiently: what may pass (no connection,
// time-outs, broken transfers, 408, 429, 500, 502, 503, 504) is tried again after a while, twice as
// long each time and never exactly so, or as long as the server asks for with Retry-After.
//
// The hub's token goes to the endpoint's own scheme, host and port and nowhere else: not to the
// other host of a redirect, and to plain http only where the endpoint is plain http itself.
class HubClient {
 public:
  HubClient(HubSettings settings, HubListener listener);

  // What becomes of redirects to other hosts.
  enum class Redirects {
    kFollow,
    kStay,  // the reply that leads elsewhere is returned: the hub's own headers are wanted
  };

  // The last reply, good or bad. `retries`: whether to be patient. `request.url`, `headers` are the
  // caller's; the token is added here. Throws Error where the server asks for more patience than
  // anybody has, or redirects without end or away from https.
  HttpReply send(const HttpRequest& request, Redirects redirects, bool retries = true);

  // Whether the failure may pass, so that it makes sense to wait and try again.
  static bool may_pass(const HttpReply& reply);
  // Waits before attempt number `attempt` (from 2) and says so. `what`: what failed.
  void wait(int attempt, const HttpReply& reply, const std::string& what);
  // The attempts that a failure of this kind is worth: nobody there is rarely cured by waiting.
  int attempts_for(const HttpReply& reply) const;

  const HubSettings& settings() const { return settings_; }
  const HubListener& listener() const { return listener_; }

 private:
  HttpReply follow(HttpRequest request, Redirects redirects);
  void sleep(double seconds) const;

  HubSettings settings_;
  HubListener listener_;
  std::optional<HttpConnection> connection_;  // made by the first request
  uint64_t random_;                           // of the waits
};

// "answers 503" or "cannot be reached (Could not resolve host: …)".
std::string describe_failure(const HttpReply& reply);

}  // namespace thaw
