#include "data/splits/leak_free_split.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>
#include <vector>

#include "base/error.h"
#include "base/setting_words.h"
#include "data/audit/equal_texts.h"
#include "data/audit/near_duplicates.h"
#include "data/splits/split_rows.h"

namespace thaw {
namespace {

// A part that was drawn from train, and what is to become of its rows.
struct Part {
  Split* split;
  DrawnPart report;
  std::vector<bool> equal, near;  // [rows] found, and not left
  bool may_move_near = true;

  Part(const char* name, Split& rows)
      : split(&rows), equal(rows.texts.size()), near(rows.texts.size()) {
    report.name = name;
    report.drawn = rows.size();
  }
  bool moves(int64_t row) const { return equal[row] || near[row]; }
};

int64_t count(const std::vector<bool>& rows) { return std::count(rows.begin(), rows.end(), true); }

void keep_rows(Split& split, const std::vector<bool>& gone) {
  std::vector<int64_t> positions;
  for (int64_t row = 0; row < split.size(); ++row) {
    if (!gone[row]) positions.push_back(row);
  }
  split = selected_rows(split, positions);
}

class LeakFreeSplit {
 public:
  LeakFreeSplit(Dataset& dataset, bool drew_validation, bool drew_test) : dataset_(dataset) {
    if (drew_validation) parts_.emplace_back("validation", dataset.validation);
    if (drew_test) parts_.emplace_back("test", dataset.test);
  }

  void make() {
    find_equal();
    for (Part& part : parts_) limit_equal(part);
    dataset_.changes.compared_near = bytes() <= kMostBytesToCompare;
    if (dataset_.changes.compared_near) {
      find_near();
      for (Part& part : parts_) limit_near(part);
    }
    move();
    for (Part& part : parts_) dataset_.changes.drawn.push_back(std::move(part.report));
  }

 private:
  // Train first, then the drawn parts.
  std::vector<const TextColumn*> texts() const {
    std::vector<const TextColumn*> list{&dataset_.train.texts};
    for (const Part& part : parts_) list.push_back(&part.split->texts);
    return list;
  }

  int64_t bytes() const {
    int64_t sum = 0;
    for (const TextColumn* column : texts()) {
      for (int64_t row = 0; row < column->size(); ++row) {
        sum += static_cast<int64_t>((*column)[row].size());
        if (column->has_pairs()) sum += static_cast<int64_t>(column->pair(row).size());
      }
    }
    return sum;
  }

  void find_equal() {
    for_each_equal_text(texts(), [&](std::span<const TextPlace> places) {
      if (places.front().split == places.back().split) return;
      for (const TextPlace& place : places) {
        if (place.split > 0) parts_[place.split - 1].equal[place.position] = true;
      }
    });
  }

  void find_near() {
    for (const NearDuplicate& found : find_near_duplicates(texts(), NearWithin::kLeaveOut)) {
      take_near(parts_[found.split - 1], found.row);
    }
    if (parts_.size() < 2) return;
    // The other way round, for rows of validation that are near to one of test.
    const std::vector<const TextColumn*> reversed{&parts_[1].split->texts, &parts_[0].split->texts};
    for (const NearDuplicate& found : find_near_duplicates(reversed, NearWithin::kLeaveOut)) {
      take_near(parts_[0], found.row);
    }
  }

  static void take_near(Part& part, int64_t row) { part.near[row] = !part.equal[row]; }

  // Of `rows`, leaves those of the labels that would have no row left.
  void leave_last_of_labels(Part& part, std::vector<bool>& rows) const {
    const std::vector<int32_t>& labels = part.split->labels;
    std::vector<bool> stays(dataset_.label_names.size());
    for (int64_t row = 0; row < part.split->size(); ++row) {
      if (!part.moves(row)) stays[labels[row]] = true;
    }
    std::vector<std::string>& names = part.report.last_of_labels;
    for (int64_t row = 0; row < part.split->size(); ++row) {
      if (!rows[row] || stays[labels[row]]) continue;
      rows[row] = false;
      ++part.report.last_left;
      const std::string& name = dataset_.label_names[labels[row]];
      if (std::find(names.begin(), names.end(), name) == names.end()) names.push_back(name);
    }
  }

  void limit_equal(Part& part) const {
    const int64_t found = count(part.equal);
    if (static_cast<double>(found) > kMostEqualMoved * static_cast<double>(part.report.drawn)) {
      part.equal.assign(part.equal.size(), false);
      part.report.equal_left = found;
      part.may_move_near = false;
      return;
    }
    leave_last_of_labels(part, part.equal);
    part.report.equal_moved = count(part.equal);
  }

  void limit_near(Part& part) const {
    const int64_t found = count(part.near);
    const auto moved = static_cast<double>(found + part.report.equal_moved);
    if (!part.may_move_near || moved > kMostNearMoved * static_cast<double>(part.report.drawn)) {
      part.near.assign(part.near.size(), false);
      part.report.near_left = found;
      return;
    }
    leave_last_of_labels(part, part.near);
    part.report.near_moved = count(part.near);
  }

  void move() {
    Split moved;
    for (const Part& part : parts_) {
      std::vector<int64_t> positions;
      for (int64_t row = 0; row < part.split->size(); ++row) {
        if (part.moves(row)) positions.push_back(row);
      }
      append_rows(*part.split, positions, moved);
    }
    if (moved.size() == 0) return;
    for (Part& part : parts_) {
      std::vector<bool> gone(part.equal.size());
      for (size_t row = 0; row < gone.size(); ++row) gone[row] = part.moves(row);
      keep_rows(*part.split, gone);
    }
    if (dataset_.changes.compared_near) find_rows_near_moved(moved);
    std::vector<int64_t> by_number(moved.size());
    for (size_t i = 0; i < by_number.size(); ++i) by_number[i] = static_cast<int64_t>(i);
    std::stable_sort(by_number.begin(), by_number.end(),
                     [&](int64_t a, int64_t b) { return moved.rows[a] < moved.rows[b]; });
    append_rows(moved, by_number, dataset_.train);
  }

  void find_rows_near_moved(const Split& moved) {
    for (Part& part : parts_) {
      if (part.report.near_left > 0) continue;  // it has rows near to train anyway
      const std::vector<const TextColumn*> two{&moved.texts, &part.split->texts};
      for (const NearDuplicate& found : find_near_duplicates(two, NearWithin::kLeaveOut)) {
        part.report.near_moved_rows.push_back(part.split->rows[found.row]);
      }
      std::sort(part.report.near_moved_rows.begin(), part.report.near_moved_rows.end());
    }
  }

  Dataset& dataset_;
  std::vector<Part> parts_;  // validation, test
};

}  // namespace

void make_split_leak_free(Dataset& dataset, bool drew_validation, bool drew_test) {
  if (drew_validation || drew_test) LeakFreeSplit(dataset, drew_validation, drew_test).make();
}

void drop_repeated_texts(Dataset& dataset) {
  Split& train = dataset.train;
  SplitChanges& changes = dataset.changes;
  std::vector<bool> gone(train.texts.size());
  std::vector<const TextColumn*> texts{&train.texts};
  for (const Split* given : {&dataset.validation, &dataset.test}) {
    if (given->size() > 0) texts.push_back(&given->texts);
  }
  for_each_equal_text(texts, [&](std::span<const TextPlace> places) {
    const bool is_shared = places.back().split > 0;
    bool is_conflicting = false;
    const TextPlace& first = places.front();
    for (const TextPlace& place : places) {
      if (place.split > 0) break;
      const bool is_first = place.position == first.position;
      is_conflicting |= train.labels[place.position] != train.labels[first.position];
      if (is_first && !is_shared) continue;
      gone[place.position] = true;
      ++(is_shared ? changes.dropped_shared : changes.dropped_repeated);
    }
    changes.conflicting_texts += is_conflicting;
  });
  changes.dropped = true;
  std::vector<int64_t> left(dataset.label_names.size()), before(left);
  for (int64_t row = 0; row < train.size(); ++row) {
    ++before[train.labels[row]];
    left[train.labels[row]] += !gone[row];
  }
  for (size_t label = 0; label < left.size(); ++label) {
    if (left[label] > 0 || before[label] == 0) continue;
    throw Error(
        fmt::format(
            "no row of '{}' is left to train with, since other rows have the texts of all of them",
            dataset.label_names[label]),
        train.source,
        fmt::format("correct the labels of these texts, or leave {} out",
                    setting("drop_duplicates")));
  }
  keep_rows(train, gone);
}

}  // namespace thaw
