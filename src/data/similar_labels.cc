#include "data/similar_labels.h"

#include <utf8proc.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <map>
#include <memory>
#include <string_view>

namespace thaw {
namespace {

using Characters = std::vector<int32_t>;  // code points

enum Difference : unsigned { kInvisible = 1, kSpace = 2, kForm = 4, kCase = 8, kAll = 15 };

Characters read_characters(std::string_view text) {
  Characters characters;
  const auto* bytes = reinterpret_cast<const utf8proc_uint8_t*>(text.data());
  const auto size = static_cast<utf8proc_ssize_t>(text.size());
  for (utf8proc_ssize_t at = 0; at < size;) {
    utf8proc_int32_t read = 0;
    const utf8proc_ssize_t length = utf8proc_iterate(bytes + at, size - at, &read);
    characters.push_back(length > 0 ? read : 0xFFFD);
    at += length > 0 ? length : 1;
  }
  return characters;
}

std::string utf8_of(const Characters& characters) {
  std::string text;
  for (const int32_t c : characters) {
    utf8proc_uint8_t bytes[4];
    const utf8proc_ssize_t length = utf8proc_encode_char(c, bytes);
    text.append(reinterpret_cast<const char*>(bytes), static_cast<size_t>(length));
  }
  return text;
}

bool is_space(int32_t c) {
  if ((c >= '\t' && c <= '\r') || c == 0x85) return true;
  const utf8proc_category_t category = utf8proc_category(c);
  return category == UTF8PROC_CATEGORY_ZS || category == UTF8PROC_CATEGORY_ZL ||
         category == UTF8PROC_CATEGORY_ZP;
}

bool is_invisible(int32_t c) {
  const utf8proc_property_t* property = utf8proc_get_property(c);
  return !is_space(c) && (property->ignorable || property->category == UTF8PROC_CATEGORY_CF ||
                          property->category == UTF8PROC_CATEGORY_CC);
}

Characters without_invisible(const Characters& from) {
  Characters characters;
  std::copy_if(from.begin(), from.end(), std::back_inserter(characters),
               [](int32_t c) { return !is_invisible(c); });
  return characters;
}

// None at the ends, and one for any run of them within.
Characters with_single_spaces(const Characters& from) {
  Characters characters;
  bool space = false;
  for (const int32_t c : from) {
    if (is_space(c)) {
      space = true;
      continue;
    }
    if (space && !characters.empty()) characters.push_back(' ');
    space = false;
    characters.push_back(c);
  }
  return characters;
}

Characters mapped(const Characters& from, int options) {
  const std::string text = utf8_of(from);
  utf8proc_uint8_t* result = nullptr;
  const utf8proc_ssize_t length = utf8proc_map(
      reinterpret_cast<const utf8proc_uint8_t*>(text.data()),
      static_cast<utf8proc_ssize_t>(text.size()), &result, static_cast<utf8proc_option_t>(options));
  const std::unique_ptr<utf8proc_uint8_t, decltype(&std::free)> owner(result, &std::free);
  if (length < 0) return from;
  return read_characters({reinterpret_cast<const char*>(result), static_cast<size_t>(length)});
}

// The name without the differences of a set.
std::string folded(const std::string& name, unsigned differences) {
  Characters characters = read_characters(name);
  if ((differences & kInvisible) != 0) characters = without_invisible(characters);
  if ((differences & kForm) != 0) {
    characters = mapped(characters, UTF8PROC_STABLE | UTF8PROC_COMPAT | UTF8PROC_COMPOSE);
  }
  if ((differences & kCase) != 0) {
    characters = mapped(characters, UTF8PROC_STABLE | UTF8PROC_COMPOSE | UTF8PROC_CASEFOLD);
  }
  // Last, since compatibility forms of spaces become others.
  if ((differences & kSpace) != 0) characters = with_single_spaces(characters);
  return utf8_of(characters);
}

// The least set of differences without which two names are equal.
unsigned differences_of(const std::string& a, const std::string& b) {
  unsigned needed = kAll;
  for (const unsigned one : {kCase, kForm, kSpace, kInvisible}) {
    if (folded(a, needed & ~one) == folded(b, needed & ~one)) needed &= ~one;
  }
  return needed;
}

// A name for a message. Characters from `begin` up to `end` are those in which it differs from the
// others.
std::string visible(const Characters& name, size_t begin, size_t end, unsigned differences) {
  std::string text = "'";
  for (size_t i = 0; i < name.size(); ++i) {
    const int32_t c = name[i];
    const bool differs = (differences & kForm) != 0 && i >= begin && i < end && c >= 0x80;
    if (differs || is_invisible(c) || (is_space(c) && c != ' ')) {
      char code[16];
      std::snprintf(code, sizeof(code), "<U+%04X>", static_cast<unsigned>(c));
      text += code;
    } else {
      text += utf8_of({c});
    }
  }
  return text + "'";
}

void show(const std::vector<std::string>& names, unsigned differences, SimilarLabels& group) {
  std::vector<Characters> all;
  for (const int32_t label : group.labels) all.push_back(read_characters(names[label]));
  const Characters& first = all.front();
  size_t prefix = first.size(), suffix = first.size();
  for (const Characters& other : all) {
    prefix = std::min<size_t>(
        prefix, std::mismatch(first.begin(), first.end(), other.begin(), other.end()).first -
                    first.begin());
    suffix = std::min<size_t>(
        suffix, std::mismatch(first.rbegin(), first.rend(), other.rbegin(), other.rend()).first -
                    first.rbegin());
  }
  for (const Characters& name : all) {
    group.shown.push_back(
        visible(name, prefix, name.size() - std::min(suffix, name.size()), differences));
  }
}

}  // namespace

std::string listed_differences(const std::vector<std::string>& items) {
  std::string list;
  for (size_t i = 0; i < items.size(); ++i) {
    list += (i == 0 ? "" : i + 1 == items.size() ? " and " : ", ") + items[i];
  }
  return list;
}

std::vector<SimilarLabels> find_similar_labels(const std::vector<std::string>& names) {
  std::map<std::string, std::vector<int32_t>> by_key;
  for (size_t label = 0; label < names.size(); ++label) {
    by_key[folded(names[label], kAll)].push_back(static_cast<int32_t>(label));
  }
  std::vector<SimilarLabels> groups;
  for (auto& [key, labels] : by_key) {
    if (labels.size() < 2) continue;
    SimilarLabels group;
    group.labels = std::move(labels);
    unsigned differences = 0;
    for (size_t i = 1; i < group.labels.size(); ++i) {
      differences |= differences_of(names[group.labels[0]], names[group.labels[i]]);
    }
    for (const auto& [bit, name] :
         {std::pair{kInvisible, "invisible characters"}, std::pair{kSpace, "white space"},
          std::pair{kForm, "Unicode form"}, std::pair{kCase, "case"}}) {
      if ((differences & bit) != 0) group.differences.emplace_back(name);
    }
    show(names, differences, group);
    groups.push_back(std::move(group));
  }
  std::sort(groups.begin(), groups.end(), [](const SimilarLabels& a, const SimilarLabels& b) {
    return a.labels.front() < b.labels.front();
  });
  return groups;
}

std::string format_similar_labels(const std::vector<SimilarLabels>& groups) {
  if (groups.empty()) return "";
  constexpr size_t kListed = 3;
  std::string text = "warning: labels that are perhaps the same: ";
  for (size_t i = 0; i < std::min(groups.size(), kListed); ++i) {
    text += (i == 0 ? "" : "; ") + listed_differences(groups[i].shown) + " differ only in " +
            listed_differences(groups[i].differences);
  }
  if (groups.size() > kListed) {
    text += "; and " + std::to_string(groups.size() - kListed) + " more such groups";
  }
  return text + " (thaw data counts their rows); write each label in one way in the file\n";
}

}  // namespace thaw
