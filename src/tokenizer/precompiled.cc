#include "tokenizer/precompiled.h"

#include <algorithm>

#include "base/error.h"
#include "text/utf8.h"
#include "tokenizer/files/growth.h"
#include "tokenizer/unicode/grapheme.h"
#include "tokenizer/unicode/utf8.h"

namespace thaw {
namespace {

constexpr const char* kFetchAgain = "take the tokenizer files of the model again";
constexpr size_t kLongestCluster = 5;  // in bytes, of those that are replaced as a whole

uint32_t read_u32(std::string_view bytes, size_t at) {
  uint32_t value = 0;
  for (size_t i = 0; i < 4; ++i) {
    value |= uint32_t{static_cast<unsigned char>(bytes[at + i])} << (8 * i);
  }
  return value;
}

// A unit of Darts' double array (darts-clone 0.32): a label, where the children are, and whether
// the first of them is a value.
uint32_t label_of(uint32_t unit) { return unit & (uint32_t{1} << 31 | 0xFF); }
bool has_value(uint32_t unit) { return unit >> 8 & 1; }
uint32_t value_of(uint32_t unit) { return unit & ~(uint32_t{1} << 31); }
size_t offset_of(uint32_t unit) { return size_t{unit >> 10} << (unit >> 9 & 1 ? 8 : 0); }

size_t characters(std::string_view text) {
  return static_cast<size_t>(std::count_if(text.begin(), text.end(), [](char byte) {
    return (static_cast<unsigned char>(byte) & 0xC0) != 0x80;
  }));
}

// Follows the package's account of which original character each new one comes from. Every old
// character that is replaced is taken from the front of those not taken yet, so what is deleted
// before anything was written shifts all that follows.
class StartTracker {
 public:
  StartTracker(std::string_view text, size_t from_start) : text_(text), from_start_(from_start) {}

  bool is_open() const { return open_; }
  size_t bytes() const { return bytes_; }

  void replace(size_t old_characters, std::string_view replacement) {
    const char* p = replacement.data();
    const char* end = p + replacement.size();
    for (size_t i = 0; p < end && open_; ++i) {
      const char* start = p;
      unicode::next_code_point(p);
      const bool is_new = i >= old_characters;
      const size_t origin = is_new ? std::max<size_t>(taken_, 1) - 1 : taken_;
      if (origin >= from_start_) {
        open_ = false;
        return;
      }
      bytes_ += static_cast<size_t>(p - start);
      if (!is_new) take();
      has_written_ = true;
    }
    for (size_t i = characters(replacement); i < old_characters && has_written_; ++i) take();
  }

 private:
  void take() {
    if (taken_ >= text_.size()) return;
    const char* p = text_.data() + taken_;
    unicode::next_code_point(p);
    taken_ = static_cast<size_t>(p - text_.data());
  }

  std::string_view text_;
  size_t from_start_;
  size_t taken_ = 0;
  size_t bytes_ = 0;
  bool open_ = true;
  bool has_written_ = false;
};

}  // namespace

Precompiled::Precompiled(std::string_view charsmap, const std::string& where) {
  const size_t bytes = charsmap.size() < 4 ? 0 : read_u32(charsmap, 0) / 4 * 4;
  if (bytes == 0 || bytes > charsmap.size() - 4) {
    throw Error("precompiled_charsmap is not a charsmap", where, kFetchAgain);
  }
  for (size_t at = 4; at < 4 + bytes; at += 4) units_.push_back(read_u32(charsmap, at));
  replacements_ = charsmap.substr(4 + bytes);
  if (first_invalid_utf8(replacements_) != std::string_view::npos) {
    throw Error("precompiled_charsmap holds replacements that are not UTF-8", where, kFetchAgain);
  }
  std::string_view replacement;
  for (size_t c = 0; c < is_plain_.size(); ++c) {
    const char byte = static_cast<char>(c);
    is_plain_[c] = c != '\r' && !find({&byte, 1}, replacement);
  }
}

bool Precompiled::find(std::string_view text, std::string_view& replacement) const {
  size_t node = offset_of(units_[0]);
  for (const char byte : text) {
    const auto label = static_cast<unsigned char>(byte);
    node ^= label;
    if (label == 0 || node >= units_.size() || label_of(units_[node]) != label) return false;
    const uint32_t unit = units_[node];
    node ^= offset_of(unit);
    if (!has_value(unit)) continue;
    const size_t at = node < units_.size() ? value_of(units_[node]) : replacements_.size() + 1;
    // A replacement that starts inside of a character is none.
    if (at > replacements_.size() ||
        (at < replacements_.size() &&
         (static_cast<unsigned char>(replacements_[at]) & 0xC0) == 0x80)) {
      return false;
    }
    replacement = std::string_view(replacements_).substr(at);
    replacement = replacement.substr(0, replacement.find('\0'));
    return true;
  }
  return false;
}

// Where the ASCII characters end that no rule and no mark behind them changes.
size_t Precompiled::plain_run(std::string_view text, size_t begin) const {
  size_t end = begin;
  while (end < text.size() && static_cast<unsigned char>(text[end]) < 0x80 &&
         is_plain_[static_cast<unsigned char>(text[end])]) {
    ++end;
  }
  // The last one may be the start of a cluster.
  return end == text.size() || end == begin ? end : end - 1;
}

void Precompiled::normalize(std::string_view text, std::string& out, size_t& from_start) const {
  StartTracker tracker(text, from_start);
  const auto replace = [&](std::string_view old, std::string_view replacement) {
    out.append(replacement);
    check_growth(text.size(), out.size());
    if (from_start > 0 && tracker.is_open()) tracker.replace(characters(old), replacement);
  };
  for (size_t at = 0; at < text.size();) {
    const size_t plain = plain_run(text, at);
    if (plain > at) {
      if (from_start > 0 && tracker.is_open()) {
        for (size_t i = at; i < plain; ++i) tracker.replace(1, text.substr(i, 1));
      }
      out.append(text.substr(at, plain - at));
      at = plain;
      continue;
    }
    const size_t end = unicode::grapheme_end(text, at);
    const std::string_view cluster = text.substr(at, end - at);
    at = end;
    std::string_view replacement;
    if (cluster.size() <= kLongestCluster && find(cluster, replacement)) {
      replace(cluster, replacement);
      continue;
    }
    const char* p = cluster.data();
    while (p < cluster.data() + cluster.size()) {
      const char* start = p;
      unicode::next_code_point(p);
      const std::string_view character(start, static_cast<size_t>(p - start));
      replace(character, find(character, replacement) ? replacement : character);
    }
  }
  from_start = tracker.bytes();
}

std::string decode_base64(std::string_view text, const std::string& where) {
  constexpr std::string_view kDigits =
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  std::array<int8_t, 256> values;
  values.fill(-1);
  for (size_t i = 0; i < kDigits.size(); ++i) {
    values[static_cast<unsigned char>(kDigits[i])] = static_cast<int8_t>(i);
  }
  const auto fail = [&] { throw Error("precompiled_charsmap is not base 64", where, kFetchAgain); };
  if (text.size() % 4 != 0) fail();
  size_t digits = text.size();
  while (digits > 0 && text.size() - digits < 2 && text[digits - 1] == '=') --digits;
  std::string out;
  uint32_t bits = 0;
  for (size_t i = 0; i < digits; ++i) {
    const int8_t value = values[static_cast<unsigned char>(text[i])];
    if (value < 0) fail();
    bits = bits << 6 | static_cast<uint32_t>(value);
    if (i % 4 == 1) out += static_cast<char>(bits >> 4 & 0xFF);
    if (i % 4 == 2) out += static_cast<char>(bits >> 2 & 0xFF);
    if (i % 4 == 3) out += static_cast<char>(bits & 0xFF);
  }
  return out;
}

}  // namespace thaw
