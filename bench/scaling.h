#pragma once

#include "bench/figures.h"

namespace thaw::bench {

// How time and memory grow with rows, text length, hidden size and threads, each beside the
// roofline and the peer.
void print_scaling(const Figures& figures);

}  // namespace thaw::bench
