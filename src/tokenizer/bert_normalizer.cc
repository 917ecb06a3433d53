#include "tokenizer/bert_normalizer.h"

#include <utf8proc.h>

#include <algorithm>
#include <vector>

#include "tokenizer/unicode/code_points.h"
#include "tokenizer/unicode/utf8.h"

namespace thaw {
namespace {

using namespace unicode;

constexpr uint8_t kDropped = 0xFF;

// No code point grows beyond three times its bytes: Hangul syllables (3 to 9 bytes), Greek with
// two accents (2 to 6) and musical symbols (4 to 12) come closest.
constexpr size_t kLargestGrowth = 3;
constexpr int kLongestDecomposition = 8;  // in code points; Unicode's own limit is 4

// Takes the code points that cleaning left and writes what accents and case make of them.
class Writer {
 public:
  Writer(const BertNormalizerOptions& options, char* out)
      : options_(options), flags_(code_point_flags()), out_(out) {}

  char* end() const { return out_; }
  void set_end(char* out) { out_ = out; }
  bool has_pending() const { return !pending_.empty(); }

  void add(char32_t c) {
    const uint8_t flags = flags_[c];
    if (!options_.strip_accents) {
      put(c, flags);
    } else if (flags & kIsDecomposed) {
      utf8proc_int32_t parts[kLongestDecomposition];
      int boundary_class = 0;
      const auto count =
          utf8proc_decompose_char(static_cast<utf8proc_int32_t>(c), parts, kLongestDecomposition,
                                  UTF8PROC_DECOMPOSE, &boundary_class);
      for (utf8proc_ssize_t i = 0; i < count && i < kLongestDecomposition; ++i) {
        add_decomposed(static_cast<char32_t>(parts[i]));
      }
    } else {
      add_decomposed(c);
    }
  }

  // Ends a run of combining characters: canonical ordering cannot rearrange it any more.
  void flush() {
    std::stable_sort(pending_.begin(), pending_.end(), [](char32_t a, char32_t b) {
      return combining_class(a) < combining_class(b);
    });
    for (const char32_t c : pending_) put(c, flags_[c]);
    pending_.clear();
  }

 private:
  void add_decomposed(char32_t c) {
    const uint8_t flags = flags_[c];
    if (flags & kIsReordered) {
      // The ordering is stable, so a mark that goes anyway needs no place in it.
      if (!(flags & kIsNonspacingMark)) pending_.push_back(c);
      return;
    }
    if (has_pending()) flush();
    if (!(flags & kIsNonspacingMark)) put(c, flags);
  }

  void put(char32_t c, uint8_t flags) {
    if (options_.lowercase && (flags & kIsLowercased)) {
      if (c == 0x130) {  // İ: i and a combining dot above
        *out_++ = 'i';
        c = 0x307;
      } else {
        c = unicode::lowercase(c);
      }
    }
    out_ = put_code_point(c, out_);
  }

  const BertNormalizerOptions& options_;
  const uint8_t* flags_;
  char* out_;
  std::vector<char32_t> pending_;
};

}  // namespace

BertNormalizer::BertNormalizer(const BertNormalizerOptions& options) : options_(options) {
  const uint8_t* flags = code_point_flags();
  for (char32_t c = 0; c < ascii_.size(); ++c) {
    uint8_t byte = static_cast<uint8_t>(c);
    if (options.clean_text && (flags[c] & kIsRemovedByCleaning)) {
      byte = kDropped;
    } else if (options.clean_text && (flags[c] & kIsSpaceByCleaning)) {
      byte = ' ';
    } else if (options.lowercase && (flags[c] & kIsLowercased)) {
      byte = static_cast<uint8_t>(unicode::lowercase(c));
    }
    ascii_[c] = byte;
  }
}

void BertNormalizer::normalize(std::string_view text, TextBuffer& out) const {
  Writer writer(options_, out.reserve(text.size() * kLargestGrowth));
  const uint8_t* flags = code_point_flags();
  const char* p = text.data();
  const char* end = p + text.size();
  while (p < end) {
    if (static_cast<unsigned char>(*p) < 0x80) {
      // What is dropped does not end a run of combining characters; everything else does.
      while (p < end && static_cast<unsigned char>(*p) < 0x80 && ascii_[*p] == kDropped) ++p;
      if (p == end || static_cast<unsigned char>(*p) >= 0x80) continue;
      if (writer.has_pending()) writer.flush();
      char* to = writer.end();
      for (; p < end && static_cast<unsigned char>(*p) < 0x80; ++p) {
        const uint8_t byte = ascii_[*p];
        *to = static_cast<char>(byte);
        to += byte != kDropped;
      }
      writer.set_end(to);
      continue;
    }
    const char32_t c = next_code_point(p);
    if (options_.clean_text && (flags[c] & (kIsRemovedByCleaning | kIsSpaceByCleaning))) {
      if (flags[c] & kIsSpaceByCleaning) writer.add(' ');
    } else if (options_.handle_chinese_chars && is_chinese(c)) {
      writer.add(' ');
      writer.add(c);
      writer.add(' ');
    } else {
      writer.add(c);
    }
  }
  writer.flush();
  out.set_end(writer.end());
}

}  // namespace thaw
