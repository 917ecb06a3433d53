#include "report/html.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <regex>

#include "report/numbers.h"
#include "tests/report/fixtures.h"
#include "tests/report/markup_checker.h"

namespace thaw {
namespace {

using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;

std::string page(const ComparisonResults& results) {
  return report_html(results, figures(results));
}

size_t count(const std::string& text, const std::string& part) {
  size_t found = 0;
  for (size_t at = text.find(part); at != std::string::npos; at = text.find(part, at + 1)) ++found;
  return found;
}

ComparisonResults hostile() {
  ComparisonResults results = tweets();
  results.title = "<img src=x onerror=alert(1)>";
  results.model = "\"><script>alert(2)</script>";
  results.label_names = {"</script>", "<b>bold</b>", "\" onmouseover=\"x"};
  results.strategies[0].approach = "</td></table><h1>probe";
  results.strategies[1].init_from = "<i>";
  results.strategies[2].load_report = "</pre><script>";
  results.settings["<u>key"] = "<u>value";
  results.machine["cpu"] = "</dd><script>";
  results.precision = "<style>";
  for (std::string& text : results.test_texts) text = "</bdi><script>alert(3)</script>\x1b[31m\xFF";
  return results;
}

TEST(Html, IsWellFormed) {
  ComparisonResults one = tweets();
  one.strategies.resize(1);
  ComparisonResults bare = tweets();
  bare.splits.clear();
  bare.settings.clear();
  bare.test_texts.clear();
  for (StrategyResult& strategy : bare.strategies) {
    strategy.epochs.clear();
    strategy.losses.clear();
    strategy.best_epoch = 0;
    strategy.test_logits.clear();
  }
  for (const ComparisonResults& results : {tweets(), twelve_sentences(), one, bare, hostile()}) {
    EXPECT_THAT(markup_problems(page(results)), IsEmpty());
  }
}

TEST(Html, CheckerItselfFindsWhatIsWrong) {
  EXPECT_THAT(markup_problems("<p><b>x</p></b>"), Not(IsEmpty()));
  EXPECT_THAT(markup_problems("<p class=x></p>"), Not(IsEmpty()));
  EXPECT_THAT(markup_problems("<p>a < b</p>"), Not(IsEmpty()));
  EXPECT_THAT(markup_problems("<p>&nope;</p>"), Not(IsEmpty()));
  EXPECT_THAT(markup_problems("<p id=\"a\"></p><p id=\"a\"></p>"), Not(IsEmpty()));
  EXPECT_THAT(markup_problems("<p aria-labelledby=\"none\"></p>"), Not(IsEmpty()));
  EXPECT_THAT(markup_problems("<p>"), Not(IsEmpty()));
}

TEST(Html, FetchesNothingAndRunsNothing) {
  for (const ComparisonResults& results : {tweets(), hostile()}) {
    const std::string html = page(results);
    for (const char* part : {"http://", "https://", "url(", "@import", "<script", "<link", "<img",
                             "<iframe", "javascript:"}) {
      EXPECT_EQ(html.find(part), std::string::npos) << part;
    }
    const std::regex handler("<[^>]* (on[a-z]+|src)=");
    EXPECT_FALSE(std::regex_search(html, handler));
  }
}

TEST(Html, EscapesHostileNamesAndTexts) {
  const std::string html = page(hostile());
  EXPECT_THAT(html, HasSubstr("&lt;/script&gt;"));
  EXPECT_THAT(html, HasSubstr("&lt;b&gt;bold&lt;"));
  EXPECT_THAT(html, HasSubstr("&quot; onmouseover=&quot;x"));
  EXPECT_THAT(html, HasSubstr("&lt;/bdi&gt;&lt;script&gt;alert(3)"));
  EXPECT_THAT(html, Not(HasSubstr("<b>bold")));
  EXPECT_THAT(html, Not(HasSubstr("\x1b")));
  EXPECT_EQ(count(html, "<h1"), 1u);
}

// The first number of each cell of a strategy's row.
TEST(Html, TableShowsTheNumbersOfTheResults) {
  const ComparisonResults results = tweets();
  const std::string html = page(results);
  const size_t start = html.find("<table class=\"comparison\">");
  const std::string table = html.substr(start, html.find("</table>", start) - start);
  const size_t body = table.find("<tbody>");
  std::vector<std::string> rows;
  for (size_t at = table.find("<tr>", body); at != std::string::npos;) {
    const size_t end = table.find("</tr>", at);
    rows.push_back(table.substr(at, end - at));
    at = table.find("<tr>", end);
  }
  ASSERT_EQ(rows.size(), results.strategies.size());
  for (size_t i = 0; i < rows.size(); ++i) {
    const StrategyResult& s = results.strategies[i];
    std::vector<std::string> cells;
    const std::regex cell("<td[^>]*>([^<]*[^< ])");
    for (std::sregex_iterator it(rows[i].begin(), rows[i].end(), cell), end; it != end; ++it) {
      cells.push_back((*it)[1]);
    }
    EXPECT_THAT(cells,
                ::testing::ElementsAre(fixed(s.test.accuracy, 4), fixed(s.test.macro_f1, 4),
                                       fixed(s.test.macro_recall, 4), fixed(s.test.loss, 4),
                                       grouped(s.trainable_parameters), duration(s.train_seconds),
                                       duration(s.eval_seconds), memory(s.peak_memory_mb)));
  }
  EXPECT_THAT(rows[2], HasSubstr("<span class=\"change better\">+2.96</span>"));
  EXPECT_THAT(rows[2], HasSubstr("<span class=\"change worse\">+0.0728</span>"));
  EXPECT_THAT(rows[1], HasSubstr("<span class=\"change better\">−0.0199</span>"));
  EXPECT_THAT(rows[0], Not(HasSubstr("change")));
}

TEST(Html, ShowsEveryConfusionMatrixWithCountsAndShares) {
  const std::string html = page(tweets());
  EXPECT_EQ(count(html, "<table class=\"heat-table\">"), 3u);
  EXPECT_THAT(html, HasSubstr("class=\"diagonal\">2,633 <span class=\"share\">66.3%</span></td>"));
  EXPECT_THAT(html, HasSubstr(">1,219 <span class=\"share\">20.5%</span></td>"));
}

TEST(Html, HasEveryFigureOnceAndEveryTableWithCaptionAndScopes) {
  const ComparisonResults results = tweets();
  const std::string html = page(results);
  for (const Figure& figure : figures(results).all()) {
    const bool table_instead = figure.file.rfind("confusion", 0) == 0;
    EXPECT_EQ(count(html, figure.svg), table_instead ? 0u : 1u) << figure.file;
  }
  EXPECT_EQ(count(html, "<table"), count(html, "<caption>"));
  EXPECT_EQ(count(html, "<th "), count(html, "<th scope=\""));
  EXPECT_EQ(count(html, "<th>"), 0u);
}

TEST(Html, ShowsDistributionSettingsVersionsAndMachine) {
  const std::string html = page(tweets());
  for (const char* part :
       {"2,129 <span class=\"share\">15.56%</span>", "5,937 <span class=\"share\">48.33%</span>",
        "<dt>warmup_ratio</dt><dd>0.06</dd>", "<dt>oneDNN</dt><dd>2.6.3</dd>",
        "<dt>cpu</dt><dd>Example CPU, AVX-512, BF16</dd>", "vocab_layer_norm.bias   | UNEXPECTED |",
        "<td>2e-05</td>", "29 min 20 s"}) {
    EXPECT_THAT(html, HasSubstr(part));
  }
}

TEST(Html, ShowsRowsThatChangedSidesBothWays) {
  const std::string html = page(twelve_sentences());
  EXPECT_THAT(html, HasSubstr("fine_tune_last_layer right, feature_extraction_freeze_all wrong"));
  EXPECT_THAT(html, HasSubstr("<bdi>I am not satisfied with this.</bdi>"));
  EXPECT_THAT(html, HasSubstr("<bdi>Not bad, acceptable.</bdi>"));
  ComparisonResults without = twelve_sentences();
  without.test_texts.clear();
  EXPECT_THAT(page(without), Not(HasSubstr("Rows that changed sides")));
}

TEST(Html, LeavesOutMatricesThatNobodyCouldRead) {
  ComparisonResults results;
  for (int label = 0; label < 61; ++label)
    results.label_names.push_back("c" + std::to_string(label));
  for (int32_t row = 0; row < 122; ++row) results.test_gold.push_back(row % 61);
  results.strategies = {strategy("probe", "probe", results.test_gold, results.test_gold, 61)};
  const std::string html = page(results);
  EXPECT_THAT(html, Not(HasSubstr("<table class=\"heat-table\">")));
  EXPECT_THAT(html, HasSubstr("There are 61 labels; their matrices are in results.json."));
  EXPECT_THAT(markup_problems(html), IsEmpty());
}

}  // namespace
}  // namespace thaw
