#include "report/plots/svg_parts.h"

#include <algorithm>
#include <cmath>

#include "text/numbers.h"
#include "text/text_width.h"

namespace thaw::svg {
namespace {

// Widths of printable ASCII from ' ' on, in hundredths of the size of type: DejaVu Sans, one of the
// widest faces that browsers fall back to.
constexpr unsigned char kWidths[] = {
    32,  40, 46, 84, 64, 95, 78, 28, 39, 39, 50, 84, 32, 36, 32,
    34,  //   ! " # $ % & ' ( ) * + , - . /
    64,  64, 64, 64, 64, 64, 64, 64, 64, 64, 34, 34, 84, 84, 84,
    53,  // 0 … 9 : ; < = > ?
    100, 68, 69, 70, 77, 63, 58, 77, 75, 30, 30, 66, 56, 86, 75,
    79,  // @ A … O
    60,  79, 69, 63, 61, 73, 68, 99, 69, 61, 69, 39, 34, 39, 84,
    50,  // P … Z [ \ ] ^ _
    50,  61, 63, 55, 63, 62, 35, 63, 63, 28, 28, 58, 28, 97, 63,
    61,                                                            // ` a … o
    63,  63, 41, 52, 39, 63, 59, 82, 59, 59, 53, 64, 34, 64, 84};  // p … z { | } ~

// In sizes of type.
double advance(std::string_view character) {
  const auto byte = static_cast<unsigned char>(character[0]);
  if (byte >= 0x20 && byte < 0x7F) return kWidths[byte - 0x20] / 100.0;
  const int columns = display_width(character);
  // Emoji and other planes' wide characters are wider than Han.
  return columns == 2 ? (byte >= 0xF0 ? 1.4 : 1.02) : columns * 0.66;
}

// The bytes of the character at `at`.
size_t character_length(std::string_view text, size_t at) {
  size_t length = 1;
  while (at + length < text.size() &&
         (static_cast<unsigned char>(text[at + length]) & 0xC0) == 0x80)
    ++length;
  return length;
}

Markup path(std::initializer_list<double> points) {
  Markup data;
  bool x = true;
  for (const double value : points) {
    data += x ? (data.empty() ? "M"_markup : "L"_markup) : " "_markup;
    data += number(value);
    x = !x;
  }
  return data + "Z";
}

}  // namespace

Markup series_class(int color) {
  return "series-" + escape_markup(std::to_string(color % kSeriesColors));
}

Markup number(double value) {
  std::string digits = fixed(std::isfinite(value) ? value : 0, 1);
  if (digits.size() > 2 && digits.compare(digits.size() - 2, 2, ".0") == 0) {
    digits.erase(digits.size() - 2);
  }
  return digits == "-0" ? Markup("0") : escape_markup(digits);
}

Markup attribute(MarkupView name, double value) {
  return " " + name + "=\"" + number(value) + "\"";
}

Markup text(double x, double y, std::string_view content, MarkupView class_name,
            MarkupView anchor) {
  return "<text class=\"" + class_name + "\"" + attribute("x", x) + attribute("y", y) +
         " text-anchor=\"" + anchor + "\">" + escape_markup(content) + "</text>\n";
}

Markup line(double x1, double y1, double x2, double y2, MarkupView class_name) {
  return "<line class=\"" + class_name + "\"" + attribute("x1", x1) + attribute("y1", y1) +
         attribute("x2", x2) + attribute("y2", y2) + "/>\n";
}

std::string fitted(std::string_view content, double width, double size) {
  std::string shown = fit_columns(content);
  if (width_of(shown, size) <= width) return shown;
  double room = width - size;  // for "…", which in some faces is as wide as it is high
  size_t end = 0;
  while (end < shown.size()) {
    const size_t length = character_length(shown, end);
    room -= advance(std::string_view(shown).substr(end, length)) * size;
    if (room < 0 && end > 0) break;
    end += length;
  }
  return end < shown.size() ? shown.substr(0, end) + "…" : shown;
}

bool drawn(const std::vector<DotRow>& rows, size_t series) {
  return std::any_of(rows.begin(), rows.end(), [&](const DotRow& row) {
    return series < row.values.size() && std::isfinite(row.values[series]);
  });
}

Markup title(const std::string& content) {
  constexpr double kSize = 13.5 * 1.14;  // semibold letters are that much wider
  return text(4, 16, fitted(content, kPlotWidth - 8, kSize), "title");
}

Markup axis_name(double x, double y, std::string_view content) {
  const std::string shown = fitted(content, kPlotWidth - 4, 12);
  const double half = width_of(shown, 12) / 2;
  return text(std::clamp(x, half + 2, kPlotWidth - 2 - half), y, shown, "tick", "middle");
}

double width_of(std::string_view content, double size) {
  double width = 0;
  for (size_t at = 0; at < content.size();) {
    const size_t length = character_length(content, at);
    width += advance(content.substr(at, length));
    at += length;
  }
  return width * size;
}

Markup bar(double x, double y, double width, double height, int index) {
  return "<rect class=\"bar-" +
         (index / kSeriesColors % 2 == 1 ? "hollow"_markup : "solid"_markup) + " " +
         series_class(index) + "\"" + attribute("x", x) + attribute("y", y) +
         attribute("width", std::max(width, 0.1)) + attribute("height", height) + "/>\n";
}

double placed(double value, const Axis& axis, double start, double end) {
  return start + (value - axis.low) / (axis.high - axis.low) * (end - start);
}

Markup marker(double x, double y, int marker, int color, bool faint) {
  constexpr double r = 4.5;
  const Markup paint = " class=\"marker " + (faint ? Markup("faint") : series_class(color)) +
                       markup_if(marker / kSeriesColors % 2 == 1, " hollow") + "\"";
  Markup shape;
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

Markup open(const std::string& id, const std::string& title, const std::string& description,
            double width, double height) {
  const Markup name = escape_markup(id);
  return R"(<svg class="plot" width=")" + number(width) + "\" height=\"" + number(height) +
         "\" viewBox=\"0 0 " + number(width) + " " + number(height) +
         R"(" role="img" aria-labelledby=")" + name + "-title " + name + "-desc\">\n<title id=\"" +
         name + "-title\">" + escape_markup(title) + "</title>\n<desc id=\"" + name + "-desc\">" +
         escape_markup(description) + "</desc>\n";
}

Markup legend(const std::vector<LegendEntry>& entries, double top, double& height) {
  constexpr double kLeft = 4, kRow = 19, kSample = 24, kGap = 16, kSize = 12;
  Markup out;
  double x = kLeft, y = top + 11;
  for (const LegendEntry& entry : entries) {
    const std::string name = fitted(entry.name, kPlotWidth - kLeft - kSample - kGap, kSize);
    const double width = kSample + width_of(name, kSize) + kGap;
    if (x > kLeft && x + width - kGap > kPlotWidth) {
      x = kLeft;
      y += kRow;
    }
    if (entry.line) {
      const Markup paint = (entry.faint ? Markup("faint") : series_class(entry.color)) +
                           (entry.dashed ? " line dashed"_markup : " line"_markup);
      out += line(x, y - 4, x + 18, y - 4, paint);
    }
    if (entry.bar) {
      out += bar(x + 2, y - 9, 15, 9, entry.color);
    } else if (entry.marker >= 0) {
      out += marker(x + 9, y - 4, entry.marker, entry.color, entry.faint);
    }
    if (!entry.letter.empty()) out += text(x + 9, y, entry.letter, "tick", "middle");
    out += text(x + kSample, y, name, "label");
    x += width;
  }
  height = entries.empty() ? 0 : y + 8 - top;
  return out;
}

}  // namespace thaw::svg
