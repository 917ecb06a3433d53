// "train[:30%]+test": bounds of any number of rows lie within them, whatever the numbers are.
#include "data/splits/split_expression.h"

#include "fuzz/target.h"

THAW_FUZZ_TARGET(split_expression) {
  using thaw::fuzz::require;
  const std::string text(input);
  std::optional<std::vector<thaw::SplitTerm>> terms;
  if (!thaw::fuzz::accepts([&] { terms = thaw::parse_split_expression(text, "--train"); })) return;
  if (!terms) return;
  require(!terms->empty(), "an expression has terms");
  for (const thaw::SplitTerm& term : *terms) {
    require(!term.split.empty() && text.find(term.split) != std::string::npos,
            "a term names a split of the text");
    for (const int64_t rows :
         {int64_t{0}, int64_t{1}, int64_t{99}, int64_t{100}, int64_t{12345}, int64_t{1} << 40}) {
      thaw::fuzz::accepts([&] {
        const auto [first, last] = term.rows.bounds(rows, "--train");
        require(first >= 0 && first <= last && last <= rows, "bounds lie within the rows");
      });
    }
  }
}
