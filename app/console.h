#pragma once

#include <string>

#include "base/listener.h"

namespace thaw {

// What a command shows of its work.
struct ConsoleOptions {
  bool quiet = false;    // no progress
  bool verbose = false;  // details, such as every part of a freeze plan
};

// A listener that shows what the library tells it. Messages go to stdout. Progress goes to stderr
// where that is a terminal: a bar with loss, rows a second and time left, redrawn in place. In a
// file or a pipe nothing is redrawn, so there is none. Ctrl-C is noticed by interrupted(); a
// second Ctrl-C ends the process at once.
Listener console_listener(ConsoleOptions options = {});

// Columns of the terminal on stdout; 80 where it is none.
int output_columns();

// Makes Ctrl-C and SIGTERM stop at the next step instead of at once.
void catch_interrupts();

// Throws Interrupted once Ctrl-C was pressed.
void throw_if_interrupted();

}  // namespace thaw
