#pragma once

#include <cstdint>
#include <functional>
#include <string>

namespace thaw {

// How far a long piece of work has come.
struct Progress {
  std::string stage;  // "probe: epoch 1/2", "frozen layers", "test"
  int64_t rows = 0, total_rows = 0;
  double loss = -1;    // mean of the last steps; below 0: not known
  double seconds = 0;  // since this stage began
  bool finished = false;
};

// What the library tells whoever started it; it never prints itself. Any member may be empty.
struct Listener {
  std::function<void(const Progress&)> progress;
  std::function<void(const std::string&)> message;  // a line or a paragraph for the user
  std::function<bool()> interrupted;                // true: stop at the next step
  std::function<void(const std::string&)> detail;   // a message for those who want all of them

  void report(const Progress& state) const {
    if (progress) progress(state);
  }
  void say(const std::string& text) const {
    if (message) message(text);
  }
  void explain(const std::string& text) const {
    if (detail) detail(text);
  }
  // Throws Interrupted where the user asked to stop.
  void check() const;
};

// The user pressed Ctrl-C; what was complete before stays.
struct Interrupted {};

inline void Listener::check() const {
  if (interrupted && interrupted()) throw Interrupted();
}

}  // namespace thaw
