#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace thaw {

// SHA-1 (FIPS 180-4) of bytes that arrive piece by piece: git's name for a content. It tells a
// damaged file, not a forged one.
class Sha1 {
 public:
  void update(std::string_view bytes);
  // 40 lower-case digits. Ends the hash: neither update() nor hex() may follow.
  std::string hex();

 private:
  void compress(const unsigned char* block);  // [64]

  uint32_t state_[5] = {0x67452301, 0xefcdab89, 0x98badcfe, 0x10325476, 0xc3d2e1f0};
  unsigned char pending_[64] = {};
  size_t pending_size_ = 0;
  uint64_t total_bytes_ = 0;
};

}  // namespace thaw
