#pragma once

#include <sys/wait.h>

#include <array>
#include <cstdio>
#include <string>

namespace thaw {

struct Outcome {
  int code;          // -1: a signal ended it
  std::string text;  // what it wrote
};

// Runs a command line through the shell, which says where standard error goes.
inline Outcome run_command(const std::string& command) {
  FILE* pipe = ::popen(command.c_str(), "r");
  std::string text;
  std::array<char, 4096> buffer;
  while (const size_t count = std::fread(buffer.data(), 1, buffer.size(), pipe)) {
    text.append(buffer.data(), count);
  }
  const int status = ::pclose(pipe);
  return {WIFEXITED(status) ? WEXITSTATUS(status) : -1, text};
}

}  // namespace thaw
