#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "base/block_hash.h"

namespace thaw {

// SHA-256 (FIPS 180-4) of bytes that arrive piece by piece, by the CPU's own instructions (SHA-NI)
// where it has them: 1 to 2 GB a second there, a fifth of that elsewhere.
//
//   Sha256 hash;
//   hash.update(piece);
//   hash.hex();  // 64 lower-case digits
class Sha256 : public BlockHash<Sha256, 8> {
 public:
  // `portable`: without the CPU's own instructions, with the same digest.
  explicit Sha256(bool portable = false);

 private:
  friend BlockHash;
  void compress(const unsigned char* blocks, size_t count);  // [count, 64]

  void (*compress_)(uint32_t* state, const unsigned char* blocks, size_t count);
};

// The digest of one piece.
std::string sha256_hex(std::string_view bytes);

}  // namespace thaw
