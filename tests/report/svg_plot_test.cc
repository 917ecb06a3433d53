#include "report/svg_plot.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <regex>

#include "report/figures.h"
#include "tests/report/fixtures.h"
#include "tests/report/markup_checker.h"

namespace thaw {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using ::testing::SizeIs;

TEST(Axis, TicksAreRoundNumbersAroundTheValues) {
  EXPECT_THAT(nice_axis(0.5566, 0.7, 5).texts, ElementsAre("0.55", "0.60", "0.65", "0.70"));
  EXPECT_THAT(nice_axis(0.24, 1.3044, 5).texts, ElementsAre("0.0", "0.5", "1.0", "1.5"));
  EXPECT_THAT(nice_axis(-3, 12, 4).texts, ElementsAre("-5", "0", "5", "10", "15"));
  EXPECT_THAT(counting_axis(3, 6).texts, ElementsAre("0", "1", "2", "3"));
  EXPECT_THAT(counting_axis(1, 6).texts, ElementsAre("0", "1"));
  EXPECT_THAT(counting_axis(47, 6).texts, ElementsAre("0", "10", "20", "30", "40", "50"));
}

TEST(Axis, HoldsItsValuesWhateverTheyAre) {
  const double values[] = {0, 1e-9, 0.3333, 1, 7.77, 1234.5, 1e12};
  for (const double low : values) {
    for (const double high : values) {
      const Axis axis = nice_axis(low, high, 5);
      EXPECT_LE(axis.low, std::min(low, high) + 1e-9);
      EXPECT_GE(axis.high, std::max(low, high) * (1 - 1e-9));
      EXPECT_LT(axis.low, axis.high);
      EXPECT_GE(axis.ticks.size(), 2u);
      EXPECT_LE(axis.ticks.size(), 12u) << low << " " << high;
    }
  }
  const double infinite = std::numeric_limits<double>::infinity();
  EXPECT_THAT(nice_axis(infinite, -infinite, 5).ticks, SizeIs(6));
}

TEST(Axis, OfTimesSpeaksOfSecondsMinutesAndHours) {
  EXPECT_THAT(time_axis(31.2, 1421.7).texts, ElementsAre("30 s", "2 min", "5 min", "20 min"));
  EXPECT_THAT(time_axis(0.2, 0.7).texts, ElementsAre("0.2 s", "0.5 s"));
  for (const double seconds : {0.01, 1.0, 40.0, 5000.0, 900000.0}) {
    const Axis axis = time_axis(seconds, seconds);
    EXPECT_LT(axis.low, std::log10(seconds));
    EXPECT_GT(axis.high, std::log10(seconds));
  }
}

LinePlot one_line(std::vector<PlotPoint> points) {
  LinePlot plot;
  plot.id = "p";
  plot.title = "a </title> <b>";
  plot.description = "d & e";
  plot.x_label = "epoch";
  plot.x = counting_axis(3, 6);
  plot.y = nice_axis(0, 1, 5);
  plot.series.push_back({.name = "</svg><script>", .points = std::move(points)});
  return plot;
}

TEST(LinePlot, IsWellFormedAndEscapesNames) {
  const std::string svg = line_plot(one_line({{1, 0.5}, {2, 0.25}}));
  EXPECT_THAT(markup_problems(svg), IsEmpty());
  EXPECT_THAT(svg, HasSubstr("<title id=\"p-title\">a &lt;/title&gt; &lt;b&gt;</title>"));
  EXPECT_THAT(svg, HasSubstr("<desc id=\"p-desc\">d &amp; e</desc>"));
  EXPECT_THAT(svg, Not(HasSubstr("<script")));
}

TEST(LinePlot, ShowsASinglePointWithItsValue) {
  const std::string svg = line_plot(one_line({{1, 0.638287}}));
  EXPECT_THAT(svg, HasSubstr("<circle class=\"marker series-0\""));
  EXPECT_THAT(svg, HasSubstr(">0.638</text>"));
  EXPECT_THAT(svg, Not(HasSubstr("<polyline")));
}

TEST(LinePlot, LeavesOutWhatIsNotFinite) {
  const std::string svg = line_plot(one_line({{1, 0.5}, {2, std::nan("")}, {3, HUGE_VAL}, {3, 1}}));
  EXPECT_THAT(svg, Not(HasSubstr("nan")));
  EXPECT_THAT(svg, Not(HasSubstr("inf")));
  EXPECT_THAT(markup_problems(svg), IsEmpty());
}

// Every coordinate of every figure lies on its view box.
TEST(Figures, DrawNothingOutsideTheirFrame) {
  ComparisonResults hostile = tweets();
  hostile.strategies[1].approach = std::string(300, 'w');
  hostile.label_names[1] = "大きい 大きい 大きい 大きい 大きい 大きい";
  for (const ComparisonResults& results : {tweets(), twelve_sentences(), hostile}) {
    for (const Figure& figure : figures(results).all()) {
      std::smatch box;
      const std::regex view("viewBox=\"0 0 ([0-9.]+) ([0-9.]+)\"");
      ASSERT_TRUE(std::regex_search(figure.svg, box, view));
      const double width = std::stod(box[1]), height = std::stod(box[2]);
      const std::regex place(" (x|y|x1|x2|y1|y2|cx|cy)=\"([^\"]+)\"");
      for (std::sregex_iterator it(figure.svg.begin(), figure.svg.end(), place), end; it != end;
           ++it) {
        const double value = std::stod((*it)[2]);
        const bool across = (*it)[1].str().find('x') != std::string::npos;
        EXPECT_GE(value, 0) << figure.file;
        EXPECT_LE(value, across ? width : height) << figure.file << ": " << it->str();
      }
    }
  }
}

TEST(Figures, OfOneKindShareTheirAxes) {
  const Figures plots = figures(tweets());
  ASSERT_THAT(plots.loss, SizeIs(3));
  const auto ticks = [](const std::string& svg) {
    std::vector<std::string> texts;
    const std::regex tick("<text class=\"tick\"[^>]*>([0-9.]+)</text>");
    for (std::sregex_iterator it(svg.begin(), svg.end(), tick), end; it != end; ++it) {
      texts.push_back((*it)[1]);
    }
    return texts;
  };
  EXPECT_THAT(ticks(plots.loss[0].svg),
              ElementsAre("0.0", "0.5", "1.0", "1.5", "0", "1", "2", "3"));
  for (const auto* kind : {&plots.loss, &plots.quality}) {
    EXPECT_EQ(ticks((*kind)[0].svg), ticks((*kind)[1].svg));
    EXPECT_EQ(ticks((*kind)[0].svg), ticks((*kind)[2].svg));
  }
}

TEST(Figures, HaveFileNamesOfTheirOwn) {
  ComparisonResults results = tweets();
  results.strategies[0].approach = "a/b";
  results.strategies[1].approach = "a b";
  results.strategies[2].approach = "../..";
  std::vector<std::string> files;
  for (const Figure& figure : figures(results).loss) files.push_back(figure.file);
  EXPECT_THAT(files, ElementsAre("loss-a_b.svg", "loss-a_b-2.svg", "loss-_._...svg"));
}

TEST(Figures, LeaveOutWhatWasNotMeasured) {
  ComparisonResults results = tweets();
  for (StrategyResult& strategy : results.strategies) {
    strategy.best_epoch = 0;
    strategy.train_seconds = 0;
  }
  const Figures plots = figures(results);
  EXPECT_THAT(plots.quality, IsEmpty());
  EXPECT_THAT(plots.cost, IsEmpty());
  EXPECT_THAT(plots.loss[0].svg, Not(HasSubstr("validation")));
}

TEST(HeatMap, ShowsCountsAndSharesWhereTheyFit) {
  const std::string svg = figures(tweets()).confusion[0].svg;
  EXPECT_THAT(svg, HasSubstr(">2,633</text>"));
  EXPECT_THAT(svg, HasSubstr(">66.3%</text>"));
  HeatMap map{.id = "m", .title = "t", .description = "d", .names = {}, .counts = {}};
  for (int label = 0; label < 40; ++label) map.names.push_back("class " + std::to_string(label));
  map.counts.assign(1600, 7);
  EXPECT_THAT(heat_map(map), Not(HasSubstr("class=\"count\"")));
  EXPECT_THAT(markup_problems(heat_map(map)), IsEmpty());
}

TEST(Standalone, SvgBringsItsStyleForLightAndDark) {
  for (const Figure& figure : figures(tweets()).all()) {
    const std::string file = standalone_svg(figure.svg);
    EXPECT_THAT(markup_problems(file), IsEmpty()) << figure.file;
    EXPECT_THAT(file, HasSubstr("<svg xmlns=\"http://www.w3.org/2000/svg\""));
    EXPECT_THAT(file, HasSubstr("prefers-color-scheme: dark"));
    EXPECT_THAT(file, HasSubstr("class=\"paper\""));
  }
}

}  // namespace
}  // namespace thaw
