#include "report/export/markdown.h"

#include <cstdio>
#include <nlohmann/json.hpp>

#include "text/markup.h"

namespace thaw {

std::string escape_markdown(std::string_view text) {
  const std::string markup = escape_markup(text).str();
  const auto is = [&](size_t at, std::string_view what) {
    return std::string_view(markup).substr(at, what.size()) == what;
  };
  std::string out;
  for (size_t at = 0; at < markup.size(); ++at) {
    const char c = markup[at];
    if (is(at, "&#39;") || is(at, "&quot;")) {  // quotes are plain outside of attributes
      out += is(at, "&#39;") ? '\'' : '"';
      at = markup.find(';', at);
    } else if (c == '\n' || c == '\t') {
      out += ' ';
    } else {
      // "://" would become a link without any brackets.
      const bool special =
          std::string_view("\\`*_[]|~$@").find(c) != std::string_view::npos || is(at, "://");
      if (special) out += '\\';
      out += c;
    }
  }
  // What makes a heading, a list or a line where it begins one.
  if (!out.empty() && std::string_view("#+-=").find(out.front()) != std::string_view::npos) {
    out.insert(0, "\\");
  }
  const size_t digits = out.find_first_not_of("0123456789");
  if (digits != 0 && digits != std::string::npos && (out[digits] == '.' || out[digits] == ')') &&
      (digits + 1 == out.size() || out[digits + 1] == ' ')) {
    out.insert(digits, "\\");
  }
  return out;
}

std::string yaml_quoted(std::string_view text) {
  const std::string json =
      nlohmann::json(text).dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
  // JSON is YAML but for what YAML does not print: DEL and C1, line and paragraph separators, the
  // byte-order mark and the two noncharacters beside it.
  std::string out;
  const auto is = [&](size_t at, std::string_view sequence) {
    return std::string_view(json).substr(at, sequence.size()) == sequence;
  };
  for (size_t at = 0; at < json.size();) {
    const auto byte = static_cast<unsigned char>(json[at]);
    const auto next = at + 1 < json.size() ? static_cast<unsigned char>(json[at + 1]) : 0;
    char escape[16];
    if (byte == 0x7F) {
      out += "\\x7f";
      ++at;
    } else if (byte == 0xC2 && next < 0xA0) {
      std::snprintf(escape, sizeof(escape), "\\x%02x", next);
      out += escape;
      at += 2;
    } else if (is(at, "\xE2\x80\xA8") || is(at, "\xE2\x80\xA9")) {
      out += is(at, "\xE2\x80\xA8") ? "\\u2028" : "\\u2029";
      at += 3;
    } else if (is(at, "\xEF\xBB\xBF")) {
      out += "\\ufeff";
      at += 3;
    } else if (is(at, "\xEF\xBF\xBE") || is(at, "\xEF\xBF\xBF")) {
      out += is(at, "\xEF\xBF\xBE") ? "\\ufffe" : "\\uffff";
      at += 3;
    } else {
      out += json[at++];
    }
  }
  return out;
}

}  // namespace thaw
