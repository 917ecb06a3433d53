// URLs, as redirects and pages bring them. The token goes where url_origin() says the endpoint is,
// and libcurl goes where libcurl reads it: both must mean the same server.
#include <curl/curl.h>
#include <dlfcn.h>

#include <algorithm>

#include "files/file_name.h"
#include "fuzz/target.h"
#include "hub/client.h"
#include "hub/name.h"

namespace {

// libcurl's own reading, as "scheme://host:port"; empty where it refuses the URL.
std::string curl_origin(const std::string& text) {
  static void* const library = ::dlopen("libcurl.so.4", RTLD_NOW | RTLD_LOCAL);
  static const auto make = reinterpret_cast<decltype(&::curl_url)>(::dlsym(library, "curl_url"));
  static const auto set =
      reinterpret_cast<decltype(&::curl_url_set)>(::dlsym(library, "curl_url_set"));
  static const auto get =
      reinterpret_cast<decltype(&::curl_url_get)>(::dlsym(library, "curl_url_get"));
  static const auto clean =
      reinterpret_cast<decltype(&::curl_url_cleanup)>(::dlsym(library, "curl_url_cleanup"));
  static const auto release =
      reinterpret_cast<decltype(&::curl_free)>(::dlsym(library, "curl_free"));
  CURLU* url = make();
  std::string origin;
  char *scheme = nullptr, *host = nullptr, *port = nullptr;
  const bool is_read = set(url, CURLUPART_URL, text.c_str(), CURLU_GUESS_SCHEME) == CURLUE_OK &&
                       get(url, CURLUPART_SCHEME, &scheme, 0) == CURLUE_OK &&
                       get(url, CURLUPART_HOST, &host, 0) == CURLUE_OK &&
                       get(url, CURLUPART_PORT, &port, CURLU_DEFAULT_PORT) == CURLUE_OK;
  if (is_read) origin = std::string(scheme) + "://" + host + ":" + port;
  for (char* part : {scheme, host, port}) release(part);
  clean(url);
  std::transform(origin.begin(), origin.end(), origin.begin(), [](unsigned char c) {
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : static_cast<char>(c);
  });
  return origin;
}

}  // namespace

THAW_FUZZ_TARGET(hub_url) {
  using thaw::fuzz::require;
  thaw::fuzz::Input parts(input);
  const std::string url(parts.take_part()), header(parts.take_part());
  if (url.find('\0') != std::string::npos) return;  // none comes through libcurl

  // The endpoint of the tests, and hosts that look like it.
  const std::string endpoint = "https://hub.example:443";
  const std::string read = curl_origin(url);
  if (thaw::url_origin(url) == endpoint) {
    require(read.empty() || read == endpoint, "the token goes to the endpoint alone");
  }
  // A document's own reference, made absolute.
  const std::string absolute = thaw::resolved_url("https://hub.example/simple/x/", url);
  if (!absolute.empty() && thaw::url_origin(absolute) == endpoint) {
    require(curl_origin(absolute) == endpoint, "what is resolved goes where it says");
  }

  thaw::HttpReply reply;
  reply.headers["retry-after"] = header;
  require(reply.number("retry-after") >= -1, "a number from a header is none or from 0");
  thaw::fuzz::accepts([&] {
    const thaw::HubName name = thaw::parse_hub_name(url, thaw::RepoType::kDataset, "--data");
    require(name.id.find("..") == std::string::npos && name.id.find('\\') == std::string::npos &&
                std::count(name.id.begin(), name.id.end(), '/') <= 1,
            "a name of the hub is one");
    require(thaw::is_safe_file_name(name.revision), "a revision stays in its folder");
    require(thaw::is_safe_file_name(thaw::repo_folder_name(name.type, name.id)) &&
                thaw::repo_folder_name(name.type, name.id).find('/') == std::string::npos,
            "a repository is one folder of the cache");
  });
}
