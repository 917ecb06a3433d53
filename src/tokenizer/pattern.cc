#include "tokenizer/pattern.h"

#include <algorithm>
#include <cstdint>
#include <ctime>

#include "base/error.h"
#include "tokenizer/unicode/utf8.h"

namespace thaw {
namespace {

template <class Find>
void find_all(std::string_view text, std::vector<PatternPart>& parts, const Find& find) {
  size_t done = 0;
  size_t from = 0;
  size_t last_end = std::string_view::npos;
  while (from <= text.size()) {
    const Regex::Match match = find(from);
    if (match.begin == std::string_view::npos) break;
    if (match.begin == match.end && match.end == last_end) {
      const char* p = text.data() + from;
      if (from < text.size()) unicode::next_code_point(p);
      from = from < text.size() ? static_cast<size_t>(p - text.data()) : from + 1;
      continue;
    }
    if (done < match.begin) parts.push_back({done, match.begin, false});
    parts.push_back({match.begin, match.end, true});
    done = from = last_end = match.end;
  }
  if (done < text.size()) parts.push_back({done, text.size(), false});
}

// The time that all searches in one text may take together, of this thread's own, so that a busy
// machine changes nothing: some seconds and, where the text is long, far more than any expression
// that means well. The clock is asked now and then.
class Patience {
 public:
  explicit Patience(size_t bytes) : end_(now() + 3 + 1e-5 * static_cast<double>(bytes)) {}
  bool is_over() {
    constexpr int kSearches = 64;
    return ++searches_ % kSearches == 0 && now() > end_;
  }

 private:
  static double now() {
    timespec time{};
    ::clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time);
    return static_cast<double>(time.tv_sec) + 1e-9 * static_cast<double>(time.tv_nsec);
  }

  const double end_;
  int64_t searches_ = 0;
};

// Lets a match be one with the part before it, where joins(is_match, whether that one is).
template <class Joins>
void join_parts(std::vector<PatternPart>& parts, const Joins& joins) {
  size_t kept = 0;
  bool previous = false;
  for (const PatternPart& part : parts) {
    if (kept > 0 && joins(part.is_match, previous)) {
      parts[kept - 1].end = part.end;
    } else {
      parts[kept++] = part;
    }
    previous = part.is_match;
  }
  parts.resize(kept);
}

}  // namespace

void find_parts(const Pattern& pattern, std::string_view text, std::vector<PatternPart>& parts) {
  if (text.empty()) return;
  if (const auto* regex = std::get_if<Regex>(&pattern)) {
    Patience patience(text.size());
    find_all(text, parts, [&](size_t from) {
      if (patience.is_over()) {
        throw Error("a regular expression of it takes too long on a text", "tokenizer.json",
                    "shorten the text, or take a model with simpler expressions");
      }
      return regex->find(text, from);
    });
    return;
  }
  const std::string& literal = std::get<std::string>(pattern);
  find_all(text, parts, [&](size_t from) {
    const size_t at = text.find(literal, from);
    return Regex::Match{at, at + literal.size()};
  });
}

void split_at_parts(const Piece& piece, std::vector<PatternPart>& parts, SplitBehavior behavior,
                    std::vector<Piece>& pieces) {
  switch (behavior) {
    case SplitBehavior::kRemoved:
      std::erase_if(parts, [](const PatternPart& part) { return part.is_match; });
      break;
    case SplitBehavior::kIsolated:
      break;
    case SplitBehavior::kMergedWithPrevious:
      join_parts(parts, [](bool is_match, bool previous) { return is_match && !previous; });
      break;
    case SplitBehavior::kMergedWithNext: {
      // The same from behind.
      std::vector<PatternPart> kept;
      bool next = false;
      for (size_t i = parts.size(); i-- > 0;) {
        if (parts[i].is_match && !next && !kept.empty()) {
          kept.back().begin = parts[i].begin;
        } else {
          kept.push_back(parts[i]);
        }
        next = parts[i].is_match;
      }
      std::reverse(kept.begin(), kept.end());
      parts = std::move(kept);
      break;
    }
    case SplitBehavior::kContiguous:
      join_parts(parts, [](bool is_match, bool previous) { return is_match == previous; });
      break;
  }
  for (const PatternPart& part : parts) {
    if (part.begin < part.end) pieces.push_back(piece.part(part.begin, part.end));
  }
}

}  // namespace thaw
