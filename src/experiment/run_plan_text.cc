// Tests: tests/experiment/run_plan_test.cc
#include <fmt/format.h>

#include <cmath>
#include <cstdio>

#include "base/memory.h"
#include "base/setting_words.h"
#include "experiment/run_plan.h"
#include "model/freeze_plan.h"
#include "report/findings/tables.h"

namespace thaw {
namespace {

// To one or two figures, as far as an estimate reaches: 0.4 s, 8 s, 40 s, 3 min, 25 min, 2 h 10
// min.
std::string about(double seconds) {
  char text[48];
  if (seconds < 0.95) {
    std::snprintf(text, sizeof(text), "%.1f s", std::max(0.1, seconds));
  } else if (seconds < 20) {
    std::snprintf(text, sizeof(text), "%.0f s", seconds);
  } else if (seconds < 57.5) {
    std::snprintf(text, sizeof(text), "%.0f s", 5 * std::round(seconds / 5));
  } else if (seconds < 3570) {
    std::snprintf(text, sizeof(text), "%.0f min", seconds / 60);
  } else {
    const double minutes = 10 * std::round(seconds / 600);
    std::snprintf(text, sizeof(text), "%.0f h %02.0f min", std::floor(minutes / 60),
                  std::fmod(minutes, 60));
  }
  return text;
}

}  // namespace

std::string estimate_sentence(const RunPlan& plan) {
  std::string names;
  const size_t count = plan.strategies.size();
  constexpr size_t kMostNames = 5;
  for (size_t i = 0; i < count && count <= kMostNames; ++i) {
    names += (i == 0 ? "" : i + 1 == count ? " and " : ", ") + plan.strategies[i].name;
  }
  if (count > kMostNames) names = fmt::format("{} strategies", count);
  return fmt::format("{}{} for {} on this machine{}\n",
                     plan.stops_early ? "At most about " : "About ", about(plan.seconds()), names,
                     plan.stops_early ? ": training stops where validation does not improve" : "");
}

std::string format_run_plan(const RunPlan& plan) {
  std::vector<std::vector<std::string>> rows = {
      {"plan", "trainings", "steps", "time", "memory", "disk"}};
  int64_t trainings = 0, steps = 0, memory = 0, disk = 0;
  for (const StrategyPlan& own : plan.strategies) {
    rows.push_back({own.name,
                    fmt::format("{}{}", own.trainings,
                                own.trials > 0 ? fmt::format(" ({} tried)", own.trials) : ""),
                    own.steps > 0 ? with_thousands(own.steps) : "–", about(own.seconds),
                    format_byte_size(own.memory), format_byte_size(own.disk)});
    trainings += own.trainings;
    steps += own.steps;
    memory = std::max(memory, own.memory);
    disk += own.disk;
  }
  rows.push_back({"frozen layers, probes", "–", "–", about(plan.shared_seconds), "–", "–"});
  if (plan.other_seconds > 0) {
    rows.push_back({"references, tests", "–", "–", about(plan.other_seconds), "–", "–"});
  }
  rows.push_back({"all", std::to_string(trainings), steps > 0 ? with_thousands(steps) : "–",
                  about(plan.seconds()), format_byte_size(memory), format_byte_size(disk)});
  std::string text =
      fmt::format("Each strategy is trained on {} rows, validated on {} and tested on {}\n\n{}\n",
                  with_thousands(plan.train_rows), with_thousands(plan.validation_rows),
                  with_thousands(plan.test_rows), text_table(rows, 80));
  for (const std::string& note : plan.notes) text += note + "\n";
  if (plan.stops_early) {
    text += "Steps and times are at most so many: training may stop early\n";
  }
  text += "Times are by steps of each strategy, timed just now; memory is at its peak\n";
  text += fmt::format("While it runs, up to {} more are on disk for {}\n",
                      format_byte_size(plan.state_bytes), setting("resume"));
  return text + "Nothing was written\n";
}

}  // namespace thaw
