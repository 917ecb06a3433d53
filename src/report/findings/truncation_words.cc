#include "report/findings/truncation_words.h"

#include <fmt/format.h>

#include <cstdio>
#include <vector>

#include "base/setting_words.h"
#include "results/phrases.h"
#include "text/numbers.h"

namespace thaw {
namespace {

std::string remedy(const TruncationFindings& found, int64_t longest) {
  if (found.most <= found.max_length) {
    return fmt::format("the model takes no more than {} tokens", grouped(found.most));
  }
  if (longest <= found.most) {
    return setting("max_length", std::to_string(longest)) + " reads all of them";
  }
  return setting("max_length", std::to_string(found.most)) +
         ", the most that the model takes, reads more";
}

}  // namespace

Truncation TruncationFindings::all() const {
  Truncation sum;
  for (const auto& [name, split] : splits) sum.add(split);
  return sum;
}

std::string small_percent(int64_t part, int64_t whole) {
  if (whole == 0) return "0.0 %";
  const double share = 100.0 * static_cast<double>(part) / static_cast<double>(whole);
  if (part > 0 && share < 0.05) return "less than 0.1 %";
  if (part < whole && share >= 99.95) return "more than 99.9 %";
  char text[32];
  std::snprintf(text, sizeof(text), "%.1f %%", share);
  return text;
}

std::string truncation_sentence(const TruncationFindings& found) {
  if (found.max_length == 0 || found.splits.empty()) return "";
  const Truncation all = found.all();
  const std::string tokens = grouped(found.max_length) + " tokens";
  if (all.cut_texts == 0)
    return fmt::format("no text is longer than {}, so all are read whole", tokens);
  std::vector<std::string> parts;
  for (const auto* name : {"train", "validation", "test"}) {
    const auto split = found.splits.find(name);
    if (split == found.splits.end() || split->second.cut_texts == 0) continue;
    parts.push_back(grouped(split->second.cut_texts) + " of " + name);
  }
  return fmt::format("{} of {}{} cut at {}{}; {} of all tokens are not read; {}",
                     grouped(all.cut_texts), counted(all.texts, "text", "texts"),
                     all.cut_texts == 1 ? " is" : " are", tokens,
                     found.splits.size() > 1 ? fmt::format(" ({})", listed(parts)) : "",
                     small_percent(all.lost, all.tokens), remedy(found, all.longest));
}

}  // namespace thaw
