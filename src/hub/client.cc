#include "hub/client.h"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <cmath>
#include <ctime>
#include <random>
#include <thread>

#include "base/error.h"

namespace thaw {
namespace {

constexpr int kMostRedirects = 10;
constexpr int kAttemptsWhereNobodyIs = 3;
constexpr double kLongestWait = 8;         // seconds between attempts of our own accord
constexpr double kLongestAskedWait = 300;  // and at a server's request

// "120" or "Wed, 21 Oct 2026 07:28:00 GMT"; below 0 where it says nothing.
double retry_after(const HttpReply& reply) {
  if (const int64_t seconds = reply.number("retry-after"); seconds >= 0) {
    return static_cast<double>(std::min<int64_t>(seconds, 1 << 30));
  }
  struct tm date {};
  const std::string text = reply.header("retry-after");
  if (text.empty() || ::strptime(text.c_str(), "%a, %d %b %Y %H:%M:%S", &date) == nullptr) {
    return -1;
  }
  return std::max(0.0, ::difftime(::timegm(&date), ::time(nullptr)));
}

std::string whole_seconds(double seconds) {
  return fmt::format("{} s", static_cast<long>(std::ceil(seconds)));
}

bool is_plain(const std::string& url) { return url_origin(url).starts_with("http://"); }

}  // namespace

std::string describe_failure(const HttpReply& reply) {
  switch (reply.failure) {
    case HttpFailure::kNone:
      return fmt::format("answers {}", reply.status);
    case HttpFailure::kUnreachable:
      return fmt::format("cannot be reached ({})", reply.reason);
    case HttpFailure::kTimeout:
      return fmt::format("does not answer ({})", reply.reason);
    case HttpFailure::kBroken:
      return fmt::format("broke off ({})", reply.reason);
    case HttpFailure::kCertificate:
      return fmt::format("cannot be trusted ({})", reply.reason);
    default:
      return fmt::format("cannot be asked ({})", reply.reason);
  }
}

HubClient::HubClient(HubSettings settings, HubListener listener)
    : settings_(std::move(settings)),
      listener_(std::move(listener)),
      random_(std::random_device{}()) {}

bool HubClient::may_pass(const HttpReply& reply) {
  switch (reply.failure) {
    case HttpFailure::kNone:
      return reply.status == 408 || reply.status == 429 || reply.status == 500 ||
             (reply.status >= 502 && reply.status <= 504);
    case HttpFailure::kUnreachable:
    case HttpFailure::kTimeout:
    case HttpFailure::kBroken:
      return true;
    default:
      return false;
  }
}

int HubClient::attempts_for(const HttpReply& reply) const {
  if (reply.failure != HttpFailure::kUnreachable) return settings_.retries.attempts;
  return std::min(settings_.retries.attempts, kAttemptsWhereNobodyIs);
}

void HubClient::wait(int attempt, const HttpReply& reply, const std::string& what) {
  const double asked = reply.failure == HttpFailure::kNone ? retry_after(reply) : -1;
  if (asked > kLongestAskedWait) {
    throw Error(fmt::format("{} {} and asks to come back in {}", what, describe_failure(reply),
                            whole_seconds(asked)),
                "", "try again then");
  }
  double seconds = std::min(kLongestWait, settings_.retries.first_wait * std::pow(2, attempt - 2));
  // Half to whole: programs that failed together shall not come back together.
  random_ = random_ * 6364136223846793005u + 1442695040888963407u;
  seconds *= 0.5 + 0.5 * static_cast<double>(random_ >> 11) * 0x1p-53;
  seconds = std::max(seconds, asked);
  listener_.say(fmt::format("{} {}; trying again in {}", what, describe_failure(reply),
                            whole_seconds(seconds)));
  sleep(seconds);
}

void HubClient::sleep(double seconds) const {
  if (listener_.sleep) return listener_.sleep(seconds);
  using Clock = std::chrono::steady_clock;
  const auto end = Clock::now() + std::chrono::duration<double>(seconds);
  while (Clock::now() < end) {
    if (listener_.check) listener_.check();
    std::this_thread::sleep_for(std::chrono::milliseconds(50));
  }
}

HttpReply HubClient::send(const HttpRequest& request, Redirects redirects, bool retries) {
  for (int attempt = 1;; ++attempt) {
    HttpReply reply = follow(request, redirects);
    if (!retries || !may_pass(reply) || attempt >= attempts_for(reply)) return reply;
    wait(attempt + 1, reply, settings_.called);
  }
}

HttpReply HubClient::follow(HttpRequest request, Redirects redirects) {
  if (!connection_) connection_.emplace();
  request.certificates = settings_.certificates;
  request.check = listener_.check;
  const std::string endpoint = url_origin(settings_.endpoint);
  const auto headers = request.headers;
  for (int hop = 0; hop <= kMostRedirects; ++hop) {
    request.headers = headers;
    const std::string origin = url_origin(request.url);
    if (!settings_.token.value.empty() && origin == endpoint) {
      request.headers.emplace_back("Authorization",
                                   settings_.token.scheme + " " + settings_.token.value);
    }
    HttpReply reply = connection_->exchange(request);
    if (reply.failure != HttpFailure::kNone || !reply.is_redirect()) return reply;
    if (redirects == Redirects::kStay && url_origin(reply.redirect) != origin) return reply;
    if (is_plain(reply.redirect) && !is_plain(request.url)) {
      throw Error(settings_.called + " redirects from https to http, which anybody may listen to",
                  origin, "check HF_ENDPOINT and the proxy", ErrorKind::kNetwork);
    }
    request.url = reply.redirect;
  }
  throw Error(settings_.called + " redirects without end", url_origin(request.url),
              "check HF_ENDPOINT and the proxy", ErrorKind::kNetwork);
}

}  // namespace thaw
