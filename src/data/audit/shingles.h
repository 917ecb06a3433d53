#pragma once  // Tests: tests/data/audit/near_duplicates_test.cc

#include <cstdint>
#include <string_view>
#include <vector>

namespace thaw {

// What a text is compared by: its runs of kShingleCharacters characters, after lower-casing each
// character and turning every run of white space into one space (none at the ends). A shorter text
// is one shingle.
inline constexpr int kShingleCharacters = 5;

// The text in that form, as code points; invalid UTF-8 is read as U+FFFD. `characters` is
// overwritten.
void read_normal_form(std::string_view text, std::vector<uint32_t>& characters);

// 64-bit hashes of the shingles in the order of the text, repetitions included; none where there is
// no character. Appends to `hashes`. Shingles of different `salt` are different.
void append_shingles(const std::vector<uint32_t>& characters, uint64_t salt,
                     std::vector<uint64_t>& hashes);

// |A ∩ B| / |A ∪ B| of two sorted sets without repetitions; 1 for two empty ones.
double jaccard(const std::vector<uint64_t>& a, const std::vector<uint64_t>& b);

// The same of two texts' shingles.
double shingle_similarity(std::string_view a, std::string_view b);

}  // namespace thaw
