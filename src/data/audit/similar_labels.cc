#include "data/audit/similar_labels.h"

#include <fmt/format.h>
#include <utf8proc.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <map>
#include <memory>
#include <string_view>
#include <utility>

#include "base/setting_words.h"
#include "text/characters.h"

namespace thaw {
namespace {

enum Difference : unsigned {
  kInvisible = 1,
  kSpace = 2,
  kForm = 4,
  kCase = 8,
  kLetters = 16,  // of Greek and Cyrillic for Latin ones
  kAll = 15,      // but letters, which are not the same, only look so
  kAllLooks = 31
};

std::string utf8_of(const Characters& characters) {
  std::string text;
  for (const uint32_t c : characters) {
    utf8proc_uint8_t bytes[4];
    const utf8proc_ssize_t length = utf8proc_encode_char(static_cast<utf8proc_int32_t>(c), bytes);
    text.append(reinterpret_cast<const char*>(bytes), static_cast<size_t>(length));
  }
  return text;
}

bool is_invisible(uint32_t c) {
  const utf8proc_property_t* property = utf8proc_get_property(static_cast<utf8proc_int32_t>(c));
  return !is_space(c) && (property->ignorable || property->category == UTF8PROC_CATEGORY_CF ||
                          property->category == UTF8PROC_CATEGORY_CC);
}

Characters without_invisible(const Characters& from) {
  Characters characters;
  std::copy_if(from.begin(), from.end(), std::back_inserter(characters),
               [](uint32_t c) { return !is_invisible(c); });
  return characters;
}

Characters with_single_spaces(const Characters& from) {
  Characters characters;
  SpaceCollapser collapser(characters);
  for (const uint32_t c : from) collapser.add(c);
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
  // Before upper and lower case become one: capitals look alike where small letters do not.
  if ((differences & kLetters) != 0) {
    for (uint32_t& c : characters) c = latin_look_alike(c);
  }
  if ((differences & kCase) != 0) {
    characters = mapped(characters, UTF8PROC_STABLE | UTF8PROC_COMPOSE | UTF8PROC_CASEFOLD);
  }
  // Last, since compatibility forms of spaces become others.
  if ((differences & kSpace) != 0) characters = with_single_spaces(characters);
  return utf8_of(characters);
}

// The least set of differences without which two names are equal; 0 where there is none.
unsigned differences_of(const std::string& a, const std::string& b) {
  unsigned needed = folded(a, kAll) == folded(b, kAll) ? kAll : kAllLooks;
  if (folded(a, needed) != folded(b, needed)) return 0;
  for (const unsigned one : {kCase, kForm, kSpace, kInvisible, kLetters}) {
    if ((needed & one) == 0) continue;
    if (folded(a, needed & ~one) == folded(b, needed & ~one)) needed &= ~one;
  }
  return needed;
}

// A name for a message. Characters from `begin` up to `end` are those in which it differs from the
// others.
std::string visible(const Characters& name, size_t begin, size_t end, unsigned differences) {
  std::string text = "'";
  for (size_t i = 0; i < name.size(); ++i) {
    const uint32_t c = name[i];
    const bool differs =
        (differences & (kForm | kLetters)) != 0 && i >= begin && i < end && c >= 0x80;
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
  // Groups are joined by either key: small Greek letters are those of capitals that look Latin.
  std::vector<int32_t> group_of(names.size());
  std::map<std::pair<bool, std::string>, int32_t> first_with;
  const auto root = [&](int32_t label) {
    while (group_of[label] != label) label = group_of[label];
    return label;
  };
  for (int32_t label = 0; label < static_cast<int32_t>(names.size()); ++label) {
    group_of[label] = label;
    for (const unsigned key : {kAll, kAllLooks}) {
      const auto [found, is_new] =
          first_with.try_emplace({key == kAll, folded(names[label], key)}, label);
      if (is_new) continue;
      const int32_t one = root(found->second), other = root(label);
      group_of[std::max(one, other)] = std::min(one, other);
    }
  }
  std::map<int32_t, std::vector<int32_t>> by_root;
  for (int32_t label = 0; label < static_cast<int32_t>(names.size()); ++label) {
    by_root[root(label)].push_back(label);
  }
  std::vector<SimilarLabels> groups;
  for (auto& [first, labels] : by_root) {
    if (labels.size() < 2) continue;
    SimilarLabels group;
    group.labels = std::move(labels);
    unsigned differences = 0;
    for (const int32_t label : group.labels) {
      for (const int32_t other : group.labels) {
        if (other >= label) break;
        const unsigned found = differences_of(names[other], names[label]);
        differences |= found;
        if (found != 0) break;
      }
    }
    for (const auto& [bit, name] :
         {std::pair{kInvisible, "invisible characters"}, std::pair{kSpace, "white space"},
          std::pair{kForm, "Unicode form"}, std::pair{kLetters, "letters that look alike"},
          std::pair{kCase, "case"}}) {
      if ((differences & bit) != 0) group.differences.emplace_back(name);
    }
    show(names, differences, group);
    groups.push_back(std::move(group));
  }
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
    text += fmt::format("; and {} more such groups", groups.size() - kListed);
  }
  return fmt::format("{} ({} counts their rows); write each label in one way in the file\n", text,
                     command_words("data"));
}

}  // namespace thaw
