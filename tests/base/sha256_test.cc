#include "base/sha256.h"

#include <gtest/gtest.h>

namespace thaw {
namespace {

// The examples of FIPS 180-4's companion and of RFC 6234.
TEST(Sha256, AgreesWithThePublishedDigests) {
  EXPECT_EQ(sha256_hex(""), "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
  EXPECT_EQ(sha256_hex("abc"), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
  EXPECT_EQ(sha256_hex("abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq"),
            "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1");
  EXPECT_EQ(sha256_hex(std::string(1000000, 'a')),
            "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0");
}

TEST(Sha256, DoesNotDependOnHowTheBytesAreCutIntoPieces) {
  std::string bytes;
  for (int i = 0; i < 400; ++i) bytes += static_cast<char>(i * 37);
  for (size_t size = 0; size < bytes.size(); size += 13) {
    const std::string_view whole(bytes.data(), size);
    for (const size_t piece : {1u, 7u, 55u, 56u, 63u, 64u, 65u, 200u}) {
      Sha256 hash;
      for (size_t at = 0; at < size; at += piece) hash.update(whole.substr(at, piece));
      ASSERT_EQ(hash.hex(), sha256_hex(whole)) << size << " bytes in pieces of " << piece;
    }
  }
}

// On a CPU without the instructions both are the portable one.
TEST(Sha256, GivesTheSameDigestsByTheCpusInstructionsAndWithout) {
  std::string bytes(70000, '\0');
  for (size_t i = 0; i < bytes.size(); ++i) bytes[i] = static_cast<char>(i * i * 31 + i / 7);
  for (size_t size = 0; size < bytes.size(); size += size < 300 ? 1 : 1777) {
    const std::string_view piece(bytes.data() + size % 5, size - size % 5);  // misaligned, too
    Sha256 fast, portable(true);
    fast.update(piece);
    portable.update(piece);
    ASSERT_EQ(fast.hex(), portable.hex()) << size;
  }
}

}  // namespace
}  // namespace thaw
