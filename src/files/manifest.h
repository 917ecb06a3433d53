#pragma once  // Tests: tests/files/durable_folder_test.cc

#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

namespace thaw {

// What a folder says of its own files, in a file of the folder. docs/formats.md has its format.
inline constexpr char kManifestName[] = "manifest.json";

struct ManifestEntry {
  std::string name;    // relative to the folder, with slashes
  int64_t bytes = 0;   // the file's size
  std::string sha256;  // 64 lower-case hexadecimal digits
};

std::string manifest_text(const std::vector<ManifestEntry>& entries);

// Throws Error for a text that is no manifest: another format or version, names that are there
// twice or lead out of the folder, sizes and hashes that cannot be. `path` is for messages.
std::vector<ManifestEntry> parse_manifest(std::string_view text, const std::filesystem::path& path);

// Throws Error where the file of the folder is not the one that the entry tells of: it is not
// there, no regular file, reached through a symbolic link, of another size, or has another hash.
void verify_entry(const std::filesystem::path& folder, const ManifestEntry& entry);

}  // namespace thaw
