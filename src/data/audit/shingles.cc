#include "data/audit/shingles.h"

#include <utf8proc.h>

#include <algorithm>

#include "base/random.h"
#include "text/characters.h"

namespace thaw {
namespace {

uint64_t hash_of(const uint32_t* c, size_t count, uint64_t salt) {
  uint64_t hash = salt;
  // Three characters of 21 bits a step.
  for (size_t i = 0; i < count; i += 3) {
    uint64_t block = c[i];
    if (i + 1 < count) block |= uint64_t{c[i + 1]} << 21;
    if (i + 2 < count) block |= uint64_t{c[i + 2]} << 42;
    hash = mix64(hash ^ block);
  }
  return hash;
}

std::vector<uint64_t> shingle_set(std::string_view text) {
  std::vector<uint32_t> characters;
  std::vector<uint64_t> hashes;
  read_normal_form(text, characters);
  append_shingles(characters, 0, hashes);
  std::sort(hashes.begin(), hashes.end());
  hashes.erase(std::unique(hashes.begin(), hashes.end()), hashes.end());
  return hashes;
}

}  // namespace

void read_normal_form(std::string_view text, std::vector<uint32_t>& characters) {
  characters.clear();
  SpaceCollapser collapser(characters);
  const auto* bytes = reinterpret_cast<const utf8proc_uint8_t*>(text.data());
  const auto size = static_cast<utf8proc_ssize_t>(text.size());
  for (utf8proc_ssize_t at = 0; at < size;) {
    uint32_t c = bytes[at];
    if (c < 0x80) {
      ++at;
      if (c >= 'A' && c <= 'Z') c += 'a' - 'A';
    } else {
      utf8proc_int32_t read = 0;
      const utf8proc_ssize_t length = utf8proc_iterate(bytes + at, size - at, &read);
      at += length > 0 ? length : 1;
      c = length > 0 ? static_cast<uint32_t>(utf8proc_tolower(read)) : 0xFFFD;
    }
    collapser.add(c);
  }
}

void append_shingles(const std::vector<uint32_t>& characters, uint64_t salt,
                     std::vector<uint64_t>& hashes) {
  if (characters.empty()) return;
  const size_t length = std::min<size_t>(characters.size(), kShingleCharacters);
  const uint64_t key = mix64(salt ^ length);
  for (size_t i = 0; i + length <= characters.size(); ++i) {
    hashes.push_back(hash_of(characters.data() + i, length, key));
  }
}

double jaccard(const std::vector<uint64_t>& a, const std::vector<uint64_t>& b) {
  size_t i = 0, j = 0, both = 0;
  while (i < a.size() && j < b.size()) {
    const uint64_t x = a[i], y = b[j];
    both += x == y;
    i += x <= y;
    j += y <= x;
  }
  const size_t either = a.size() + b.size() - both;
  return either == 0 ? 1.0 : static_cast<double>(both) / static_cast<double>(either);
}

double shingle_similarity(std::string_view a, std::string_view b) {
  return jaccard(shingle_set(a), shingle_set(b));
}

}  // namespace thaw
