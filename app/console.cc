#include "console.h"

#include <fmt/format.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <cmath>
#include <csignal>
#include <cstdio>
#include <memory>

#include "sanitize.h"
#include "text/text_width.h"

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

int terminal_columns(int stream) {
  winsize size{};
  return ioctl(stream, TIOCGWINSZ, &size) == 0 && size.ws_col > 0 ? size.ws_col : 80;
}

class Console {
 public:
  explicit Console(bool quiet) : draws_(!quiet && isatty(STDERR_FILENO) == 1) {}

  void message(const std::string& text) {
    clear_line();
    std::fputs(sanitize_lines(text).c_str(), stdout);
    if (text.empty() || text.back() != '\n') std::fputc('\n', stdout);
    std::fputc('\n', stdout);
    std::fflush(stdout);
  }

  void progress(const Progress& state) {
    if (!draws_) return;
    using Clock = std::chrono::steady_clock;
    const auto now = Clock::now();
    const double since = std::chrono::duration<double>(now - shown_).count();
    if (!state.finished && since < kInterval) return;
    shown_ = now;
    draw(state);
  }

 private:
  static constexpr double kInterval = 0.1;  // seconds

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

  void draw(const Progress& state) {
    const std::string text = numbers(state);
    const int columns = terminal_columns(STDERR_FILENO);
    const int room = columns - display_width(state.stage) - display_width(text) - 7;
    std::string bar;
    if (room >= 8 && state.total_rows > 0) {
      const int width = std::min(room, 30);
      const int filled = static_cast<int>(state.rows * width / state.total_rows);
      for (int i = 0; i < width; ++i) bar += i < filled ? "█" : "░";
      bar = fmt::format(" {} ", bar);
    }
    // What is wider than the terminal would go on in the next line, and stay there.
    const std::string line =
        fit_columns(fmt::format("{} {} {}", state.stage, bar, text), columns - 1);
    std::fprintf(stderr, "\r\033[K%s", line.c_str());
    if (state.finished) std::fputc('\n', stderr);
    drawn_ = !state.finished;
    std::fflush(stderr);
  }

  void clear_line() {
    if (drawn_) std::fputs("\r\033[K", stderr);
    drawn_ = false;
    std::fflush(stderr);
  }

  const bool draws_;
  bool drawn_ = false;
  std::chrono::steady_clock::time_point shown_{};
};

}  // namespace

void catch_interrupts() {
  std::signal(SIGINT, on_interrupt);
  std::signal(SIGTERM, on_interrupt);
}

void throw_if_interrupted() {
  if (g_interrupted != 0) throw Interrupted(StopRequest::of_signal(g_interrupted));
}

int output_columns() { return terminal_columns(STDOUT_FILENO); }

Listener console_listener(ConsoleOptions options) {
  const auto console = std::make_shared<Console>(options.quiet);
  Listener listener;
  listener.progress = [console](const Progress& state) { console->progress(state); };
  listener.message = [console](const std::string& text) { console->message(text); };
  if (options.verbose) {
    listener.detail = [console](const std::string& text) { console->message(text); };
  }
  listener.interrupted = [] { return StopRequest::of_signal(g_interrupted); };
  return listener;
}

}  // namespace thaw
