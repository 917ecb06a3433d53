#pragma once  // Tests: tests/files/files_test.cc

#include <string>

namespace thaw {

// Whether a relative name ("1_Pooling/config.json") that comes from elsewhere stays in the folder
// that it is put into, and is one that a file system takes: no "..", no absolute path, nothing that
// a terminal would obey (text/printable.h), no backslash.
bool is_safe_file_name(const std::string& name);

}  // namespace thaw
