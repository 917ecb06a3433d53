#pragma once  // Tests: tests/base/sha256_test.cc

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string>
#include <string_view>

namespace thaw {

// What the hashes of FIPS 180-4 with 64-byte blocks share: gathering blocks from bytes that arrive
// piece by piece, the padding at the end, the digest. `Hash` has compress(const unsigned char*,
// size_t) for so many blocks and starts `state_`.
template <class Hash, size_t kWords>
class BlockHash {
 public:
  void update(std::string_view bytes) {
    if (bytes.empty()) return;  // and may have no address
    total_bytes_ += bytes.size();
    if (pending_size_ > 0) {
      const size_t taken = std::min(bytes.size(), pending_.size() - pending_size_);
      std::memcpy(pending_.data() + pending_size_, bytes.data(), taken);
      pending_size_ += taken;
      bytes.remove_prefix(taken);
      if (pending_size_ < pending_.size()) return;
      hash().compress(pending_.data(), 1);
      pending_size_ = 0;
    }
    const size_t blocks = bytes.size() / pending_.size();
    if (blocks > 0) {
      hash().compress(reinterpret_cast<const unsigned char*>(bytes.data()), blocks);
      bytes.remove_prefix(blocks * pending_.size());
    }
    if (!bytes.empty()) std::memcpy(pending_.data(), bytes.data(), bytes.size());
    pending_size_ = bytes.size();
  }

  // The digest of all bytes so far in lower-case digits, eight a word. Ends the hash: neither
  // update() nor hex() may follow.
  std::string hex() {
    const uint64_t bits = total_bytes_ * 8;
    std::string tail("\x80");
    tail.resize(pending_size_ < 56 ? 56 - pending_size_ : 120 - pending_size_);
    for (int i = 0; i < 8; ++i) tail += static_cast<char>(bits >> (56 - 8 * i));
    update(tail);
    constexpr char kDigits[] = "0123456789abcdef";
    std::string digest;
    for (const uint32_t word : state_) {
      for (int shift = 28; shift >= 0; shift -= 4) digest += kDigits[word >> shift & 15];
    }
    return digest;
  }

 protected:
  explicit BlockHash(const std::array<uint32_t, kWords>& start) : state_(start) {}

  std::array<uint32_t, kWords> state_;

 private:
  Hash& hash() { return static_cast<Hash&>(*this); }

  std::array<unsigned char, 64> pending_;
  size_t pending_size_ = 0;
  uint64_t total_bytes_ = 0;
};

}  // namespace thaw
