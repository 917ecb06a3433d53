#include "data/labels.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <optional>
#include <set>

#include "base/error.h"
#include "base/setting_words.h"
#include "data/label_cuts.h"
#include "data/readers/label_lines.h"
#include "text/utf8.h"

namespace thaw {
namespace {

bool contains(const std::vector<std::string>& names, const std::string& name) {
  return std::find(names.begin(), names.end(), name) != names.end();
}

// In the middle of an error: what to do about a label column that holds ratings.
std::string cuts_remedy() {
  return fmt::format("name another column with {}, or make classes of the numbers, e.g. with {}",
                     setting("label_column"), setting("label_cuts", "-0.5,0.5"));
}

[[noreturn]] void throw_no_labels(const LabelColumn& column) {
  const auto places = column.places_of_none();
  throw Error("no row has a label",
              !places.empty()           ? places.front()
              : column.values().empty() ? ""
                                        : column.place(0),
              "fill in the labels, or name another column with " + setting("label_column"));
}

}  // namespace

void LabelScheme::name_by_text() {
  for (size_t i = 0; i < names_.size(); ++i) texts_.emplace(names_[i], static_cast<int32_t>(i));
}

// Whole numbers 0 … count - 1 are the labels themselves; others, as many as labels, are the labels
// in ascending order.
void LabelScheme::fit_integers(const std::vector<std::string>& values, size_t count,
                               const std::string& place) {
  const std::set<std::string, LessAsNumbers> distinct(values.begin(), values.end());
  const bool from_zero = std::all_of(distinct.begin(), distinct.end(), [&](const std::string& v) {
    return as_index(v, count).has_value();
  });
  if (from_zero) {
    for (size_t i = 0; i < count; ++i) integers_[std::to_string(i)] = static_cast<int32_t>(i);
    return;
  }
  if (distinct.size() != count) {
    throw Error(
        fmt::format("the labels {} do not fit the {} names {}",
                    listed_names({distinct.begin(), distinct.end()}), count, listed_names(names_)),
        place,
        "number the labels from 0, or give a name for each (one that holds a comma in double "
        "quotes)");
  }
  int32_t label = 0;
  for (const std::string& value : distinct) integers_[value] = label++;
}

LabelScheme LabelScheme::from_train(const LabelColumn& train,
                                    const std::vector<std::string>& file_names,
                                    const std::vector<std::string>& user_names,
                                    const std::vector<double>& cuts) {
  check_cuts(cuts, user_names);
  check_label_names(user_names);
  if (train.values().empty()) throw_no_labels(train);
  const std::string first_place = train.place(0);
  LabelScheme scheme;
  if (!cuts.empty()) {
    scheme.cuts_ = cuts;
    scheme.names_ = user_names.empty() ? bin_names(cuts) : user_names;
    for (size_t i = 0; i <= cuts.size(); ++i) {
      scheme.translation_.push_back(static_cast<int32_t>(i));
    }
    scheme.lines_.push_back(
        label_line(scheme.names_, {}, "numbers cut by " + setting("label_cuts")));
    return scheme;
  }
  const ColumnKind column = kind_of_labels(train);
  std::vector<std::string> values;
  int32_t fraction = -1;  // code of the first number that is not whole
  for (int32_t code = 0; code < static_cast<int32_t>(train.values().size()); ++code) {
    if (column.missing[code]) continue;
    values.push_back(train.values()[code]);
    if (fraction < 0 && !whole_number(values.back())) fraction = code;
  }
  if (column.kind == LabelKind::kFractions &&
      !std::all_of(values.begin(), values.end(),
                   [&](const std::string& value) { return contains(user_names, value); })) {
    if (fraction < 0) fraction = 0;
    throw Error("the label column holds numbers with fractions such as " + train.values()[fraction],
                train.place(fraction), cuts_remedy());
  }
  if (column.kind == LabelKind::kIntegers) {
    std::vector<std::string> integers;
    for (const std::string& value : values) integers.push_back(*whole_number(value));
    if (!file_names.empty()) {
      scheme.take_class_ids(integers, file_names, user_names, first_place);
      if (std::all_of(integers.begin(), integers.end(),
                      [](const std::string& v) { return v == "-1"; })) {
        throw_no_labels(train);
      }
    } else {
      scheme.take_integers(integers, user_names, first_place);
    }
  } else {
    scheme.take_texts(train, values, file_names, user_names);
    if (column.kind == LabelKind::kText) add_doubtful_texts(train, scheme.lines_);
  }
  if (scheme.names_.size() < 2) {
    throw Error(fmt::format("all rows have the label '{}'", scheme.names_[0]), first_place,
                "give rows of at least two classes");
  }
  return scheme;
}

void LabelScheme::take_class_ids(const std::vector<std::string>& integers,
                                 const std::vector<std::string>& file_names,
                                 const std::vector<std::string>& user_names,
                                 const std::string& place) {
  minus_one_is_none_ = true;
  file_names_ = file_names;
  names_ = user_names.empty() ? file_names : user_names;
  check_names_of_ids(file_names, user_names);
  for (const std::string& value : integers) {
    // What lies outside the file's own list is told by encode(), with its row.
    if (!as_index(value, file_names.size()) || as_index(value, names_.size())) continue;
    throw Error(fmt::format("the file names {} labels ({}), and {} names are given",
                            file_names.size(), listed_names(file_names), user_names.size()),
                place,
                fmt::format("give {} a name for each, one that holds a comma in double quotes",
                            setting("label_names")));
  }
  std::vector<std::string> ids;
  for (size_t i = 0; i < names_.size(); ++i) {
    ids.push_back(std::to_string(i));
    integers_[ids.back()] = static_cast<int32_t>(i);
  }
  name_by_text();
  for (size_t i = 0; i < std::min(file_names.size(), names_.size()); ++i) {
    texts_.emplace(file_names[i], static_cast<int32_t>(i));
  }
  lines_.push_back(label_line(
      names_, ids, user_names.empty() ? "the file's own names" : setting("label_names")));
}

void LabelScheme::take_integers(const std::vector<std::string>& integers,
                                const std::vector<std::string>& user_names,
                                const std::string& place) {
  if (user_names.empty()) {
    const std::set<std::string, LessAsNumbers> distinct(integers.begin(), integers.end());
    for (const std::string& value : distinct) {
      integers_[value] = static_cast<int32_t>(names_.size());
      names_.push_back(value);
    }
    lines_.push_back(label_line(names_, {}, "whole numbers"));
    name_by_text();
    return;
  }
  names_ = user_names;
  // Names that are the numbers themselves are meant as they stand.
  std::map<std::string, int32_t, LessAsNumbers> named;
  for (size_t i = 0; i < names_.size(); ++i) {
    const auto whole = whole_number(names_[i]);
    if (whole) named.emplace(*whole, static_cast<int32_t>(i));
  }
  if (std::all_of(integers.begin(), integers.end(),
                  [&](const std::string& value) { return named.contains(value); })) {
    integers_ = named;
    name_by_text();
    lines_.push_back(
        label_line(names_, {}, "whole numbers, in the order of " + setting("label_names")));
    return;
  }
  fit_integers(integers, names_.size(), place);
  if (named.empty()) name_by_text();  // else a name would be another label's number
  std::vector<std::string> by_label(names_.size());
  for (const auto& [value, label] : integers_) by_label[label] = value;
  lines_.push_back(label_line(names_, by_label, setting("label_names")));
}

void LabelScheme::take_texts(const LabelColumn& train, const std::vector<std::string>& values,
                             const std::vector<std::string>& file_names,
                             const std::vector<std::string>& user_names) {
  const auto all_among = [&](const std::vector<std::string>& names) {
    return std::all_of(values.begin(), values.end(),
                       [&](const std::string& value) { return contains(names, value); });
  };
  const bool are_ids = std::all_of(values.begin(), values.end(),
                                   [](const std::string& v) { return whole_number(v); });
  if (!file_names.empty() && are_ids && !all_among(file_names) && user_names.empty()) {
    // As in datasets: texts that are no names are ids.
    take_class_ids(values, file_names, user_names, train.place(0));
    for (const auto& [id, label] : integers_) texts_.emplace(id, label);
    texts_.emplace("-1", kNoLabel);
    return;
  }
  std::string how = train.kinds().front() == ValueKind::kBoolean ? "booleans" : "text";
  if (!user_names.empty()) {
    names_ = user_names;
    how += ", in the order of " + setting("label_names");
  } else if (!file_names.empty() && all_among(file_names)) {
    names_ = file_names;
    file_names_ = file_names;
    how += ", in the order of the file's own names";
  } else {
    const std::set<std::string> distinct(values.begin(), values.end());
    names_.assign(distinct.begin(), distinct.end());
    if (!file_names.empty())
      how += fmt::format("; the file's own names, {}, are others", listed_names(file_names));
  }
  name_by_text();
  lines_.push_back(label_line(names_, {}, how));
}

bool LabelScheme::hides(const LabelColumn& column) const {
  if (column.values().size() != 1 || names_.empty()) return false;
  return column.values().front() == "-1" && !texts_.contains("-1") && !integers_.contains("-1") &&
         cuts_.empty();
}

int32_t LabelScheme::label_of(const LabelColumn& column, int32_t code) const {
  const std::string& value = column.values()[code];
  const ValueKind kind = column.kinds()[code];
  if (!cuts_.empty()) {
    const auto number = as_number(value);
    if (number && std::isfinite(*number)) return translation_[bin_of(*number, cuts_)];
    if (is_missing_in_pandas(value)) return kNoLabel;
    throw Error(fmt::format("the label {} is not a number to cut", quoted_excerpt(value)),
                column.place(code),
                fmt::format("correct it, name another column with {}, or leave {} out",
                            setting("label_column"), setting("label_cuts")));
  }
  const auto named = texts_.find(value);
  if ((kind == ValueKind::kCell || kind == ValueKind::kNumber) && !integers_.empty()) {
    if (const auto whole = whole_number(value)) {
      if (minus_one_is_none_ && *whole == "-1") return kNoLabel;
      const auto found = integers_.find(*whole);
      if (found != integers_.end()) {
        if (named == texts_.end() || named->second == found->second) return found->second;
        throw Error(
            fmt::format("the label {} is the name of one class and the number of another: {}",
                        value, listed_names(names_)),
            column.place(code), "write the labels as the training file has them");
      }
    } else if (named == texts_.end() && is_missing_in_pandas(value)) {
      return kNoLabel;
    }
  }
  if (named != texts_.end()) return named->second;
  throw_unknown_label(column, code, names_);
}

// Of a column whose own file names its ids.
int32_t LabelScheme::label_by_name_of_id(const LabelColumn& column, int32_t code,
                                         const std::vector<std::string>& class_names) const {
  const ValueKind kind = column.kinds()[code];
  const std::string& value = column.values()[code];
  // datasets takes a text as a name first, then as a number.
  const bool is_name = kind == ValueKind::kText && texts_.contains(value);
  const auto whole = is_name || kind == ValueKind::kBoolean ? std::nullopt : whole_number(value);
  if (!whole) return label_of(column, code);
  if (*whole == "-1") return kNoLabel;
  const auto id = as_index(*whole, class_names.size());
  if (!id) throw_unknown_label(column, code, class_names);
  if (minus_one_is_none_ && class_names == file_names_) {
    const auto found = integers_.find(*whole);  // of fewer names that the user gave, none
    if (found == integers_.end()) throw_unknown_label(column, code, names_);
    return found->second;
  }
  if (const auto found = texts_.find(class_names[*id]); found != texts_.end()) return found->second;
  // Train's integers have no names.
  if (!minus_one_is_none_) {
    if (const auto found = integers_.find(*whole); found != integers_.end()) return found->second;
  }
  throw Error(fmt::format("label {} is not one of {}: its file calls it {}", quoted_excerpt(*whole),
                          listed_names(names_), quoted_excerpt(class_names[*id])),
              column.place(code), "correct the label or remove the row");
}

std::vector<int32_t> LabelScheme::encode(const LabelColumn& column,
                                         const std::vector<std::string>& class_names) const {
  std::vector<int32_t> label_of_code;
  for (int32_t code = 0; code < static_cast<int32_t>(column.values().size()); ++code) {
    label_of_code.push_back(class_names.empty() || !cuts_.empty()
                                ? label_of(column, code)
                                : label_by_name_of_id(column, code, class_names));
  }
  std::vector<int32_t> labels(static_cast<size_t>(column.size()));
  for (size_t row = 0; row < labels.size(); ++row) {
    const int32_t code = column.codes()[row];
    labels[row] = code < 0 ? kNoLabel : label_of_code[code];
  }
  return labels;
}

}  // namespace thaw
