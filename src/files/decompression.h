#pragma once

#include <cstddef>
#include <functional>
#include <string>
#include <string_view>

#include "files/file_kind.h"

namespace thaw {

// Whether the kind is one that unpack() knows: gzip, zstd, bzip2 or xz.
bool is_compressed(FileKind kind);

// "gzip"
const char* compression_name(FileKind kind);

// The most that a file of `bytes` may unpack to: what is compressed by a thousand times and more,
// and is more than 256 MiB, is no table but a bomb.
size_t most_unpacked_bytes(size_t bytes);

// Unpacks and hands on what comes out, in pieces of at most 256 KiB. Several members, frames or
// streams behind each other are one text, as the format's own program reads them; the decoder takes
// at most some 260 MB. Throws Error with `where`: damaged or cut short, followed by what is no
// further member, more than most_unpacked_bytes(), a window or dictionary that takes more memory.
// What `take` throws is passed on.
void unpack(std::string_view packed, FileKind kind, const std::string& where,
            const std::function<void(std::string_view piece)>& take);

}  // namespace thaw
