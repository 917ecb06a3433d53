#include "report/export/merge_runs.h"

#include <fmt/format.h>

#include <algorithm>
#include <functional>
#include <iterator>
#include <map>
#include <set>
#include <string>
#include <utility>

#include "base/error.h"
#include "base/setting_words.h"
#include "report/findings/slices.h"
#include "report/report.h"
#include "results/phrases.h"

namespace thaw {

namespace fs = std::filesystem;

namespace {

constexpr const char* kSameRows =
    "compare runs that were evaluated on the same rows: the same data, split and seed of the split";

// "row 12 of the file, 'positive'".
std::string evaluated_row(const ComparisonResults& results, size_t row) {
  return fmt::format("row {} of the file, {}", results.test_rows[row],
                     quoted_label(results, results.test_gold[row]));
}

void check_same_rows(const SavedRun& first, const SavedRun& other) {
  const ComparisonResults &a = first.results, &b = other.results;
  const std::string place = other.folder.string(), before = first.folder.string();
  if (a.label_names != b.label_names) {
    throw Error(fmt::format("the labels are {} but those of {} are {}", listed(b.label_names),
                            before, listed(a.label_names)),
                place, "compare runs that learnt the same labels, in the same order");
  }
  if (a.evaluated_on != b.evaluated_on) {
    throw Error(fmt::format("it was evaluated on {} rows but {} on {} rows", b.evaluated_on, before,
                            a.evaluated_on),
                place, kSameRows);
  }
  if (a.test_rows.size() != b.test_rows.size()) {
    throw Error(fmt::format("it was evaluated on {} rows but {} on {}", b.test_rows.size(), before,
                            a.test_rows.size()),
                place, kSameRows);
  }
  for (size_t row = 0; row < a.test_rows.size(); ++row) {
    if (a.test_rows[row] != b.test_rows[row] || a.test_gold[row] != b.test_gold[row]) {
      throw Error(fmt::format("evaluated row {} is {}, but in {} {}", row + 1,
                              evaluated_row(b, row), before, evaluated_row(a, row)),
                  place, kSameRows);
    }
    const bool texts = !a.test_texts.empty() && !b.test_texts.empty();
    if (texts && a.test_texts[row] != b.test_texts[row]) {
      throw Error(fmt::format("evaluated row {} ({}) has another text than in {}", row + 1,
                              evaluated_row(b, row), before),
                  place, kSameRows);
    }
  }
}

// The shortest ends of the folders' paths that tell them apart: "one", "two"; "a-out", "b-out".
std::vector<std::string> folder_names(const std::vector<SavedRun>& runs) {
  std::vector<std::vector<std::string>> parts;
  size_t most = 0;
  for (const SavedRun& run : runs) {
    parts.emplace_back();
    for (const fs::path& part : run.folder.relative_path()) parts.back().push_back(part.string());
    most = std::max(most, parts.back().size());
  }
  std::vector<std::string> names;
  for (size_t count = 1; count <= std::max<size_t>(most, 1); ++count) {
    names.clear();
    for (const auto& path : parts) {
      std::string name;
      const size_t begin = path.size() - std::min(count, path.size());
      for (size_t i = begin; i < path.size(); ++i) name += (i == begin ? "" : "-") + path[i];
      names.push_back(name);
    }
    if (std::set<std::string>(names.begin(), names.end()).size() == names.size()) break;
  }
  return names;
}

// Puts the runs' folder names before those of the strategies, where any stands twice.
void make_names_unique(std::vector<SavedRun>& runs) {
  std::set<std::string> taken;
  bool unique = true;
  for (const SavedRun& run : runs) {
    for (const auto& strategy : run.results.strategies) {
      unique = taken.insert(strategy.name).second && unique;
    }
  }
  if (unique) return;
  const std::vector<std::string> names = folder_names(runs);
  for (size_t i = 0; i < runs.size(); ++i) {
    const std::string prefix = names[i] + "-";
    for (StrategyResult& strategy : runs[i].results.strategies) {
      strategy.name.insert(0, prefix);
      if (!strategy.init_from.empty()) strategy.init_from.insert(0, prefix);
    }
    for (CurvePoint& point : runs[i].results.curve) point.name.insert(0, prefix);
  }
}

using Texts = std::map<std::string, std::string>;

// What is the same in all runs is kept; the rest moves to each run's strategies, whose own settings
// come first.
void keep_shared(std::vector<SavedRun>& runs, const std::function<Texts&(ComparisonResults&)>& of) {
  Texts shared = of(runs.front().results);
  for (SavedRun& run : runs) {
    const Texts& own = of(run.results);
    std::erase_if(shared, [&](const auto& entry) {
      const auto found = own.find(entry.first);
      return found == own.end() || found->second != entry.second;
    });
  }
  for (SavedRun& run : runs) {
    for (const auto& [key, value] : of(run.results)) {
      if (shared.contains(key)) continue;
      for (StrategyResult& strategy : run.results.strategies) {
        strategy.settings.emplace(key, value);
      }
    }
    of(run.results) = shared;
  }
}

// The same for a text: where the runs differ, all are named.
void keep_shared(std::vector<SavedRun>& runs, const std::string& key,
                 std::string ComparisonResults::*member) {
  std::vector<std::string> different;
  for (const SavedRun& run : runs) {
    const std::string& own = run.results.*member;
    if (!own.empty() && std::find(different.begin(), different.end(), own) == different.end()) {
      different.push_back(own);
    }
  }
  if (different.size() < 2) return;
  for (SavedRun& run : runs) {
    if (key.empty()) break;
    for (StrategyResult& strategy : run.results.strategies) {
      strategy.settings.emplace(key, run.results.*member);
    }
  }
  runs.front().results.*member = listed(different);
}

// Columns by whose values one run alone looks at the rows.
void add_slice_columns(ComparisonResults& from, ComparisonResults& to) {
  for (size_t i = 0; i < from.slice_values.size(); ++i) {
    const bool known = std::any_of(
        to.slice_values.begin(), to.slice_values.end(),
        [&](const ColumnValues& own) { return own.name() == from.slice_values[i].name(); });
    if (known) continue;
    to.slice_values.push_back(std::move(from.slice_values[i]));
    to.slices.push_back(std::move(from.slices[i]));
  }
}

bool same_split(const SplitSummary& a, const SplitSummary& b) {
  return a.name == b.name && a.rows == b.rows && a.label_counts == b.label_counts;
}

// Splits that are the same in all runs; how many training rows the others had goes to their
// strategies. What was found in the data holds only for the same data.
void keep_shared_splits(std::vector<SavedRun>& runs) {
  ComparisonResults& first = runs.front().results;
  std::vector<SplitSummary> shared;
  for (const SplitSummary& split : first.splits) {
    const bool everywhere = std::all_of(runs.begin(), runs.end(), [&](const SavedRun& run) {
      return std::any_of(run.results.splits.begin(), run.results.splits.end(),
                         [&](const SplitSummary& own) { return same_split(own, split); });
    });
    if (everywhere) shared.push_back(split);
  }
  bool same = true;
  for (SavedRun& run : runs) {
    same = same && run.results.splits.size() == shared.size();
    for (const SplitSummary& split : run.results.splits) {
      if (std::any_of(shared.begin(), shared.end(),
                      [&](const SplitSummary& own) { return own.name == split.name; })) {
        continue;
      }
      for (StrategyResult& strategy : run.results.strategies) {
        strategy.settings.emplace(split.name + "_rows", std::to_string(split.rows));
      }
    }
  }
  first.splits = std::move(shared);
  if (!same) first.findings = {};
}

}  // namespace

SavedRun read_run(const fs::path& named) {
  const fs::path file = fs::is_directory(named) ? named / "results.json" : named;
  if (!fs::exists(file)) {
    throw Error("there is no results.json", named.string(),
                fmt::format("name a folder that {} or {} wrote", command_words("compare"),
                            command_words("train")));
  }
  const fs::path folder = fs::weakly_canonical(fs::absolute(file)).parent_path();
  return {folder, read_results(file)};
}

ComparisonResults merge_runs(std::vector<SavedRun> runs, const Listener& listener) {
  if (runs.empty()) throw Error("there is no run to report on");
  std::set<fs::path> seen;
  for (const SavedRun& run : runs) {
    if (!seen.insert(run.folder).second) {
      throw Error("is named twice", run.folder.string(), "name each run once");
    }
    if (run.results.test_gold.empty()) {
      throw Error(
          "there are no predictions, which tell whether the runs were evaluated on the "
          "same rows",
          (run.folder / "predictions.csv").string(), "put the file back, or leave the run out");
    }
    check_same_rows(runs.front(), run);
  }
  make_names_unique(runs);
  keep_shared(runs, [](ComparisonResults& results) -> Texts& { return results.settings; });
  keep_shared(runs, [](ComparisonResults& results) -> Texts& { return results.versions; });
  keep_shared(runs, [](ComparisonResults& results) -> Texts& { return results.machine; });
  keep_shared(runs, "", &ComparisonResults::title);
  keep_shared(runs, "model", &ComparisonResults::model);
  keep_shared(runs, "data", &ComparisonResults::data);
  keep_shared(runs, "precision", &ComparisonResults::precision);
  keep_shared_splits(runs);

  ComparisonResults merged = std::move(runs.front().results);
  merged.evidence = {};
  for (auto run = std::next(runs.begin()); run != runs.end(); ++run) {
    ComparisonResults& own = run->results;
    std::move(own.strategies.begin(), own.strategies.end(), std::back_inserter(merged.strategies));
    std::move(own.curve.begin(), own.curve.end(), std::back_inserter(merged.curve));
    if (merged.id_column.empty()) {
      merged.id_column = std::move(own.id_column);
      merged.test_ids = std::move(own.test_ids);
    }
    if (merged.test_texts.empty()) merged.test_texts = std::move(own.test_texts);
    if (own.started > 0 && !(merged.started > 0 && merged.started <= own.started)) {
      merged.started = own.started;
    }
    merged.total_seconds += own.total_seconds;
    add_slice_columns(own, merged);
  }
  judge_slices(merged, listener);
  return merged;
}

}  // namespace thaw
