// Tests: tests/data/splits/leak_free_split_test.cc
#include <fmt/format.h>

#include <algorithm>
#include <string>
#include <vector>

#include "base/setting_words.h"
#include "data/splits/leak_free_split.h"
#include "text/utf8.h"

namespace thaw {
namespace {

constexpr size_t kListed = 5;  // rows or labels that a line names

std::string rows_of(int64_t rows, const std::string& split) {
  return fmt::format("{} {}{}", rows, split, rows == 1 ? " row" : " rows");
}

// "3 test rows and 1 validation row": the test first, whose rows matter most.
struct Counts {
  std::string text;
  int64_t rows = 0;

  Counts(const std::vector<DrawnPart>& parts, int64_t DrawnPart::*member) {
    for (auto part = parts.rbegin(); part != parts.rend(); ++part) {
      if ((*part).*member == 0) continue;
      rows += (*part).*member;
      text += (text.empty() ? "" : " and ") + rows_of((*part).*member, part->name);
    }
  }
  const char* one_or_many(const char* one, const char* many) const {
    return rows == 1 ? one : many;
  }
};

template <class T, class Name>
std::string first_few(const std::vector<T>& items, const Name& name) {
  std::string list;
  for (size_t i = 0; i < std::min(items.size(), kListed); ++i) {
    list += (i == 0 ? "" : ", ") + name(items[i]);
  }
  return items.size() > kListed ? list + ", …" : list;
}

void write_moved(const std::vector<DrawnPart>& parts, std::string& text) {
  const Counts equal(parts, &DrawnPart::equal_moved), near(parts, &DrawnPart::near_moved);
  const std::string leaves_them =
      fmt::format(" ({} leaves them)\n", setting("keep_split", "exact"));
  if (equal.rows > 0) {
    text += fmt::format("split: {}{} that another split has as well; moved to training{}",
                        equal.text, equal.one_or_many(" has a text", " have a text"), leaves_them);
  }
  if (near.rows > 0) {
    text += fmt::format(
        "split: {}{} nearly the text of a row of another split; moved to training{}", near.text,
        near.one_or_many(" has", " have"), equal.rows > 0 ? ", too\n" : leaves_them);
  }
}

void write_left(const DrawnPart& part, std::string& text) {
  const std::string of = " of " + rows_of(part.drawn, part.name);
  if (part.equal_left > 0) {
    text += fmt::format(
        "warning: {}{} have a text that another split has as well: too many to move, so they stay; "
        "take repeated texts out with {}\n",
        part.equal_left, of, setting("drop_duplicates"));
  }
  if (part.near_left > 0) {
    text += fmt::format(
        "warning: {}{} have nearly the text of a row of another split: too many to move, so they "
        "stay; results on them say little of new texts\n",
        part.near_left, of);
  }
  if (part.last_left > 0) {
    text += fmt::format("warning: {}{} or nearly so, since {} has no other row of {}\n",
                        rows_of(part.last_left, part.name),
                        part.last_left == 1 ? " stays though another split has its text"
                                            : " stay though another split has their texts",
                        part.name, first_few(part.last_of_labels, [](const std::string& label) {
                          return quoted_excerpt(label);
                        }));
  }
  if (!part.near_moved_rows.empty()) {
    const auto rows = static_cast<int64_t>(part.near_moved_rows.size());
    text += fmt::format(
        "split: {}{} nearly a row that was moved; left there: {} {}\n", rows_of(rows, part.name),
        rows == 1 ? " is" : " are", part.name,
        first_few(part.near_moved_rows, [](int64_t row) { return std::to_string(row); }));
  }
}

void write_dropped(const SplitChanges& changes, std::string& text) {
  if (!changes.dropped) return;
  const int64_t all = changes.dropped_repeated + changes.dropped_shared;
  if (all == 0) {
    text += setting("drop_duplicates") + ": no text is repeated\n";
    return;
  }
  text += fmt::format("{}: {} taken out", setting("drop_duplicates"), rows_of(all, "training"));
  if (changes.dropped_repeated > 0) {
    text += fmt::format(", {} with the text of an earlier one", changes.dropped_repeated);
  }
  if (changes.dropped_shared > 0) {
    text += fmt::format(", {} with a text of validation or test", changes.dropped_shared);
  }
  text += "\n";
  if (changes.conflicting_texts > 0) {
    const bool one = changes.conflicting_texts == 1;
    text += fmt::format(
        "{}: {}{} stood there with different labels; {} kept unless validation or test has the "
        "text\n",
        setting("drop_duplicates"), changes.conflicting_texts, one ? " text" : " texts",
        one ? "its first row was" : "their first rows were");
  }
}

}  // namespace

std::string format_split_changes(const SplitChanges& changes) {
  std::string text;
  write_dropped(changes, text);
  write_moved(changes.drawn, text);
  for (auto part = changes.drawn.rbegin(); part != changes.drawn.rend(); ++part) {
    write_left(*part, text);
  }
  if (!changes.compared_near) {
    text +=
        fmt::format("split: nearly equal texts were not looked for, in more than {} MB of text\n",
                    kMostBytesToCompare / 1'000'000);
  }
  return text;
}

std::map<std::string, std::string> describe_split_changes(const SplitChanges& changes) {
  std::map<std::string, std::string> facts;
  if (changes.kept_exact) facts["keep_split"] = "exact";
  std::string moved, left;
  const auto add = [](std::string& list, int64_t rows, const std::string& what) {
    if (rows > 0) list += fmt::format("{}{} {}", list.empty() ? "" : ", ", what, rows);
  };
  for (const DrawnPart& part : changes.drawn) {
    add(moved, part.equal_moved, part.name + " equal");
    add(moved, part.near_moved, part.name + " nearly equal");
    add(left, part.equal_left, part.name + " equal");
    add(left, part.near_left, part.name + " nearly equal");
    add(left, part.last_left, part.name + " last of a label");
    add(left, static_cast<int64_t>(part.near_moved_rows.size()), part.name + " near a moved row");
  }
  if (!moved.empty()) facts["moved_to_train"] = moved;
  if (!left.empty()) facts["shared_and_left"] = left;
  if (!changes.compared_near) facts["nearly_equal_texts"] = "not looked for";
  if (changes.dropped) {
    facts["drop_duplicates"] =
        fmt::format("{} rows", changes.dropped_repeated + changes.dropped_shared);
  }
  return facts;
}

}  // namespace thaw
