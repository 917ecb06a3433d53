#pragma once

#include <filesystem>
#include <string>

#include "experiment/settings.h"

namespace thaw {

// The folder of a model: a folder as it stands, or `minilm`, which scripts/demo.sh fetches into
// thaw's cache. Throws Error with what to do where there is none.
std::filesystem::path resolve_model(const std::string& name);

// Throws Error where a command was told neither its data nor where to write.
void require_data_and_out(const ExperimentSettings& settings, const std::string& what);

}  // namespace thaw
