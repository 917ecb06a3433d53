#include "report/plots/svg_plot.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <regex>

#include "report/plots/figure_plots.h"
#include "report/plots/figures.h"
#include "results/shown.h"
#include "tests/report/html/markup_checker.h"
#include "tests/report/html/page_fixtures.h"

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
  // What no plot shows but a file may hold.
  const double most = std::numeric_limits<double>::max();
  for (const Axis& axis : {nice_axis(-most, most, 5), nice_axis(most, most, 5),
                           nice_axis(0, most, 5), counting_axis(most, 6)}) {
    EXPECT_LT(axis.low, axis.high);
    EXPECT_TRUE(std::isfinite(axis.low) && std::isfinite(axis.high));
    EXPECT_GE(axis.ticks.size(), 2u);
    EXPECT_LE(axis.ticks.size(), 12u);
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
  const std::string svg = line_plot(one_line({{1, 0.5}, {2, 0.25}})).str();
  EXPECT_THAT(markup_problems(svg), IsEmpty());
  EXPECT_THAT(svg, HasSubstr("<title id=\"p-title\">a &lt;/title&gt; &lt;b&gt;</title>"));
  EXPECT_THAT(svg, HasSubstr("<desc id=\"p-desc\">d &amp; e</desc>"));
  EXPECT_THAT(svg, Not(HasSubstr("<script")));
}

TEST(LinePlot, ShowsASinglePointWithItsValue) {
  const std::string svg = line_plot(one_line({{1, 0.638287}})).str();
  EXPECT_THAT(svg, HasSubstr("<circle class=\"marker series-0\""));
  EXPECT_THAT(svg, HasSubstr(">0.638</text>"));
  EXPECT_THAT(svg, Not(HasSubstr("<polyline")));
}

TEST(LinePlot, LeavesOutWhatIsNotFinite) {
  const std::string svg =
      line_plot(one_line({{1, 0.5}, {2, std::nan("")}, {3, HUGE_VAL}, {3, 1}})).str();
  EXPECT_THAT(svg, Not(HasSubstr("nan")));
  EXPECT_THAT(svg, Not(HasSubstr("inf")));
  EXPECT_THAT(markup_problems(svg), IsEmpty());
}

// Every coordinate of every figure lies on its view box.
TEST(Figures, DrawNothingOutsideTheirFrame) {
  ComparisonResults hostile = tweets();
  hostile.strategies[1].name = std::string(300, 'w');
  hostile.label_names[1] = "大きい 大きい 大きい 大きい 大きい 大きい";
  std::vector<ComparisonResults> all = {hostile};
  for (auto& [name, results] : page_fixtures()) all.push_back(std::move(results));
  for (const ComparisonResults& results : all) {
    for (const Figure& figure : figures(results).all()) {
      std::smatch box;
      const std::regex view("viewBox=\"0 0 ([0-9.]+) ([0-9.]+)\"");
      ASSERT_TRUE(std::regex_search(figure.svg.str(), box, view));
      const double width = std::stod(box[1]), height = std::stod(box[2]);
      const std::regex place(" (x|y|x1|x2|y1|y2|cx|cy)=\"([^\"]+)\"");
      for (std::sregex_iterator it(figure.svg.str().begin(), figure.svg.str().end(), place), end;
           it != end; ++it) {
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
  EXPECT_THAT(ticks(plots.loss[0].svg.str()),
              ElementsAre("0.0", "0.5", "1.0", "1.5", "0", "1", "2", "3"));
  for (const auto* kind : {&plots.loss, &plots.quality}) {
    EXPECT_EQ(ticks((*kind)[0].svg.str()), ticks((*kind)[1].svg.str()));
    EXPECT_EQ(ticks((*kind)[0].svg.str()), ticks((*kind)[2].svg.str()));
  }
}

TEST(Figures, HaveFileNamesOfTheirOwn) {
  ComparisonResults results = tweets();
  results.strategies[0].name = "a/b";
  results.strategies[1].name = "a b";
  results.strategies[2].name = "../..";
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
  EXPECT_THAT(plots.loss[0].svg.str(), Not(HasSubstr("validation")));
}

// Numbers of the attribute in the order of the document.
std::vector<double> numbers_of(const std::string& svg, const std::string& pattern) {
  std::vector<double> found;
  const std::regex wanted(pattern);
  for (std::sregex_iterator it(svg.begin(), svg.end(), wanted), end; it != end; ++it) {
    found.push_back(std::stod((*it)[1]));
  }
  return found;
}

TEST(Figures, MarkTheParetoFrontAndTheBudget) {
  ComparisonResults results = everything();  // each takes longer and is better than the one before
  EXPECT_THAT(plots::pareto_front(results), ElementsAre(0, 1, 2));
  results.strategies[1].train_seconds = 5000;  // slower than full and worse
  EXPECT_THAT(plots::pareto_front(results), ElementsAre(0, 2));
  const auto take = [&](size_t strategy, double seconds) {
    results.strategies[strategy].train_seconds = seconds;
    for (SeedRun& run : results.strategies[strategy].reruns) run.train_seconds = seconds;
  };
  take(0, 20);
  take(2, 20);
  EXPECT_THAT(plots::pareto_front(results), ElementsAre(2));
  results.decision.metric = Metric::kLoss;  // of which less is better: last-1 has the least
  EXPECT_THAT(plots::pareto_front(results), ElementsAre(0, 1));
  const std::string svg = figures(everything()).cost[0].svg.str();
  EXPECT_THAT(svg, HasSubstr(">budget</text>"));
  EXPECT_THAT(svg, HasSubstr(">best for its time</text>"));
}

TEST(Figures, LeaveOutAStrategyThatFailedButForItsLosses) {
  const Figures plots = figures(with_failure(1));
  for (const auto* kind :
       {&plots.standing, &plots.cost, &plots.confusion, &plots.difference, &plots.reliability}) {
    ASSERT_THAT(*kind, Not(IsEmpty()));
    for (const Figure& figure : *kind)
      EXPECT_THAT(figure.svg.str(), Not(HasSubstr("last-1</text>")));
  }
  EXPECT_THAT(plots.classes[0].svg.str(), Not(HasSubstr("last-1</text>")));
  EXPECT_THAT(plots.loss, SizeIs(3));
  EXPECT_THAT(figures(all_failed()).standing, IsEmpty());
}

TEST(Figures, LearningCurveHasAPointForEachSeedAndALineOfMeans) {
  const std::string svg = figures(everything()).curve[0].svg.str();
  EXPECT_THAT(numbers_of(svg, "<circle class=\"marker faint\"[^>]* cx=\"([0-9.]+)\""), SizeIs(15));
  EXPECT_THAT(svg, HasSubstr("<polyline class=\"line series-0\""));
  EXPECT_THAT(svg, HasSubstr(">20 k</text>"));
  ComparisonResults one = everything();
  one.curve.resize(1);
  EXPECT_THAT(figures(one).curve, IsEmpty());
}

TEST(Figures, DepthIsDrawnFromThreeDepthsOn) {
  const std::string svg = figures(everything()).depth[0].svg.str();
  for (const char* tick : {">none</text>", ">1</text>", ">all</text>"}) {
    EXPECT_THAT(svg, HasSubstr(tick));
  }
  EXPECT_THAT(figures(with_failure(1)).depth, IsEmpty());
  StrategyResult s;
  for (const auto& [name, layers] : std::vector<std::pair<std::string, int>>{{"probe", 0},
                                                                             {"last-3", 3},
                                                                             {"last-12", 12},
                                                                             {"full", kEveryLayer},
                                                                             {"last-", -1},
                                                                             {"last-x", -1},
                                                                             {"last-0", -1},
                                                                             {"other", -1}}) {
    s.strategy = name;
    EXPECT_EQ(trained_layers(s), layers) << name;
  }
}

TEST(Figures, SharedCurvesHoldEveryStrategyOnce) {
  const Figures plots = figures(nine_strategies());
  ASSERT_THAT(plots.training, SizeIs(3));
  for (const Figure& figure : plots.training) {
    size_t lines = 0;
    for (size_t at = figure.svg.str().find("<polyline"); at != std::string::npos;
         at = figure.svg.str().find("<polyline", at + 1)) {
      ++lines;
    }
    EXPECT_EQ(lines, 9u) << figure.file;
    EXPECT_THAT(figure.svg.str(), HasSubstr("marker series-0 hollow"));  // the seventh
  }
}

TEST(Figures, BarsAreAsLongAsTheirValues) {
  ComparisonResults results = tweets();
  const std::string svg = figures(results).classes[0].svg.str();
  const std::vector<double> widths =
      numbers_of(svg, "<rect class=\"bar-solid[^>]* width=\"([0-9.]+)\"");
  ASSERT_THAT(widths, SizeIs(3 + 9));  // three of them in the legend
  for (size_t label = 0; label < 3; ++label) {
    for (size_t i = 0; i < 3; ++i) {
      EXPECT_NEAR(widths[3 + 3 * label + i] / widths[3],
                  results.strategies[i].test.per_class[label].f1 /
                      results.strategies[0].test.per_class[0].f1,
                  0.002);
    }
  }
}

TEST(Figures, ReliabilityShowsBothDiagramsAndTheirRows) {
  const std::string svg = figures(everything()).reliability[1].svg.str();
  EXPECT_THAT(svg, HasSubstr(">as trained</text>"));
  EXPECT_THAT(svg, HasSubstr(">temperature 1.45</text>"));
  // Ten of the fifteen bins have rows; the fullest is the last.
  EXPECT_THAT(numbers_of(svg, "class=\"before faint\"[^>]* height=\"([0-9.]+)\""), SizeIs(10));
  EXPECT_THAT(numbers_of(svg, "class=\"bar-solid series-1\"[^>]* height=\"([0-9.]+)\""),
              ::testing::Contains(56));
}

TEST(Figures, LengthsShowWhereTextsAreCut) {
  ComparisonResults results = everything();
  results.settings["max_length"] = "40";
  EXPECT_THAT(figures(results).lengths[0].svg.str(), HasSubstr(">cut at 40</text>"));
  results.findings.lengths["train"].push_back({900, 3});
  EXPECT_THAT(figures(results).lengths[0].svg.str(), HasSubstr("the longest text has 900"));
}

TEST(HeatMap, ShowsCountsAndSharesWhereTheyFit) {
  const std::string svg = figures(tweets()).confusion[0].svg.str();
  EXPECT_THAT(svg, HasSubstr(">2,633</text>"));
  EXPECT_THAT(svg, HasSubstr(">66.3%</text>"));
  HeatMap map{.id = "m", .title = "t", .description = "d", .names = {}, .counts = {}};
  for (int label = 0; label < 40; ++label) map.names.push_back("class " + std::to_string(label));
  map.counts.assign(1600, 7);
  EXPECT_THAT(heat_map(map).str(), Not(HasSubstr("class=\"count\"")));
  EXPECT_THAT(markup_problems(heat_map(map).str()), IsEmpty());
}

TEST(HeatMap, OfChangesTellsGoodFromBadWithoutColour) {
  const Markup drawn = heat_map({.id = "m",
                                 .title = "t",
                                 .description = "d",
                                 .names = {"a", "b"},
                                 .counts = {5, -5, 2, 0},
                                 .changes = true});
  const std::string& svg = drawn.str();
  EXPECT_THAT(numbers_of(svg, "<rect class=\"good\"[^>]* x=\"([0-9.]+)\""), SizeIs(2));
  EXPECT_THAT(numbers_of(svg, "<rect class=\"bad\"[^>]* x=\"([0-9.]+)\""), SizeIs(1));
  for (const char* text : {">+5</text>", ">−5</text>", ">+2</text>", ">0</text>"}) {
    EXPECT_THAT(svg, HasSubstr(text));
  }
  EXPECT_THAT(plot_style("").str(), HasSubstr(".bad { stroke-width: 1.5; stroke-dasharray: 4 3 }"));
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

TEST(SvgPlot, NamesLevelsAcrossTheFrameAndThoseBeyondItAtTheEdge) {
  LinePlot plot;
  plot.id = "levels";
  plot.x = nice_axis(0, 1, 2);
  plot.y = nice_axis(0.5, 0.7, 4);
  plot.levels = {{0.6, "TF-IDF 0.600"}, {0.2, "majority class 0.200"}, {0.95, "exact probe 0.950"}};
  const std::string svg = line_plot(plot).str();
  EXPECT_THAT(svg, HasSubstr(">TF-IDF 0.600</text>"));
  EXPECT_THAT(svg, HasSubstr(">↓ majority class 0.200</text>"));
  EXPECT_THAT(svg, HasSubstr(">↑ exact probe 0.950</text>"));
  const std::string line = "<line class=\"level\"";
  ASSERT_NE(svg.find(line), std::string::npos);
  EXPECT_EQ(svg.find(line), svg.rfind(line));  // one alone lies within
}

TEST(SvgPlot, MarksTheLevelsOfARowAndThoseBeyondTheAxisAtItsEdge) {
  DotPlot plot;
  plot.id = "levels";
  plot.x = nice_axis(0.5, 0.7, 4);
  plot.series = {"full"};
  DotRow accuracy, loss;
  accuracy.values = {0.65};
  accuracy.levels = {{0.6, "T"}, {0.2, "M"}};
  loss.values = {0.6};
  loss.levels = {{0.95, "P"}};
  plot.rows = {accuracy, loss};
  const std::string svg = dot_plot(plot).str();
  EXPECT_THAT(svg, HasSubstr(">T</text>"));
  EXPECT_THAT(svg, HasSubstr(">←M</text>"));
  EXPECT_THAT(svg, HasSubstr(">P→</text>"));
  const std::string line = "<line class=\"level\"";
  ASSERT_NE(svg.find(line), std::string::npos);
  EXPECT_EQ(svg.find(line), svg.rfind(line));  // one alone lies within
}

TEST(Figures, MarkTheReferencesInEveryRowOfTheQuality) {
  ComparisonResults results = tweets();
  ReferenceResult majority, tfidf;
  majority.kind = ReferenceResult::Kind::kMajority;
  majority.test = results.strategies[0].test;
  majority.test.accuracy = 0.01;
  tfidf.kind = ReferenceResult::Kind::kTfidf;
  tfidf.test = results.strategies[1].test;
  results.references = {majority, tfidf};
  const std::string svg = figures(results).standing.at(0).svg.str();
  EXPECT_THAT(svg, HasSubstr(">majority class</text>"));
  EXPECT_THAT(svg, HasSubstr(">TF-IDF</text>"));
  EXPECT_THAT(svg, HasSubstr(">T</text>"));
  EXPECT_THAT(svg, HasSubstr(">←M</text>")) << "an accuracy of 0.01 is far to the left";
  EXPECT_EQ(figures(tweets()).standing.at(0).svg.str().find("TF-IDF"), std::string::npos);
}

TEST(SvgPlot, DrawsNoLevelWhoseNameWouldLieOnPoints) {
  LinePlot plot;
  plot.id = "levels";
  plot.x = nice_axis(0, 1, 2);
  plot.y = nice_axis(0, 1, 2);
  PlotSeries crowd{.name = "crowd", .points = {}};
  for (int i = 0; i <= 100; ++i) {
    crowd.points.push_back({.x = i / 100.0, .y = 0.5, .low = 0.0, .high = 1.0});
  }
  plot.series = {crowd};
  plot.levels = {{0.5, "TF-IDF 0.500"}};
  EXPECT_EQ(line_plot(plot).str().find("TF-IDF"), std::string::npos);
}

}  // namespace
}  // namespace thaw
