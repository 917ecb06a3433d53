// Tests: tests/data/labels_test.cc
// A model's labels against those of a file.
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <functional>
#include <optional>
#include <set>

#include "base/error.h"
#include "base/setting_words.h"
#include "data/label_cuts.h"
#include "data/labels.h"
#include "data/readers/label_lines.h"
#include "text/utf8.h"
#include "text/value_list.h"

namespace thaw {
namespace {

using Names = std::vector<std::string>;

// The setting with these names.
std::string names_setting(const Names& names) { return setting_list("label_names", names); }

// LABEL_0, LABEL_1, …: what Transformers calls labels that nobody named.
bool are_generic(const Names& names) {
  for (size_t i = 0; i < names.size(); ++i) {
    if (names[i] != fmt::format("LABEL_{}", i)) return false;
  }
  return true;
}

// The one number that a name holds: "4 stars" is 4.
std::optional<std::string> number_in(const std::string& name) {
  constexpr const char* kDigits = "0123456789";
  const size_t begin = name.find_first_of(kDigits);
  if (begin == std::string::npos) return std::nullopt;
  const size_t end = std::min(name.find_first_not_of(kDigits, begin), name.size());
  if (name.find_first_of(kDigits, end) != std::string::npos) return std::nullopt;
  return whole_number(name.substr(begin, end - begin));
}

}  // namespace

class ModelMatch {
 public:
  ModelMatch(const LabelColumn& data, const Names& file_names, const Names& user_names,
             const Names& model_names)
      : data_(data), file_names_(file_names), user_names_(user_names), model_names_(model_names) {
    scheme_.names_ = model_names;
    scheme_.name_by_text();
  }

  LabelScheme cut(const std::vector<double>& cuts) {
    scheme_.cuts_ = cuts;
    const Names bins = user_names_.empty() ? bin_names(cuts) : user_names_;
    const bool any_named =
        std::any_of(bins.begin(), bins.end(), [&](const auto& name) { return label_of(name); });
    for (size_t bin = 0; bin < bins.size(); ++bin) {
      const bool by_number =
          user_names_.empty() && !any_named && bins.size() == model_names_.size();
      const auto label = by_number ? std::optional(static_cast<int32_t>(bin)) : label_of(bins[bin]);
      if (!label) {
        throw Error(fmt::format("the label '{}' is not one of the model's: {}", bins[bin],
                                listed_names(model_names_)),
                    user_names_.empty() ? Setting{"label_cuts"} : Setting{"label_names"},
                    "use the cuts and names that the model was trained with");
      }
      scheme_.translation_.push_back(*label);
    }
    Names names;
    for (const int32_t label : scheme_.translation_) names.push_back(model_names_[label]);
    scheme_.lines_.push_back(label_line(names, bins, "numbers cut by " + setting("label_cuts")));
    return std::move(scheme_);
  }

  LabelScheme match() {
    const ColumnKind column = kind_of_labels(data_);
    bool all_named = true, all_whole = true;
    for (size_t code = 0; code < data_.values().size(); ++code) {
      if (column.missing[code]) continue;
      values_.push_back(data_.values()[code]);
      const auto whole = whole_number(values_.back());
      if (whole) integers_.insert(*whole);
      all_whole &= whole.has_value();
      const bool is_named = label_of(values_.back()) ||
                            (column.kind != LabelKind::kText && whole && label_of(*whole));
      all_named &= is_named;
    }
    if (values_.empty()) return std::move(scheme_);
    take_user_names();
    // Texts may be numbers, too, where they are no names: "0" and "1" of a JSON file.
    const bool are_integers =
        all_whole && (column.kind == LabelKind::kIntegers || !(all_named || any_named()));
    if (!are_integers) {
      match_texts(column.kind);
    } else if (!file_names_.empty() && (user_names_.empty() || user_names_name_the_files())) {
      match_ids_of_the_file();
    } else if (!user_names_.empty()) {
      match_ids_of_the_user();
    } else {
      match_integers(all_named);
    }
    // Ids are no names, even where a name is a number; as text they are looked up as text.
    if (are_integers) scheme_.texts_.clear();
    for (const std::string& value : values_) {
      const auto whole = whole_number(value);
      if (!are_integers || column.kind != LabelKind::kText || !whole) continue;
      const auto found = scheme_.integers_.find(*whole);
      if (found != scheme_.integers_.end()) scheme_.texts_.emplace(value, found->second);
      if (*whole == "-1" && scheme_.minus_one_is_none_) {
        scheme_.texts_.emplace(value, LabelScheme::kNoLabel);
      }
    }
    return std::move(scheme_);
  }

 private:
  std::optional<int32_t> label_of(const std::string& name) const {
    const auto found = scheme_.texts_.find(name);
    return found == scheme_.texts_.end() ? std::nullopt : std::optional(found->second);
  }

  // The one label whose name differs in nothing but upper and lower case.
  std::optional<int32_t> label_but_for_case(const std::string& name) const {
    const std::string folded = without_case(name);
    std::optional<int32_t> label;
    for (size_t i = 0; i < model_names_.size(); ++i) {
      if (without_case(model_names_[i]) != folded) continue;
      if (label) return std::nullopt;
      label = static_cast<int32_t>(i);
    }
    return label;
  }

  bool any_named() const {
    return std::any_of(values_.begin(), values_.end(),
                       [&](const auto& value) { return label_of(value).has_value(); });
  }

  // The model's label of each of the user's names: its own name, whatever the case; or, where none
  // of them is, the labels in their order.
  void take_user_names() {
    if (user_names_.empty()) return;
    bool any = false;
    for (const std::string& name : user_names_) {
      auto label = label_of(name);
      if (!label) label = label_but_for_case(name);
      any |= label.has_value();
      user_labels_.push_back(label);
    }
    if (!any) {
      if (user_names_.size() != model_names_.size()) {
        throw Error(fmt::format("none of the names {} is one of the model's: {}",
                                listed_names(user_names_), listed_names(model_names_)),
                    Setting{"label_names"},
                    "give the model's own names, or one for each in their order");
      }
      for (size_t i = 0; i < user_names_.size(); ++i) {
        user_labels_[i] = static_cast<int32_t>(i);
      }
      user_names_rename_ = true;
    }
    for (size_t i = 0; i < user_names_.size(); ++i) {
      if (user_labels_[i]) scheme_.texts_.emplace(user_names_[i], *user_labels_[i]);
    }
  }

  // Whether the user has renamed the model's labels by what the file calls its own.
  bool user_names_name_the_files() const {
    return user_names_rename_ &&
           std::all_of(integers_.begin(), integers_.end(), [&](const auto& id) {
             const auto index = as_index(id, file_names_.size());
             return !index || label_of(file_names_[*index]);
           });
  }

  void match_texts(LabelKind kind) {
    Names unmatched;
    for (const std::string& value : values_) {
      if (!label_of(value)) unmatched.push_back(value);
    }
    if (!unmatched.empty()) {
      if (kind == LabelKind::kFractions) {
        const auto first = std::find_if(unmatched.begin(), unmatched.end(),
                                        [](const auto& value) { return !whole_number(value); });
        const std::string& fraction = first != unmatched.end() ? *first : unmatched.front();
        throw Error("the label column holds numbers with fractions such as " + fraction,
                    data_.place(data_.find(fraction, kind_of(fraction))),
                    fmt::format("name another column with {}, or make classes of the numbers with "
                                "the {} that the model was trained with",
                                setting("label_column"), setting("label_cuts")));
      }
      offer_other_case(unmatched, model_names_, false);
      if (are_generic(model_names_) && unmatched.size() == values_.size() && user_names_.empty()) {
        throw Error(
            fmt::format("the labels {} are not those of the model, {}, which nobody has named",
                        listed_names(values_), listed_names(model_names_)),
            data_.place(0),
            fmt::format("name them in the model's order with {}, e.g. {}", setting("label_names"),
                        names_setting(values_)));
      }
      throw_unknown_label(data_, data_.find(unmatched.front(), kind_of(unmatched.front())),
                          model_names_);
    }
    tell(values_, "by name");
  }

  ValueKind kind_of(const std::string& value) const {
    for (size_t code = 0; code < data_.values().size(); ++code) {
      if (data_.values()[code] == value) return data_.kinds()[code];
    }
    return ValueKind::kCell;
  }

  // names: those that are not the model's; order: what the remedy lists, a name for each label of
  // the model or, with ids, of the file.
  void offer_other_case(const Names& names, Names order, bool of_ids) const {
    std::string pairs;
    for (const std::string& name : names) {
      const auto label = label_but_for_case(name);
      if (!label) return;
      if (!of_ids) order[*label] = name;
      pairs += (pairs.empty() ? "" : ", ") + quoted_excerpt(name) + " is its " +
               quoted_excerpt(model_names_[*label]);
    }
    for (std::string& name : order) {
      const auto label = label_but_for_case(name);
      if (of_ids && !label_of(name) && label) name = model_names_[*label];
    }
    throw Error("labels differ from the model's in upper and lower case: " + pairs, data_.place(0),
                "if they are the same, say so with " + names_setting(order));
  }

  void match_ids_of_the_user() {
    // Numbers that are names themselves are meant as they stand.
    const bool all_named = std::all_of(integers_.begin(), integers_.end(),
                                       [&](const auto& value) { return label_of(value); });
    if (all_named) {
      refuse_two_readings();
      return match_integers(true);
    }
    check_names_of_ids(file_names_, user_names_);
    scheme_.minus_one_is_none_ = !file_names_.empty();
    Names ids(integers_.begin(), integers_.end());
    if (scheme_.minus_one_is_none_) std::erase(ids, "-1");
    LabelScheme numbered;
    numbered.names_ = user_names_;
    numbered.fit_integers(ids, user_names_.size(), data_.place(0));
    for (const auto& [id, position] : numbered.integers_) {
      const auto label = user_labels_[position];
      if (label) {
        scheme_.integers_[id] = *label;
      } else if (integers_.contains(id)) {
        throw_not_named(id, user_names_[position], setting("label_names") + " calls it ");
      }
    }
    tell(ids, "by " + setting("label_names"));
  }

  // Labels that are the model's names as they stand, and others by their place in --label-names.
  void refuse_two_readings() const {
    for (const std::string& value : integers_) {
      const auto index = as_index(value, user_names_.size());
      if (!index || user_labels_[*index] == label_of(value)) continue;
      throw Error(
          fmt::format("label {} is a name of the model's, and {} calls it {}",
                      quoted_excerpt(value), setting("label_names", value_list(user_names_)),
                      quoted_excerpt(user_names_[*index])),
          data_.place(code_of(value)),
          fmt::format("leave {} out if the labels are the model's own, or write those of the model "
                      "into the file",
                      setting("label_names")));
    }
  }

  void match_ids_of_the_file() {
    scheme_.minus_one_is_none_ = true;
    Names unmatched, ids(integers_.begin(), integers_.end());
    std::erase(ids, "-1");
    const bool by_position = are_generic(model_names_) &&
                             file_names_.size() == model_names_.size() &&
                             std::none_of(file_names_.begin(), file_names_.end(),
                                          [&](const auto& name) { return label_of(name); });
    for (const std::string& id : ids) {
      const auto index = as_index(id, file_names_.size());
      if (!index) throw_unknown_label(data_, code_of(id), file_names_);
      const auto label = by_position ? std::optional(*index) : label_of(file_names_[*index]);
      if (label) {
        scheme_.integers_[id] = *label;
      } else {
        unmatched.push_back(id);
      }
    }
    if (!unmatched.empty()) {
      Names names;
      for (const std::string& id : unmatched) {
        names.push_back(file_names_[*as_index(id, file_names_.size())]);
      }
      offer_other_case(names, file_names_, true);
      throw_not_named(unmatched.front(), names.front(), "the file calls it ");
    }
    tell(ids, by_position ? "by position: the file's names " + listed_names(file_names_)
                          : "by the file's own names");
  }

  void match_integers(bool all_named) {
    std::map<std::string, int32_t, LessAsNumbers> named, numbered;
    for (const auto& [name, label] : scheme_.texts_) {
      if (const auto whole = whole_number(name)) named.emplace(*whole, label);
    }
    for (size_t i = 0; i < model_names_.size(); ++i) {
      const auto number = number_in(model_names_[i]);
      if (number) numbered.emplace(*number, static_cast<int32_t>(i));
    }
    const auto are_all_in = [&](const auto& map) {
      return std::all_of(integers_.begin(), integers_.end(),
                         [&](const auto& value) { return map.contains(value); });
    };
    const size_t count = model_names_.size();
    const Names values(integers_.begin(), integers_.end());
    // A model whose labels are numbers means just these numbers.
    if (all_named || are_all_in(named) || named.size() >= count) {
      scheme_.integers_ = named;
      if (are_all_in(named)) tell(values, "by name");
      return;
    }
    const bool has_zero = integers_.contains("0");
    const bool from_zero = std::all_of(values.begin(), values.end(), [&](const auto& value) {
      return as_index(value, count).has_value();
    });
    std::string how;
    // LABEL_1 is a place, and whether places are counted from 0 or 1 is what is not known.
    if (!are_generic(model_names_) && numbered.size() == count && are_all_in(numbered)) {
      scheme_.integers_ = numbered;
      how = "by the number in each of the model's names";
    } else if (const auto truth = truth_labels(); truth && from_zero) {
      scheme_.integers_ = {{"0", (*truth)[0]}, {"1", (*truth)[1]}};
      how = "0 is false and 1 is true";
    } else if (has_zero && from_zero) {
      for (size_t i = 0; i < count; ++i)
        scheme_.integers_[std::to_string(i)] = static_cast<int32_t>(i);
      how = "by position from 0";
    } else if (integers_.size() == count && values.front().starts_with("-") &&
               are_consecutive(values)) {
      for (size_t i = 0; i < count; ++i) scheme_.integers_[values[i]] = static_cast<int32_t>(i);
      how = "by position, in ascending order";
    } else {
      refuse_integers(values, from_zero);
    }
    tell(values, how);
  }

  // -1, 0, 1: nobody counts from -1, so these are a scale.
  static bool are_consecutive(const Names& values) {
    int64_t last = 0;
    for (size_t i = 0; i < values.size(); ++i) {
      int64_t value = 0;
      const char* end = values[i].data() + values[i].size();
      if (std::from_chars(values[i].data(), end, value).ptr != end) return false;
      if (i > 0 && value != last + 1) return false;
      last = value;
    }
    return true;
  }

  // The labels of a model that answers "False" or "True".
  std::optional<std::array<int32_t, 2>> truth_labels() const {
    if (model_names_.size() != 2) return std::nullopt;
    const std::string first = without_case(model_names_[0]), second = without_case(model_names_[1]);
    if (first == "false" && second == "true") return std::array<int32_t, 2>{0, 1};
    if (first == "true" && second == "false") return std::array<int32_t, 2>{1, 0};
    return std::nullopt;
  }

  [[noreturn]] void refuse_integers(const Names& values, bool from_zero) const {
    const size_t count = model_names_.size();
    const bool from_one = std::all_of(values.begin(), values.end(), [&](const auto& value) {
      return value != "0" && as_index(value, count + 1).has_value();
    });
    Names from_none = model_names_;
    from_none.insert(from_none.begin(), "none");
    if (!from_one) {
      throw Error(
          fmt::format("the labels {} do not fit the model's {}: {}", listed_names(values), count,
                      listed_names(model_names_)),
          data_.place(0),
          count == values.size()
              ? "if these are the model's in ascending order, say " + names_setting(model_names_)
              : fmt::format("name the file's labels 0, 1, 2, … with {}, or number them from 0",
                            setting("label_names")));
    }
    std::string remedy = names_setting(from_none) + " if they count from 1";
    if (from_zero) {
      remedy = names_setting(model_names_) + " if they count from 0, " + remedy;
    }
    throw Error(fmt::format("the labels {} are no names of the model's labels, {}, and do not say "
                            "which of them is the first",
                            listed_names(values), listed_names(model_names_)),
                data_.place(0), "name them: " + remedy);
  }

  int32_t code_of(const std::string& integer) const {
    for (int32_t code = 0; code < static_cast<int32_t>(data_.values().size()); ++code) {
      if (whole_number(data_.values()[code]) == integer) return code;
    }
    return 0;
  }

  [[noreturn]] void throw_not_named(const std::string& id, const std::string& name,
                                    const std::string& who) const {
    throw Error(fmt::format("label {} is not one of {}: {}{}", quoted_excerpt(id),
                            listed_names(model_names_), who, quoted_excerpt(name)),
                data_.place(code_of(id)),
                fmt::format("name the file's labels 0, 1, 2, … with {} in the model's words",
                            setting("label_names")));
  }

  // The mapping of the values that occur.
  void tell(const Names& values, const std::string& how) {
    std::vector<std::pair<int32_t, std::string>> order;
    for (const std::string& value : values) {
      const auto whole = whole_number(value);
      const auto found = whole ? scheme_.integers_.find(*whole) : scheme_.integers_.end();
      const auto label =
          found != scheme_.integers_.end() ? std::optional(found->second) : label_of(value);
      if (label) order.emplace_back(*label, value);
    }
    std::sort(order.begin(), order.end());
    Names names, shown;
    bool same = true;
    for (const auto& [label, value] : order) {
      names.push_back(model_names_[label]);
      shown.push_back(value);
      same &= names.back() == value;
    }
    scheme_.lines_.push_back(label_line(names, same ? Names() : shown, how));
  }

  const LabelColumn& data_;
  const Names &file_names_, &user_names_, &model_names_;
  Names values_;                                     // distinct, without what is missing
  std::set<std::string, LessAsNumbers> integers_;    // those that are whole numbers
  std::vector<std::optional<int32_t>> user_labels_;  // [user_names] the model's label
  bool user_names_rename_ = false;                   // they stand for the model's in order
  LabelScheme scheme_;
};

LabelScheme LabelScheme::from_model(const LabelColumn& data, const Names& file_names,
                                    const Names& user_names, const std::vector<double>& cuts,
                                    const Names& model_names) {
  check_cuts(cuts, user_names);
  check_label_names(user_names);
  ModelMatch match(data, file_names, user_names, model_names);
  return cuts.empty() ? match.match() : match.cut(cuts);
}

}  // namespace thaw
