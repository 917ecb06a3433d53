#pragma once

#include <string>

#include "training/listener.h"

namespace thaw {

// A listener that shows what the library tells it: on a terminal a bar with loss, rows a second and
// time left, redrawn in place; elsewhere a line now and then. Progress goes to stderr, messages to
// stdout. Ctrl-C is noticed by interrupted(); a second Ctrl-C ends the process at once.
Listener console_listener(bool quiet = false);

// Makes Ctrl-C and SIGTERM stop at the next step instead of at once.
void catch_interrupts();
// SIGINT or SIGTERM, whichever came; 0: none did.
int interrupting_signal();

// Throws Interrupted once Ctrl-C was pressed.
void throw_if_interrupted();

}  // namespace thaw
