#pragma once  // Tests: tests/report/export/model_card_test.cc

#include <optional>
#include <string>

#include "hub/name.h"

namespace thaw {

// A name of the hub, as results have it; nothing where it rather names files of this machine.
// "minilm" is the name of sentence-transformers/all-MiniLM-L6-v2.
std::optional<HubName> hub_name_of(const std::string& named, RepoType type);

// The name without the folders of this machine that lead there: "/home/me/data/a.csv, b.csv" ->
// "a.csv, b.csv". Names of the hub stay whole.
std::string public_name(const std::string& named, RepoType type);

}  // namespace thaw
