#include "data/labels.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <optional>
#include <set>

#include "base/error.h"
#include "data/utf8.h"

namespace thaw {
namespace {

std::optional<double> as_number(const std::string& value) {
  double number;
  const char* begin = value.data() + (value.starts_with("+") ? 1 : 0);
  const auto [end, error] = std::from_chars(begin, value.data() + value.size(), number);
  if (error != std::errc() || end != value.data() + value.size() || !std::isfinite(number)) {
    return std::nullopt;
  }
  return number;
}

// Whole numbers also where a table holds them as "2.0", as pandas writes columns with gaps.
std::optional<int64_t> as_integer(const std::string& value) {
  int64_t integer;
  const char* begin = value.data() + (value.starts_with("+") ? 1 : 0);
  const auto [end, error] = std::from_chars(begin, value.data() + value.size(), integer);
  if (error == std::errc() && end == value.data() + value.size()) return integer;
  const auto number = as_number(value);
  if (!number || std::abs(*number) > 9e15 || *number != std::floor(*number)) return std::nullopt;
  return static_cast<int64_t>(*number);
}

std::optional<std::vector<int64_t>> all_integers(const std::vector<std::string>& values) {
  std::vector<int64_t> integers;
  for (const std::string& value : values) {
    const auto integer = as_integer(value);
    if (!integer) return std::nullopt;
    integers.push_back(*integer);
  }
  return integers;
}

std::string shortest(double number) {
  char digits[40];
  return {digits, std::to_chars(digits, digits + sizeof(digits), number).ptr};
}

std::string joined(const std::vector<std::string>& names) {
  constexpr size_t kShown = 12;
  std::string list;
  for (size_t i = 0; i < std::min(names.size(), kShown); ++i) {
    list += (i == 0 ? "" : ", ") + names[i];
  }
  if (names.size() > kShown) list += ", … (" + std::to_string(names.size()) + " in all)";
  return list;
}

bool contains(const std::vector<std::string>& names, const std::string& name) {
  return std::find(names.begin(), names.end(), name) != names.end();
}

void check_cuts(const std::vector<double>& cuts, const std::vector<std::string>& user_names) {
  for (size_t i = 0; i < cuts.size(); ++i) {
    if (!std::isfinite(cuts[i]) || (i > 0 && !(cuts[i - 1] < cuts[i]))) {
      throw Error("the cuts must be numbers that ascend", "--label-cuts",
                  "e.g. --label-cuts=-0.5,0.5", ErrorKind::kUsage);
    }
  }
  if (!cuts.empty() && !user_names.empty() && user_names.size() != cuts.size() + 1) {
    throw Error(std::to_string(cuts.size()) + " cuts make " + std::to_string(cuts.size() + 1) +
                    " labels, and " + std::to_string(user_names.size()) + " names are given",
                "--label-names", "give a name for each label, from low to high", ErrorKind::kUsage);
  }
}

void check_names(const std::vector<std::string>& names) {
  std::set<std::string> seen;
  for (const std::string& name : names) {
    if (name.empty())
      throw Error("a label's name is empty", "--label-names", "give it a name", ErrorKind::kUsage);
    if (!seen.insert(name).second) {
      throw Error("the name '" + name + "' is given twice", "--label-names",
                  "give each label a name of its own", ErrorKind::kUsage);
    }
  }
}

// Cut i of k: equal values go up below the middle and at it, and stay down above it.
int32_t bin_of(double value, const std::vector<double>& cuts) {
  const size_t lower = (cuts.size() + 1) / 2;
  int32_t bin = 0;
  for (size_t i = 0; i < cuts.size(); ++i) {
    if (i < lower ? value >= cuts[i] : value > cuts[i]) ++bin;
  }
  return bin;
}

std::vector<std::string> bin_names(const std::vector<double>& cuts) {
  const size_t lower = (cuts.size() + 1) / 2;
  std::vector<std::string> names;
  for (size_t bin = 0; bin <= cuts.size(); ++bin) {
    const bool has_from = bin > 0, has_to = bin < cuts.size();
    const std::string from = has_from ? shortest(cuts[bin - 1]) : "";
    const std::string to = has_to ? shortest(cuts[bin]) : "";
    const bool includes_from = has_from && bin - 1 < lower, includes_to = has_to && bin >= lower;
    if (!has_from) {
      names.push_back((includes_to ? "up to " : "below ") + to);
    } else if (!has_to) {
      names.push_back(includes_from ? "from " + from : "above " + from);
    } else {
      names.push_back((includes_from ? "from " : "above ") + from +
                      (includes_to ? " to " : " to below ") + to);
    }
  }
  return names;
}

// In the middle of an error: what to do about a label column that holds ratings.
const char* kCutsRemedy =
    "name another column with --label-column, or make classes of the numbers, e.g. with "
    "--label-cuts=-0.5,0.5";

}  // namespace

void LabelScheme::name_by_text() {
  for (size_t i = 0; i < names_.size(); ++i) texts_[names_[i]] = static_cast<int32_t>(i);
}

// Whole numbers 0 … count - 1 are the labels themselves; others, as many as labels, are the labels
// in ascending order.
void LabelScheme::fit_integers(const std::vector<int64_t>& values, size_t count,
                               const std::string& place) {
  const std::set<int64_t> distinct(values.begin(), values.end());
  if (distinct.empty()) return;
  if (*distinct.begin() >= 0 && *distinct.rbegin() < static_cast<int64_t>(count)) {
    for (size_t i = 0; i < count; ++i) integers_[static_cast<int64_t>(i)] = static_cast<int32_t>(i);
    return;
  }
  if (distinct.size() != count) {
    std::vector<std::string> shown;
    for (const int64_t value : distinct) shown.push_back(std::to_string(value));
    throw Error("the labels " + joined(shown) + " do not fit the " + std::to_string(count) +
                    " names " + joined(names_),
                place, "number the labels from 0, or give a name for each");
  }
  int32_t label = 0;
  for (const int64_t value : distinct) integers_[value] = label++;
}

LabelScheme LabelScheme::from_train(const LabelColumn& train,
                                    const std::vector<std::string>& file_names,
                                    const std::vector<std::string>& user_names,
                                    const std::vector<double>& cuts) {
  check_cuts(cuts, user_names);
  check_names(user_names);
  const std::vector<std::string>& values = train.values();
  const std::string first_place = train.place(0);
  LabelScheme scheme;
  if (!cuts.empty()) {
    scheme.cuts_ = cuts;
    scheme.names_ = user_names.empty() ? bin_names(cuts) : user_names;
    for (size_t i = 0; i <= cuts.size(); ++i)
      scheme.translation_.push_back(static_cast<int32_t>(i));
    return scheme;
  }
  const auto integers = all_integers(values);
  const bool all_named = std::all_of(values.begin(), values.end(), [&](const std::string& value) {
    return contains(user_names, value);
  });
  if (integers && !(all_named && !user_names.empty())) {
    scheme.names_ = user_names.empty() ? file_names : user_names;
    if (scheme.names_.empty()) {
      const std::set<int64_t> distinct(integers->begin(), integers->end());
      for (const int64_t value : distinct) {
        scheme.integers_[value] = static_cast<int32_t>(scheme.names_.size());
        scheme.names_.push_back(std::to_string(value));
      }
    } else {
      scheme.fit_integers(*integers, scheme.names_.size(), first_place);
      if (!all_integers(scheme.names_)) scheme.name_by_text();
    }
  } else {
    if (!integers && std::all_of(values.begin(), values.end(),
                                 [](const std::string& v) { return as_number(v).has_value(); })) {
      throw Error("the label column holds numbers with fractions such as " + values[0], first_place,
                  kCutsRemedy);
    }
    scheme.names_ = user_names.empty() ? values : user_names;
    if (user_names.empty()) std::sort(scheme.names_.begin(), scheme.names_.end());
    scheme.name_by_text();
  }
  if (scheme.names_.size() < 2) {
    throw Error("all rows have the label '" + scheme.names_[0] + "'", first_place,
                "give rows of at least two classes");
  }
  return scheme;
}

LabelScheme LabelScheme::from_model(const LabelColumn& data,
                                    const std::vector<std::string>& file_names,
                                    const std::vector<std::string>& user_names,
                                    const std::vector<double>& cuts,
                                    const std::vector<std::string>& model_names) {
  check_cuts(cuts, user_names);
  check_names(user_names);
  LabelScheme scheme;
  scheme.names_ = model_names;
  const auto label_named = [&](const std::string& name) {
    const auto found = std::find(model_names.begin(), model_names.end(), name);
    return found == model_names.end() ? -1 : static_cast<int32_t>(found - model_names.begin());
  };
  if (!cuts.empty()) {
    scheme.cuts_ = cuts;
    const std::vector<std::string> bins = user_names.empty() ? bin_names(cuts) : user_names;
    const bool any_named = std::any_of(
        bins.begin(), bins.end(), [&](const std::string& name) { return label_named(name) >= 0; });
    for (size_t bin = 0; bin < bins.size(); ++bin) {
      const bool by_number = user_names.empty() && !any_named && bins.size() == model_names.size();
      const int32_t label = by_number ? static_cast<int32_t>(bin) : label_named(bins[bin]);
      if (label < 0) {
        throw Error(
            "the label '" + bins[bin] + "' is not one of the model's: " + joined(model_names),
            user_names.empty() ? "--label-cuts" : "--label-names",
            "use the cuts and names that the model was trained with");
      }
      scheme.translation_.push_back(label);
    }
    return scheme;
  }
  scheme.name_by_text();
  // A model whose labels are numbers means just these numbers.
  if (all_integers(model_names)) return scheme;
  std::vector<int64_t> numbers;
  for (const std::string& value : data.values()) {
    const auto integer = as_integer(value);
    if (integer && !scheme.texts_.contains(value)) numbers.push_back(*integer);
  }
  const std::vector<std::string>& named = user_names.empty() ? file_names : user_names;
  if (named.empty()) {
    scheme.fit_integers(numbers, model_names.size(), data.place(0));
    return scheme;
  }
  scheme.fit_integers(numbers, named.size(), data.place(0));
  for (auto entry = scheme.integers_.begin(); entry != scheme.integers_.end();) {
    entry->second = label_named(named[entry->second]);
    entry = entry->second < 0 ? scheme.integers_.erase(entry) : std::next(entry);
  }
  return scheme;
}

int32_t LabelScheme::label_of(const std::string& value, const std::string& place) const {
  if (!cuts_.empty()) {
    const auto number = as_number(value);
    if (!number) {
      throw Error("the label " + quoted_excerpt(value) + " is not a number to cut", place,
                  "correct it, name another column with --label-column, or leave --label-cuts out");
    }
    return translation_[bin_of(*number, cuts_)];
  }
  if (const auto found = texts_.find(value); found != texts_.end()) return found->second;
  if (const auto integer = as_integer(value)) {
    if (const auto found = integers_.find(*integer); found != integers_.end()) return found->second;
    const auto found = texts_.find(std::to_string(*integer));
    if (found != texts_.end()) return found->second;
  }
  // Rows of a test whose labels are kept secret, as the hub's data sets have them.
  const bool is_secret = value == "-1" && integers_.count(0) > 0;
  throw Error("label " + quoted_excerpt(value) + " is not one of " + joined(names_), place,
              is_secret ? "take another split if its labels are not known (--test validation), or "
                          "remove the row"
                        : "correct the label or remove the row");
}

std::vector<int32_t> LabelScheme::encode(const LabelColumn& column) const {
  std::vector<int32_t> label_of_code;
  for (size_t code = 0; code < column.values().size(); ++code) {
    label_of_code.push_back(
        label_of(column.values()[code], column.place(static_cast<int32_t>(code))));
  }
  std::vector<int32_t> labels(static_cast<size_t>(column.size()));
  for (size_t row = 0; row < labels.size(); ++row) {
    labels[row] = label_of_code[column.codes()[row]];
  }
  return labels;
}

}  // namespace thaw
