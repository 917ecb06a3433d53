#include "results/data_findings.h"

#include <algorithm>
#include <numeric>
#include <set>
#include <tuple>

namespace thaw {
namespace {

constexpr int32_t kBars = 40;

int32_t nice_step(int32_t least) {
  for (int32_t unit = 1;; unit *= 10) {
    for (const int32_t factor : {1, 2, 5}) {
      if (unit * factor >= least) return unit * factor;
    }
  }
}

std::vector<LengthCount> count_lengths(const std::vector<int32_t>& lengths, int32_t step,
                                       int32_t bars) {
  std::vector<LengthCount> counts(bars);
  for (int32_t i = 0; i < bars; ++i) counts[i].tokens = i * step;
  for (const int32_t length : lengths) ++counts[std::min(length / step, bars - 1)].rows;
  return counts;
}

void describe_lengths(const SplitLengths& lengths, int max_length, DataFindings& findings) {
  const std::pair<const char*, const std::vector<int32_t>*> splits[] = {
      {"train", &lengths.train}, {"validation", &lengths.validation}, {"test", &lengths.test}};
  std::vector<int32_t> all;
  for (const auto& [name, own] : splits) all.insert(all.end(), own->begin(), own->end());
  if (all.empty()) return;
  const auto usual = all.begin() + static_cast<int64_t>((all.size() - 1) * 99 / 100);
  std::nth_element(all.begin(), usual, all.end());
  const int32_t step = nice_step(*usual / kBars + 1);
  const int32_t longest = *std::max_element(usual, all.end());
  const int32_t bars = std::min(kBars, longest / step + 1);
  for (const auto& [name, own] : splits) {
    if (own->empty()) continue;
    findings.lengths[name] = count_lengths(*own, step, bars);
    findings.truncated[name] =
        max_length == 0 ? 0 : std::count_if(own->begin(), own->end(), [&](int32_t length) {
          return length > max_length;
        });
  }
}

// Train and test first, then train and validation, then validation and test.
struct Importance {
  int first_split, later_split;
  explicit Importance(int first, int second) : first_split(first), later_split(-second) {}
  bool operator<(const Importance& other) const {
    return std::tie(first_split, later_split) < std::tie(other.first_split, other.later_split);
  }
};

class Findings {
 public:
  Findings(const Dataset& dataset, const DataAudit& audit, DataFindings& findings)
      : audit_(audit), findings_(findings) {
    for (const Split* split : {&dataset.train, &dataset.validation, &dataset.test}) {
      if (split->size() > 0) splits_.push_back(split);
    }
  }

  void find() {
    take_shared();
    take_conflicts();
  }

 private:
  void take_shared() {
    std::vector<std::pair<Importance, SharedRow>> equal, near;
    std::set<std::pair<int, int64_t>> counted;  // split, position
    for (const SharedText& shared : audit_.shared) {
      // By first splits, so a row that two splits have is counted with the first.
      if (!counted.insert({shared.second_split, shared.second_position}).second) continue;
      findings_.shared_equal += shared.second_rows;
      const std::string text =
          whole_text(splits_[shared.second_split]->texts, shared.second_position);
      equal.emplace_back(
          Importance(shared.first_split, shared.second_split),
          SharedRow{name(shared.first_split), name(shared.second_split), shared.first_row,
                    shared.second_row, 1, shared.other_label, text, text});
    }
    for (const NearText& found : audit_.near) {
      if (found.first_split == found.second_split) continue;
      ++findings_.shared_near;
      if (found.second_text.empty()) continue;  // beyond the examples
      near.emplace_back(Importance(found.first_split, found.second_split),
                        SharedRow{name(found.first_split), name(found.second_split),
                                  found.first_row, found.second_row, found.similarity,
                                  found.other_label, found.first_text, found.second_text});
    }
    const auto sort = [](auto& rows) {
      std::stable_sort(rows.begin(), rows.end(),
                       [](const auto& a, const auto& b) { return a.first < b.first; });
    };
    sort(equal);
    sort(near);
    // Neither kind crowds the other out.
    const size_t of_equal =
        std::min(equal.size(), kMostDataExamples - std::min(near.size(), kMostDataExamples / 2));
    for (size_t i = 0; i < of_equal; ++i) findings_.shared.push_back(std::move(equal[i].second));
    for (size_t i = 0; i < near.size() && findings_.shared.size() < kMostDataExamples; ++i) {
      findings_.shared.push_back(std::move(near[i].second));
    }
  }

  void take_conflicts() {
    for (size_t s = 0; s < splits_.size(); ++s) {
      const Split& split = *splits_[s];
      for (const RepeatedRow& repeated : audit_.splits[s].repetitions) {
        if (!repeated.other_label) continue;
        ++findings_.conflicting;
        if (findings_.conflicts.size() >= kMostDataExamples) continue;
        findings_.conflicts.push_back({name(static_cast<int>(s)), repeated.first_row, repeated.row,
                                       split.labels[repeated.first_position],
                                       split.labels[repeated.position],
                                       whole_text(split.texts, repeated.position)});
      }
    }
  }

  const std::string& name(int split) const { return audit_.splits[split].name; }

  const DataAudit& audit_;
  DataFindings& findings_;
  std::vector<const Split*> splits_;  // in the audit's order
};

// Cut before a character, not within one.
std::string cut(std::string text, size_t most) {
  if (text.size() <= most) return text;
  while (most > 0 && (static_cast<unsigned char>(text[most]) & 0xC0) == 0x80) --most;
  return text.substr(0, most) + "…";
}

}  // namespace

std::vector<SampleRow> sample_rows(const Dataset& dataset, const std::vector<int32_t>& lengths) {
  const Split& train = dataset.train;
  const size_t labels = dataset.label_names.size();
  const size_t most = labels <= kMostDataExamples / 2 ? 2 : 1;  // of each label
  std::vector<int64_t> order(static_cast<size_t>(train.size()));
  std::iota(order.begin(), order.end(), int64_t{0});
  std::sort(order.begin(), order.end(),
            [&](int64_t a, int64_t b) { return train.rows[a] < train.rows[b]; });
  std::vector<size_t> taken(labels);
  std::vector<SampleRow> samples;
  for (const int64_t position : order) {
    const int32_t label = train.labels[position];
    if (taken[label] >= most) continue;
    ++taken[label];
    samples.push_back(
        {.label = label,
         .row = train.rows[position],
         .tokens = static_cast<size_t>(position) < lengths.size() ? lengths[position] : 0,
         .text = cut(whole_text(train.texts, position), kMostSampleBytes)});
  }
  std::stable_sort(samples.begin(), samples.end(),
                   [](const SampleRow& a, const SampleRow& b) { return a.label < b.label; });
  samples.resize(std::min(samples.size(), kMostDataExamples));
  return samples;
}

void take_row_ids(const std::string& name, const Split& split, DataFindings& findings) {
  if (split.ids.size() == 0 || split.ids.size() != split.size()) return;
  std::set<int64_t> wanted;
  const auto want = [&](const std::string& of, int64_t row) {
    if (of == name) wanted.insert(row);
  };
  for (const SampleRow& row : findings.samples) want("train", row.row);
  for (const LabelIssue& row : findings.label_issues) want("train", row.row);
  for (const SharedRow& row : findings.shared) {
    want(row.first_split, row.first_row);
    want(row.second_split, row.second_row);
  }
  for (const ConflictingRow& row : findings.conflicts) {
    want(row.split, row.first_row);
    want(row.split, row.second_row);
  }
  for (int64_t position = 0; position < split.size(); ++position) {
    const int64_t row = split.rows[position];
    if (wanted.count(row) > 0) findings.row_ids[name][row] = split.ids[position];
  }
}

DataFindings find_data_problems(const Dataset& dataset, const SplitLengths& lengths,
                                int max_length) {
  DataFindings findings;
  findings.looked = true;
  const DataAudit audit = audit_dataset(dataset);
  Findings(dataset, audit, findings).find();
  if (!dataset.train.labels.empty()) {
    std::vector<int64_t> rows(dataset.label_names.size());
    for (const int32_t label : dataset.train.labels) ++rows[label];
    for (size_t label = 0; label < rows.size(); ++label) {
      if (rows[label] < kTinyClass) findings.tiny_classes.push_back(static_cast<int32_t>(label));
    }
  }
  describe_lengths(lengths, max_length, findings);
  findings.samples = sample_rows(dataset, lengths.train);
  take_row_ids("train", dataset.train, findings);
  take_row_ids("validation", dataset.validation, findings);
  take_row_ids("test", dataset.test, findings);
  return findings;
}

}  // namespace thaw
