// Tests: tests/data/audit/audit_test.cc
#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <cstdio>

#include "data/audit/audit.h"
#include "data/audit/near_duplicates.h"
#include "data/audit/shingles.h"
#include "text/utf8.h"

namespace thaw {
namespace {

constexpr size_t kListed = 5;          // rows that a line names
constexpr int64_t kListedNear = 3;     // nearly equal texts that are shown of two splits
constexpr size_t kListedClasses = 40;  // classes that a split lists

std::string grouped(int64_t number) {
  const std::string digits = std::to_string(number);
  std::string text;
  for (size_t i = 0; i < digits.size(); ++i) {
    if (i > 0 && (digits.size() - i) % 3 == 0) text += ',';
    text += digits[i];
  }
  return text;
}

// Without separators: these numbers stand in lists, and are looked up in the file.
std::string row_number(int64_t row) { return std::to_string(row); }

std::string equal_rows(int64_t row, const std::string& other_split, int64_t other_row) {
  std::string text = row_number(row);
  text += " = ";
  text += other_split;
  text += row_number(other_row);
  return text;
}

std::string counted(int64_t number, const char* one, const char* many) {
  return grouped(number) + " " + (number == 1 ? one : many);
}

std::string decimal(double number, int digits) {
  char text[64];
  std::snprintf(text, sizeof(text), "%.*f", digits, number);
  return text;
}

std::string percent(int64_t part, int64_t whole) {
  return decimal(whole == 0 ? 0 : 100.0 * static_cast<double>(part) / static_cast<double>(whole),
                 2) +
         " %";
}

// Characters, not bytes: columns must line up for names in any script.
size_t characters(const std::string& text) {
  return static_cast<size_t>(std::count_if(text.begin(), text.end(), [](char c) {
    return (static_cast<unsigned char>(c) & 0xC0) != 0x80;
  }));
}

std::string left(const std::string& text, size_t width) {
  return text + std::string(width - std::min(width, characters(text)), ' ');
}

std::string right(const std::string& text, size_t width) {
  return std::string(width - std::min(width, characters(text)), ' ') + text;
}

// A bar of eighths of a character.
std::string bar(double share, int width) {
  static const char* const kEighths[] = {"", "▏", "▎", "▍", "▌", "▋", "▊", "▉"};
  const int eighths = static_cast<int>(std::lround(share * width * 8));
  std::string text;
  for (int i = 0; i < eighths / 8; ++i) text += "█";
  return text + kEighths[eighths % 8];
}

std::string compact(double number) { return decimal(number, number == std::floor(number) ? 0 : 1); }

template <class Items, class Name>
std::string first_few(const Items& items, const Name& name) {
  std::string list;
  for (size_t i = 0; i < std::min(items.size(), kListed); ++i) {
    if (i > 0) list += ", ";
    list += name(items[i]);
  }
  return items.size() > kListed ? list + ", …" : list;
}

class Writer {
 public:
  Writer(const DataAudit& audit, int width) : audit_(audit), width_(width) {}

  std::string write() {
    for (const SplitAudit& split : audit_.splits) write_split(split);
    for (const SimilarLabels& group : audit_.similar_labels) write_similar_labels(group);
    if (audit_.splits.size() > 1) write_shared();
    if (audit_.looked_for_near) write_near();
    return std::move(text_);
  }

 private:
  void line(const std::string& text = "") {
    text_ += text;
    text_ += '\n';
  }
  void item(const std::string& name, const std::string& value) {
    line("  " + left(name, 12) + value);
  }

  void write_split(const SplitAudit& split) {
    line(fmt::format("{}: {}  ({})", split.name, counted(split.rows, "row", "rows"), split.source));
    if (!split.class_rows.empty()) write_classes(split);
    if (split.has_lengths) write_lengths(split);
    item("empty", split.empty_rows.empty()
                      ? "none"
                      : counted(static_cast<int64_t>(split.empty_rows.size()), "text", "texts") +
                            ": row " + first_few(split.empty_rows, row_number));
    write_repetitions(split);
    line();
  }

  void write_classes(const SplitAudit& split) {
    size_t name_width = 5, rows_width = 4;
    for (size_t label = 0; label < split.class_rows.size(); ++label) {
      name_width = std::max(name_width, characters(audit_.label_names[label]));
      rows_width = std::max(rows_width, grouped(split.class_rows[label]).size());
    }
    name_width = std::min<size_t>(name_width, 30);
    const int64_t largest = *std::max_element(split.class_rows.begin(), split.class_rows.end());
    const int bar_width = std::max(8, width_ - static_cast<int>(name_width + rows_width) - 18);
    line(fmt::format("  {}  {}  {}", left("class", name_width), right("rows", rows_width),
                     right("share", 8)));
    const size_t listed = std::min(split.class_rows.size(), kListedClasses);
    for (size_t label = 0; label < listed; ++label) {
      const int64_t rows = split.class_rows[label];
      line(fmt::format(
          "  {}  {}  {}  {}", left(audit_.label_names[label], name_width),
          right(grouped(rows), rows_width), right(percent(rows, split.rows), 8),
          bar(largest == 0 ? 0 : static_cast<double>(rows) / static_cast<double>(largest),
              bar_width)));
    }
    if (listed < split.class_rows.size()) {
      line(fmt::format("  … and {} more classes",
                       grouped(static_cast<int64_t>(split.class_rows.size() - listed))));
    }
    write_balance(split);
  }

  void write_balance(const SplitAudit& split) {
    const double ratio = split.imbalance();
    if (std::isinf(ratio)) {
      item("balance", "a class has no row here");
    } else if (ratio >= kImbalanceLimit) {
      item("balance",
           fmt::format("smallest to largest class 1:{}: imbalanced (rule of thumb: from 1:10 on)",
                       decimal(ratio, 1)));
      item("", "go by macro-F1; accuracy rewards guessing the largest class");
    } else {
      item("balance",
           fmt::format("smallest to largest class 1:{} (imbalanced from 1:10 on, by rule of thumb)",
                       decimal(ratio, 1)));
    }
  }

  void write_lengths(const SplitAudit& split) {
    const LengthSummary& lengths = split.lengths;
    item("tokens", fmt::format("shortest {}, mean {}, longest {}", grouped(lengths.shortest),
                               decimal(lengths.mean, 1), grouped(lengths.longest)));
    std::string percentiles;
    for (size_t i = 0; i < lengths.percentiles.size(); ++i) {
      percentiles += fmt::format("{}{} %: {}", i == 0 ? "" : "   ", kLengthPercentiles[i],
                                 compact(lengths.percentiles[i]));
    }
    item("", percentiles);
    if (audit_.max_length > 0) {
      item("cut", fmt::format("{} ({}) longer than {} tokens; {} of all tokens would not be read",
                              counted(lengths.truncated, "row", "rows"),
                              percent(lengths.truncated, split.rows), grouped(audit_.max_length),
                              percent(lengths.lost, lengths.tokens)));
    }
  }

  void write_repetitions(const SplitAudit& split) {
    if (split.repetitions.empty()) return item("duplicates", "none");
    item("duplicates",
         counted(static_cast<int64_t>(split.repetitions.size()), "row repeats", "rows repeat") +
             " the text of an earlier row: " +
             first_few(split.repetitions, [](const RepeatedRow& repeated) {
               return equal_rows(repeated.row, "", repeated.first_row);
             }));
    const int64_t disagreeing =
        std::count_if(split.repetitions.begin(), split.repetitions.end(),
                      [](const RepeatedRow& repeated) { return repeated.other_label; });
    if (disagreeing > 0) {
      item("", counted(disagreeing, "of them has", "of them have") + " another label there");
    }
  }

  void write_similar_labels(const SimilarLabels& group) {
    line(fmt::format("Labels that differ only in {}: perhaps one class",
                     listed_differences(group.differences)));
    size_t width = 0;
    for (const std::string& name : group.shown) width = std::max(width, characters(name));
    for (size_t i = 0; i < group.labels.size(); ++i) {
      int64_t rows = 0;
      for (const SplitAudit& split : audit_.splits) {
        if (!split.class_rows.empty()) rows += split.class_rows[group.labels[i]];
      }
      line(fmt::format("  {}  {}", left(group.shown[i], width), counted(rows, "row", "rows")));
    }
    line("  write the label in one way in the file, or each counts as a class of its own");
    line();
  }

  void write_shared() {
    if (audit_.shared.empty()) return line("No text stands in two splits.");
    for (auto begin = audit_.shared.begin(); begin != audit_.shared.end();) {
      auto end = begin;
      int64_t rows = 0, disagreeing = 0;
      while (end != audit_.shared.end() && end->first_split == begin->first_split &&
             end->second_split == begin->second_split) {
        rows += end->second_rows;
        disagreeing += end->other_label;
        ++end;
      }
      const SplitAudit& first = audit_.splits[begin->first_split];
      const SplitAudit& second = audit_.splits[begin->second_split];
      const std::vector<SharedText> texts(begin, end);
      line(fmt::format(
          "{}: {} in {} as well ({}){}", second.name, counted(rows, "row stands", "rows stand"),
          first.name, percent(rows, second.rows),
          disagreeing > 0 ? fmt::format(", {} with another label there", grouped(disagreeing))
                          : ""));
      line("  row " + first_few(texts, [&](const SharedText& shared) {
             return equal_rows(shared.second_row, first.name + " ", shared.first_row);
           }));
      begin = end;
    }
  }

  void write_near() {
    line();
    if (audit_.near.empty()) return line("No text is nearly that of another row.");
    line(
        fmt::format("Nearly equal texts (Jaccard index of their {}-character pieces from {} on; "
                    "case does not count)",
                    kShingleCharacters, decimal(kNearDuplicate, 2)));
    for (auto begin = audit_.near.begin(); begin != audit_.near.end();) {
      const auto end = std::find_if(begin, audit_.near.end(), [&](const NearText& near) {
        return near.first_split != begin->first_split || near.second_split != begin->second_split;
      });
      const SplitAudit& first = audit_.splits[begin->first_split];
      const SplitAudit& second = audit_.splits[begin->second_split];
      const int64_t disagreeing =
          std::count_if(begin, end, [](const NearText& near) { return near.other_label; });
      const bool same = begin->first_split == begin->second_split;
      line(fmt::format(
          "{}: {} nearly {} ({}){}", second.name, counted(end - begin, "row is", "rows are"),
          same ? "an earlier one" : fmt::format("in {} as well", first.name),
          percent(end - begin, second.rows),
          disagreeing > 0 ? fmt::format(", {} with another label there", grouped(disagreeing))
                          : ""));
      const auto listed = std::min<int64_t>(end - begin, kListedNear);
      for (auto near = begin; near != begin + listed; ++near) {
        const std::string name = fmt::format(
            "  {} ~ {}{} ({})", row_number(near->second_row), same ? "" : first.name + " ",
            row_number(near->first_row), decimal(near->similarity, 2));
        const size_t limit = std::max(40, width_ - 6);
        line(name);
        line("    " + quoted_excerpt(near->second_text, limit));
        line("    " + quoted_excerpt(near->first_text, limit));
      }
      if (listed < end - begin) line("  …");
      begin = end;
    }
  }

  const DataAudit& audit_;
  int width_;
  std::string text_;
};

}  // namespace

std::string format_audit(const DataAudit& audit, int width) { return Writer(audit, width).write(); }

}  // namespace thaw
