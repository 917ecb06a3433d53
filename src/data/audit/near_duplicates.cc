#include "data/audit/near_duplicates.h"

#include <algorithm>
#include <array>
#include <numeric>
#include <span>
#include <string_view>
#include <tuple>
#include <unordered_set>

#include "base/random.h"
#include "base/threads.h"
#include "data/audit/shingles.h"

namespace thaw {
namespace {

constexpr int kBands = 20, kBandRows = 5;
constexpr int kBins = kBands * kBandRows;
constexpr uint32_t kEmpty = UINT32_MAX;
constexpr uint64_t kPairSalt = 1, kHashSeed = 0x6E656172;  // any numbers
// How many forms a form is compared with: of each band's bucket, and in all.
constexpr int64_t kMostOfABucket = 8, kMostCompared = 32;
constexpr int64_t kGrain = 256;  // rows a thread takes at least

// Row numbers run over all splits, one after another.
class Rows {
 public:
  explicit Rows(const std::vector<const TextColumn*>& splits) : splits_(splits) {
    for (const TextColumn* split : splits) starts_.push_back(starts_.back() + split->size());
  }
  int64_t size() const { return starts_.back(); }
  int32_t split_of(int64_t row) const {
    return static_cast<int32_t>(std::upper_bound(starts_.begin(), starts_.end(), row) -
                                starts_.begin()) -
           1;
  }
  int64_t position(int64_t row) const { return row - starts_[split_of(row)]; }
  std::string_view text(int64_t row) const {
    const int32_t split = split_of(row);
    return (*splits_[split])[row - starts_[split]];
  }
  // Empty where rows are single texts.
  std::string_view pair(int64_t row) const {
    const int32_t split = split_of(row);
    return splits_[split]->has_pairs() ? splits_[split]->pair(row - starts_[split])
                                       : std::string_view();
  }

 private:
  const std::vector<const TextColumn*>& splits_;
  std::vector<int64_t> starts_{0};  // [splits + 1]
};

uint64_t hash_bytes(std::string_view text, uint64_t hash) {
  hash = mix64(hash ^ text.size());
  for (; text.size() >= 8; text.remove_prefix(8)) {
    uint64_t block;
    std::copy_n(text.data(), 8, reinterpret_cast<char*>(&block));
    hash = mix64(hash ^ block);
  }
  uint64_t block = 0;
  std::copy_n(text.data(), text.size(), reinterpret_cast<char*>(&block));
  return mix64(hash ^ block);
}

uint64_t hash_characters(const std::vector<uint32_t>& characters, uint64_t hash) {
  hash = mix64(hash ^ characters.size());
  for (const uint32_t c : characters) hash = mix64(hash ^ c);
  return hash;
}

// Where bin i looks for a value if it has none: a random order of all bins for each.
struct DetourTable {
  std::array<std::array<uint8_t, kBins>, kBins> order;

  DetourTable() {
    for (int i = 0; i < kBins; ++i) {
      auto& bins = order[i];
      std::iota(bins.begin(), bins.end(), uint8_t{0});
      const uint64_t key = random_key(kHashSeed, i);
      for (uint32_t left = kBins; left > 1; --left) {
        std::swap(bins[left - 1], bins[uint64_t{random_bits(key, left)} * left >> 32]);
      }
    }
  }
};

// One MinHash for each bin, then one key for each band.
void make_band_keys(const std::vector<uint64_t>& shingles, const DetourTable& detours,
                    uint32_t* keys /* [kBands] */) {
  std::array<uint32_t, kBins> least;
  least.fill(kEmpty);
  for (const uint64_t shingle : shingles) {
    const uint64_t hash = mix64(shingle ^ kHashSeed);
    uint32_t& bin = least[(hash >> 32) * kBins >> 32];
    bin = std::min(bin, static_cast<uint32_t>(hash));
  }
  for (int band = 0; band < kBands; ++band) {
    uint64_t key = 0;
    for (int bin = band * kBandRows; bin < (band + 1) * kBandRows; ++bin) {
      uint32_t value = least[bin];
      const auto& order = detours.order[bin];
      for (int i = 0; value == kEmpty && i < kBins; ++i) value = least[order[i]];
      key = mix64(key ^ value);
    }
    keys[band] = static_cast<uint32_t>(key);
  }
}

// A normal form that some rows share. Forms are numbered by their first rows.
struct Form {
  uint64_t hash;
  int64_t first_row;
};

struct Match {
  int64_t form = -1;
  double similarity = 0;
};

struct Sets {
  std::vector<uint64_t> first, second;
};

class Search {
 public:
  Search(const std::vector<const TextColumn*>& splits, NearWithin within)
      : splits_(splits), rows_(splits), within_(within == NearWithin::kLookFor), has_pairs_(false) {
    for (const TextColumn* split : splits) has_pairs_ = has_pairs_ || split->has_pairs();
  }

  std::vector<NearDuplicate> run() {
    make_forms();
    make_buckets();
    compare();
    return collect();
  }

 private:
  void make_forms() {
    row_forms_.assign(rows_.size(), -1);
    bytes_.resize(rows_.size());
    std::vector<Form> hashes(rows_.size());
    parallel_parts(rows_.size(), kGrain, [&](int64_t begin, int64_t end, int) {
      std::vector<uint32_t> characters;
      for (int64_t row = begin; row < end; ++row) {
        read_normal_form(rows_.text(row), characters);
        uint64_t hash = hash_characters(characters, 0);
        bool empty = characters.empty();
        uint64_t bytes = hash_bytes(rows_.text(row), 0);
        if (has_pairs_) {
          read_normal_form(rows_.pair(row), characters);
          hash = hash_characters(characters, hash);
          empty = empty || characters.empty();
          bytes = hash_bytes(rows_.pair(row), bytes);
        }
        hashes[row] = {hash, empty ? -1 : row};
        bytes_[row] = bytes;
      }
    });
    std::erase_if(hashes, [](const Form& form) { return form.first_row < 0; });
    std::sort(hashes.begin(), hashes.end(), [](const Form& a, const Form& b) {
      return a.hash != b.hash ? a.hash < b.hash : a.first_row < b.first_row;
    });
    for (size_t i = 0; i < hashes.size(); ++i) {
      if (i == 0 || hashes[i].hash != hashes[i - 1].hash)
        first_rows_.push_back(hashes[i].first_row);
    }
    std::sort(first_rows_.begin(), first_rows_.end());
    int64_t form = 0;
    for (size_t i = 0; i < hashes.size(); ++i) {
      if (i == 0 || hashes[i].hash != hashes[i - 1].hash) {
        form = std::lower_bound(first_rows_.begin(), first_rows_.end(), hashes[i].first_row) -
               first_rows_.begin();
      }
      row_forms_[hashes[i].first_row] = form;
    }
  }

  int64_t forms() const { return static_cast<int64_t>(first_rows_.size()); }
  // Forms before this one begin in splits before `split`.
  int64_t first_form_of(int32_t split) const {
    return std::partition_point(first_rows_.begin(), first_rows_.end(),
                                [&](int64_t row) { return rows_.split_of(row) < split; }) -
           first_rows_.begin();
  }

  void read_shingles(int64_t form, std::vector<uint32_t>& characters, Sets& sets) const {
    sets.first.clear();
    sets.second.clear();
    read_normal_form(rows_.text(first_rows_[form]), characters);
    append_shingles(characters, 0, sets.first);
    if (!has_pairs_) return;
    read_normal_form(rows_.pair(first_rows_[form]), characters);
    append_shingles(characters, kPairSalt, sets.second);
  }

  // Fills, for each band, the forms that share their key with another: sorted by key, then form.
  void make_buckets() {
    static const DetourTable detours;
    band_keys_.assign(forms() * kBands, 0);
    is_compared_.assign(forms(), 0);
    parallel_parts(forms(), kGrain, [&](int64_t begin, int64_t end, int) {
      std::vector<uint32_t> characters;
      Sets sets;
      for (int64_t form = begin; form < end; ++form) {
        read_shingles(form, characters, sets);
        sets.first.insert(sets.first.end(), sets.second.begin(), sets.second.end());
        // The index of n shingles and one more is n / (n + 1): fewer than four cannot be near.
        const auto count = static_cast<double>(sets.first.size());
        if (count / (count + 1) < kNearDuplicate) continue;
        is_compared_[form] = 1;
        make_band_keys(sets.first, detours, band_keys_.data() + form * kBands);
      }
    });
    buckets_.assign(kBands, {});
    parallel_parts(kBands, 1, [&](int64_t begin, int64_t end, int) {
      std::vector<uint64_t> entries;
      for (int64_t band = begin; band < end; ++band) {
        entries.clear();
        for (int64_t form = 0; form < forms(); ++form) {
          if (is_compared_[form] != 0) entries.push_back(entry(band, form));
        }
        std::sort(entries.begin(), entries.end());
        const auto key = [&](size_t i) { return entries[i] >> 32; };
        for (size_t i = 0; i < entries.size(); ++i) {
          if ((i > 0 && key(i - 1) == key(i)) || (i + 1 < entries.size() && key(i + 1) == key(i))) {
            buckets_[band].push_back(entries[i]);
          }
        }
      }
    });
  }

  uint64_t entry(int64_t band, int64_t form) const {
    return uint64_t{band_keys_[form * kBands + band]} << 32 | static_cast<uint32_t>(form);
  }

  // The last few forms of the bucket before the form `limit`.
  void take_candidates(int64_t band, int64_t form, int64_t limit,
                       std::vector<int64_t>& candidates) const {
    const std::vector<uint64_t>& bucket = buckets_[band];
    const uint64_t last =
        (entry(band, form) & ~uint64_t{UINT32_MAX}) | static_cast<uint32_t>(limit);
    auto at = std::lower_bound(bucket.begin(), bucket.end(), last);
    for (int64_t i = 0; i < kMostOfABucket && at != bucket.begin(); ++i) {
      --at;
      if (*at >> 32 != last >> 32) return;
      candidates.push_back(static_cast<int64_t>(*at & UINT32_MAX));
    }
  }

  // Sorts candidates by the bands that they share with the form, and keeps the first.
  void keep_likeliest(int64_t form, std::vector<int64_t>& candidates) const {
    std::sort(candidates.begin(), candidates.end());
    candidates.erase(std::unique(candidates.begin(), candidates.end()), candidates.end());
    if (static_cast<int64_t>(candidates.size()) <= kMostCompared) return;
    std::vector<std::pair<int, int64_t>> ranked;
    for (const int64_t other : candidates) {
      int shared = 0;
      for (int band = 0; band < kBands; ++band) {
        shared += band_keys_[form * kBands + band] == band_keys_[other * kBands + band];
      }
      ranked.emplace_back(-shared, other);
    }
    std::nth_element(ranked.begin(), ranked.begin() + kMostCompared, ranked.end());
    candidates.clear();
    for (int64_t i = 0; i < kMostCompared; ++i) candidates.push_back(ranked[i].second);
    std::sort(candidates.begin(), candidates.end());
  }

  void compare() {
    earlier_split_.assign(forms(), {});
    own_split_.assign(forms(), {});
    std::vector<int64_t> starts;
    for (size_t split = 0; split < splits_.size(); ++split) {
      starts.push_back(first_form_of(static_cast<int32_t>(split)));
    }
    parallel_parts(forms(), kGrain, [&](int64_t begin, int64_t end, int) {
      std::vector<uint32_t> characters;
      std::vector<int64_t> candidates, of_earlier;
      Sets own, other;
      for (int64_t form = begin; form < end; ++form) {
        if (is_compared_[form] == 0) continue;
        const int64_t start = starts[rows_.split_of(first_rows_[form])];
        if (start == 0 && !within_) continue;
        candidates.clear();
        of_earlier.clear();
        for (int64_t band = 0; band < kBands; ++band) {
          if (within_) take_candidates(band, form, form, candidates);
          if (start > 0) take_candidates(band, form, start, of_earlier);
        }
        if (candidates.empty() && of_earlier.empty()) continue;
        keep_likeliest(form, candidates);
        keep_likeliest(form, of_earlier);
        candidates.insert(candidates.end(), of_earlier.begin(), of_earlier.end());
        std::sort(candidates.begin(), candidates.end());
        candidates.erase(std::unique(candidates.begin(), candidates.end()), candidates.end());
        read_sets(form, characters, own);
        for (const int64_t candidate : candidates) {
          read_sets(candidate, characters, other);
          double similarity = jaccard(own.first, other.first);
          if (has_pairs_) similarity = std::min(similarity, jaccard(own.second, other.second));
          if (similarity < kNearDuplicate) continue;
          Match& best = candidate < start ? earlier_split_[form] : own_split_[form];
          if (similarity > best.similarity) best = {candidate, similarity};
        }
      }
    });
  }

  void read_sets(int64_t form, std::vector<uint32_t>& characters, Sets& sets) const {
    read_shingles(form, characters, sets);
    for (std::vector<uint64_t>* set : {&sets.first, &sets.second}) {
      std::sort(set->begin(), set->end());
      set->erase(std::unique(set->begin(), set->end()), set->end());
    }
  }

  // From forms back to rows.
  std::vector<NearDuplicate> collect() const {
    std::vector<int64_t> order;  // rows by form
    for (int64_t row = 0; row < rows_.size(); ++row) {
      if (row_forms_[row] >= 0) order.push_back(row);
    }
    std::stable_sort(order.begin(), order.end(),
                     [&](int64_t a, int64_t b) { return row_forms_[a] < row_forms_[b]; });
    std::vector<NearDuplicate> found;
    for (size_t begin = 0; begin < order.size();) {
      size_t end = begin + 1;
      while (end < order.size() && row_forms_[order[end]] == row_forms_[order[begin]]) ++end;
      collect_form({order.data() + begin, order.data() + end}, found);
      begin = end;
    }
    std::sort(found.begin(), found.end(), [](const NearDuplicate& a, const NearDuplicate& b) {
      return std::tie(a.split, a.row, a.earlier_split) < std::tie(b.split, b.row, b.earlier_split);
    });
    return found;
  }

  // The rows of one form, in their order.
  void collect_form(std::span<const int64_t> rows, std::vector<NearDuplicate>& found) const {
    const int64_t form = row_forms_[rows.front()];
    const auto add = [&](int64_t row, int64_t earlier, double similarity) {
      found.push_back({rows_.split_of(row), rows_.split_of(earlier), rows_.position(row),
                       rows_.position(earlier), similarity});
    };
    const auto add_match = [&](int64_t row, const Match& match) {
      if (match.form >= 0) add(row, first_rows_[match.form], match.similarity);
    };
    const int32_t first_split = rows_.split_of(rows.front());
    std::unordered_set<uint64_t> before, here;  // bytes in earlier splits, and in this one so far
    int64_t first_here = rows.front();
    for (const int64_t row : rows) {
      const int32_t split = rows_.split_of(row);
      if (split != rows_.split_of(first_here)) {
        before.merge(here);
        here.clear();
        first_here = row;
      }
      if (split == first_split) {
        add_match(row, earlier_split_[form]);
      } else if (!before.contains(bytes_[row])) {
        add(row, rows.front(), 1);
      }
      if (!within_) {
        // Only rows of other splits count.
      } else if (row != first_here) {
        if (!here.contains(bytes_[row])) add(row, first_here, 1);
      } else if (split == first_split) {
        add_match(row, own_split_[form]);
      }
      if (rows.size() > 1) here.insert(bytes_[row]);
    }
  }

  const std::vector<const TextColumn*>& splits_;
  const Rows rows_;
  const bool within_;  // rows of one split are compared, too
  bool has_pairs_;
  std::vector<int64_t> row_forms_;              // [rows]; -1: an empty text
  std::vector<uint64_t> bytes_;                 // [rows] hashes of the texts as they stand
  std::vector<int64_t> first_rows_;             // [forms]
  std::vector<uint32_t> band_keys_;             // [forms, kBands]
  std::vector<uint8_t> is_compared_;            // [forms]; 0: too short to be near to another
  std::vector<std::vector<uint64_t>> buckets_;  // [kBands] key << 32 | form
  // The most similar earlier form that begins in an earlier split, or in its own.  // [forms]
  std::vector<Match> earlier_split_, own_split_;
};

}  // namespace

std::vector<NearDuplicate> find_near_duplicates(const std::vector<const TextColumn*>& splits,
                                                NearWithin within) {
  return Search(splits, within).run();
}

}  // namespace thaw
