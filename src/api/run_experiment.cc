#include "api/run_experiment.h"

#include <filesystem>

#include "api/resolve_data.h"
#include "api/resolve_model.h"
#include "base/error.h"

namespace thaw {
namespace {

// Finds model and data, and hands the model's folder to `work`.
template <class Work>
auto with_model(ExperimentSettings& settings, const HubListener& hub, const Work& work) {
  try {
    name_revisions(settings);
    resolve_data(settings.data, DataUse::kAllSplits, hub);
    const auto model = resolve_model(settings.model, ModelPlace::kSetting, hub);
    return with_way_out("name another folder with " + setting("out"), [&] { return work(model); });
  } catch (const CannotResume&) {
    throw;
  } catch (const Diverged&) {
    throw;
  } catch (const Error& error) {
    throw as_given(error, settings);
  }
}

}  // namespace

ComparisonResults run_experiment(ExperimentSettings& settings, bool single,
                                 const Listener& listener, const HubListener& hub,
                                 const RunSpec* asked, bool resume) {
  return with_model(settings, hub, [&](const std::filesystem::path& model) {
    return run_comparison(settings, model, single, listener, asked, resume);
  });
}

void plan_experiment(ExperimentSettings& settings, bool single, const Listener& listener,
                     const HubListener& hub) {
  with_model(settings, hub, [&](const std::filesystem::path& model) {
    plan_comparison(settings, model, single, listener);
  });
}

const StrategyResult* strategy_to_take(const ComparisonResults& results,
                                       const Recommendation& recommendation) {
  if (recommendation.chosen) return &results.strategies[*recommendation.chosen];
  for (const StrategyResult& strategy : results.strategies) {
    if (strategy.failure.empty()) return &strategy;
  }
  return nullptr;
}

}  // namespace thaw
