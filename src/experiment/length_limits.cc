#include "experiment/length_limits.h"

#include <algorithm>
#include <utility>

#include "model/classifier.h"

namespace thaw {

LengthLimits length_limits(const std::filesystem::path& folder, const Tokenizer& tokenizer,
                           const std::vector<std::string>& label_names) {
  const auto has = [&](const char* file) { return std::filesystem::exists(folder / file); };
  if (!has("config.json") && !has("modules.json")) {  // a tokenizer alone
    return {tokenizer.model_max_length(), tokenizer.model_max_length()};
  }
  OpenOptions options;
  options.label_names = label_names;
  const ClassifierModel classifier = describe_classifier(folder, options);
  return {default_max_length(classifier, tokenizer),
          static_cast<int>(classifier.config.max_length())};
}

TruncationFindings truncation_of_lengths(const SplitLengths& lengths, int max_length,
                                         const LengthLimits& limits) {
  TruncationFindings found{max_length, std::max(limits.most, max_length), {}};
  for (const auto& [name, list] :
       {std::pair{"train", &lengths.train}, std::pair{"validation", &lengths.validation},
        std::pair{"test", &lengths.test}}) {
    if (list->empty()) continue;
    Truncation& split = found.splits[name];
    for (const int32_t length : *list) {
      const int64_t lost = std::max(0, length - max_length);
      split.add({1, lost > 0 ? 1 : 0, length - lengths.special_tokens, lost, length});
    }
  }
  return found;
}

}  // namespace thaw
