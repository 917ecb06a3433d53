#include "report/findings/strategy_phrases.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>

#include "text/numbers.h"

namespace thaw {
namespace {

struct Phrase {
  std::string imperative, gerund;  // both with a small first letter; "": it has none
};

Phrase phrase_of(const ComparisonResults& results, size_t index) {
  const StrategyResult& own = results.strategies[index];
  const auto of_this_kind =
      std::count_if(results.strategies.begin(), results.strategies.end(),
                    [&](const StrategyResult& other) { return other.strategy == own.strategy; });
  // A name of the user's own is what tables and folders say; a phrase would hide it.
  if (own.name != own.strategy || of_this_kind > 1) return {};
  if (own.strategy == "probe") return {"keep the encoder frozen", "training the head alone"};
  if (own.strategy == "full") return {"unfreeze everything", "unfreezing everything"};
  if (own.strategy == "bitfit") return {"unfreeze the biases alone", "unfreezing the biases alone"};
  if (own.strategy == "lp-ft") {
    return {"train the head first, then everything", "training the head first, then everything,"};
  }
  if (own.strategy.rfind("last-", 0) == 0) {
    const std::string layers = own.strategy.substr(5);
    const std::string what =
        layers == "1" ? "the last layer" : fmt::format("the last {} layers", layers);
    return {"unfreeze " + what, "unfreezing " + what};
  }
  return {};
}

std::string with_capital(std::string text) {
  if (!text.empty() && text[0] >= 'a' && text[0] <= 'z') text[0] = static_cast<char>(text[0] - 32);
  return text;
}

}  // namespace

std::string to_do(const ComparisonResults& results, size_t strategy) {
  const Phrase phrase = phrase_of(results, strategy);
  return phrase.imperative.empty() ? "Take " + results.strategies[strategy].name
                                   : with_capital(phrase.imperative);
}

std::string doing(const ComparisonResults& results, size_t strategy) {
  const Phrase phrase = phrase_of(results, strategy);
  return phrase.gerund.empty() ? results.strategies[strategy].name : phrase.gerund;
}

std::string doing_first(const ComparisonResults& results, size_t strategy) {
  const Phrase phrase = phrase_of(results, strategy);
  return phrase.gerund.empty() ? results.strategies[strategy].name : with_capital(phrase.gerund);
}

std::string for_times_the_training_time(double value) {
  if (!(value > 0) || !std::isfinite(value)) return "";
  static constexpr std::array<const char*, 11> kWords = {"",
                                                         "the same",
                                                         "twice the",
                                                         "three times the",
                                                         "four times the",
                                                         "five times the",
                                                         "six times the",
                                                         "seven times the",
                                                         "eight times the",
                                                         "nine times the",
                                                         "ten times the"};
  std::string number = factor(value);
  number.resize(number.size() - std::string("×").size());
  std::string times = number + " times the";
  for (size_t whole = 1; whole < kWords.size(); ++whole) {
    if (number == fmt::format("{}{}", whole, whole < 10 ? ".0" : "")) times = kWords[whole];
  }
  return fmt::format(" for {} training time", times);
}

}  // namespace thaw
