#include "model/load_report.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <set>
#include <tuple>

namespace thaw {
namespace {

struct Kind {
  LoadStatus status;
  const char* name;
  const char* note;
};

constexpr Kind kKinds[] = {
    {LoadStatus::kUnexpected, "UNEXPECTED",
     "in the checkpoint, but not part of this model; left out (usual for another task's head)"},
    {LoadStatus::kMissing, "MISSING",
     "part of this model, but not in the checkpoint; starts from random values and needs training"},
    {LoadStatus::kMismatch, "MISMATCH",
     "in the checkpoint in another shape; starts from random values and needs training"},
    {LoadStatus::kNewHead, "NEW HEAD",
     "in the checkpoint for something else (as said); starts from random values and needs "
     "training"},
    {LoadStatus::kReordered, "REORDERED",
     "in the checkpoint in another order of labels; each row is taken by its label's name"},
};

std::string shape_text(const std::vector<int64_t>& shape) {
  std::string text = "[";
  for (size_t i = 0; i < shape.size(); ++i) {
    text += fmt::format("{}{}", i > 0 ? ", " : "", shape[i]);
  }
  return text + "]";
}

// A key cut at its one number: "encoder.layer." 3 ".output.dense.bias". number < 0: not exactly
// one.
struct SplitKey {
  std::string before, after;
  int64_t number = -1;
};

SplitKey split_key(const std::string& key) {
  SplitKey split;
  int numbers = 0;
  for (size_t begin = 0; begin <= key.size();) {
    const size_t end = std::min(key.find('.', begin), key.size());
    const std::string part = key.substr(begin, end - begin);
    if (!part.empty() && part.size() < 10 &&
        part.find_first_not_of("0123456789") == std::string::npos) {
      ++numbers;
      split = {key.substr(0, begin), key.substr(end), std::stoll(part)};
    }
    begin = end + 1;
  }
  return numbers == 1 ? split : SplitKey{key, "", -1};
}

// 3 -> "3"; up to ten -> "{0, 1, 2}"; more -> "{0...11}", which is what Transformers prints.
std::string numbers_text(const std::set<int64_t>& numbers) {
  constexpr size_t kMostListed = 10;
  if (numbers.size() == 1) return std::to_string(*numbers.begin());
  if (numbers.size() > kMostListed) {
    return fmt::format("{{{}...{}}}", *numbers.begin(), *numbers.rbegin());
  }
  std::string text;
  for (const int64_t number : numbers)
    text += fmt::format("{}{}", text.empty() ? "" : ", ", number);
  return fmt::format("{{{}}}", text);
}

struct Line {
  std::string key, status, detail;
};

// The rows of one kind; those that differ only in the number of their layer become one line.
void append_lines(const LoadReport& report, const Kind& kind, std::vector<Line>& lines) {
  using Group = std::tuple<std::string, std::string, std::string>;  // before, after, detail
  std::vector<Group> order;
  std::map<Group, std::set<int64_t>> numbers;
  for (const LoadReportRow& row : report.rows) {
    if (row.status != kind.status) continue;
    const SplitKey split = split_key(row.key);
    const std::string detail =
        row.status == LoadStatus::kMismatch
            ? fmt::format("checkpoint {}, model {}", shape_text(row.in_checkpoint),
                          shape_text(row.in_model))
            : row.detail;
    const Group group(split.before, split.after, detail);
    if (numbers.find(group) == numbers.end()) order.push_back(group);
    auto& of_group = numbers[group];
    if (split.number >= 0) of_group.insert(split.number);
  }
  for (const Group& group : order) {
    const auto& [before, after, detail] = group;
    const auto& of_group = numbers[group];
    lines.push_back(
        {before + (of_group.empty() ? "" : numbers_text(of_group)) + after, kind.name, detail});
  }
}

}  // namespace

std::string format_load_report(const LoadReport& report) {
  std::string title = fmt::format("{} LOAD REPORT from: {}\n", report.model, report.source);
  if (!report.prefixes.empty()) {
    title += fmt::format("Names in the checkpoint are read without {}\n", report.prefixes);
  }
  if (report.rows.empty()) return report.prefixes.empty() ? "" : title;
  std::vector<Line> lines = {{"Key", "Status", ""}};
  std::vector<Kind> found;
  for (const Kind& kind : kKinds) {
    const size_t before = lines.size();
    append_lines(report, kind, lines);
    if (lines.size() > before) found.push_back(kind);
  }
  size_t key_width = 0, status_width = 0, detail_width = 0;
  for (const Line& line : lines) {
    key_width = std::max(key_width, line.key.size());
    status_width = std::max(status_width, line.status.size());
    detail_width = std::max(detail_width, line.detail.size());
  }
  std::string text = title;
  for (size_t i = 0; i < lines.size(); ++i) {
    Line line = lines[i];
    line.key.resize(key_width, ' ');
    line.status.resize(status_width, ' ');
    text += fmt::format("{} | {} | {}\n", line.key, line.status, line.detail);
    if (i == 0) {
      text += fmt::format("{}-+-{}-+-{}\n", std::string(key_width, '-'),
                          std::string(status_width, '-'), std::string(detail_width, '-'));
    }
  }
  text += "\nNotes:\n";
  for (const Kind& kind : found) {
    std::string name = kind.name;
    name.resize(status_width, ' ');
    text += fmt::format("- {}: {}\n", name, kind.note);
  }
  return text;
}

}  // namespace thaw
