#include "data/label_cuts.h"

#include <fmt/format.h>

#include <cmath>

#include "base/error.h"
#include "base/setting_words.h"
#include "data/label_values.h"

namespace thaw {

void check_cuts(const std::vector<double>& cuts, const std::vector<std::string>& user_names) {
  for (size_t i = 0; i < cuts.size(); ++i) {
    if (!std::isfinite(cuts[i]) || (i > 0 && !(cuts[i - 1] < cuts[i]))) {
      throw Error("the cuts must be numbers that ascend", Setting{"label_cuts"},
                  "e.g. " + setting("label_cuts", "-0.5,0.5"), ErrorKind::kUsage);
    }
  }
  if (!cuts.empty() && !user_names.empty() && user_names.size() != cuts.size() + 1) {
    throw Error(fmt::format("{} cuts make {} labels, and {} names are given", cuts.size(),
                            cuts.size() + 1, user_names.size()),
                Setting{"label_names"}, "give a name for each label, from low to high",
                ErrorKind::kUsage);
  }
}

int32_t bin_of(double value, const std::vector<double>& cuts) {
  const size_t lower = (cuts.size() + 1) / 2;
  int32_t bin = 0;
  for (size_t i = 0; i < cuts.size(); ++i) {
    if (i < lower ? value >= cuts[i] : value > cuts[i]) ++bin;
  }
  return bin;
}

std::vector<std::string> bin_names(const std::vector<double>& cuts) {
  const size_t lower = (cuts.size() + 1) / 2;
  std::vector<std::string> names;
  for (size_t bin = 0; bin <= cuts.size(); ++bin) {
    const bool has_from = bin > 0, has_to = bin < cuts.size();
    const std::string from = has_from ? shortest_text(cuts[bin - 1]) : "";
    const std::string to = has_to ? shortest_text(cuts[bin]) : "";
    const bool includes_from = has_from && bin - 1 < lower, includes_to = has_to && bin >= lower;
    if (!has_from) {
      names.push_back((includes_to ? "up to " : "below ") + to);
    } else if (!has_to) {
      names.push_back(includes_from ? "from " + from : "above " + from);
    } else {
      names.push_back((includes_from ? "from " : "above ") + from +
                      (includes_to ? " to " : " to below ") + to);
    }
  }
  return names;
}

}  // namespace thaw
