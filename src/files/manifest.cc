#include "files/manifest.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <nlohmann/json.hpp>
#include <set>

#include "base/error.h"
#include "files/file_hash.h"
#include "files/file_name.h"

namespace thaw {
namespace fs = std::filesystem;
namespace {

constexpr char kFormat[] = "thaw manifest";
constexpr int kVersion = 1;
constexpr size_t kLargestManifest = 16 << 20;  // bytes; some hundred thousand files
constexpr int kDeepest = 3;                    // object, list, object

constexpr char kRemedy[] = "use a copy of the folder that is whole, or make it again";

bool is_sha256(const std::string& text) {
  return text.size() == 64 && std::all_of(text.begin(), text.end(), [](unsigned char c) {
           return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f');
         });
}

// "1_Pooling" must be a folder of this folder, and no link that leads elsewhere.
void require_own_folders(const fs::path& folder, const std::string& name) {
  fs::path path = folder;
  for (const fs::path& part : fs::path(name).parent_path()) {
    path /= part;
    std::error_code error;
    const fs::file_status status = fs::symlink_status(path, error);
    if (status.type() == fs::file_type::not_found) throw Error("is missing", path, kRemedy);
    if (status.type() != fs::file_type::directory) throw Error("is no folder", path, kRemedy);
  }
}

}  // namespace

std::string manifest_text(const std::vector<ManifestEntry>& entries) {
  nlohmann::ordered_json files = nlohmann::ordered_json::array();
  for (const ManifestEntry& entry : entries) {
    files.push_back({{"name", entry.name}, {"bytes", entry.bytes}, {"sha256", entry.sha256}});
  }
  const nlohmann::ordered_json manifest = {
      {"format", kFormat}, {"version", kVersion}, {"files", std::move(files)}};
  return manifest.dump(2, ' ', false, nlohmann::ordered_json::error_handler_t::replace) + "\n";
}

std::vector<ManifestEntry> parse_manifest(std::string_view text, const fs::path& path) {
  const auto refuse = [&](const std::string& what) { throw Error(what, path.string(), kRemedy); };
  if (text.size() > kLargestManifest) refuse("is too large for a manifest");
  std::vector<ManifestEntry> entries;
  try {
    const auto shallow = [](int depth, nlohmann::json::parse_event_t, nlohmann::json&) {
      if (depth > kDeepest) throw Error("is too deep");
      return true;
    };
    const auto json = nlohmann::json::parse(text, shallow);
    if (json.at("format") != kFormat) refuse("is no manifest of thaw");
    if (json.at("version") != kVersion) refuse("is a manifest of another version of thaw");
    std::set<std::string> names;
    for (const auto& file : json.at("files")) {
      const auto& bytes = file.at("bytes");
      ManifestEntry entry{file.at("name").get<std::string>(), 0,
                          file.at("sha256").get<std::string>()};
      const bool is_count = bytes.is_number_unsigned() && bytes.get<uint64_t>() <= uint64_t{1}
                                                                                       << 62;
      if (!is_safe_file_name(entry.name) || entry.name == kManifestName) {
        refuse("names a file that cannot be in its folder");
      }
      if (!is_count || !is_sha256(entry.sha256)) refuse("has no size and hash of " + entry.name);
      if (!names.insert(entry.name).second) refuse(fmt::format("names {} twice", entry.name));
      entry.bytes = bytes.get<int64_t>();
      entries.push_back(std::move(entry));
    }
  } catch (const nlohmann::json::exception&) {
    refuse("is a broken manifest");
  } catch (const Error& error) {
    if (error.where().empty()) refuse("is a broken manifest");
    throw;
  }
  return entries;
}

void verify_entry(const fs::path& folder, const ManifestEntry& entry) {
  require_own_folders(folder, entry.name);
  const fs::path path = folder / entry.name;
  const FileHash found = hash_file(path, entry.bytes);
  if (found.bytes != entry.bytes) {
    throw Error(
        fmt::format("has {}{} bytes",
                    found.bytes > entry.bytes ? "more than " : fmt::format("{} of ", found.bytes),
                    entry.bytes),
        path.string(), kRemedy);
  }
  if (found.sha256 != entry.sha256) {
    throw Error("is damaged: its bytes are not those that the manifest tells of", path.string(),
                kRemedy);
  }
}

}  // namespace thaw
