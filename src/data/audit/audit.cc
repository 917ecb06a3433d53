#include "data/audit/audit.h"

#include <algorithm>
#include <limits>
#include <map>
#include <span>
#include <tuple>

#include "data/audit/equal_texts.h"
#include "data/audit/near_duplicates.h"
#include "text/utf8.h"

namespace thaw {
namespace {

// NumPy's percentile(…, method="linear") of sorted values.
double percentile(const std::vector<int32_t>& sorted, int percent) {
  const double position = static_cast<double>(sorted.size() - 1) * percent / 100;
  const size_t below = static_cast<size_t>(position);
  const size_t above = std::min(below + 1, sorted.size() - 1);
  return sorted[below] + (position - static_cast<double>(below)) * (sorted[above] - sorted[below]);
}

LengthSummary summarize(std::vector<int32_t> lengths, int32_t special_tokens, int max_length) {
  std::sort(lengths.begin(), lengths.end());
  LengthSummary summary;
  summary.shortest = lengths.front();
  summary.longest = lengths.back();
  double sum = 0;
  for (const int32_t length : lengths) sum += length;
  summary.mean = sum / static_cast<double>(lengths.size());
  for (const int percent : kLengthPercentiles) {
    summary.percentiles.push_back(percentile(lengths, percent));
  }
  if (max_length > 0) {
    summary.truncated =
        lengths.end() - std::upper_bound(lengths.begin(), lengths.end(), max_length);
    for (const int32_t length : lengths) {
      summary.tokens += length - special_tokens;
      summary.lost += std::max(0, length - max_length);
    }
  }
  return summary;
}

class Repetitions {
 public:
  Repetitions(const std::vector<const Split*>& splits, DataAudit& audit)
      : splits_(splits), audit_(audit) {}

  void find() {
    std::vector<const TextColumn*> texts;
    for (size_t s = 0; s < splits_.size(); ++s) {
      texts.push_back(&splits_[s]->texts);
      for (int64_t i = 0; i < splits_[s]->size(); ++i) {
        if (is_empty({static_cast<int32_t>(s), i})) {
          audit_.splits[s].empty_rows.push_back(splits_[s]->rows[i]);
        }
      }
    }
    for_each_equal_text(texts, [&](std::span<const TextPlace> places) {
      if (!is_empty(places.front())) take_group(places);
    });
    for (SplitAudit& split : audit_.splits) {
      std::sort(split.empty_rows.begin(), split.empty_rows.end());
      std::sort(split.repetitions.begin(), split.repetitions.end(),
                [](const RepeatedRow& a, const RepeatedRow& b) { return a.row < b.row; });
    }
    std::sort(audit_.shared.begin(), audit_.shared.end(),
              [](const SharedText& a, const SharedText& b) {
                if (a.first_split != b.first_split) return a.first_split < b.first_split;
                if (a.second_split != b.second_split) return a.second_split < b.second_split;
                return a.second_row < b.second_row;
              });
  }

 private:
  bool is_empty(const TextPlace& place) const {
    const TextColumn& texts = splits_[place.split]->texts;
    return trim_ascii(texts[place.position]).empty() ||
           (texts.has_pairs() && trim_ascii(texts.pair(place.position)).empty());
  }
  int64_t row(const TextPlace& place) const { return splits_[place.split]->rows[place.position]; }
  int32_t label(const TextPlace& place) const {
    const auto& labels = splits_[place.split]->labels;
    return labels.empty() ? 0 : labels[place.position];
  }

  // The places of one text, by split. A split that was drawn has its rows in another order than
  // their file.
  void take_group(std::span<const TextPlace> unordered) {
    std::vector<TextPlace> places(unordered.begin(), unordered.end());
    std::stable_sort(places.begin(), places.end(), [&](const TextPlace& a, const TextPlace& b) {
      return a.split != b.split ? a.split < b.split : row(a) < row(b);
    });
    std::vector<TextPlace> firsts;  // of each split that holds the text
    std::vector<int64_t> counts;
    for (const TextPlace& place : places) {
      if (firsts.empty() || firsts.back().split != place.split) {
        firsts.push_back(place);
        counts.push_back(1);
        continue;
      }
      const TextPlace& first = firsts.back();
      ++counts.back();
      audit_.splits[place.split].repetitions.push_back(
          {row(place), row(first), label(place) != label(first), place.position, first.position});
    }
    for (size_t a = 0; a < firsts.size(); ++a) {
      for (size_t b = a + 1; b < firsts.size(); ++b) {
        audit_.shared.push_back({firsts[a].split, firsts[b].split, row(firsts[a]), row(firsts[b]),
                                 counts[b], label(firsts[a]) != label(firsts[b]),
                                 firsts[a].position, firsts[b].position});
      }
    }
  }

  const std::vector<const Split*>& splits_;
  DataAudit& audit_;
};

void find_near_texts(const std::vector<const Split*>& splits, DataAudit& audit) {
  std::vector<const TextColumn*> texts;
  for (const Split* split : splits) texts.push_back(&split->texts);
  const auto label = [&](int split, int64_t position) {
    const auto& labels = splits[split]->labels;
    return labels.empty() ? 0 : labels[position];
  };
  audit.looked_for_near = true;
  std::map<std::pair<int, int>, size_t> taken;
  for (const NearDuplicate& found : find_near_duplicates(texts)) {
    NearText near{found.earlier_split,
                  found.split,
                  splits[found.earlier_split]->rows[found.earlier_row],
                  splits[found.split]->rows[found.row],
                  found.similarity,
                  label(found.earlier_split, found.earlier_row) != label(found.split, found.row),
                  "",
                  ""};
    if (taken[{found.earlier_split, found.split}]++ < kNearTextsShown) {
      near.first_text = whole_text(*texts[found.earlier_split], found.earlier_row);
      near.second_text = whole_text(*texts[found.split], found.row);
    }
    audit.near.push_back(std::move(near));
  }
  std::sort(audit.near.begin(), audit.near.end(), [](const NearText& a, const NearText& b) {
    return std::tie(a.first_split, a.second_split, a.second_row) <
           std::tie(b.first_split, b.second_split, b.second_row);
  });
}

}  // namespace

double SplitAudit::imbalance() const {
  const bool empty = std::find(class_rows.begin(), class_rows.end(), 0) != class_rows.end();
  return empty ? std::numeric_limits<double>::infinity() : class_balance(class_rows).ratio();
}

std::string whole_text(const TextColumn& texts, int64_t position) {
  std::string text(texts[position]);
  if (texts.has_pairs()) text.append(" | ").append(texts.pair(position));
  return text;
}

DataAudit audit_dataset(const Dataset& dataset, const SplitLengths& lengths, int max_length,
                        NearTexts near) {
  DataAudit audit;
  audit.label_names = dataset.label_names;
  audit.similar_labels = find_similar_labels(dataset.label_names);
  audit.max_length = max_length;
  std::vector<const Split*> splits;
  const auto add = [&](const char* name, const Split& split, const std::vector<int32_t>& tokens) {
    if (split.size() == 0) return;
    SplitAudit part;
    part.name = name;
    part.source = split.source;
    part.rows = split.size();
    part.class_rows.resize(split.labels.empty() ? 0 : dataset.label_names.size());
    for (const int32_t label : split.labels) ++part.class_rows[label];
    if (!tokens.empty()) {
      part.has_lengths = true;
      part.lengths = summarize(tokens, lengths.special_tokens, max_length);
    }
    audit.splits.push_back(std::move(part));
    splits.push_back(&split);
  };
  add("train", dataset.train, lengths.train);
  add("validation", dataset.validation, lengths.validation);
  add("test", dataset.test, lengths.test);
  Repetitions(splits, audit).find();
  if (near == NearTexts::kLookFor) find_near_texts(splits, audit);
  return audit;
}

}  // namespace thaw
