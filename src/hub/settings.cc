#include "hub/settings.h"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>
#include <charconv>
#include <cstdlib>

#include "base/error.h"
#include "files/files.h"

namespace thaw {
namespace fs = std::filesystem;
namespace {

bool is_name_character(char c) { return std::isalnum(static_cast<unsigned char>(c)) || c == '_'; }

class Reader {
 public:
  explicit Reader(const Environment& environment) : environment_(environment) {}

  // Empty where the variable is not set.
  std::string text(const char* name) const {
    const char* value = environment_(name);
    return value != nullptr ? value : "";
  }

  std::string first_of(std::initializer_list<const char*> names) const {
    for (const char* name : names) {
      if (std::string value = text(name); !value.empty()) return value;
    }
    return "";
  }

  // "1", "on", "yes", "true", in any case; everything else is no.
  bool is_true(const char* name) const {
    std::string value = text(name);
    std::transform(value.begin(), value.end(), value.begin(),
                   [](unsigned char c) { return static_cast<char>(std::toupper(c)); });
    return value == "1" || value == "ON" || value == "YES" || value == "TRUE";
  }

  double seconds(const char* name, double otherwise) const {
    const std::string value = text(name);
    if (value.empty()) return otherwise;
    double seconds = 0;
    const auto [end, error] = std::from_chars(value.data(), value.data() + value.size(), seconds);
    if (error != std::errc() || end != value.data() + value.size() || !(seconds > 0) ||
        seconds > 1e6) {
      throw Error(fmt::format("'{}' is not a number of seconds", value), name, "set it to 10, say");
    }
    return seconds;
  }

  // With ~ and $NAME or ${NAME} replaced, as a shell does; what is not set stays as it stands.
  fs::path path(std::string value) const {
    if (value == "~" || value.starts_with("~/")) value = text("HOME") + value.substr(1);
    std::string expanded;
    for (size_t i = 0; i < value.size();) {
      const bool braced = value.compare(i, 2, "${") == 0;
      const size_t begin = i + (braced ? 2 : 1);
      size_t end = begin;
      while (end < value.size() && is_name_character(value[end])) ++end;
      const bool is_variable =
          value[i] == '$' && end > begin && (!braced || (end < value.size() && value[end] == '}'));
      const std::string name = is_variable ? value.substr(begin, end - begin) : "";
      if (is_variable && environment_(name.c_str()) != nullptr) {
        expanded += text(name.c_str());
        i = end + (braced ? 1 : 0);
      } else {
        expanded += value[i++];
      }
    }
    return expanded;
  }

 private:
  const Environment& environment_;
};

fs::path home_of(const Reader& reader) {
  if (const std::string home = reader.text("HF_HOME"); !home.empty()) return reader.path(home);
  if (const std::string xdg = reader.text("XDG_CACHE_HOME"); !xdg.empty()) {
    return reader.path(xdg) / "huggingface";
  }
  const std::string home = reader.text("HOME");
  return fs::path(home.empty() ? "/tmp" : home) / ".cache" / "huggingface";
}

// A token goes into a header: a line break within it would begin another one.
std::string checked_token(std::string token, const std::string& source) {
  const auto is_space = [](unsigned char c) { return std::isspace(c) != 0; };
  token.erase(token.begin(), std::find_if_not(token.begin(), token.end(), is_space));
  token.erase(std::find_if_not(token.rbegin(), token.rend(), is_space).base(), token.end());
  const bool fits =
      std::all_of(token.begin(), token.end(), [](unsigned char c) { return c > 0x20 && c < 0x7F; });
  if (!fits || token.size() > 4096) {
    throw Error("what it holds is no token of the hub", source, "set it to one, or unset it");
  }
  return token;
}

void find_token(const Reader& reader, const fs::path& home, HubSettings& settings) {
  if (reader.is_true("HF_HUB_DISABLE_IMPLICIT_TOKEN")) return;
  for (const char* name : {"HF_TOKEN", "HUGGING_FACE_HUB_TOKEN"}) {
    settings.token.value = checked_token(reader.text(name), name);
    settings.token.source = name;
    if (!settings.token.value.empty()) return;
  }
  const std::string named = reader.text("HF_TOKEN_PATH");
  const fs::path file = named.empty() ? home / "token" : reader.path(named);
  settings.token.source = "the file " + file.string();
  std::error_code error;
  if (!fs::is_regular_file(file, error)) return;
  settings.token.value = checked_token(read_text_file(file), file.string());
}

std::string checked_endpoint(std::string endpoint) {
  while (endpoint.ends_with('/')) endpoint.pop_back();
  const bool fits = std::all_of(endpoint.begin(), endpoint.end(),
                                [](unsigned char c) { return c > 0x20 && c < 0x7F; });
  if (!fits || (!endpoint.starts_with("https://") && !endpoint.starts_with("http://"))) {
    throw Error("what it holds is not the address of a hub", "HF_ENDPOINT",
                "set it to https://…, or unset it");
  }
  // A password there would stand in every message that names the hub.
  if (endpoint.find('@') != std::string::npos) {
    throw Error("what it holds has a user name in it", "HF_ENDPOINT",
                "leave that out, and set HF_TOKEN");
  }
  return endpoint;
}

}  // namespace

HubSettings hub_settings(const Environment& environment) {
  const Reader reader(environment);
  HubSettings settings;
  if (const std::string endpoint = reader.text("HF_ENDPOINT"); !endpoint.empty()) {
    settings.endpoint = checked_endpoint(endpoint);
  }
  const fs::path home = home_of(reader);
  find_token(reader, home, settings);
  const std::string cache = reader.first_of({"HF_HUB_CACHE", "HUGGINGFACE_HUB_CACHE"});
  settings.cache = fs::absolute(cache.empty() ? home / "hub" : reader.path(cache));
  settings.listings = cache_folder() / "hub";
  // As in huggingface_hub the second counts only where the first says nothing.
  const char* offline =
      reader.text("HF_HUB_OFFLINE").empty() ? "TRANSFORMERS_OFFLINE" : "HF_HUB_OFFLINE";
  if (reader.is_true(offline)) settings.offline = offline;
  settings.uses_symlinks = !reader.is_true("HF_HUB_DISABLE_SYMLINKS");
  settings.metadata_timeout = reader.seconds("HF_HUB_ETAG_TIMEOUT", settings.metadata_timeout);
  settings.download_timeout = reader.seconds("HF_HUB_DOWNLOAD_TIMEOUT", settings.download_timeout);
  settings.certificates =
      reader.path(reader.first_of({"SSL_CERT_FILE", "REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE"}));
  return settings;
}

HubSettings hub_settings() {
  return hub_settings([](const char* name) -> const char* { return std::getenv(name); });
}

}  // namespace thaw
