#include "report/svg_parts.h"

#include <algorithm>
#include <cmath>

#include "evaluation/text_width.h"
#include "report/markup.h"
#include "report/numbers.h"

namespace thaw::svg {
namespace {

constexpr double kColumn = 0.56;  // width of an average character, in sizes of type

std::string path(std::initializer_list<double> points) {
  std::string data;
  bool x = true;
  for (const double value : points) {
    data += x ? (data.empty() ? "M" : "L") : " ";
    data += number(value);
    x = !x;
  }
  return data + "Z";
}

}  // namespace

std::string number(double value) {
  std::string digits = fixed(std::isfinite(value) ? value : 0, 1);
  if (digits.size() > 2 && digits.compare(digits.size() - 2, 2, ".0") == 0) {
    digits.erase(digits.size() - 2);
  }
  return digits == "-0" ? "0" : digits;
}

std::string attribute(const char* name, double value) {
  return std::string(" ") + name + "=\"" + number(value) + "\"";
}

std::string text(double x, double y, std::string_view content, const char* class_name,
                 const char* anchor) {
  return "<text class=\"" + std::string(class_name) + "\"" + attribute("x", x) + attribute("y", y) +
         " text-anchor=\"" + anchor + "\">" + escape_markup(content) + "</text>\n";
}

std::string line(double x1, double y1, double x2, double y2, const char* class_name) {
  return "<line class=\"" + std::string(class_name) + "\"" + attribute("x1", x1) +
         attribute("y1", y1) + attribute("x2", x2) + attribute("y2", y2) + "/>\n";
}

std::string fitted(std::string_view content, double width, double size) {
  return printable(content, std::max(2, static_cast<int>(width / (kColumn * size))));
}

double width_of(std::string_view content, double size) {
  return display_width(content) * kColumn * size;
}

std::string marker(double x, double y, int marker, int color, bool faint) {
  constexpr double r = 4.5;
  const std::string paint =
      " class=\"marker " +
      (faint ? std::string("faint") : "series-" + std::to_string(color % kSeriesColors)) + "\"";
  std::string shape;
  switch (marker % kSeriesColors) {
    case 0:
      return "<circle" + paint + attribute("cx", x) + attribute("cy", y) + attribute("r", r) +
             "/>\n";
    case 1:
      shape = path({x - r, y - r, x + r, y - r, x + r, y + r, x - r, y + r});
      break;
    case 2:
      shape = path({x, y - r - 1.5, x + r + 1.5, y, x, y + r + 1.5, x - r - 1.5, y});
      break;
    case 3:
      shape = path({x, y - r - 1, x + r + 1, y + r, x - r - 1, y + r});
      break;
    case 4:
      shape = path({x, y + r + 1, x + r + 1, y - r, x - r - 1, y - r});
      break;
    default:
      shape = path({x - 1.5,   y - r - 1, x + 1.5,   y - r - 1, x + 1.5, y - 1.5,
                    x + r + 1, y - 1.5,   x + r + 1, y + 1.5,   x + 1.5, y + 1.5,
                    x + 1.5,   y + r + 1, x - 1.5,   y + r + 1, x - 1.5, y + 1.5,
                    x - r - 1, y + 1.5,   x - r - 1, y - 1.5,   x - 1.5, y - 1.5});
  }
  return "<path" + paint + " d=\"" + shape + "\"/>\n";
}

std::string open(const std::string& id, const std::string& title, const std::string& description,
                 double width, double height) {
  return "<svg class=\"plot\" width=\"" + number(width) + "\" height=\"" + number(height) +
         "\" viewBox=\"0 0 " + number(width) + " " + number(height) +
         "\" role=\"img\" aria-labelledby=\"" + id + "-title " + id + "-desc\">\n<title id=\"" +
         id + "-title\">" + escape_markup(title) + "</title>\n<desc id=\"" + id + "-desc\">" +
         escape_markup(description) + "</desc>\n";
}

std::string legend(const std::vector<LegendEntry>& entries, double top, double& height) {
  constexpr double kLeft = 4, kRow = 19, kSample = 24, kGap = 16, kSize = 12;
  std::string out;
  double x = kLeft, y = top + 11;
  for (const LegendEntry& entry : entries) {
    const std::string name = fitted(entry.name, kPlotWidth - kLeft - kSample - kGap, kSize);
    const double width = kSample + width_of(name, kSize) + kGap;
    if (x > kLeft && x + width - kGap > kPlotWidth) {
      x = kLeft;
      y += kRow;
    }
    if (entry.line) {
      const std::string paint =
          (entry.faint ? std::string("faint")
                       : "series-" + std::to_string(entry.color % kSeriesColors)) +
          (entry.dashed ? " line dashed" : " line");
      out += line(x, y - 4, x + 18, y - 4, paint.c_str());
    }
    if (entry.marker >= 0) out += marker(x + 9, y - 4, entry.marker, entry.color, entry.faint);
    out += text(x + kSample, y, name, "label");
    x += width;
  }
  height = entries.empty() ? 0 : y + 8 - top;
  return out;
}

}  // namespace thaw::svg
