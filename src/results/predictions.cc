// Tests: tests/report/export/merge_runs_test.cc
// predictions.csv, and the way back.
#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <cmath>
#include <limits>
#include <map>
#include <set>
#include <type_traits>

#include "base/error.h"
#include "data/readers/delimited_scanner.h"
#include "results/csv.h"
#include "text/numbers.h"

namespace thaw {
namespace {

// One training whose answers have columns of their own.
template <class Logits>
struct Run {
  std::string name;  // "probe", "probe_seed43"
  bool failed;
  Logits* logits;
  double temperature;  // of its probabilities
};

// Of ComparisonResults, or const ComparisonResults.
template <class Results>
auto runs_of(Results& results) {
  using Logits = std::remove_reference_t<decltype((results.strategies[0].test_logits))>;
  std::vector<Run<Logits>> runs;
  for (auto& strategy : results.strategies) {
    const auto& calibration = strategy.calibration;
    runs.push_back({strategy.name, !strategy.failure.empty(), &strategy.test_logits,
                    calibration ? calibration->temperature : 1});
    for (auto& rerun : strategy.reruns) {
      runs.push_back({fmt::format("{}_seed{}", strategy.name, rerun.seed), !rerun.failure.empty(),
                      &rerun.test_logits, 1});
    }
  }
  return runs;
}

// Which columns there are besides row, gold, labels and probabilities. thaw 0.1 wrote none of them.
struct Layout {
  bool text = true, logits = true;
  std::string id_column = "";       // behind the row's number, where there are ids
  std::vector<std::string> slices;  // columns of the file by which rows are looked at
};

template <class Logits>
std::vector<std::string> columns_of(const std::vector<Run<Logits>>& runs,
                                    const std::vector<std::string>& label_names,
                                    const Layout& layout) {
  std::vector<std::string> columns;
  std::set<std::string> taken;
  const auto add = [&](const std::string& wanted) {
    std::string name = wanted;
    for (int copy = 2; !taken.insert(name).second; ++copy) {
      name = fmt::format("{}_{}", wanted, copy);
    }
    columns.push_back(name);
  };
  add("row");
  if (!layout.id_column.empty()) add(layout.id_column);
  add("gold");
  if (layout.text) add("text");
  for (const std::string& name : layout.slices) add(name);
  for (const auto& run : runs) {
    add(run.name + "_label");
    for (const std::string& label : label_names) add(run.name + "_" + label);
    if (!layout.logits) continue;
    for (const std::string& label : label_names) add(run.name + "_logit_" + label);
  }
  return columns;
}

// Takes one record at a time from what predictions_csv wrote; what it does not write is refused.
class Records {
 public:
  Records(std::string_view text, std::string place)
      : text_(text), place_(std::move(place)), scanner_(text, ',', /*quotes=*/true) {}

  // False at the end. `fields` is reused.
  bool next(std::vector<std::string>& fields) {
    record_ = scanner_.offset();
    const DelimitedScanner::Result result = scanner_.next(raw_);
    fields.clear();
    if (scanner_.record_offset() != record_) {  // a blank line, which other files may have
      fields.emplace_back();
      return true;
    }
    if (result == DelimitedScanner::Result::kEnd) return false;
    if (result == DelimitedScanner::Result::kOpenQuote) fail("a quoted field has no end");
    if (result == DelimitedScanner::Result::kTextAfterQuote) {
      fail("text follows the end of a quoted field");
    }
    for (const DelimitedField& field : raw_) fields.emplace_back(field.value(scratch_));
    return true;
  }

  [[noreturn]] void fail(const std::string& what) const {
    const int64_t line = LineCounter(text_).line_of(record_);
    throw Error(what, fmt::format("{}:{}", place_, line),
                "use the file as thaw wrote it, or remove it");
  }

 private:
  std::string_view text_;
  std::string place_;
  DelimitedScanner scanner_;
  size_t record_ = 0;  // where the last one begins
  std::vector<DelimitedField> raw_;
  std::string scratch_;
};

template <typename Number>
Number parse(const std::string& text, const Records& records) {
  Number value{};
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size()) {
    records.fail(fmt::format("'{}' is not a number", text));
  }
  return value;
}

// The logits of one row of one run, from field `field` on: label, probabilities, logits.
void read_answer(const std::vector<std::string>& fields, size_t field, size_t labels,
                 bool with_logits, const std::map<std::string, int32_t>& label_of,
                 const Records& records, std::vector<float>& logits) {
  const auto given = label_of.find(without_guard(fields[field]));
  if (given == label_of.end()) {
    records.fail(fmt::format("'{}' is not one of the labels", fields[field]));
  }
  ++field;
  const size_t start = logits.size();
  for (size_t i = 0; i < labels; ++i) {
    const float share = parse<float>(fields[field + i], records);
    if (!(share >= 0 && share <= 1)) records.fail("a probability lies outside 0…1");
    if (with_logits) {
      logits.push_back(parse<float>(fields[field + labels + i], records));
      if (!std::isfinite(logits.back())) records.fail("a logit is not a finite number");
    } else {
      logits.push_back(std::log(std::max(share, std::numeric_limits<float>::min())));
    }
  }
  const auto highest = std::max_element(logits.begin() + static_cast<int64_t>(start), logits.end());
  const auto named = start + static_cast<size_t>(given->second);
  if (static_cast<size_t>(highest - logits.begin()) == named) return;
  if (with_logits) records.fail("the label is not that of the highest logit");
  // Two logits may have been nearer to each other than their probabilities can show.
  logits[named] = std::nextafter(*highest, std::numeric_limits<float>::infinity());
}

}  // namespace

std::string predictions_csv(const ComparisonResults& results) {
  const size_t rows = results.test_gold.size();
  const size_t labels = results.label_names.size();
  const auto runs = runs_of(results);
  Layout layout{.text = rows > 0 && !results.test_texts.empty(),
                .logits = true,
                .id_column = results.id_column,
                .slices = {}};
  for (const SlicedColumn& column : results.slices) layout.slices.push_back(column.name);
  std::string csv;
  for (const std::string& column : columns_of(runs, results.label_names, layout)) {
    csv += (csv.empty() ? "" : ",") + csv_text(column);
  }
  csv += "\n";
  if (rows == 0) return csv;
  if (results.slice_values.size() != results.slices.size()) {
    throw Error(fmt::format("there are values of {} columns for slices by {}",
                            results.slice_values.size(), results.slices.size()));
  }
  for (const ColumnValues& column : results.slice_values) {
    if (column.rows() == static_cast<int64_t>(rows)) continue;
    throw Error(
        fmt::format("there are {} values of '{}' for {} rows", column.rows(), column.name(), rows));
  }
  if (layout.text && results.test_texts.size() != rows) {
    throw Error(fmt::format("there are {} texts for {} rows", results.test_texts.size(), rows));
  }
  if (!layout.id_column.empty() && results.test_ids.size() != rows) {
    throw Error(fmt::format("there are {} ids for {} rows", results.test_ids.size(), rows));
  }
  std::vector<std::vector<int32_t>> given(runs.size());
  std::vector<std::vector<float>> shares(runs.size());
  for (size_t run = 0; run < runs.size(); ++run) {
    if (runs[run].logits->empty()) continue;
    const std::vector<float>& logits = *runs[run].logits;
    if (logits.size() != rows * labels) {
      throw Error(
          fmt::format("the predictions of '{}' do not belong to {} rows", runs[run].name, rows));
    }
    const auto count = static_cast<int64_t>(rows), width = static_cast<int64_t>(labels);
    given[run] = predicted_labels(logits.data(), count, width);
    shares[run] = probabilities(logits.data(), count, width, runs[run].temperature);
  }
  std::vector<std::string> names;
  for (const std::string& name : results.label_names) names.push_back(csv_text(name));
  for (size_t row = 0; row < rows; ++row) {
    const bool numbered = row < results.test_rows.size();
    csv += std::to_string(numbered ? results.test_rows[row] : static_cast<int64_t>(row));
    if (!layout.id_column.empty()) csv += "," + csv_text(results.test_ids[row]);
    const int32_t gold = results.test_gold[row];
    if (gold < 0 || static_cast<size_t>(gold) >= labels) {
      throw Error(fmt::format("test row {} has no label", row));
    }
    csv += "," + names[gold];
    if (layout.text) csv += "," + csv_text(results.test_texts[row]);
    for (const ColumnValues& column : results.slice_values) {
      csv += "," + csv_text(column[static_cast<int64_t>(row)]);
    }
    for (size_t run = 0; run < runs.size(); ++run) {
      if (given[run].empty()) {
        csv += std::string(1 + 2 * labels, ',');  // empty fields
        continue;
      }
      csv += "," + names[given[run][row]];
      for (size_t label = 0; label < labels; ++label) {
        csv += "," + shortest(shares[run][row * labels + label]);
      }
      for (size_t label = 0; label < labels; ++label) {
        csv += "," + shortest((*runs[run].logits)[row * labels + label]);
      }
    }
    csv += "\n";
  }
  return csv;
}

void read_predictions(std::string_view csv, const std::string& place, ComparisonResults& results) {
  Records records(csv, place);
  std::vector<std::string> fields;
  const auto runs = runs_of(results);
  if (!records.next(fields)) records.fail("there is nothing in the file");
  for (std::string& field : fields) field = without_guard(field);
  Layout layout;
  const auto fits = [&](bool text, bool logits) {
    layout = {.text = text, .logits = logits, .id_column = results.id_column, .slices = {}};
    for (const SlicedColumn& column : results.slices) layout.slices.push_back(column.name);
    return fields == columns_of(runs, results.label_names, layout);
  };
  if (!fits(true, true) && !fits(false, true) && !fits(false, false)) {
    records.fail("the columns are not those of these strategies and labels");
  }
  const size_t columns = fields.size();
  std::map<std::string, int32_t> label_of;
  for (size_t i = 0; i < results.label_names.size(); ++i) {
    label_of.emplace(results.label_names[i], static_cast<int32_t>(i));
  }
  const size_t labels = results.label_names.size();
  const size_t width = 1 + labels * (layout.logits ? 2 : 1);
  std::vector<int64_t> rows;
  std::vector<int32_t> gold;
  std::vector<std::string> texts, ids;
  std::vector<ColumnValues> slice_values;
  for (const SlicedColumn& column : results.slices) {
    slice_values.emplace_back(column.name).set_present(column.name);
    if (column.text) slice_values.back().set_text();
  }
  std::vector<std::vector<float>> logits(runs.size());
  const size_t at_gold = layout.id_column.empty() ? 1 : 2;
  const size_t first_slice = at_gold + (layout.text ? 2 : 1);
  const size_t first_run = first_slice + slice_values.size();
  while (records.next(fields)) {
    if (fields.size() != columns) {
      records.fail(fmt::format("there are {} fields instead of {}", fields.size(), columns));
    }
    rows.push_back(parse<int64_t>(fields[0], records));
    if (!layout.id_column.empty()) ids.push_back(without_guard(fields[1]));
    const auto label = label_of.find(without_guard(fields[at_gold]));
    if (label == label_of.end())
      records.fail(fmt::format("'{}' is not one of the labels", fields[at_gold]));
    gold.push_back(label->second);
    if (layout.text) texts.push_back(without_guard(fields[at_gold + 1]));
    for (size_t i = 0; i < slice_values.size(); ++i) {
      slice_values[i].push_back(without_guard(fields[first_slice + i]));
    }
    for (size_t run = 0; run < runs.size(); ++run) {
      const size_t field = first_run + run * width;
      const bool answered = !fields[field].empty() || !fields[field + 1].empty();
      if (answered && runs[run].failed) {
        records.fail(fmt::format("'{}' has an answer although it failed", runs[run].name));
      }
      const size_t before = rows.size() - 1;
      if (logits[run].size() != (answered ? before * labels : 0)) {
        records.fail(fmt::format("'{}' has answers for some rows only", runs[run].name));
      }
      if (answered) {
        read_answer(fields, field, labels, layout.logits, label_of, records, logits[run]);
      }
    }
  }
  if (rows.empty()) return;
  results.test_rows = std::move(rows);
  results.test_gold = std::move(gold);
  results.test_texts = std::move(texts);
  results.test_ids = std::move(ids);
  results.slice_values = std::move(slice_values);
  for (size_t run = 0; run < runs.size(); ++run) *runs[run].logits = std::move(logits[run]);
}

}  // namespace thaw
