// gzip, zstd, bzip2 and xz, as the first byte says: what comes out is bounded and does not depend
// on chance, two files behind each other are one text, and a file that lacks its last byte is
// refused.
#include <optional>
#include <string>

#include "files/decompression.h"
#include "fuzz/target.h"

namespace {

constexpr size_t kMost = size_t{1} << 20;  // bytes; inputs that become more only take time

// Nothing where it is refused.
std::optional<std::string> unpacked(std::string_view packed, thaw::FileKind kind) {
  std::string text;
  const bool accepted = thaw::fuzz::accepts([&] {
    thaw::unpack(packed, kind, "input", [&](std::string_view piece) {
      thaw::fuzz::require(!piece.empty() && piece.size() <= size_t{256} << 10,
                          "pieces have a size");
      text += piece;
      if (text.size() > kMost) throw thaw::Error("is too long");
    });
  });
  return accepted ? std::optional(text) : std::nullopt;
}

}  // namespace

THAW_FUZZ_TARGET(compressed) {
  using thaw::fuzz::require;
  constexpr thaw::FileKind kKinds[] = {thaw::FileKind::kGzip, thaw::FileKind::kZstd,
                                       thaw::FileKind::kBzip2, thaw::FileKind::kXz};
  thaw::fuzz::Input bytes(input);
  const thaw::FileKind kind = kKinds[bytes.take_byte() % 4];
  const std::string packed(bytes.rest());
  const auto text = unpacked(packed, kind);
  if (!text) return;
  require(unpacked(packed, kind) == text, "the same bytes unpack to the same text");
  if (packed.empty() || text->size() > kMost / 2) return;
  require(unpacked(packed + packed, kind) == *text + *text, "members are one text");
  if (packed.back() != '\0') {  // which may be filling behind the last member
    require(unpacked(packed.substr(0, packed.size() - 1), kind) != text,
            "a file that is cut short is not taken for the whole");
  }
}
