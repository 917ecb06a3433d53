#include "report/csv.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <limits>
#include <map>
#include <set>

#include "base/error.h"
#include "report/numbers.h"

namespace thaw {
namespace {

std::string number(double value) { return std::isfinite(value) ? shortest(value) : ""; }
std::string number(double value, int digits) {
  return std::isfinite(value) ? fixed(value, digits) : "";
}

std::string joined(const std::vector<std::string>& fields) {
  std::string line;
  for (size_t i = 0; i < fields.size(); ++i) line += (i == 0 ? "" : ",") + csv_field(fields[i]);
  return line + "\n";
}

std::vector<std::string> prediction_columns(const ComparisonResults& results) {
  std::vector<std::string> columns;
  std::set<std::string> taken;
  const auto add = [&](const std::string& wanted) {
    std::string name = wanted;
    for (int copy = 2; !taken.insert(name).second; ++copy) {
      name = wanted + "_" + std::to_string(copy);
    }
    columns.push_back(name);
  };
  add("row");
  add("gold");
  for (const StrategyResult& strategy : results.strategies) {
    add(strategy.approach + "_label");
    for (const std::string& label : results.label_names) add(strategy.approach + "_" + label);
  }
  return columns;
}

// Takes one record at a time from RFC 4180 text.
class Records {
 public:
  Records(std::string_view text, const std::string& place) : text_(text), place_(place) {}

  // False at the end. `fields` is reused.
  bool next(std::vector<std::string>& fields) {
    if (at_ >= text_.size()) return false;
    line_ = next_line_;
    fields.assign(1, "");
    bool quoted = false;
    for (; at_ < text_.size(); ++at_) {
      const char c = text_[at_];
      if (c == '\n') ++next_line_;
      if (quoted) {
        if (c != '"') {
          fields.back() += c;
        } else if (at_ + 1 < text_.size() && text_[at_ + 1] == '"') {
          fields.back() += '"';
          ++at_;
        } else {
          quoted = false;
        }
      } else if (c == '"' && fields.back().empty()) {
        quoted = true;
      } else if (c == ',') {
        fields.emplace_back();
      } else if (c == '\n') {
        ++at_;
        return true;
      } else if (c != '\r') {
        fields.back() += c;
      }
    }
    if (quoted) fail("a quoted field has no end");
    return true;
  }

  [[noreturn]] void fail(const std::string& what) const {
    throw Error(what, place_ + ":" + std::to_string(line_),
                "use the file as thaw wrote it, or remove it");
  }

 private:
  std::string_view text_;
  std::string place_;
  size_t at_ = 0;
  int64_t line_ = 1, next_line_ = 1;
};

template <typename Number>
Number parse(const std::string& text, const Records& records) {
  Number value{};
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size()) {
    records.fail("'" + text + "' is not a number");
  }
  return value;
}

}  // namespace

std::string csv_field(std::string_view text) {
  const bool plain = text.find_first_of(",\"\r\n") == std::string_view::npos &&
                     (text.empty() || (text.front() != ' ' && text.back() != ' '));
  if (plain) return std::string(text);
  std::string quoted = "\"";
  for (const char c : text) {
    if (c == '"') quoted += '"';
    quoted += c;
  }
  return quoted + "\"";
}

std::string results_csv(const ComparisonResults& results) {
  std::string csv =
      "approach,accuracy,f1,loss,macro_recall,train_seconds,eval_seconds,peak_memory_mb,"
      "trainable_parameters,total_parameters\n";
  for (const StrategyResult& s : results.strategies) {
    csv += joined({s.approach, number(s.test.accuracy), number(s.test.f1()), number(s.test.loss),
                   number(s.test.macro_recall), number(s.train_seconds, 3),
                   number(s.eval_seconds, 3), number(s.peak_memory_mb, 1),
                   std::to_string(s.trainable_parameters), std::to_string(s.total_parameters)});
  }
  return csv;
}

std::string predictions_csv(const ComparisonResults& results) {
  const size_t rows = results.test_gold.size();
  const size_t labels = results.label_names.size();
  std::string csv = joined(prediction_columns(results));
  const bool known = std::any_of(results.strategies.begin(), results.strategies.end(),
                                 [](const auto& s) { return !s.test_logits.empty(); });
  if (rows == 0 || !known) return csv;
  std::vector<std::vector<int32_t>> given;
  std::vector<std::vector<float>> shares;
  for (const StrategyResult& strategy : results.strategies) {
    if (strategy.test_logits.size() != rows * labels) {
      throw Error("the predictions of '" + strategy.approach + "' do not belong to " +
                  std::to_string(rows) + " rows");
    }
    const auto count = static_cast<int64_t>(rows), width = static_cast<int64_t>(labels);
    given.push_back(predicted_labels(strategy.test_logits.data(), count, width));
    shares.push_back(probabilities(strategy.test_logits.data(), count, width));
  }
  std::vector<std::string> names;
  for (const std::string& name : results.label_names) names.push_back(csv_field(name));
  for (size_t row = 0; row < rows; ++row) {
    const bool numbered = row < results.test_rows.size();
    csv += std::to_string(numbered ? results.test_rows[row] : static_cast<int64_t>(row));
    const int32_t gold = results.test_gold[row];
    if (gold < 0 || static_cast<size_t>(gold) >= labels) {
      throw Error("test row " + std::to_string(row) + " has no label");
    }
    csv += "," + names[gold];
    for (size_t s = 0; s < given.size(); ++s) {
      csv += "," + names[given[s][row]];
      for (size_t label = 0; label < labels; ++label) {
        csv += "," + shortest(shares[s][row * labels + label]);
      }
    }
    csv += "\n";
  }
  return csv;
}

void read_predictions(std::string_view csv, const std::string& place, ComparisonResults& results) {
  Records records(csv, place);
  std::vector<std::string> fields;
  const std::vector<std::string> columns = prediction_columns(results);
  if (!records.next(fields) || fields != columns) {
    records.fail("the columns are not those of these strategies and labels");
  }
  std::map<std::string, int32_t> label_of;
  for (size_t i = 0; i < results.label_names.size(); ++i) {
    label_of.emplace(results.label_names[i], static_cast<int32_t>(i));
  }
  const auto label = [&](const std::string& name) {
    const auto found = label_of.find(name);
    if (found == label_of.end()) records.fail("'" + name + "' is not one of the labels");
    return found->second;
  };
  const size_t labels = results.label_names.size();
  std::vector<int64_t> rows;
  std::vector<int32_t> gold;
  std::vector<std::vector<float>> logits(results.strategies.size());
  while (records.next(fields)) {
    if (fields.size() != columns.size()) {
      records.fail("there are " + std::to_string(fields.size()) + " fields instead of " +
                   std::to_string(columns.size()));
    }
    rows.push_back(parse<int64_t>(fields[0], records));
    gold.push_back(label(fields[1]));
    size_t field = 2;
    for (auto& own : logits) {
      const int32_t given = label(fields[field++]);
      const size_t start = own.size();
      for (size_t i = 0; i < labels; ++i) {
        const float share = parse<float>(fields[field++], records);
        if (!(share >= 0 && share <= 1)) records.fail("a probability lies outside 0…1");
        own.push_back(std::log(std::max(share, std::numeric_limits<float>::min())));
      }
      // Two logits may have been nearer to each other than their probabilities can show.
      const auto highest = std::max_element(own.begin() + start, own.end());
      if (static_cast<size_t>(highest - own.begin()) != start + given) {
        own[start + given] = std::nextafter(*highest, std::numeric_limits<float>::infinity());
      }
    }
  }
  if (rows.empty()) return;
  results.test_rows = std::move(rows);
  results.test_gold = std::move(gold);
  for (size_t s = 0; s < logits.size(); ++s) {
    results.strategies[s].test_logits = std::move(logits[s]);
  }
}

}  // namespace thaw
