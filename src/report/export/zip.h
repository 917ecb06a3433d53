#pragma once  // Tests: tests/report/report_test.cc

#include <filesystem>
#include <string>
#include <vector>

namespace thaw {

struct OutputFile {
  std::string name;  // relative, '/' between folders
  std::string bytes;
};

// A zip archive of the files, in their order. The same files give the same bytes: every entry is
// dated 1980-01-01 and readable by all. Throws Error when libzip fails.
std::string zip_archive(const std::vector<OutputFile>& files);

}  // namespace thaw
