#pragma once

#include <algorithm>
#include <cctype>
#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace thaw {

// What is wrong with HTML or XML as the report writes it: every tag closed in order, attributes
// quoted, ids unique and references to them kept, no stray '<', entities known. Empty where all is
// well.
inline std::vector<std::string> markup_problems(std::string_view text) {
  static const std::set<std::string> kVoid = {"meta", "wbr", "br", "link", "input", "img"};
  std::vector<std::string> problems, open, references;
  std::set<std::string> ids;
  const auto complain = [&](const std::string& what, size_t at) {
    problems.push_back(what + " near: " + std::string(text.substr(at, 60)));
  };
  for (size_t at = 0; at < text.size() && problems.size() < 5;) {
    if (text[at] == '&') {
      const size_t end = text.find(';', at);
      const std::string_view entity =
          end == std::string_view::npos ? "" : text.substr(at, end - at + 1);
      static const std::set<std::string_view> kKnown = {"&amp;", "&lt;", "&gt;", "&quot;", "&#39;"};
      if (kKnown.count(entity) == 0) complain("unknown entity", at);
      ++at;
      continue;
    }
    if (text[at] != '<') {
      if (text[at] == '>') complain("stray >", at);
      ++at;
      continue;
    }
    const size_t start = at;
    if (text.substr(at, 2) == "<?" || text.substr(at, 2) == "<!") {
      at = text.find('>', at) + 1;
      continue;
    }
    const bool closing = text.substr(at, 2) == "</";
    at += closing ? 2 : 1;
    std::string name;
    while (at < text.size() && (std::isalnum(static_cast<unsigned char>(text[at])) != 0)) {
      name += text[at++];
    }
    if (name.empty()) {
      complain("stray <", start);
      continue;
    }
    bool self_closed = false;
    while (at < text.size() && text[at] != '>') {
      if (text[at] == '/') {
        self_closed = true;
        ++at;
      } else if (std::isspace(static_cast<unsigned char>(text[at])) != 0) {
        ++at;
      } else {
        const size_t equals = text.find('=', at);
        if (equals == std::string_view::npos || equals + 1 >= text.size() ||
            text[equals + 1] != '"') {
          complain("attribute without quotes", start);
          return problems;
        }
        const std::string attribute(text.substr(at, equals - at));
        const size_t end = text.find('"', equals + 2);
        const std::string value(text.substr(equals + 2, end - equals - 2));
        if (value.find('<') != std::string::npos) complain("< in an attribute", start);
        if (attribute == "id" && !ids.insert(value).second) complain("id twice", start);
        if (attribute == "aria-labelledby") {
          for (size_t i = 0; i < value.size();) {
            const size_t stop = std::min(value.find(' ', i), value.size());
            references.push_back(value.substr(i, stop - i));
            i = stop + 1;
          }
        }
        at = end + 1;
      }
    }
    ++at;
    if (closing) {
      if (open.empty() || open.back() != name) {
        complain("</" + name + "> closes nothing", start);
      } else {
        open.pop_back();
      }
    } else if (!self_closed && kVoid.count(name) == 0) {
      open.push_back(name);
      if (name == "style") at = text.find("</style>", at);
    }
  }
  for (const std::string& name : open) problems.push_back("<" + name + "> is never closed");
  for (const std::string& reference : references) {
    if (ids.count(reference) == 0) problems.push_back("no element has the id " + reference);
  }
  return problems;
}

}  // namespace thaw
