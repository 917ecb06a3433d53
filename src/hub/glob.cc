#include "hub/glob.h"

#include <algorithm>
#include <string_view>

namespace thaw {
namespace {

// The set that begins at pattern[0] == '[': its length, 0 where it has no end.
size_t set_length(std::string_view pattern) {
  size_t i = 1;
  if (i < pattern.size() && (pattern[i] == '!' || pattern[i] == '^')) ++i;
  if (i < pattern.size() && pattern[i] == ']') ++i;
  const size_t end = pattern.find(']', i);
  return end == std::string_view::npos ? 0 : end + 1;
}

bool is_in_set(char c, std::string_view set) {  // with its brackets
  set = set.substr(1, set.size() - 2);
  const bool negated = !set.empty() && (set[0] == '!' || set[0] == '^');
  if (negated) set.remove_prefix(1);
  bool found = false;
  for (size_t i = 0; i < set.size(); ++i) {
    if (i + 2 < set.size() && set[i + 1] == '-') {
      found = found || (set[i] <= c && c <= set[i + 2]);
      i += 2;
    } else {
      found = found || set[i] == c;
    }
  }
  return found != negated;
}

// One folder's or file's name. Iterative, with one point to go back to: a pattern of many stars
// costs no more than the product of the lengths.
bool part_matches(std::string_view name, std::string_view pattern) {
  size_t n = 0, p = 0, star = std::string_view::npos, star_n = 0;
  while (n < name.size()) {
    if (p < pattern.size() && pattern[p] == '*') {
      star = p++;
      star_n = n;
      continue;
    }
    size_t step = 0;  // of the pattern, where it takes this character
    if (p < pattern.size()) {
      const size_t set = pattern[p] == '[' ? set_length(pattern.substr(p)) : 0;
      if (set > 0) {
        step = is_in_set(name[n], pattern.substr(p, set)) ? set : 0;
      } else {
        step = pattern[p] == '?' || pattern[p] == name[n] ? 1 : 0;
      }
    }
    if (step > 0) {
      ++n;
      p += step;
    } else if (star != std::string_view::npos) {
      p = star + 1;
      n = ++star_n;
    } else {
      return false;
    }
  }
  while (p < pattern.size() && pattern[p] == '*') ++p;
  return p == pattern.size();
}

std::vector<std::string_view> parts_of(std::string_view path) {
  std::vector<std::string_view> parts;
  for (size_t begin = 0; begin <= path.size();) {
    const size_t end = std::min(path.find('/', begin), path.size());
    parts.push_back(path.substr(begin, end - begin));
    begin = end + 1;
  }
  return parts;
}

bool is_hidden(std::string_view part) { return part.starts_with('.') || part.starts_with("__"); }

bool parts_match(const std::vector<std::string_view>& path,
                 const std::vector<std::string_view>& pattern) {
  // reached[i]: the pattern so far takes the first i parts of the path.
  std::vector<bool> reached(path.size() + 1, false);
  reached[0] = true;
  for (size_t p = 0; p < pattern.size(); ++p) {
    const std::string_view part = pattern[p];
    std::vector<bool> next(path.size() + 1, false);
    if (part == "**") {
      // At the end it stands for a file as well: x/** is not x itself.
      const bool is_last = p + 1 == pattern.size();
      for (size_t i = 0; i <= path.size(); ++i) {
        const bool before = i > 0 && (next[i - 1] || (is_last && reached[i - 1]));
        next[i] = (reached[i] && !is_last) || (before && !is_hidden(path[i - 1]));
      }
    } else {
      for (size_t i = 0; i < path.size(); ++i) {
        const bool may = is_hidden(part) || !is_hidden(path[i]);
        next[i + 1] = reached[i] && may && part_matches(path[i], part);
      }
    }
    reached = std::move(next);
  }
  return reached[path.size()];
}

}  // namespace

bool matches_glob(const std::string& path, const std::string& pattern) {
  return parts_match(parts_of(path), parts_of(pattern));
}

std::vector<std::string> matching_paths(const std::vector<std::string>& paths,
                                        const std::string& pattern) {
  std::vector<std::string> matching;
  for (const std::string& path : paths) {
    if (matches_glob(path, pattern)) matching.push_back(path);
  }
  return matching;
}

}  // namespace thaw
