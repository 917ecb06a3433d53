#pragma once  // Tests: tests/hub/data_set_test.cc

#include <string>
#include <vector>

namespace thaw {

// Whether a path matches a pattern as the data cards of the hub use them: * is anything but a
// slash, ? one such character, [0-9] one of a set ([!…] or [^…]: not of it), ** any number of whole
// folders (at the end at least the file). What begins with a dot or with two underscores, folders
// too, is only matched where the pattern begins so as well.
bool matches_glob(const std::string& path, const std::string& pattern);

// Those of the paths that match, in their order.
std::vector<std::string> matching_paths(const std::vector<std::string>& paths,
                                        const std::string& pattern);

}  // namespace thaw
