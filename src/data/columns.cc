#include "data/columns.h"

#include <algorithm>
#include <array>
#include <cctype>
#include <string_view>
#include <utility>

#include "base/error.h"
#include "data/utf8.h"

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
  constexpr size_t kShown = 30;
  std::string list;
  for (size_t i = 0; i < std::min(names.size(), kShown); ++i) {
    list += (i == 0 ? "" : ", ") + quoted_excerpt(names[i]);
  }
  if (names.size() > kShown) list += ", … (" + std::to_string(names.size()) + " in all)";
  return list;
}

class Chooser {
 public:
  Chooser(const std::vector<std::string>& names, const std::string& source)
      : names_(names), source_(source) {}

  int named(const std::string& name, const char* flag) const {
    int found = -1;
    for (size_t i = 0; i < names_.size(); ++i) {
      if (names_[i] != name) continue;
      if (found >= 0) {
        throw Error("two columns are named " + quoted_excerpt(name), source_,
                    "rename one of them in the file");
      }
      found = static_cast<int>(i);
    }
    if (found >= 0) return found;
    // The same name in another case is what was meant, if there is only one.
    for (size_t i = 0; i < names_.size(); ++i) {
      if (lower(names_[i]) != lower(name)) continue;
      if (found >= 0) found = -2;
      if (found == -1) found = static_cast<int>(i);
    }
    if (found >= 0) return found;
    throw Error("there is no column " + quoted_excerpt(name) + " among " + listed(names_), source_,
                std::string("name one of these with ") + flag);
  }

  // The one column that a row of guesses fits, -1 if none does.
  int guessed(const Guesses& guesses, int taken, int pair, const char* role,
              const char* flag) const {
    for (const auto& likely : guesses) {
      int found = -1;
      for (size_t i = 0; i < names_.size(); ++i) {
        if (static_cast<int>(i) == taken || static_cast<int>(i) == pair) continue;
        if (std::find(likely.begin(), likely.end(), lower(names_[i])) == likely.end()) continue;
        if (found >= 0) {
          throw Error("both " + quoted_excerpt(names_[found]) + " and " +
                          quoted_excerpt(names_[i]) + " could be the " + role + " column among " +
                          listed(names_),
                      source_, std::string("choose with ") + flag);
        }
        found = static_cast<int>(i);
      }
      if (found >= 0) return found;
    }
    return -1;
  }

  [[noreturn]] void none(const char* role, const char* flag) const {
    throw Error("none of the columns " + listed(names_) + " is called like a " + role + " column",
                source_,
                std::string("name it with ") + flag +
                    ", or, if the file has no header, name all columns with --columns");
  }

 private:
  const std::vector<std::string>& names_;
  const std::string& source_;
};

}  // namespace

ChosenColumns choose_columns(const std::vector<std::string>& names, const TableRequest& request,
                             const std::string& source) {
  const Chooser chooser(names, source);
  ChosenColumns chosen;
  if (!request.label_column.empty() && request.with_labels) {
    chosen.label = chooser.named(request.label_column, "--label-column");
  }
  if (!request.pair_column.empty()) {
    chosen.pair = chooser.named(request.pair_column, "--text-pair");
  }
  if (!request.text_column.empty()) {
    chosen.text = chooser.named(request.text_column, "--text-column");
  } else {
    chosen.text =
        chooser.guessed(text_guesses(), chosen.label, chosen.pair, "text", "--text-column");
  }
  if (chosen.text < 0 && names.size() == 1 && !request.with_labels) chosen.text = 0;
  const bool text_unknown = chosen.text < 0;
  if (chosen.label < 0 && (request.with_labels || text_unknown)) {
    chosen.label =
        chooser.guessed(label_guesses(), chosen.text, chosen.pair, "label", "--label-column");
  }
  if (names.size() == 2 && chosen.pair < 0) {
    if (text_unknown && chosen.label >= 0) chosen.text = 1 - chosen.label;
    if (chosen.label < 0 && chosen.text >= 0) chosen.label = 1 - chosen.text;
  }
  if (chosen.text < 0) chooser.none("text", "--text-column");
  if (!request.with_labels) {
    chosen.label = -1;
  } else if (chosen.label < 0) {
    chooser.none("label", "--label-column");
  } else if (chosen.label == chosen.text) {
    throw Error("the column " + quoted_excerpt(names[chosen.text]) +
                    " cannot be the text and the label at once",
                source, "name another one with --text-column or --label-column");
  }
  for (const auto& [other, flag] :
       {std::pair{chosen.text, "--text-column"}, std::pair{chosen.label, "--label-column"}}) {
    if (chosen.pair < 0 || chosen.pair != other) continue;
    throw Error("the column " + quoted_excerpt(names[chosen.pair]) +
                    " cannot be the second text and something else at once",
                source, std::string("name another one with --text-pair or ") + flag);
  }
  return chosen;
}

}  // namespace thaw
