// Tests: tests/results/data_findings_test.cc
#include <fmt/format.h>

#include <algorithm>
#include <cstdio>

#include "base/error.h"
#include "base/setting_words.h"
#include "results/data_findings.h"
#include "text/utf8.h"

namespace thaw {
namespace {

constexpr size_t kShown = 3;  // examples of each kind

std::string number(double value) {
  char text[32];
  std::snprintf(text, sizeof(text), "%.2f", value);
  return text;
}

class Writer {
 public:
  Writer(const DataFindings& findings, const std::vector<std::string>& label_names, int width)
      : findings_(findings),
        label_names_(label_names),
        limit_(static_cast<size_t>(std::max(40, width - 8))) {}

  std::string write() {
    if (!findings_.looked && !findings_.looked_for_label_issues) return "Data checks: not made\n";
    if (findings_.looked) {
      write_shared();
      write_conflicts();
      write_tiny_classes();
    }
    if (findings_.suspected > 0) write_suspects();
    if (!text_.empty()) return "Data checks\n" + text_;
    std::string none = "Data checks: ";
    if (findings_.looked) {
      none +=
          "no text stands in two splits, no equal texts have different labels, no class is tiny";
    }
    if (findings_.looked_for_label_issues) {
      none += findings_.looked ? "; no label is suspect" : "no label is suspect";
    }
    return none + "\n";
  }

 private:
  void line(const std::string& text) { text_ += fmt::format("  {}\n", text); }
  void show(const std::string& text) { line("    " + quoted_excerpt(text, limit_)); }
  void more(size_t listed, int64_t all) {
    if (static_cast<int64_t>(listed) < all) {
      line(fmt::format("  … and {} more", all - static_cast<int64_t>(listed)));
    }
  }
  std::string label(int32_t index) const {
    if (index < 0 || index >= static_cast<int32_t>(label_names_.size())) {
      throw Error(fmt::format("there is no name for label {}", index), "data findings",
                  "name every label");
    }
    return quoted_excerpt(label_names_[index]);
  }

  void write_shared() {
    const int64_t all = findings_.shared_equal + findings_.shared_near;
    if (all == 0) return;
    line(fmt::format("{}{}{} equal, {} nearly):", all,
                     all == 1 ? " row stands in an earlier split, too ("
                              : " rows stand in an earlier split, too (",
                     findings_.shared_equal, findings_.shared_near));
    line("what a model has seen in training proves nothing in a test; take them out of one split");
    if (findings_.shared_equal > 0) {
      line(setting("drop_duplicates") + " takes equal ones out of training");
    }
    // Of both kinds.
    std::vector<const SharedRow*> examples;
    const bool both = findings_.shared_equal > 0 && findings_.shared_near > 0;
    for (const bool near : {false, true}) {
      const size_t most = near ? kShown : both ? kShown - 1 : kShown;
      for (const SharedRow& row : findings_.shared) {
        const bool is_near = row.similarity < 1 || row.first_text != row.second_text;
        if (is_near == near && examples.size() < most) examples.push_back(&row);
      }
    }
    for (const SharedRow* row : examples) {
      const bool near = row->similarity < 1 || row->first_text != row->second_text;
      line(fmt::format("  {} {}{}{} {}{}{}", row->second_split, row->second_row,
                       near ? " ~ " : " = ", row->first_split, row->first_row,
                       near ? fmt::format(" (similarity {})", number(row->similarity)) : "",
                       row->other_label ? ", with another label" : ""));
      show(row->second_text);
      if (near) show(row->first_text);
    }
    more(examples.size(), all);
  }

  void write_conflicts() {
    if (findings_.conflicting == 0) return;
    line(fmt::format("{}{} another label:", findings_.conflicting,
                     findings_.conflicting == 1
                         ? " row has the text of an earlier row of its split and"
                         : " rows have the text of an earlier row of their split and"));
    line("no model can be right about both; correct one or leave the text out");
    const size_t listed = std::min(findings_.conflicts.size(), kShown);
    for (size_t i = 0; i < listed; ++i) {
      const ConflictingRow& row = findings_.conflicts[i];
      line(fmt::format("  {} {} {}, {} {}", row.split, row.second_row, label(row.second_label),
                       row.first_row, label(row.first_label)));
      show(row.text);
    }
    more(listed, findings_.conflicting);
  }

  void write_tiny_classes() {
    if (findings_.tiny_classes.empty()) return;
    const size_t all = findings_.tiny_classes.size(), listed = std::min<size_t>(all, 5);
    std::string names;
    for (size_t i = 0; i < listed; ++i) {
      names += (i == 0 ? "" : ", ") + label(findings_.tiny_classes[i]);
    }
    if (listed < all) names += fmt::format(" and {} more", all - listed);
    line(fmt::format("{} fewer than {} training rows: {}",
                     all == 1 ? "1 class has" : fmt::format("{} classes have", all), kTinyClass,
                     names));
    line("find more rows for them, or join them with another class");
  }

  void write_suspects() {
    line(fmt::format("{}{}", findings_.suspected,
                     findings_.suspected == 1
                         ? " training label is likely wrong:"
                         : " training labels are likely wrong, the likeliest first:"));
    line(fmt::format("look at them ({} lists all); what is right after all, leave as it is",
                     command_words("data", {{"suspects"}})));
    const size_t listed = std::min(findings_.label_issues.size(), kShown);
    for (size_t i = 0; i < listed; ++i) {
      const LabelIssue& row = findings_.label_issues[i];
      line(fmt::format("  {} {} ({}), rather {} ({})", row.row, label(row.label),
                       number(row.label_probability), label(row.suggested),
                       number(row.suggested_probability)));
      show(row.text);
    }
    more(listed, findings_.suspected);
  }

  const DataFindings& findings_;
  const std::vector<std::string>& label_names_;
  size_t limit_;
  std::string text_;
};

}  // namespace

std::string format_findings(const DataFindings& findings,
                            const std::vector<std::string>& label_names, int width) {
  return Writer(findings, label_names, width).write();
}

}  // namespace thaw
