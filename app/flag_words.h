#pragma once

namespace thaw {

// From here on sentences name settings as flags (--label-column) and commands as a shell has them
// (thaw predict MODEL). Before threads start.
void use_flag_words();

}  // namespace thaw
