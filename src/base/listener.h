#pragma once

#include <csignal>
#include <cstdint>
#include <exception>
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

// Whether a piece of work is to stop, and why.
class StopRequest {
 public:
  StopRequest(bool stop) : stop_(stop) {}  // NOLINT(google-explicit-constructor): `return true;`
  static StopRequest of_signal(int number) {
    StopRequest request(number != 0);
    request.signal_ = number;
    return request;
  }
  explicit operator bool() const { return stop_; }
  int signal() const { return signal_; }  // 0: none

 private:
  bool stop_;
  int signal_ = 0;
};

// The user asked to stop; what was complete before stays. Not an Error: nothing is wrong.
class Interrupted : public std::exception {
 public:
  explicit Interrupted(StopRequest why)
      : signal_(why.signal()),
        reason_(signal_ == 0        ? "stopped by the caller"
                : signal_ == SIGINT ? "stopped by Ctrl-C"
                                    : "stopped by signal " + std::to_string(signal_)) {}
  const char* what() const noexcept override { return reason_.c_str(); }
  int signal() const { return signal_; }  // that asked for it; 0: the caller did

 private:
  int signal_;
  std::string reason_;
};

// What the library tells whoever started it; it never prints itself. Any member may be empty.
struct Listener {
  std::function<void(const Progress&)> progress;
  std::function<void(const std::string&)> message;  // a line or a paragraph for the user
  std::function<StopRequest()> interrupted;         // whether to stop at the next step
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

inline void Listener::check() const {
  if (!interrupted) return;
  if (const StopRequest request = interrupted()) throw Interrupted(request);
}

}  // namespace thaw
