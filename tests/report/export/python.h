#pragma once

#include <array>
#include <cstdio>
#include <cstdlib>
#include <string>

namespace thaw {

// The Python that tests ask for a second opinion: THAW_PYTHON names it, else python3 is tried.
inline std::string python() {
  const char* named = std::getenv("THAW_PYTHON");
  return named != nullptr ? named : "python3";
}

// Runs it through the shell; both outputs, without line ends at the end.
inline std::string python_output(const std::string& arguments, int& status) {
  FILE* pipe = ::popen((python() + " " + arguments + " 2>&1").c_str(), "r");
  std::string text;
  std::array<char, 4096> buffer;
  while (const size_t count = std::fread(buffer.data(), 1, buffer.size(), pipe)) {
    text.append(buffer.data(), count);
  }
  status = ::pclose(pipe);
  while (text.ends_with('\n')) text.pop_back();
  return text;
}

inline bool python_has(const std::string& module) {
  int status = 0;
  python_output("-c 'import " + module + "'", status);
  return status == 0;
}

}  // namespace thaw
