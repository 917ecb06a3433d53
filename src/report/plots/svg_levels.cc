// Tests: tests/report/plots/svg_plot_test.cc
// Lines across a frame that say what they are, as the references of a metric.
#include <algorithm>
#include <cmath>

#include "report/plots/svg_parts.h"

namespace thaw::svg {
namespace {

constexpr double kType = 12, kAscent = 10, kDescent = 3;

double overlap(const Box& a, const Box& b) {
  const double across = std::min(a.right, b.right) - std::max(a.left, b.left);
  const double down = std::min(a.bottom, b.bottom) - std::max(a.top, b.top);
  return across > 0 && down > 0 ? across * down : 0;
}

}  // namespace

Markup levels(const std::vector<Level>& all, const Box& frame, std::vector<Box>& taken) {
  Markup out;
  for (const Level& level : all) {
    const bool above = level.y<frame.top - 0.5, below = level.y> frame.bottom + 0.5;
    const std::string shown = (above ? "↑ " : below ? "↓ " : "") + level.text;
    const double width = width_of(shown, kType);
    const double y = std::clamp(level.y, frame.top, frame.bottom);
    // At the left or the right, over the line or under it: where the least is covered.
    Box best{};
    double least = -1;
    const double room = frame.right - frame.left - width;
    for (const double share : {0.01, 0.99, 0.5, 0.25, 0.75}) {
      for (const bool over : {true, false}) {
        if ((above && over) || (below && !over)) continue;
        const double baseline = over ? y - (below ? 7 : 4) : y + kAscent + (above ? 6 : 3);
        const double left = frame.left + std::max(0.0, room) * share;
        const Box box{left, baseline - kAscent, left + width, baseline + kDescent};
        double covered =
            std::max(0.0, frame.top - box.top) + std::max(0.0, box.bottom - frame.bottom);
        for (const Box& other : taken) covered += overlap(box, other);
        if (least >= 0 && covered >= least) continue;
        least = covered;
        best = box;
      }
    }
    // Without room for its name a line would say nothing; the tables have the value.
    if (least > 1) continue;
    if (!above && !below) out += line(frame.left, y, frame.right, y, "level");
    taken.push_back(best);
    out += text(best.left, best.bottom - kDescent, shown, "tick halo");
  }
  return out;
}

}  // namespace thaw::svg
