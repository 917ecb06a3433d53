#pragma once  // Tests: tests/hub/proxy_test.cc

#include <cstdint>
#include <filesystem>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace thaw {

enum class HttpFailure {
  kNone,         // there is a reply, whatever its status
  kUnreachable,  // no such host, or nobody answers there
  kTimeout,      // no byte for too long
  kBroken,       // the connection ended early
  kCertificate,  // it cannot be trusted
  kOther,
};

struct HttpReply {
  HttpFailure failure = HttpFailure::kNone;
  std::string reason;                          // of the failure, in libcurl's words
  std::string url;                             // that was asked
  long status = 0;                             // 200, 404, …
  std::map<std::string, std::string> headers;  // names in lower case
  std::string redirect;                        // the absolute URL that a 3xx leads to; or empty
  std::string body;                            // unless the request's `take` got it

  bool succeeded() const { return failure == HttpFailure::kNone && status / 100 == 2; }
  bool is_redirect() const { return status / 100 == 3 && !redirect.empty(); }
  // Empty where there is none.
  std::string header(const std::string& lower_case_name) const;
  // A header that is a whole number from 0; -1 where there is none.
  int64_t number(const std::string& lower_case_name) const;
};

struct HttpRequest {
  bool head = false;  // only the headers
  std::string url;    // http or https
  std::vector<std::pair<std::string, std::string>> headers;
  double timeout = 10;                 // seconds to connect in, and without a byte
  std::filesystem::path certificates;  // empty: the system's
  size_t most_bytes = 64 << 20;        // of a body that goes to HttpReply::body
  // Gets the body of a reply 200 or 206, piece by piece, after `begin` got its status and headers.
  // What they throw ends the exchange and is thrown again.
  std::function<void(const HttpReply& reply)> begin;
  std::function<void(std::string_view piece)> take;
  std::function<void()> check;  // called now and then; what it throws ends the exchange
};

// Exchanges over HTTP, one after another, over connections that are kept. Redirects are not
// followed. Proxies are those of http_proxy, https_proxy, all_proxy and no_proxy, in small or
// capital letters.
//
// libcurl does the work. It is opened when the first object is made rather than linked: loading it
// with the thirty libraries behind it takes longer than a short program may take to start.
class HttpConnection {
 public:
  // Throws Error where libcurl is missing.
  HttpConnection();
  HttpConnection(HttpConnection&&) noexcept;
  HttpConnection& operator=(HttpConnection&&) noexcept;
  ~HttpConnection();

  HttpReply exchange(const HttpRequest& request);

 private:
  struct Handle;
  std::unique_ptr<Handle> handle_;
};

// A URL that stands in a document, made absolute by the document's own. Empty where it is none.
std::string resolved_url(const std::string& base, const std::string& reference);

// "https://host:443" of a URL, in lower case: what two URLs share that belong to one server.
std::string url_origin(const std::string& url);

}  // namespace thaw
