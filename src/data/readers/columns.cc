#include "data/readers/columns.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cctype>
#include <map>
#include <string_view>
#include <utility>

#include "base/error.h"
#include "base/setting_words.h"
#include "text/utf8.h"
#include "text/value_list.h"

namespace thaw {
namespace {

// Names that people give to the column, the surest first; names of one row are equally likely.
using Guesses = std::vector<std::vector<std::string_view>>;

const Guesses& text_guesses() {
  static const Guesses guesses = {
      {"text", "texts"},
      {"sentence",     "sentences",  "tweet",       "tweets",     "review",    "reviews",
       "review_text",  "reviewtext", "review_body", "tweet_text", "content",   "contents",
       "message",      "messages",   "document",    "documents",  "comment",   "comments",
       "comment_text", "full_text",  "body",        "sms",        "utterance", "phrase",
       "snippet",      "post",       "question",    "query",      "news",      "article",
       "input",        "inputs"},
      {"title", "headline", "description", "summary", "subject"}};
  return guesses;
}

const Guesses& label_guesses() {
  static const Guesses guesses = {
      {"label", "labels"},
      {"sentiment", "class",    "classes",    "category",   "categories",
       "target",    "targets",  "rating",     "ratings",    "score",
       "stars",     "polarity", "topic",      "emotion",    "intent",
       "tag",       "gold",     "gold_label", "annotation", "airline_sentiment"},
      {"y", "output", "type", "label_id", "mean_rating", "mean_sentiment_rating"}};
  return guesses;
}

std::string lower(std::string_view text) {
  std::string result(trim_ascii(text));
  std::transform(result.begin(), result.end(), result.begin(),
                 [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  return result;
}

std::string listed(const std::vector<std::string>& names) {
  return comma_list(names, 30, [](const std::string& name) { return quoted_excerpt(name); });
}

// Whether a column is called like one that tells rows apart, and not classes ("class_id").
bool is_called_like_an_id(const std::string& name) {
  static constexpr std::array<std::string_view, 11> kNames = {
      "id", "ids", "idx", "index", "guid", "uid", "uuid", "qid", "pairid", "rowid", "unnamed: 0"};
  static constexpr std::array<std::string_view, 20> kOf = {
      "text",     "texts", "tweet",   "review",  "sentence", "phrase", "comment",
      "document", "doc",   "message", "msg",     "post",     "row",    "example",
      "sample",   "item",  "record",  "product", "user",     "pair"};
  const std::string folded = lower(name);
  if (std::find(kNames.begin(), kNames.end(), folded) != kNames.end()) return true;
  return std::any_of(kOf.begin(), kOf.end(), [&](std::string_view of) {
    if (!folded.starts_with(of)) return false;
    const std::string_view rest = std::string_view(folded).substr(of.size());
    return rest == "id" || rest == "_id" || rest == "-id" || rest == " id" || rest == "_idx";
  });
}

// Any other *_id, but of what rows have in common.
bool may_be_an_id(const std::string& name) {
  static constexpr std::array<std::string_view, 10> kShared = {
      "class_id", "label_id",  "category_id", "topic_id", "intent_id",
      "group_id", "target_id", "type_id",     "tag_id",   "sentiment_id"};
  const std::string folded = lower(name);
  return folded.ends_with("_id") &&
         std::find(kShared.begin(), kShared.end(), folded) == kShared.end();
}

int id_column(const std::vector<std::string>& names, const ChosenColumns& chosen) {
  int found = -1, other = -1;
  for (int i = 0; i < static_cast<int>(names.size()); ++i) {
    if (i == chosen.text || i == chosen.label || i == chosen.pair) continue;
    if (lower(names[i]) == "id") return i;
    if (found < 0 && is_called_like_an_id(names[i])) found = i;
    if (other < 0 && may_be_an_id(names[i])) other = i;
  }
  return found >= 0 ? found : other;
}

class Chooser {
 public:
  Chooser(const std::vector<std::string>& names, const std::string& source)
      : names_(names), source_(source) {}

  int named(const std::string& name, const char* key) const {
    const int found = find(name);
    if (found >= 0) return found;
    throw Error(fmt::format("there is no column {} among {}", quoted_excerpt(name), listed(names_)),
                source_, "name one of these with " + setting(key));
  }

  // A column whose role another file has decided.
  int held(const std::string& name, const char* role, const ColumnRoles& roles) const {
    const int found = find(name);
    if (found >= 0) return found;
    throw Error(
        fmt::format("there is no {} column {} among {}, and {} has {}", role, quoted_excerpt(name),
                    listed(names_), roles.source, listed(roles.columns)),
        source_, "give all splits the same columns");
  }

  // -1 where there is none. Throws Error for two.
  int find(const std::string& name) const {
    int found = -1;
    for (size_t i = 0; i < names_.size(); ++i) {
      if (names_[i] != name) continue;
      if (found >= 0) throw_duplicate(static_cast<size_t>(found), i);
      found = static_cast<int>(i);
    }
    if (found >= 0) return found;
    // The same name in another case is what was meant, if there is only one.
    for (size_t i = 0; i < names_.size(); ++i) {
      if (lower(names_[i]) != lower(name)) continue;
      if (found >= 0) return -1;
      found = static_cast<int>(i);
    }
    return found;
  }

  // The one column that a row of guesses fits, -1 if none does.
  int guessed(const Guesses& guesses, int taken, int pair, const char* role,
              const char* key) const {
    for (const auto& likely : guesses) {
      int found = -1;
      for (size_t i = 0; i < names_.size(); ++i) {
        if (static_cast<int>(i) == taken || static_cast<int>(i) == pair) continue;
        if (std::find(likely.begin(), likely.end(), lower(names_[i])) == likely.end()) continue;
        if (found >= 0 && names_[found] == names_[i]) throw_duplicate(found, i);
        if (found >= 0) {
          throw Error(fmt::format("both {} and {} could be the {} column among {}",
                                  quoted_excerpt(names_[found]), quoted_excerpt(names_[i]), role,
                                  listed(names_)),
                      source_, "choose with " + setting(key));
        }
        found = static_cast<int>(i);
      }
      if (found >= 0) return found;
    }
    return -1;
  }

  // What was chosen by its place or by a guess may have a namesake as well.
  void check_only(int column) const {
    for (size_t i = 0; column >= 0 && i < names_.size(); ++i) {
      if (static_cast<int>(i) == column || names_[i] != names_[column]) continue;
      throw_duplicate(std::min<size_t>(i, column), std::max<size_t>(i, column));
    }
  }

  [[noreturn]] void none(const char* role, const char* key) const {
    throw Error(
        fmt::format("none of the columns {} is called like a {} column", listed(names_), role),
        source_,
        fmt::format("name it with {}, or, if the file has no header, name all columns with {}",
                    setting(key), setting("columns")));
  }

 private:
  [[noreturn]] void throw_duplicate(size_t first, size_t second) const {
    throw Error(fmt::format("columns {} and {} are both named {}", first + 1, second + 1,
                            quoted_excerpt(names_[first])),
                source_, "rename one of them in the file");
  }

  const std::vector<std::string>& names_;
  const std::string& source_;
};

ChosenColumns held_columns(const Chooser& chooser, const TableRequest& request) {
  const ColumnRoles& roles = *request.roles;
  ChosenColumns chosen;
  if (roles.id) chosen.id = chooser.find(*roles.id);
  chosen.text = chooser.held(roles.text, "text", roles);
  if (roles.pair) chosen.pair = chooser.held(*roles.pair, "second text", roles);
  if (roles.label && request.with_labels) chosen.label = chooser.find(*roles.label);
  return chosen;
}

// The request with the columns that a model was trained with as its own, where nothing else is
// named and the file has them.
TableRequest with_remembered(const Chooser& chooser, const TableRequest& request) {
  TableRequest with = request;
  const ColumnRoles& roles = *request.remembered;
  const auto take = [&](const std::optional<std::string>& name, std::string& wanted) {
    const bool free = name && *name != with.text_column && *name != with.pair_column &&
                      *name != with.label_column;
    if (wanted.empty() && free && chooser.find(*name) >= 0) wanted = *name;
  };
  take(roles.text, with.text_column);
  take(roles.pair, with.pair_column);
  if (request.with_labels) take(roles.label, with.label_column);
  return with;
}

}  // namespace

ColumnRoles ChosenColumns::roles(const std::vector<std::string>& names,
                                 const std::string& source) const {
  ColumnRoles roles;
  roles.text = names[text];
  if (pair >= 0) roles.pair = names[pair];
  if (label >= 0) roles.label = names[label];
  roles.source = source;
  roles.columns = names;
  return roles;
}

bool is_called_like_a_text(const std::string& name) {
  const std::string folded = lower(name);
  return std::any_of(text_guesses().begin(), text_guesses().end(), [&](const auto& likely) {
    return std::find(likely.begin(), likely.end(), folded) != likely.end();
  });
}

ChosenColumns choose_columns(const std::vector<std::string>& names, const TableRequest& given,
                             const std::string& source) {
  const Chooser chooser(names, source);
  const TableRequest request = given.remembered ? with_remembered(chooser, given) : given;
  ChosenColumns chosen;
  if (request.roles) {
    chosen = held_columns(chooser, request);
    if (request.with_ids && chosen.id < 0) chosen.id = id_column(names, chosen);
    return chosen;
  }
  if (!request.label_column.empty() && request.with_labels) {
    chosen.label = chooser.named(request.label_column, "label_column");
  }
  if (!request.pair_column.empty()) {
    chosen.pair = chooser.named(request.pair_column, "text_pair");
  }
  if (!request.text_column.empty()) {
    chosen.text = chooser.named(request.text_column, "text_column");
  } else {
    chosen.text = chooser.guessed(text_guesses(), chosen.label, chosen.pair, "text", "text_column");
  }
  if (chosen.text < 0 && names.size() == 1 && !request.with_labels) chosen.text = 0;
  const bool text_unknown = chosen.text < 0;
  if (chosen.label < 0 && (request.with_labels || text_unknown)) {
    chosen.label =
        chooser.guessed(label_guesses(), chosen.text, chosen.pair, "label", "label_column");
  }
  if (names.size() == 2 && chosen.pair < 0) {
    const auto other_than = [&](int column) {
      return column < 0 || is_called_like_an_id(names[1 - column]) ? -1 : 1 - column;
    };
    if (text_unknown) chosen.text = other_than(chosen.label);
    if (chosen.label < 0) chosen.label = other_than(chosen.text);
  }
  if (chosen.text < 0) chooser.none("text", "text_column");
  if (!request.with_labels) {
    chosen.label = -1;
  } else if (chosen.label < 0) {
    chooser.none("label", "label_column");
  } else if (chosen.label == chosen.text) {
    throw Error(fmt::format("the column {} cannot be the text and the label at once",
                            quoted_excerpt(names[chosen.text])),
                source,
                fmt::format("name another one with {} or {}", setting("text_column"),
                            setting("label_column")));
  }
  for (const auto& [other, key] :
       {std::pair{chosen.text, "text_column"}, std::pair{chosen.label, "label_column"}}) {
    if (chosen.pair < 0 || chosen.pair != other) continue;
    throw Error(fmt::format("the column {} cannot be the second text and something else at once",
                            quoted_excerpt(names[chosen.pair])),
                source,
                fmt::format("name another one with {} or {}", setting("text_pair"), setting(key)));
  }
  for (const int column : {chosen.text, chosen.label, chosen.pair}) chooser.check_only(column);
  if (!request.id_column.empty()) {
    chosen.id = chooser.named(request.id_column, "id_column");
    if (chosen.id == chosen.text || chosen.id == chosen.label || chosen.id == chosen.pair) {
      throw Error(fmt::format("the column {} cannot tell rows apart and be something else at once",
                              quoted_excerpt(names[chosen.id])),
                  source, "name another one with " + setting("id_column"));
    }
  } else if (request.with_ids) {
    chosen.id = id_column(names, chosen);
  }
  return chosen;
}

std::vector<int> find_further_columns(const std::vector<std::string>& names,
                                      const TableRequest& request, const std::string& source) {
  const Chooser chooser(names, source);
  std::vector<int> found;
  for (const std::string& name : request.further_columns) found.push_back(chooser.find(name));
  return found;
}

void throw_no_slice_column(const std::string& name, const ColumnRoles& roles) {
  throw Error(
      fmt::format("there is no column {} among {}", quoted_excerpt(name), listed(roles.columns)),
      roles.source,
      fmt::format("name one of these with {}, or length for the number of tokens",
                  setting("slices")));
}

std::vector<std::string> duplicate_name_lines(const std::vector<std::string>& names,
                                              const std::string& source) {
  std::map<std::string, std::vector<size_t>> places;
  for (size_t i = 0; i < names.size(); ++i) {
    if (!names[i].empty()) places[names[i]].push_back(i + 1);
  }
  std::vector<std::string> lines;
  for (const auto& [name, columns] : places) {
    if (columns.size() < 2) continue;
    std::string list;
    for (size_t i = 0; i < columns.size(); ++i) {
      const char* between = i == 0 ? "" : i + 1 == columns.size() ? " and " : ", ";
      list += fmt::format("{}{}", between, columns[i]);
    }
    lines.push_back(fmt::format(
        "{}: columns {}{} named {}; neither texts nor labels are taken from them", source, list,
        columns.size() == 2 ? " are both" : " are all", quoted_excerpt(name)));
  }
  return lines;
}

}  // namespace thaw
