#include "hub/http.h"

#include <curl/curl.h>
#include <dlfcn.h>

#include <algorithm>
#include <cctype>
#include <charconv>
#include <cstdlib>
#include <exception>

#include "base/error.h"

namespace thaw {
namespace {

constexpr size_t kLongestErrorBody = 64 << 10;  // bytes of a reply that only explains itself
constexpr size_t kMostHeaders = 256 << 10;      // bytes

// libcurl's functions, one field for each that is called, found by name.
struct Curl {
  decltype(&::curl_global_init) global_init;
  decltype(&::curl_easy_init) easy_init;
  decltype(&::curl_easy_cleanup) easy_cleanup;
  decltype(&::curl_easy_reset) easy_reset;
  decltype(&::curl_easy_setopt) easy_setopt;
  decltype(&::curl_easy_perform) easy_perform;
  decltype(&::curl_easy_getinfo) easy_getinfo;
  decltype(&::curl_easy_strerror) easy_strerror;
  decltype(&::curl_slist_append) slist_append;
  decltype(&::curl_slist_free_all) slist_free_all;
  decltype(&::curl_url) url;
  decltype(&::curl_url_cleanup) url_cleanup;
  decltype(&::curl_url_set) url_set;
  decltype(&::curl_url_get) url_get;
  decltype(&::curl_free) free;
};

Curl open_curl() {
  void* library = nullptr;
  for (const char* name : {"libcurl.so.4", "libcurl-gnutls.so.4"}) {
    if (library == nullptr) library = ::dlopen(name, RTLD_NOW | RTLD_LOCAL);
  }
  const auto missing = [] {
    throw Error("libcurl, which fetches files from the hub, cannot be opened", "",
                "install it (Debian: apt-get install libcurl4), or name local files");
  };
  if (library == nullptr) missing();
  Curl curl{};
  const auto find = [&](auto& function, const char* name) {
    function = reinterpret_cast<std::decay_t<decltype(function)>>(::dlsym(library, name));
    if (function == nullptr) missing();
  };
  find(curl.global_init, "curl_global_init");
  find(curl.easy_init, "curl_easy_init");
  find(curl.easy_cleanup, "curl_easy_cleanup");
  find(curl.easy_reset, "curl_easy_reset");
  find(curl.easy_setopt, "curl_easy_setopt");
  find(curl.easy_perform, "curl_easy_perform");
  find(curl.easy_getinfo, "curl_easy_getinfo");
  find(curl.easy_strerror, "curl_easy_strerror");
  find(curl.slist_append, "curl_slist_append");
  find(curl.slist_free_all, "curl_slist_free_all");
  find(curl.url, "curl_url");
  find(curl.url_cleanup, "curl_url_cleanup");
  find(curl.url_set, "curl_url_set");
  find(curl.url_get, "curl_url_get");
  find(curl.free, "curl_free");
  curl.global_init(CURL_GLOBAL_DEFAULT);
  return curl;
}

const Curl& curl() {
  static const Curl opened = open_curl();
  return opened;
}

std::string lower(std::string text) {
  std::transform(text.begin(), text.end(), text.begin(),
                 [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  return text;
}

std::string_view trimmed(std::string_view text) {
  const auto is_space = [](unsigned char c) { return std::isspace(c) != 0; };
  while (!text.empty() && is_space(text.front())) text.remove_prefix(1);
  while (!text.empty() && is_space(text.back())) text.remove_suffix(1);
  return text;
}

HttpFailure failure_of(CURLcode code) {
  switch (code) {
    case CURLE_OK:
      return HttpFailure::kNone;
    case CURLE_COULDNT_RESOLVE_HOST:
    case CURLE_COULDNT_RESOLVE_PROXY:
    case CURLE_COULDNT_CONNECT:
      return HttpFailure::kUnreachable;
    case CURLE_OPERATION_TIMEDOUT:
      return HttpFailure::kTimeout;
    case CURLE_PARTIAL_FILE:
    case CURLE_GOT_NOTHING:
    case CURLE_RECV_ERROR:
    case CURLE_SEND_ERROR:
    case CURLE_HTTP2:
    case CURLE_HTTP2_STREAM:
    case CURLE_SSL_CONNECT_ERROR:
      return HttpFailure::kBroken;
    case CURLE_PEER_FAILED_VERIFICATION:
    case CURLE_SSL_CACERT_BADFILE:
      return HttpFailure::kCertificate;
    default:
      return HttpFailure::kOther;
  }
}

// One exchange, as libcurl's callbacks see it.
struct Exchange {
  const HttpRequest& request;
  HttpReply& reply;
  std::exception_ptr thrown;
  size_t header_bytes = 0;
  bool has_begun = false;

  // Runs what the caller gave; what it throws is kept, since libcurl is no C++.
  template <class Body>
  bool guarded(const Body& body) {
    if (thrown) return false;
    try {
      return body();
    } catch (...) {
      thrown = std::current_exception();
      return false;
    }
  }

  bool header(std::string_view line) {
    header_bytes += line.size();
    if (header_bytes > kMostHeaders) return false;
    line = trimmed(line);
    if (line.starts_with("HTTP/")) {  // a proxy's reply, or 100 Continue, may come before
      reply.headers.clear();
      const size_t space = line.find(' ');
      reply.status = 0;
      if (space != std::string_view::npos) {
        std::from_chars(line.data() + space + 1, line.data() + line.size(), reply.status);
      }
      return true;
    }
    const size_t colon = line.find(':');
    if (colon == std::string_view::npos) return true;
    reply.headers[lower(std::string(line.substr(0, colon)))] =
        std::string(trimmed(line.substr(colon + 1)));
    return true;
  }

  bool piece(std::string_view bytes) {
    const bool is_taken = request.take && (reply.status == 200 || reply.status == 206);
    if (is_taken) {
      if (!has_begun && request.begin) request.begin(reply);
      has_begun = true;
      request.take(bytes);
      return true;
    }
    const size_t most = reply.status / 100 == 2 ? request.most_bytes : kLongestErrorBody;
    if (reply.body.size() + bytes.size() > most) return false;
    reply.body.append(bytes);
    return true;
  }
};

size_t on_header(char* bytes, size_t size, size_t count, void* exchange) {
  auto& state = *static_cast<Exchange*>(exchange);
  const bool goes_on = state.guarded([&] { return state.header({bytes, size * count}); });
  return goes_on ? size * count : 0;
}

size_t on_piece(char* bytes, size_t size, size_t count, void* exchange) {
  auto& state = *static_cast<Exchange*>(exchange);
  const bool goes_on = state.guarded([&] { return state.piece({bytes, size * count}); });
  return goes_on ? size * count : 0;
}

int on_progress(void* exchange, curl_off_t, curl_off_t, curl_off_t, curl_off_t) {
  auto& state = *static_cast<Exchange*>(exchange);
  const bool goes_on = state.guarded([&] {
    if (state.request.check) state.request.check();
    return true;
  });
  return goes_on ? 0 : 1;
}

// What libcurl leaves alone, since a web server puts a visitor's header of that name there, which
// is not where thaw runs; Python reads it. Null: libcurl's own choice.
const char* proxy_for(const std::string& url) {
  const char* proxy = std::getenv("HTTP_PROXY");
  const bool is_meant =
      proxy != nullptr && *proxy != '\0' && url_origin(url).starts_with("http:") &&
      std::getenv("http_proxy") == nullptr && std::getenv("REQUEST_METHOD") == nullptr;
  return is_meant ? proxy : nullptr;
}

struct HeaderList {
  curl_slist* list = nullptr;
  ~HeaderList() { curl().slist_free_all(list); }
  void add(const std::string& line) { list = curl().slist_append(list, line.c_str()); }
};

}  // namespace

std::string HttpReply::header(const std::string& lower_case_name) const {
  const auto found = headers.find(lower_case_name);
  return found == headers.end() ? "" : found->second;
}

int64_t HttpReply::number(const std::string& lower_case_name) const {
  const std::string text = header(lower_case_name);
  int64_t value = -1;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  return error == std::errc() && end == text.data() + text.size() && value >= 0 ? value : -1;
}

struct HttpConnection::Handle {
  CURL* easy;
  char reason[CURL_ERROR_SIZE];
  Handle() : easy(curl().easy_init()), reason{} {
    if (easy == nullptr)
      throw Error("libcurl cannot be started", "", "free some memory", ErrorKind::kMemory);
  }
  Handle(const Handle&) = delete;
  Handle& operator=(const Handle&) = delete;
  ~Handle() { curl().easy_cleanup(easy); }
};

HttpConnection::HttpConnection() : handle_(std::make_unique<Handle>()) {}
HttpConnection::HttpConnection(HttpConnection&&) noexcept = default;
HttpConnection& HttpConnection::operator=(HttpConnection&&) noexcept = default;
HttpConnection::~HttpConnection() = default;

HttpReply HttpConnection::exchange(const HttpRequest& request) {
  HttpReply reply;
  reply.url = request.url;
  Exchange state{request, reply, nullptr};
  CURL* easy = handle_->easy;
  curl().easy_reset(easy);  // connections stay
  handle_->reason[0] = '\0';
  const auto set = curl().easy_setopt;
  HeaderList headers;
  for (const auto& [name, value] : request.headers) headers.add(name + ": " + value);
  set(easy, CURLOPT_URL, request.url.c_str());
  set(easy, CURLOPT_HTTPHEADER, headers.list);
  // What is meant for the hub is not for a proxy on the way to it.
  set(easy, CURLOPT_HEADEROPT, long{CURLHEADER_SEPARATE});
  set(easy, CURLOPT_SUPPRESS_CONNECT_HEADERS, 1L);
  set(easy, CURLOPT_USERAGENT, "thaw/" THAW_VERSION);
  set(easy, CURLOPT_NOBODY, request.head ? 1L : 0L);
  set(easy, CURLOPT_FOLLOWLOCATION, 0L);
#if LIBCURL_VERSION_NUM >= 0x075500
  set(easy, CURLOPT_PROTOCOLS_STR, "http,https");
#else
  set(easy, CURLOPT_PROTOCOLS, long{CURLPROTO_HTTP | CURLPROTO_HTTPS});
#endif
  if (const char* proxy = proxy_for(request.url)) set(easy, CURLOPT_PROXY, proxy);
  set(easy, CURLOPT_ERRORBUFFER, handle_->reason);
  const long milliseconds = static_cast<long>(request.timeout * 1000) + 1;
  const long seconds = std::max(1L, (milliseconds + 999) / 1000);
  set(easy, CURLOPT_CONNECTTIMEOUT_MS, milliseconds);
  set(easy, CURLOPT_LOW_SPEED_LIMIT, 1L);  // bytes a second
  set(easy, CURLOPT_LOW_SPEED_TIME, seconds);
  if (!request.certificates.empty()) {
    set(easy, CURLOPT_CAINFO, request.certificates.c_str());
  }
  set(easy, CURLOPT_HEADERFUNCTION, on_header);
  set(easy, CURLOPT_HEADERDATA, &state);
  set(easy, CURLOPT_WRITEFUNCTION, on_piece);
  set(easy, CURLOPT_WRITEDATA, &state);
  set(easy, CURLOPT_NOPROGRESS, 0L);
  set(easy, CURLOPT_XFERINFOFUNCTION, on_progress);
  set(easy, CURLOPT_XFERINFODATA, &state);

  const CURLcode code = curl().easy_perform(easy);
  if (state.thrown) std::rethrow_exception(state.thrown);
  reply.failure = failure_of(code);
  if (code == CURLE_WRITE_ERROR) {
    reply.reason = "the reply is longer than it can be";
  } else if (code != CURLE_OK) {
    reply.reason = handle_->reason[0] != '\0' ? handle_->reason : curl().easy_strerror(code);
  }
  // An empty body that somebody waits for still begins.
  if (code == CURLE_OK && !request.head && request.take && !state.has_begun && request.begin &&
      (reply.status == 200 || reply.status == 206)) {
    request.begin(reply);
  }
  char* redirect = nullptr;
  curl().easy_getinfo(easy, CURLINFO_REDIRECT_URL, &redirect);
  if (redirect != nullptr) reply.redirect = redirect;
  return reply;
}

std::string resolved_url(const std::string& base, const std::string& reference) {
  const std::unique_ptr<CURLU, decltype(&::curl_url_cleanup)> url(curl().url(), curl().url_cleanup);
  char* text = nullptr;
  const bool resolved =
      curl().url_set(url.get(), CURLUPART_URL, base.c_str(), 0) == CURLUE_OK &&
      curl().url_set(url.get(), CURLUPART_URL, reference.c_str(), 0) == CURLUE_OK &&
      curl().url_get(url.get(), CURLUPART_URL, &text, 0) == CURLUE_OK;
  if (!resolved) return "";
  std::string absolute(text);
  curl().free(text);
  return absolute;
}

std::string url_origin(const std::string& url) {
  const size_t scheme_end = url.find("://");
  if (scheme_end == std::string::npos) return "";
  const std::string scheme = lower(url.substr(0, scheme_end));
  const size_t begin = scheme_end + 3;
  std::string host = url.substr(begin, url.find_first_of("/?#", begin) - begin);
  if (const size_t at = host.rfind('@'); at != std::string::npos) host = host.substr(at + 1);
  host = lower(host);
  const size_t colon = host.rfind(':');
  const size_t bracket = host.rfind(']');
  const bool has_port =
      colon != std::string::npos && (bracket == std::string::npos || colon > bracket);
  if (has_port && colon + 1 == host.size()) host.pop_back();
  if (!has_port || colon + 1 > host.size()) host += scheme == "https" ? ":443" : ":80";
  return scheme + "://" + host;
}

}  // namespace thaw
