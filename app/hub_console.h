#pragma once

#include "hub/client.h"

namespace thaw {

// A client of the model hub, and one of Python's package index, as the environment describes them,
// whose progress goes to stderr: on a terminal a bar for each file, elsewhere a line for each large
// one and now and then; with `quiet` only what goes wrong. Ctrl-C ends what they do.
HubClient console_hub(bool quiet = false);
HubClient console_package_index();

}  // namespace thaw
