#include "pypi/package_index.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cctype>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <map>
#include <nlohmann/json.hpp>
#include <sstream>
#include <string_view>

#include "base/error.h"
#include "files/files.h"
#include "files/json_file.h"

namespace thaw {
namespace fs = std::filesystem;
namespace {

constexpr const char* kRemedy =
    "check the network and the proxy (PIP_INDEX_URL names another index)";

std::string trimmed(std::string_view text) {
  const auto is_space = [](unsigned char c) { return std::isspace(c) != 0; };
  while (!text.empty() && is_space(text.front())) text.remove_prefix(1);
  while (!text.empty() && is_space(text.back())) text.remove_suffix(1);
  return std::string(text);
}

// The keys of [global] and [download], the latter coming first; names with hyphens.
std::map<std::string, std::string> read_pip_configuration(const fs::path& path) {
  std::map<std::string, std::string> global, download;
  std::map<std::string, std::string>* section = nullptr;
  std::error_code error;
  if (!fs::is_regular_file(path, error)) return global;
  std::istringstream lines(read_text_file(path));
  for (std::string line; std::getline(lines, line);) {
    line = trimmed(line);
    if (line.empty() || line[0] == '#' || line[0] == ';') continue;
    if (line[0] == '[') {
      section = line == "[global]" ? &global : line == "[download]" ? &download : nullptr;
      continue;
    }
    const size_t equals = line.find_first_of("=:");
    if (section == nullptr || equals == std::string::npos) continue;
    std::string key = trimmed(std::string_view(line).substr(0, equals));
    std::replace(key.begin(), key.end(), '_', '-');
    (*section)[key] = trimmed(std::string_view(line).substr(equals + 1));
  }
  download.merge(global);
  return download;
}

// A constant: nothing from outside goes to a shell. Lines so long that none is broken.
constexpr char kAskPip[] =
    "exec </dev/null 2>/dev/null; export COLUMNS=9999 PIP_DISABLE_PIP_VERSION_CHECK=1; "
    "python3 -m pip download --help || pip3 download --help || pip download --help";

// What it prints; empty where there is no pip.
std::string help_of_pip() {
  std::string text;
  FILE* pipe = ::popen(kAskPip, "re");
  if (pipe == nullptr) return text;
  std::array<char, 4096> buffer;
  while (const size_t count = std::fread(buffer.data(), 1, buffer.size(), pipe)) {
    text.append(buffer.data(), count);
  }
  ::pclose(pipe);
  return text;
}

std::string base64(const std::string& bytes) {
  constexpr char kDigits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  std::string text;
  for (size_t i = 0; i < bytes.size(); i += 3) {
    uint32_t group = 0;
    const size_t count = std::min<size_t>(3, bytes.size() - i);
    for (size_t j = 0; j < 3; ++j) {
      group = group << 8 | (j < count ? static_cast<unsigned char>(bytes[i + j]) : 0u);
    }
    for (size_t j = 0; j < 4; ++j) {
      text += j <= count ? kDigits[group >> (18 - 6 * j) & 63] : '=';
    }
  }
  return text;
}

std::string percent_decoded(const std::string& text) {
  std::string decoded;
  for (size_t i = 0; i < text.size(); ++i) {
    const bool is_code = text[i] == '%' && i + 2 < text.size() &&
                         std::isxdigit(static_cast<unsigned char>(text[i + 1])) != 0 &&
                         std::isxdigit(static_cast<unsigned char>(text[i + 2])) != 0;
    if (is_code) {
      decoded += static_cast<char>(std::stoi(text.substr(i + 1, 2), nullptr, 16));
      i += 2;
    } else {
      decoded += text[i];
    }
  }
  return decoded;
}

// "https://user:password@host/simple" -> without them, which go into the settings.
void set_index(std::string url, HubSettings& settings) {
  while (url.ends_with('/')) url.pop_back();
  const bool fits =
      (url.starts_with("https://") || url.starts_with("http://")) &&
      std::all_of(url.begin(), url.end(), [](unsigned char c) { return c > 0x20 && c < 0x7F; });
  if (!fits) {
    throw Error("what it holds is no address of a package index", "PIP_INDEX_URL",
                "set it to https://…/simple, or unset it");
  }
  const size_t begin = url.find("://") + 3;
  const size_t end = std::min(url.find('/', begin), url.size());
  const size_t at = url.rfind('@', end);
  if (at != std::string::npos && at >= begin) {
    settings.token.value = base64(percent_decoded(url.substr(begin, at - begin)));
    settings.token.scheme = "Basic";
    url.erase(begin, at + 1 - begin);
  }
  settings.endpoint = url;
}

std::string file_name_of(const std::string& url) {
  const std::string path = url.substr(0, url.find_first_of("?#"));
  return percent_decoded(path.substr(path.rfind('/') + 1));
}

// {"files": [{"filename": "…", "url": "…"}, …]} (PEP 691)
std::string find_in_json(const std::string& body, const std::string& file,
                         const std::string& where) {
  try {
    const auto json = parse_unique_json(body, where);
    for (const auto& entry : json.at("files")) {
      if (entry.at("filename") == file) return entry.at("url").get<std::string>();
    }
  } catch (const nlohmann::json::exception&) {
  }
  return "";
}

// <a href="…/name-1.0-py3-none-any.whl#sha256=…"> (PEP 503)
std::string find_in_html(const std::string& body, const std::string& file) {
  for (size_t at = 0; (at = body.find("href=", at)) != std::string::npos;) {
    at += 5;
    if (at >= body.size() || (body[at] != '"' && body[at] != '\'')) continue;
    const size_t end = body.find(body[at], at + 1);
    if (end == std::string::npos) break;
    std::string url = body.substr(at + 1, end - at - 1);
    for (size_t i = 0; (i = url.find("&amp;", i)) != std::string::npos; ++i) url.erase(i + 1, 4);
    if (file_name_of(url) == file) return url;
    at = end;
  }
  return "";
}

}  // namespace

std::string index_in_pip_help(std::string_view help) {
  const std::string_view option = "--index-url", before = "(default ";
  size_t at = help.find(option);
  if (at == std::string_view::npos) return "";
  at = help.find(before, at);
  if (at == std::string_view::npos) return "";
  // That of the next option would not do.
  if (help.substr(0, at).rfind("--") != help.find(option)) return "";
  at += before.size();
  const size_t end = help.find(')', at);
  return end == std::string_view::npos ? "" : trimmed(help.substr(at, end - at));
}

std::string index_of_pip() { return index_in_pip_help(help_of_pip()); }

HubSettings package_index_settings(const Environment& environment,
                                   const std::function<std::string()>& otherwise) {
  const auto text = [&](const char* name) -> std::string {
    const char* value = environment(name);
    return value != nullptr ? value : "";
  };
  const fs::path home = text("HOME");
  const fs::path xdg =
      text("XDG_CONFIG_HOME").empty() ? home / ".config" : fs::path(text("XDG_CONFIG_HOME"));
  std::map<std::string, std::string> keys;
  const std::string named = text("PIP_CONFIG_FILE");
  for (const fs::path& path :
       {fs::path(named), xdg / "pip" / "pip.conf", home / ".pip" / "pip.conf",
        fs::path("/etc/pip.conf"), fs::path("/etc/xdg/pip/pip.conf")}) {
    if (named == "/dev/null") break;           // pip's own sign for none at all
    keys.merge(read_pip_configuration(path));  // what is there already stays
  }
  const auto setting = [&](const char* variable, const char* key) {
    const std::string value = text(variable);
    return value.empty() ? keys[key] : value;
  };
  HubSettings settings = hub_settings(environment);
  settings.called = "the package index";
  settings.cache_variable = "THAW_CACHE";
  settings.offline.clear();
  settings.token.value.clear();
  settings.token.source = "PIP_INDEX_URL";
  std::string index = setting("PIP_INDEX_URL", "index-url");
  if (index.empty()) index = otherwise();
  if (index.empty()) {
    throw Error("no package index is named, and there is no pip to ask for the one that it uses",
                "PIP_INDEX_URL",
                "set it to the address of one, install pip, or name a folder with " +
                    thaw::setting("model"));
  }
  set_index(index, settings);
  if (const std::string cert = setting("PIP_CERT", "cert"); !cert.empty()) {
    settings.certificates = cert;
  }
  return settings;
}

HubSettings package_index_settings() {
  return package_index_settings([](const char* name) -> const char* { return std::getenv(name); },
                                index_of_pip);
}

std::string find_in_index(const std::string& body, bool is_json, const std::string& file,
                          const std::string& where) {
  return is_json ? find_in_json(body, file, where) : find_in_html(body, file);
}

std::string package_file_url(HubClient& client, const std::string& package,
                             const std::string& file) {
  HttpRequest request;
  request.url = fmt::format("{}/{}/", client.settings().endpoint, package);
  request.timeout = client.settings().metadata_timeout;
  request.headers.emplace_back("Accept",
                               "application/vnd.pypi.simple.v1+json, text/html;q=0.5, */*;q=0.1");
  const HttpReply reply = client.send(request, HubClient::Redirects::kFollow);
  if (!reply.succeeded()) {
    throw Error(fmt::format("the package index {} {}", url_origin(client.settings().endpoint),
                            describe_failure(reply)),
                package, kRemedy, ErrorKind::kNetwork);
  }
  const bool is_json = reply.header("content-type").find("json") != std::string::npos;
  const std::string url = find_in_index(reply.body, is_json, file, client.settings().endpoint);
  const std::string absolute = url.empty() ? "" : resolved_url(reply.url, url);
  if (absolute.empty()) {
    throw Error(fmt::format("the package index {} does not list the file {}",
                            url_origin(client.settings().endpoint), file),
                package, "name another index with PIP_INDEX_URL");
  }
  return absolute.substr(0, absolute.find('#'));
}

}  // namespace thaw
