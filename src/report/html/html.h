#pragma once

#include <string>
#include <vector>

#include "report/findings/words.h"
#include "report/plots/figures.h"
#include "results/results.h"

namespace thaw {

// The report as one page: no script, nothing fetched (its own policy forbids both), light and dark,
// made to be read on a phone and on paper. All text that came from outside is escaped. Throws Error
// as comparison_facts does. `words` are the findings of these results.
std::string report_html(const ComparisonResults& results, const Findings& words,
                        const Figures& figures);

// The page's style sheet, without the plots' own rules.
extern const char* const kPageStyle;

// Parts of the page.
namespace html {

// A <section> with a heading and a place in the table of contents; left out where content is empty.
struct Section {
  std::string id, heading;
  std::string short_name;  // in the table of contents
  std::string content;
};

// What stands under the headline: the table of the metric that decides, and its picture.
std::string first_screen(const ComparisonResults& results, const Recommendation& recommendation,
                         const Figures& figures);

Section comparison_section(const ComparisonResults& results);
Section cost_section(const Figures& figures);
Section sweeps_section(const ComparisonResults& results, const Figures& figures);
Section training_section(const ComparisonResults& results, const Figures& figures);
Section confusion_section(const ComparisonResults& results);
Section classes_section(const ComparisonResults& results, const Figures& figures);
Section calibration_section(const ComparisonResults& results, const Figures& figures);
Section changed_rows_section(const ComparisonResults& results);
Section errors_section(const ComparisonResults& results);
Section slices_section(const ComparisonResults& results, const Recommendation& recommendation);
Section labels_section(const ComparisonResults& results);
Section data_section(const ComparisonResults& results, const Figures& figures);
Section run_section(const ComparisonResults& results);

// "<tag attributes>escaped text</tag>".
std::string element(const std::string& tag, const std::string& text,
                    const std::string& attributes = "");
std::string paragraph(const std::string& text);
// Says what is no mean over seeds; "" without several.
std::string first_seed_paragraph(const ComparisonResults& results);
std::string table_caption(const std::string& text);
std::string column(const std::string& name);          // a heading cell of a column
std::string row_name(const std::string& name);        // and of a row
std::string printable_name(const std::string& name);  // cut to what a cell holds
std::string cell(const std::string& text);
// A table that scrolls by itself where the page is narrower; `name` is for screen readers.
std::string scrolling(const std::string& name, const std::string& table);
// What opens when it is asked for; on paper it is open.
std::string folded(const std::string& summary, const std::string& content);
std::string plots(const std::vector<Figure>& figures);
// "<div class="grid kind">content</div>", nothing where there is no content.
std::string grid(const std::string& content, const std::string& kind = "");

}  // namespace html

}  // namespace thaw
