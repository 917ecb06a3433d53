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
  return std::to_string(rows) + " " + split + (rows == 1 ? " row" : " rows");
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
  const std::string leaves_them = " (" + setting("keep_split", "exact") + " leaves them)\n";
  if (equal.rows > 0) {
    text += "split: " + equal.text + equal.one_or_many(" has a text", " have a text") +
            " that another split has as well; moved to training" + leaves_them;
  }
  if (near.rows > 0) {
    text += "split: " + near.text + near.one_or_many(" has", " have") +
            " nearly the text of a row of another split; moved to training" +
            (equal.rows > 0 ? ", too\n" : leaves_them);
  }
}

void write_left(const DrawnPart& part, std::string& text) {
  const std::string of = " of " + rows_of(part.drawn, part.name);
  if (part.equal_left > 0) {
    text += "warning: " + std::to_string(part.equal_left) + of +
            " have a text that another split has as well: too many to move, so they stay; take "
            "repeated texts out with " +
            setting("drop_duplicates") + "\n";
  }
  if (part.near_left > 0) {
    text += "warning: " + std::to_string(part.near_left) + of +
            " have nearly the text of a row of another split: too many to move, so they stay; "
            "results on them say little of new texts\n";
  }
  if (part.last_left > 0) {
    text += "warning: " + rows_of(part.last_left, part.name) +
            (part.last_left == 1 ? " stays though another split has its text"
                                 : " stay though another split has their texts") +
            " or nearly so, since " + part.name + " has no other row of " +
            first_few(part.last_of_labels,
                      [](const std::string& label) { return quoted_excerpt(label); }) +
            "\n";
  }
  if (!part.near_moved_rows.empty()) {
    const auto rows = static_cast<int64_t>(part.near_moved_rows.size());
    text += "split: " + rows_of(rows, part.name) + (rows == 1 ? " is" : " are") +
            " nearly a row that was moved; left there: " + part.name + " " +
            first_few(part.near_moved_rows, [](int64_t row) { return std::to_string(row); }) + "\n";
  }
}

void write_dropped(const SplitChanges& changes, std::string& text) {
  if (!changes.dropped) return;
  const int64_t all = changes.dropped_repeated + changes.dropped_shared;
  if (all == 0) {
    text += setting("drop_duplicates") + ": no text is repeated\n";
    return;
  }
  text += setting("drop_duplicates") + ": " + rows_of(all, "training") + " taken out";
  if (changes.dropped_repeated > 0) {
    text += ", " + std::to_string(changes.dropped_repeated) + " with the text of an earlier one";
  }
  if (changes.dropped_shared > 0) {
    text += ", " + std::to_string(changes.dropped_shared) + " with a text of validation or test";
  }
  text += "\n";
  if (changes.conflicting_texts > 0) {
    const bool one = changes.conflicting_texts == 1;
    text += setting("drop_duplicates") + ": " + std::to_string(changes.conflicting_texts) +
            (one ? " text" : " texts") + " stood there with different labels; " +
            (one ? "its first row was" : "their first rows were") +
            " kept unless validation or test has the text\n";
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
    text += "split: nearly equal texts were not looked for, in more than " +
            std::to_string(kMostBytesToCompare / 1'000'000) + " MB of text\n";
  }
  return text;
}

std::map<std::string, std::string> describe_split_changes(const SplitChanges& changes) {
  std::map<std::string, std::string> facts;
  if (changes.kept_exact) facts["keep_split"] = "exact";
  std::string moved, left;
  const auto add = [](std::string& list, int64_t rows, const std::string& what) {
    if (rows > 0) list += (list.empty() ? "" : ", ") + what + " " + std::to_string(rows);
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
        std::to_string(changes.dropped_repeated + changes.dropped_shared) + " rows";
  }
  return facts;
}

}  // namespace thaw
