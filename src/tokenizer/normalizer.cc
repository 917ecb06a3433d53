#include "tokenizer/normalizer.h"

#include <algorithm>

#include "tokenizer/byte_level.h"
#include "tokenizer/files/growth.h"
#include "tokenizer/unicode/code_points.h"
#include "tokenizer/unicode/utf8.h"

namespace thaw {
namespace {

using namespace unicode;

// Appends what each(code point, its bytes) appends, and what lies between as it stands: each()
// returns false for that.
template <class Each>
void rewrite(std::string_view text, std::string& out, const Each& each) {
  const char* end = text.data() + text.size();
  const char* kept = text.data();
  for (const char* p = kept; p < end;) {
    const char* start = p;
    const char32_t c = next_code_point(p);
    const size_t before = out.size();
    if (!each(c, out)) continue;
    if (kept < start) out.insert(before, kept, static_cast<size_t>(start - kept));
    kept = p;
  }
  out.append(kept, static_cast<size_t>(end - kept));
}

void append_code_point(char32_t c, std::string& out) {
  char bytes[4];
  out.append(bytes, put_code_point(c, bytes));
}

void append(const normalizers::StripAccents&, std::string_view text, std::string& out) {
  const uint8_t* flags = category_flags();
  rewrite(text, out, [&](char32_t c, std::string&) { return flags[c] & kIsCombiningMark; });
}

void append(const normalizers::Lowercase&, std::string_view text, std::string& out) {
  const uint8_t* flags = code_point_flags();
  rewrite(text, out, [&](char32_t c, std::string& to) {
    if (!(flags[c] & kIsLowercased)) return false;
    if (c == 0x130) {  // İ: i and a combining dot above
      to += "i\u0307";
    } else {
      append_code_point(lowercase(c), to);
    }
    return true;
  });
}

void append(const normalizers::Nmt&, std::string_view text, std::string& out) {
  rewrite(text, out, [](char32_t c, std::string& to) {
    const bool dropped = (c >= 0x01 && c <= 0x08) || c == 0x0B || (c >= 0x0E && c <= 0x1F) ||
                         c == 0x7F || c == 0x8F || c == 0x9F;
    const bool space = c == '\t' || c == '\n' || c == 0x0C || c == '\r' || c == 0x1680 ||
                       (c >= 0x200B && c <= 0x200F) || c == 0x2028 || c == 0x2029 || c == 0x2581 ||
                       c == 0xFEFF || c == 0xFFFD;
    if (space) to += ' ';
    return dropped || space;
  });
}

void append(const normalizers::ByteLevel&, std::string_view text, std::string& out) {
  const size_t before = out.size();
  out.resize(before + 2 * text.size());
  const char* end = put_byte_characters(text, out.data() + before);
  out.resize(static_cast<size_t>(end - out.data()));
}

bool is_whitespace(char32_t c) { return code_point_flags()[c] & kIsWhitespace; }

std::string_view strip(const normalizers::Strip& strip, std::string_view text, size_t& from_start) {
  const char* begin = text.data();
  const char* end = begin + text.size();
  while (strip.left && begin < end) {
    const char* p = begin;
    if (!is_whitespace(next_code_point(p))) break;
    begin = p;
  }
  while (strip.right && begin < end) {
    const char* last = previous_code_point(begin, end);
    const char* p = last;
    if (!is_whitespace(next_code_point(p))) break;
    end = last;
  }
  const auto left = static_cast<size_t>(begin - text.data());
  const auto size = static_cast<size_t>(end - begin);
  from_start = from_start > left ? std::min(from_start - left, size) : 0;
  return {begin, size};
}

// How many of the first bytes of `out` come from the first character of the original text.
size_t replace(const normalizers::Replace& step, std::string_view text,
               std::vector<PatternPart>& parts, size_t from_start, std::string& out) {
  parts.clear();
  find_parts(step.pattern, text, parts);
  size_t bytes = 0;
  for (const PatternPart& part : parts) {
    if (part.is_match) {
      out += step.content;
      check_growth(text.size(), out.size());
      if (from_start > 0 && std::max<size_t>(part.end, 1) - 1 < from_start) bytes = out.size();
    } else {
      if (part.begin < from_start) bytes = out.size() + std::min(part.end, from_start) - part.begin;
      out += text.substr(part.begin, part.end - part.begin);
    }
  }
  return bytes;
}

// The bytes of the first characters of `text`, as many as `like` has.
size_t bytes_of_characters(std::string_view text, std::string_view like) {
  const char* q = text.data();
  for (const char* p = like.data();
       p < like.data() + like.size() && q < text.data() + text.size();) {
    next_code_point(p);
    next_code_point(q);
  }
  return static_cast<size_t>(q - text.data());
}

// Steps in which every character of the text becomes its own.
template <class Step>
std::string_view apply(const Step& step, std::string_view text, NormalizerScratch&, TextBuffer&,
                       std::string& out, size_t& from_start) {
  append(step, text.substr(0, from_start), out);
  from_start = out.size();
  out.clear();
  append(step, text, out);
  return out;
}

std::string_view apply(const BertNormalizer& bert, std::string_view text, NormalizerScratch&,
                       TextBuffer& buffer, std::string&, size_t& from_start) {
  if (from_start > 0) {
    bert.normalize(text.substr(0, from_start), buffer);
    from_start = buffer.view().size();
  }
  bert.normalize(text, buffer);
  return buffer.view();
}

std::string_view apply(const NormalForm& form, std::string_view text, NormalizerScratch&,
                       TextBuffer&, std::string& out, size_t& from_start) {
  if (is_surely_normal(form, text)) return text;
  append_normal_form(form, text, out);
  if (from_start > 0) {
    std::string first;
    append_normal_form(form, text.substr(0, from_start), first);
    from_start = bytes_of_characters(out, first);
  }
  return out;
}

std::string_view apply(const Precompiled& precompiled, std::string_view text, NormalizerScratch&,
                       TextBuffer&, std::string& out, size_t& from_start) {
  precompiled.normalize(text, out, from_start);
  return out;
}

std::string_view apply(const normalizers::Strip& step, std::string_view text, NormalizerScratch&,
                       TextBuffer&, std::string&, size_t& from_start) {
  return strip(step, text, from_start);
}

std::string_view apply(const normalizers::Replace& step, std::string_view text,
                       NormalizerScratch& scratch, TextBuffer&, std::string& out,
                       size_t& from_start) {
  from_start = replace(step, text, scratch.parts, from_start, out);
  return out;
}

std::string_view apply(const normalizers::Prepend& step, std::string_view text, NormalizerScratch&,
                       TextBuffer&, std::string& out, size_t& from_start) {
  if (text.empty()) return text;
  if (from_start > 0) from_start += step.text.size();
  out.append(step.text).append(text);
  return out;
}

}  // namespace

std::string_view normalize(const Normalizer& normalizer, std::string_view text,
                           NormalizerScratch& scratch, size_t& from_start) {
  const size_t bytes = text.size();
  size_t number = 0;  // of the buffer that `text` is not in
  for (const NormalizerStep& step : normalizer) {
    std::string& out = scratch.texts[number];
    out.clear();
    const std::string_view before = text;
    text = std::visit(
        [&](const auto& kind) {
          return apply(kind, text, scratch, scratch.buffers[number], out, from_start);
        },
        step);
    if (text.data() < before.data() || text.data() > before.data() + before.size()) {
      number = 1 - number;
    }
    check_growth(bytes, text.size());
  }
  return text;
}

}  // namespace thaw
