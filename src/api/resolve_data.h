#pragma once  // Tests: tests/app/data_command_test.cc

#include <string>

#include "data/load.h"
#include "experiment/recipe/settings.h"
#include "hub/client.h"

namespace thaw {

// What is read of a data set.
enum class DataUse { kAllSplits, kTestAlone };

// Where the one path of `data` is no file or folder but a data set of the hub
// (owner/name:configuration@revision), puts its splits and class names into `data`, after fetching
// those that are needed. Everything else is left for load_dataset(). The listener is told of what
// is fetched. Throws Error of the setting `data`, and as fetch_data_set() does.
void resolve_data(DataOptions& data, DataUse use = DataUse::kAllSplits,
                  const HubListener& listener = {});

// Puts the settings' revisions into the names of model and data. Throws Error of kind kUsage where
// there is no name of the hub that one could belong to.
void name_revisions(ExperimentSettings& settings);

// Throw Error of kind kUsage where no data, or no folder for `what`, was named.
void require_data(const ExperimentSettings& settings);
void require_data_and_out(const ExperimentSettings& settings, const std::string& what);

}  // namespace thaw
