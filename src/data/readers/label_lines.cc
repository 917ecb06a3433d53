#include "data/readers/label_lines.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <set>

#include "base/error.h"
#include "base/setting_words.h"
#include "data/audit/similar_labels.h"
#include "data/label_values.h"
#include "text/utf8.h"

namespace thaw {
namespace {

constexpr size_t kLabelsShown = 12, kDoubtsShown = 5;

// A name within a line: as it is, but without what would break the line.
std::string plain(const std::string& name) {
  const std::string quoted = quoted_excerpt(name, 60);
  return quoted.substr(1, quoted.size() - 2);
}

// A label that shows no difference to a name would be refused by a sentence that makes no sense.
void refuse_if_it_looks_like_another(const std::string& value,
                                     const std::vector<std::string>& names,
                                     const std::string& place) {
  for (const std::string& name : names) {
    const auto similar = find_similar_labels({name, value});
    if (similar.empty() || similar[0].differences == std::vector<std::string>{"case"}) continue;
    throw Error(fmt::format("label {} differs from {} only in {}", similar[0].shown[1],
                            similar[0].shown[0], listed_differences(similar[0].differences)),
                place, "write the label in one way, or each is a class of its own");
  }
}

}  // namespace

std::string label_line(const std::vector<std::string>& names,
                       const std::vector<std::string>& values, const std::string& how) {
  std::string line = "labels: ";
  for (size_t i = 0; i < std::min(names.size(), kLabelsShown); ++i) {
    if (i > 0) line += ", ";
    if (!values.empty()) line += plain(values[i]) + " → ";
    line += plain(names[i]);
  }
  if (names.size() > kLabelsShown) line += fmt::format(", … ({} in all)", names.size());
  return fmt::format("{} ({})", line, how);
}

void add_doubtful_texts(const LabelColumn& column, std::vector<std::string>& lines) {
  std::map<double, int32_t> numbers;
  size_t doubts = 0;
  for (int32_t code = 0; code < static_cast<int32_t>(column.values().size()); ++code) {
    const std::string& value = column.values()[code];
    const std::string told = fmt::format("{} ({})", quoted_excerpt(value), column.place(code));
    std::string doubt;
    if (is_missing_in_pandas(value)) {
      doubt = told + " is taken as a class; pandas would read it as missing";
    } else if (const auto number = as_number(value)) {
      const auto [same, is_new] = numbers.emplace(*number, code);
      if (!is_new && column.values()[same->second] != value) {
        doubt = fmt::format(
            "{} ({}) and {} are two classes: the labels are text, though equal as numbers",
            quoted_excerpt(column.values()[same->second]), column.place(same->second), told);
      }
    }
    if (doubt.empty()) continue;
    if (++doubts <= kDoubtsShown) lines.push_back("label " + doubt);
  }
  if (doubts > kDoubtsShown) {
    lines.push_back(fmt::format("… and {} more labels of the kind", doubts - kDoubtsShown));
  }
}

void throw_unknown_label(const LabelColumn& column, int32_t code,
                         const std::vector<std::string>& names) {
  const std::string& value = column.values()[code];
  refuse_if_it_looks_like_another(value, names, column.place(code));
  std::string remedy = "correct the label or remove the row";
  const auto same_but = [&](auto equal) {
    const auto found = std::find_if(names.begin(), names.end(), equal);
    return found == names.end() ? nullptr : &*found;
  };
  const std::string folded = without_case(value);
  const auto number = as_number(value);
  if (const auto* name = same_but([&](const auto& n) { return without_case(n) == folded; })) {
    remedy = fmt::format("write it as {}, if that is meant", quoted_excerpt(*name));
  } else if (const auto* same =
                 same_but([&](const auto& n) { return number && as_number(n) == number; })) {
    remedy = fmt::format("write it as {}, if that is meant", quoted_excerpt(*same));
  } else if (value == "-1") {
    remedy = fmt::format("take another split if its labels are not known ({}), or remove the row",
                         setting("test", "validation"));
  } else if (is_missing_in_pandas(value)) {
    remedy = "leave the label empty if the row has none, or correct it";
  }
  throw Error(fmt::format("label {} is not one of {}", quoted_excerpt(value), listed_names(names)),
              column.place(code), remedy);
}

void check_label_names(const std::vector<std::string>& names) {
  std::set<std::string> seen;
  for (const std::string& name : names) {
    if (name.empty()) {
      throw Error("a label's name is empty", Setting{"label_names"}, "give it a name",
                  ErrorKind::kUsage);
    }
    if (!seen.insert(name).second) {
      throw Error(fmt::format("the name '{}' is given twice", name), Setting{"label_names"},
                  "give each label a name of its own", ErrorKind::kUsage);
    }
  }
}

void check_names_of_ids(const std::vector<std::string>& file_names,
                        const std::vector<std::string>& user_names) {
  for (size_t i = 0; i < user_names.size(); ++i) {
    const auto own = std::find(file_names.begin(), file_names.end(), user_names[i]);
    if (own == file_names.end() || own - file_names.begin() == static_cast<int64_t>(i)) continue;
    throw Error(
        fmt::format("the label {} would be called '{}', which is the file's own name for {}", i,
                    user_names[i], own - file_names.begin()),
        Setting{"label_names"},
        "leave it out, or give names in the order of the file's: " + listed_names(file_names));
  }
}

}  // namespace thaw
