#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace thaw {

// SHA-256 (FIPS 180-4) of bytes that arrive piece by piece.
//
//   Sha256 hash;
//   hash.update(piece);
//   hash.hex();  // 64 lower-case digits
class Sha256 {
 public:
  Sha256();
  void update(std::string_view bytes);
  // The digest of all bytes so far. Ends the hash: neither update() nor hex() may follow.
  std::string hex();

 private:
  void compress(const unsigned char* block);  // [64]

  std::array<uint32_t, 8> state_;
  std::array<unsigned char, 64> pending_;
  size_t pending_size_ = 0;
  uint64_t total_bytes_ = 0;
};

// The digest of one piece.
std::string sha256_hex(std::string_view bytes);

}  // namespace thaw
