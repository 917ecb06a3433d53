#pragma once

#include "hub/client.h"

namespace thaw {

// A listener that shows what is fetched on stderr: on a terminal a bar for each file, elsewhere a
// line for each large one and now and then; with `quiet` only what goes wrong. Ctrl-C ends it.
HubListener console_transfers(bool quiet = false);

// A client of the model hub, and one of Python's package index, as the environment describes them,
// with that listener.
HubClient console_hub();
HubClient console_package_index();

}  // namespace thaw
