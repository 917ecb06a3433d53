#include "console.h"

#include <sys/ioctl.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <cmath>
#include <csignal>
#include <cstdio>
#include <memory>

#include "shown.h"

namespace thaw {
namespace {

volatile std::sig_atomic_t g_interrupted = 0;

void on_interrupt(int signal) {
  g_interrupted = signal;
  std::signal(signal, SIG_DFL);  // the second Ctrl-C ends the process
}

std::string clock_text(double seconds) {
  const long whole = std::lround(seconds);
  char text[32];
  if (whole >= 3600) {
    std::snprintf(text, sizeof(text), "%ld:%02ld:%02ld", whole / 3600, whole / 60 % 60, whole % 60);
  } else {
    std::snprintf(text, sizeof(text), "%ld:%02ld", whole / 60, whole % 60);
  }
  return text;
}

int terminal_columns() {
  winsize size{};
  return ioctl(STDERR_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col > 0 ? size.ws_col : 80;
}

class Console {
 public:
  explicit Console(bool quiet) : quiet_(quiet), terminal_(isatty(STDERR_FILENO) == 1) {}

  void message(const std::string& text) {
    clear_line();
    std::fputs(shown(text).c_str(), stdout);
    if (text.empty() || text.back() != '\n') std::fputc('\n', stdout);
    std::fputc('\n', stdout);
    std::fflush(stdout);
  }

  void progress(const Progress& state) {
    if (quiet_) return;
    using Clock = std::chrono::steady_clock;
    const auto now = Clock::now();
    const double since = std::chrono::duration<double>(now - shown_).count();
    const bool new_stage = state.stage != stage_;
    // Without a terminal the stages' ends matter, and a sign of life in long ones.
    const double interval = terminal_ ? 0.1 : 20.0;
    if (new_stage) {
      stage_ = state.stage;
      if (!terminal_) shown_ = now;
      if (!terminal_ && !state.finished) return;
    }
    if (!state.finished && since < interval) return;
    shown_ = now;
    terminal_ ? draw(state) : line(state);
  }

 private:
  static std::string numbers(const Progress& state) {
    const double rate = state.seconds > 0 ? static_cast<double>(state.rows) / state.seconds : 0;
    char text[160];
    int used = std::snprintf(text, sizeof(text), "%lld/%lld rows  %.0f rows/s",
                             static_cast<long long>(state.rows),
                             static_cast<long long>(state.total_rows), rate);
    if (state.loss >= 0) {
      used += std::snprintf(text + used, sizeof(text) - used, "  loss %.4f", state.loss);
    }
    const double left = rate > 0 ? static_cast<double>(state.total_rows - state.rows) / rate : 0;
    std::snprintf(text + used, sizeof(text) - used, state.finished ? "  %s" : "  %s left",
                  clock_text(state.finished ? state.seconds : left).c_str());
    return text;
  }

  void line(const Progress& state) {
    std::fprintf(stderr, "%s  %s\n", state.stage.c_str(), numbers(state).c_str());
  }

  void draw(const Progress& state) {
    const std::string text = numbers(state);
    const int room = terminal_columns() - static_cast<int>(state.stage.size() + text.size()) - 7;
    std::string bar;
    if (room >= 8 && state.total_rows > 0) {
      const int width = std::min(room, 30);
      const int filled = static_cast<int>(state.rows * width / state.total_rows);
      for (int i = 0; i < width; ++i) bar += i < filled ? "█" : "░";
      bar = " " + bar + " ";
    }
    std::fprintf(stderr, "\r\033[K%s %s %s", state.stage.c_str(), bar.c_str(), text.c_str());
    if (state.finished) std::fputc('\n', stderr);
    drawn_ = !state.finished;
    std::fflush(stderr);
  }

  void clear_line() {
    if (drawn_) std::fputs("\r\033[K", stderr);
    drawn_ = false;
    std::fflush(stderr);
  }

  bool quiet_, terminal_, drawn_ = false;
  std::string stage_;
  std::chrono::steady_clock::time_point shown_{};
};

}  // namespace

void catch_interrupts() {
  std::signal(SIGINT, on_interrupt);
  std::signal(SIGTERM, on_interrupt);
}

int interrupting_signal() { return g_interrupted; }

void throw_if_interrupted() {
  if (g_interrupted != 0) throw Interrupted();
}

Listener console_listener(bool quiet) {
  const auto console = std::make_shared<Console>(quiet);
  Listener listener;
  listener.progress = [console](const Progress& state) { console->progress(state); };
  listener.message = [console](const std::string& text) { console->message(text); };
  listener.interrupted = [] { return g_interrupted != 0; };
  return listener;
}

}  // namespace thaw
