#include "report/html/html.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <regex>

#include "tests/report/full_fixture.h"
#include "tests/report/html/markup_checker.h"
#include "tests/report/html/page_fixtures.h"
#include "text/numbers.h"

namespace thaw {
namespace {

using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;

std::string page(const ComparisonResults& results) {
  return report_html(results, findings(results), figures(results));
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
  results.strategies[0].name = "</td></table><h1>probe";
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
  for (const ComparisonResults& results : {one, bare, hostile()}) {
    EXPECT_THAT(markup_problems(page(results)), IsEmpty());
  }
  for (const auto& [name, results] : page_fixtures()) {
    EXPECT_THAT(markup_problems(page(results)), IsEmpty()) << name;
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

// Everything that a results.json or a file of data may hold as text.
ComparisonResults hostile_everywhere() {
  const std::string mark = "<x a='\">&";
  ComparisonResults results = everything();
  const auto spoil = [&](std::string& text) { text.insert(0, mark); };
  const auto spoil_all = [&](std::map<std::string, std::string>& entries) {
    std::map<std::string, std::string> spoilt;
    for (const auto& [key, value] : entries) spoilt[mark + key] = mark + value;
    entries = std::move(spoilt);
  };
  for (std::string* text :
       {&results.title, &results.model, &results.data, &results.precision, &results.evaluated_on}) {
    spoil(*text);
  }
  for (std::string& name : results.label_names) spoil(name);
  for (std::string& text : results.test_texts) spoil(text);
  results.id_column = mark;
  results.test_ids.assign(results.test_gold.size(), mark);
  for (auto* entries : {&results.settings, &results.versions, &results.machine}) {
    spoil_all(*entries);
  }
  for (StrategyResult& s : results.strategies) {
    for (std::string* text : {&s.name, &s.strategy, &s.init_from, &s.load_report,
                              &s.frozen_hash_before, &s.frozen_hash_after}) {
      spoil(*text);
    }
    spoil_all(s.settings);
    for (SearchTrial& trial : s.trials) spoil_all(trial.settings);
    for (SeedRun& run : s.reruns) {
      if (!run.failure.empty()) spoil(run.failure);
    }
  }
  StrategyResult failed;
  failed.name = failed.strategy = failed.failure = mark;
  results.strategies.push_back(failed);
  for (SplitSummary& split : results.splits) spoil(split.name);
  ReferenceResult& reference = results.references.emplace_back();
  reference.note = reference.against = mark;
  reference.test = results.strategies[0].test;
  add_slices(results);
  for (SlicedColumn& column : results.slices) {
    spoil(column.name);
    for (Slice& slice : column.slices) spoil(slice.name);
  }
  for (CurvePoint& point : results.curve) spoil(point.name);
  for (SharedRow& row : results.findings.shared) {
    for (std::string* text :
         {&row.first_split, &row.second_split, &row.first_text, &row.second_text}) {
      spoil(*text);
    }
  }
  for (ConflictingRow& row : results.findings.conflicts) spoil(row.split), spoil(row.text);
  for (LabelIssue& row : results.findings.label_issues) spoil(row.text);
  results.findings.samples = {{.label = 0, .row = 3, .tokens = 4, .text = mark}};
  results.findings.row_ids = {{"train", {{3, mark}}}};
  results.evidence = made_up_evidence(results);
  return results;
}

TEST(Html, LetsNoTextThroughAsMarkup) {
  const ComparisonResults results = hostile_everywhere();
  const std::string html = page(results);
  EXPECT_EQ(html.find("<x"), std::string::npos) << html.substr(html.find("<x") - 200, 300);
  EXPECT_GT(count(html, "&lt;x a=&#39;&quot;&gt;&amp;"), 100u);
  EXPECT_THAT(markup_problems(html), IsEmpty());
  for (const Figure& figure : figures(results).all()) {
    EXPECT_EQ(figure.svg.str().find("<x"), std::string::npos) << figure.file;
    EXPECT_THAT(markup_problems(figure.svg.str()), IsEmpty()) << figure.file;
  }
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
  EXPECT_EQ(count(html, "<table class=\"heat-table\">"), 3u + 2u);  // and two differences
  EXPECT_THAT(html, HasSubstr("<caption>Change from probe to full</caption>"));
  // The probe found 2,633 of 'negative', the last layer 2,702; 1,143 and 1,092 it took for neutral.
  EXPECT_THAT(html, HasSubstr("class=\"good diagonal\">+69</td>"));
  EXPECT_THAT(html, HasSubstr("class=\"good\">−51</td>"));
  EXPECT_THAT(html, HasSubstr("class=\"bad\">+47</td>"));  // 1,219 to 1,266 in full
  EXPECT_THAT(html, HasSubstr("class=\"diagonal\">2,633 <span class=\"share\">66.3%</span></td>"));
  EXPECT_THAT(html, HasSubstr(">1,219 <span class=\"share\">20.5%</span></td>"));
}

TEST(Html, HasEveryFigureOnceAndEveryTableWithCaptionAndScopes) {
  const ComparisonResults results = tweets();
  const std::string html = page(results);
  for (const Figure& figure : figures(results).all()) {
    const bool table_instead = figure.file.rfind("confusion", 0) == 0;
    EXPECT_EQ(count(html, figure.svg.str()), table_instead ? 0u : 1u) << figure.file;
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
  EXPECT_THAT(html, HasSubstr("fine_<wbr>tune_<wbr>last_<wbr>layer, corrected: 1 row</caption>"));
  EXPECT_THAT(html, HasSubstr("<bdi dir=\"auto\">I am not satisfied with this.</bdi>"));
  EXPECT_THAT(html, HasSubstr("<bdi dir=\"auto\">Not bad, acceptable.</bdi>"));
  ComparisonResults without = twelve_sentences();
  without.test_texts.clear();
  EXPECT_THAT(page(without), Not(HasSubstr("Rows whose answer changed")));
}

TEST(Html, PutsTheRecommendationBeforeTheTableAndThatBeforeTheRest) {
  const std::string html = page(everything());
  size_t last = 0;
  for (const char* id : {"findings", "comparison", "standing", "sweeps", "training", "confusion",
                         "classes", "calibration", "changed", "errors", "labels", "data", "run"}) {
    const size_t at = html.find("<h2 id=\"" + std::string(id) + "\">");
    ASSERT_NE(at, std::string::npos) << id;
    EXPECT_GT(at, last) << id;
    EXPECT_THAT(html, HasSubstr("<li><a href=\"#" + std::string(id) + "\">"));
    last = at;
  }
}

TEST(Html, HasNoSectionWithoutData) {
  const std::string html = page(tweets());
  for (const char* id : {"calibration", "labels"}) {
    EXPECT_THAT(html, Not(HasSubstr("id=\"" + std::string(id) + "\""))) << id;
  }
  for (const char* part : {"Seed by seed", "What the search tried", "SHA-256", "in two splits",
                           "95% interval (bootstrap", "<td class=\"failure\""}) {
    EXPECT_THAT(html, Not(HasSubstr(part))) << part;
  }
}

TEST(Html, ShowsIntervalsSeedsAndPairs) {
  const std::string html = page(everything());
  for (const char* part :
       {"<span class=\"interval\">0.638–0.656</span>", "<span class=\"sd\">± 0.0041</span>",
        "2,000 resamples", "<th scope=\"row\">From probe to last-<wbr>1</th>",
        "<td>–</td><td>–</td><td>–</td>", "bootstrap over the rows and seeds",
        "failed: the loss was not a finite number at step 12", "<td>43</td><td>0.6511</td>"}) {
    EXPECT_THAT(html, HasSubstr(part));
  }
  EXPECT_THAT(html, Not(HasSubstr("<td>1,100</td><td>900</td>")))
      << "McNemar's test knows no seeds";
  EXPECT_THAT(html, HasSubstr("These are no means over seeds"));
  ComparisonResults once = everything();
  for (StrategyResult& strategy : once.strategies) strategy.reruns.clear();
  EXPECT_THAT(page(once), HasSubstr("<td>1,100</td><td>900</td><td>p = 0.002</td>"));
  EXPECT_THAT(page(once), Not(HasSubstr("These are no means over seeds")));
}

TEST(Html, ShowsWhatSearchHashesCalibrationAndDataChecksFound) {
  const std::string html = page(everything());
  for (const char* part :
       {"<td>diverged</td>",
        "<th scope=\"row\">frozen tensors unchanged</th><td>yes, SHA-256 9f86d081884c…</td>",
        "<td>none frozen</td>", "9f86d081884c7d659a2feaa0c55ad015", "<td>1.150</td><td>0.0250</td>",
        "11 training rows have a label that is likely wrong",
        "<td data-label=\"suggested\">positive <span class=\"share\">0.97</span></td>",
        "4 rows have the text of another row of the same split but a different label",
        "3 rows are equal to one of an earlier split, 9", "train row\u00a0104; test row\u00a02004",
        "<td data-label=\"labels\">different</td>",
        "Texts longer than the model&#39;s limit were truncated: 4 of test and 11 of train.",
        "full: the most confident of 3,971 errors"}) {
    EXPECT_THAT(html, HasSubstr(part));
  }
}

TEST(Html, OpensWithTheVerdictItsNumbersOneTableAndOnePicture) {
  const ComparisonResults results = everything();
  const std::string html = page(results);
  const size_t headline = html.find("<h1>"), basis = html.find("<p class=\"basis\">");
  const size_t table = html.find("<table class=\"summary\">"), picture = html.find("cost-title");
  EXPECT_LT(headline, basis);
  EXPECT_LT(basis, table);
  EXPECT_LT(table, picture);
  EXPECT_LT(picture, html.find("<section"));
  const std::string first = html.substr(table, html.find("</table>", table) - table);
  EXPECT_EQ(count(first, "<tr class=\"taken\">"), 1u);
  for (const char* part :
       {"<td class=\"wide\">0.632–0.650</td>", ">+3.4</td>", "<td>24 min 01 s</td>"}) {
    EXPECT_THAT(first, HasSubstr(part));
  }
  // Of many strategies those that matter stand there, and how many more there are.
  ComparisonResults many = nine_strategies();
  const std::string nine = page(many);
  const size_t at = nine.find("<table class=\"summary\">");
  EXPECT_EQ(count(nine.substr(at, nine.find("</tbody>", at) - at), "<th scope=\"row\">"), 7u);
  EXPECT_THAT(nine, HasSubstr("2 more approaches stand below."));
}

TEST(Html, NamesRowsByTheFilesOwnIds) {
  ComparisonResults results = everything();
  EXPECT_THAT(page(results), HasSubstr(">row\u00a0900</span>"));
  results.id_column = "tweet_id";
  for (const int64_t row : results.test_rows)
    results.test_ids.push_back("T<" + std::to_string(row));
  results.findings.row_ids = {{"train", {{900, "A-900"}, {7, "A-7"}, {104, "A-104"}}},
                              {"test", {{2004, "B-2004"}}}};
  const std::string html = page(results);
  for (const char* part :
       {"A-900, row\u00a0900</span>", "train A-7, row\u00a07 and row\u00a077</span>",
        "train A-104, row\u00a0104; test B-2004, row\u00a02004</span>", ">T&lt;"}) {
    EXPECT_THAT(html, HasSubstr(part));
  }
}

TEST(Html, ShowsTheFirstRowsOfEachClass) {
  ComparisonResults results = tweets();
  results.findings.looked = true;
  results.findings.samples = {
      {.label = 0, .row = 3, .tokens = 17, .text = "so sad <3"},
      {.label = 2, .row = 5, .tokens = 90, .text = std::string(400, 'y') + "the end"}};
  const std::string html = page(results);
  EXPECT_THAT(html, HasSubstr("<caption>The first training rows of each class</caption>"));
  EXPECT_THAT(html, HasSubstr("so sad &lt;3"));
  EXPECT_THAT(html, HasSubstr("<td data-label=\"tokens\">17</td>"));
  EXPECT_THAT(html, HasSubstr("<details class=\"rest\"><summary>"));
  EXPECT_THAT(html, HasSubstr("ythe end</bdi></details>"));
  EXPECT_THAT(markup_problems(html), IsEmpty());
}

TEST(Html, SaysThatFrozenTensorsChanged) {
  ComparisonResults results = everything();
  results.strategies[0].frozen_hash_after = "00ff";
  const std::string html = page(results);
  EXPECT_THAT(html, HasSubstr("<td>no, they changed</td>"));
  EXPECT_THAT(html, HasSubstr(", after 00ff"));
}

TEST(Html, ShowsWhyAStrategyFailedAndLeavesItOutOfTheRest) {
  const std::string html = page(with_failure(1));
  EXPECT_THAT(html, HasSubstr("<td class=\"failure\" colspan=\"4\">failed: the loss was not"));
  EXPECT_EQ(count(html, "<table class=\"heat-table\">"), 3u);
  EXPECT_THAT(html, Not(HasSubstr("Confusion matrix of last-1")));
  // The first that has metrics is what the others are compared with.
  EXPECT_THAT(page(with_failure(0)),
              HasSubstr("<caption>Change from last-<wbr>1 to full</caption>"));
  const std::string none = page(all_failed());
  EXPECT_THAT(none, HasSubstr("<h1>No approach could be trained.</h1>"));
  EXPECT_EQ(count(none, "<td class=\"failure\""), 2 * 3u);  // on the first screen as well
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
