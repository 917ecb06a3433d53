#pragma once

#include <string>
#include <string_view>

#include "base/block_hash.h"

namespace thaw {

// SHA-256 (FIPS 180-4) of bytes that arrive piece by piece.
//
//   Sha256 hash;
//   hash.update(piece);
//   hash.hex();  // 64 lower-case digits
class Sha256 : public BlockHash<Sha256, 8> {
 public:
  Sha256();

 private:
  friend BlockHash;
  void compress(const unsigned char* block);  // [64]
};

// The digest of one piece.
std::string sha256_hex(std::string_view bytes);

}  // namespace thaw
