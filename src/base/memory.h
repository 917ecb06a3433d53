#pragma once

#include <cstdint>
#include <filesystem>
#include <string>

namespace thaw {

// Memory that this process may still take, in bytes: what is free for programs (MemAvailable of
// /proc/meminfo), or what the limit of its control group leaves where that is less (containers,
// systemd's MemoryMax). Page cache counts as free: the system gives it back. 2^62 where the system
// does not say.
int64_t available_memory();

// The same from files elsewhere, for tests: a proc and a cgroup file system below `root`.
int64_t available_memory(const std::filesystem::path& root);

// Bytes of a size as a user writes it: "800MB", "1.5 GB", "2GiB" (kB, MB, GB of 10^3, KiB, MiB,
// GiB of 2^10). Throws Error, named after `where`, for anything else, and for what is not above 0.
int64_t parse_byte_size(const std::string& text, const std::string& where);

// 1234567890 -> "1.2 GB"
std::string format_byte_size(int64_t bytes);

}  // namespace thaw
