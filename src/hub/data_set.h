#pragma once

#include <functional>
#include <map>
#include <string>
#include <vector>

#include "data/splits/split_files.h"
#include "hub/client.h"
#include "hub/name.h"

namespace thaw {

struct HubDataSet {
  std::vector<NamedSplit> splits;  // those that were chosen, with their files in the cache
  // By column: what the data set's card calls the labels 0, 1, …
  std::map<std::string, std::vector<std::string>> class_names;
};

// Which of a data set's splits are to be fetched.
using ChooseSplits = std::function<std::vector<std::string>(const std::vector<std::string>& names)>;

// Finds the splits of a data set of the hub, as Python's `datasets` would: the configurations and
// files that its card (README.md) declares, else what the names of files and folders tell, else the
// Parquet copy that the hub itself makes of every data set. Files that are missing in the cache are
// fetched; `latest`: a branch is looked up anew, too.
//
// Throws Error: the hub's refusals (hub/errors.h); a configuration that there is not, or that has
// to be named because there are several; no tables that thaw reads.
HubDataSet fetch_data_set(HubClient& client, const HubName& name, const ChooseSplits& choose,
                          bool latest = false);

}  // namespace thaw
