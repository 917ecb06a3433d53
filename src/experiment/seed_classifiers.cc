#include "experiment/seed_classifiers.h"

#include <memory>

namespace thaw {

std::vector<ClassifierModel> open_for_seeds(const std::filesystem::path& folder,
                                            const ExperimentSettings& settings,
                                            OpenOptions options) {
  std::vector<ClassifierModel> seeds;
  for (int seed = 0; seed < settings.seeds; ++seed) {
    options.seed = settings.seed + static_cast<uint64_t>(seed);
    seeds.push_back(open_classifier(folder, options));
    seeds.back().report.source = settings.model;
    if (seed == 0) continue;
    ClassifierModel own = seeds.front();
    const auto drawn = std::make_shared<ParameterTable>(seeds.back().table);
    own.table.keep_alive(drawn);
    for (size_t i = 0; i < own.table.list.size(); ++i) {
      Parameter& parameter = own.table.list[i];
      if (parameter.fresh) parameter.value = drawn->list[i].value;
    }
    seeds.back() = std::move(own);
  }
  return seeds;
}

}  // namespace thaw
