#pragma once  // Tests: tests/hub/cache_test.cc

#include <cstddef>

#include "base/block_hash.h"

namespace thaw {

// SHA-1 (FIPS 180-4) of bytes that arrive piece by piece: git's name for a content. It tells a
// damaged file, not a forged one.
class Sha1 : public BlockHash<Sha1, 5> {
 public:
  Sha1() : BlockHash({0x67452301, 0xefcdab89, 0x98badcfe, 0x10325476, 0xc3d2e1f0}) {}

 private:
  friend BlockHash;
  void compress(const unsigned char* blocks, size_t count);  // [count, 64]
  void compress_one(const unsigned char* block);             // [64]
};

}  // namespace thaw
