#include "files/file_name.h"

#include <algorithm>
#include <cstddef>
#include <string_view>

#include "text/printable.h"

namespace thaw {

bool is_safe_file_name(const std::string& name) {
  constexpr size_t kLongest = 1024, kLongestFile = 255;  // bytes; the latter is Linux's own limit
  if (name.empty() || name.size() > kLongest) return false;
  if (name.find('\\') != std::string::npos || sanitize_for_terminal(name) != name) return false;
  for (size_t begin = 0; begin <= name.size();) {
    const size_t end = std::min(name.find('/', begin), name.size());
    const std::string_view part = std::string_view(name).substr(begin, end - begin);
    if (part.empty() || part == "." || part == ".." || part.size() > kLongestFile) return false;
    begin = end + 1;
  }
  return true;
}

}  // namespace thaw
