#include "tokenizer/unicode/normal_form.h"

#include <utf8proc.h>

#include <algorithm>
#include <unordered_map>
#include <vector>

#include "tokenizer/unicode/code_points.h"
#include "tokenizer/unicode/unicode_tables.h"
#include "tokenizer/unicode/utf8.h"

namespace thaw {
namespace {

using namespace unicode;

// Hangul syllables are composed by arithmetic (Unicode 15, section 3.12).
constexpr char32_t kFirstSyllable = 0xAC00, kFirstLead = 0x1100, kFirstVowel = 0x1161,
                   kFirstTail = 0x11A7;
constexpr char32_t kLeads = 19, kVowels = 21, kTails = 28, kSyllables = kLeads * kVowels * kTails;

constexpr int kLongestDecomposition = 32;  // in code points; U+FDFA becomes 18

// One byte a code point: what may happen to it in any form.
enum FormFlag : uint8_t {
  kDecomposed = 1,
  kDecomposedCompatibly = 2,
  kReordered = 4,  // its combining class is not 0
  kComposedSecond = 8,
};

std::vector<uint8_t> build_form_flags() {
  std::vector<uint8_t> flags(0x110000);
  const auto set = [&](char32_t first, char32_t last, uint8_t flag) {
    for (char32_t c = first; c <= last; ++c) flags[c] |= flag;
  };
  for (const auto& range : kDecomposes) set(range.first, range.last, kDecomposed);
  for (const auto& range : kDecomposesCompatibly) {
    set(range.first, range.last, kDecomposedCompatibly);
  }
  for (const auto& range : kCombiningClass) set(range.first, range.last, kReordered);
  for (const auto& entry : kComposition) set(entry.second, entry.second, kComposedSecond);
  set(kFirstVowel, kFirstVowel + kVowels - 1, kComposedSecond);
  set(kFirstTail, kFirstTail + kTails - 1, kComposedSecond);
  return flags;
}

const uint8_t* form_flags() {
  static const std::vector<uint8_t> flags = build_form_flags();
  return flags.data();
}

uint64_t pair_of(char32_t first, char32_t second) { return uint64_t{first} << 32 | second; }

// The code point that two become, or 0.
char32_t compose(char32_t first, char32_t second) {
  if (first - kFirstLead < kLeads && second - kFirstVowel < kVowels) {
    return kFirstSyllable + ((first - kFirstLead) * kVowels + (second - kFirstVowel)) * kTails;
  }
  const char32_t syllable = first - kFirstSyllable;
  if (syllable < kSyllables && syllable % kTails == 0 && second - kFirstTail - 1 < kTails - 1) {
    return first + (second - kFirstTail);
  }
  static const auto table = [] {
    std::unordered_map<uint64_t, char32_t> out;
    for (const Composition& entry : kComposition) {
      out[pair_of(entry.first, entry.second)] = entry.composed;
    }
    return out;
  }();
  const auto found = table.find(pair_of(first, second));
  return found == table.end() ? 0 : found->second;
}

struct Mark {
  char32_t code_point;
  uint8_t combining_class;
};

// Takes decomposed code points and writes them in canonical order, composed where that is asked.
class Writer {
 public:
  Writer(bool composes, std::string& out) : composes_(composes), out_(out) {}

  void add(char32_t c, uint8_t combining_class) {
    if (combining_class != 0) {
      pending_.push_back({c, combining_class});
      return;
    }
    flush_marks();
    add_ordered(c, 0);
  }

  void finish() {
    flush_marks();
    flush_starter();
  }

 private:
  void flush_marks() {
    if (pending_.empty()) return;
    std::stable_sort(pending_.begin(), pending_.end(), [](const Mark& a, const Mark& b) {
      return a.combining_class < b.combining_class;
    });
    for (const Mark& mark : pending_) add_ordered(mark.code_point, mark.combining_class);
    pending_.clear();
  }

  void add_ordered(char32_t c, uint8_t combining_class) {
    if (!composes_) return put(c);
    if (!has_starter_) {
      if (combining_class != 0) return put(c);
      starter_ = c;
      has_starter_ = true;
      return;
    }
    // Blocked by a mark in between that is of the same class or a higher one.
    const bool blocked = last_class_ >= combining_class && !behind_.empty();
    if (const char32_t composed = blocked ? 0 : compose(starter_, c)) {
      starter_ = composed;
    } else if (combining_class == 0) {
      flush_starter();
      starter_ = c;
      has_starter_ = true;
    } else {
      behind_.push_back(c);
      last_class_ = combining_class;
    }
  }

  void flush_starter() {
    if (has_starter_) put(starter_);
    for (const char32_t c : behind_) put(c);
    behind_.clear();
    has_starter_ = false;
    last_class_ = 0;
  }

  void put(char32_t c) {
    char bytes[4];
    out_.append(bytes, put_code_point(c, bytes));
  }

  const bool composes_;
  std::string& out_;
  std::vector<Mark> pending_;
  char32_t starter_ = 0;
  bool has_starter_ = false;
  std::vector<char32_t> behind_;  // marks that follow the starter
  uint8_t last_class_ = 0;        // of the last of them
};

uint8_t flags_that_matter(NormalForm form) {
  switch (form) {
    case NormalForm::kNfc:
      return kDecomposed | kReordered | kComposedSecond;
    case NormalForm::kNfd:
      return kDecomposed | kReordered;
    case NormalForm::kNfkc:
      return kDecomposedCompatibly | kReordered | kComposedSecond;
    case NormalForm::kNfkd:
      return kDecomposedCompatibly | kReordered;
  }
  return 0xFF;
}

}  // namespace

bool is_surely_normal(NormalForm form, std::string_view text) {
  const uint8_t* flags = form_flags();
  const uint8_t matter = flags_that_matter(form);
  const char* end = text.data() + text.size();
  for (const char* p = text.data(); p < end;) {
    if (static_cast<unsigned char>(*p) < 0x80) {
      ++p;
    } else if (flags[next_code_point(p)] & matter) {
      return false;
    }
  }
  return true;
}

void append_normal_form(NormalForm form, std::string_view text, std::string& out) {
  const uint8_t* flags = form_flags();
  const bool composes = form == NormalForm::kNfc || form == NormalForm::kNfkc;
  const bool compatibly = form == NormalForm::kNfkc || form == NormalForm::kNfkd;
  const uint8_t decomposed = compatibly ? kDecomposedCompatibly : kDecomposed;
  const auto options =
      static_cast<utf8proc_option_t>(UTF8PROC_DECOMPOSE | (compatibly ? UTF8PROC_COMPAT : 0));
  Writer writer(composes, out);
  const char* end = text.data() + text.size();
  for (const char* p = text.data(); p < end;) {
    const char32_t c = next_code_point(p);
    if (!(flags[c] & decomposed)) {
      writer.add(c, flags[c] & kReordered ? combining_class(c) : 0);
      continue;
    }
    utf8proc_int32_t parts[kLongestDecomposition];
    int boundary_class = 0;
    const auto count = utf8proc_decompose_char(static_cast<utf8proc_int32_t>(c), parts,
                                               kLongestDecomposition, options, &boundary_class);
    for (utf8proc_ssize_t i = 0; i < std::min<utf8proc_ssize_t>(count, kLongestDecomposition);
         ++i) {
      const auto part = static_cast<char32_t>(parts[i]);
      writer.add(part, flags[part] & kReordered ? combining_class(part) : 0);
    }
  }
  writer.finish();
}

}  // namespace thaw
