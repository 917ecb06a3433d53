#pragma once

#include <string>
#include <vector>

#include "report/findings/words.h"
#include "report/plots/figures.h"
#include "results/results.h"
#include "text/markup.h"

namespace thaw {

// The report as the bytes of one page: no script, nothing fetched (its own policy forbids both),
// light and dark, made to be read on a phone and on paper. All text that came from outside is
// escaped. Throws Error as comparison_facts does. `words` are the findings of these results.
std::string report_html(const ComparisonResults& results, const Findings& words,
                        const Figures& figures);

// The page's style sheet, without the plots' own rules.
extern const MarkupView kPageStyle;

// Parts of the page.
namespace html {

// A <section> with a heading and a place in the table of contents; left out where content is empty.
struct Section {
  std::string id, heading;
  std::string short_name;  // in the table of contents
  Markup content;
};

// What stands under the headline: the table of the metric that decides, and its picture.
Markup first_screen(const ComparisonResults& results, const Recommendation& recommendation,
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
Markup element(MarkupView tag, std::string_view text, MarkupView attributes = {});
Markup paragraph(const std::string& text);
// Says what is no mean over seeds; "" without several.
Markup first_seed_paragraph(const ComparisonResults& results);
Markup table_caption(const std::string& text);
Markup column(const std::string& name);               // a heading cell of a column
Markup row_name(const std::string& name);             // and of a row
std::string printable_name(const std::string& name);  // cut to what a cell holds
Markup cell(const std::string& text);
// A table that scrolls by itself where the page is narrower; `name` is for screen readers.
Markup scrolling(const std::string& name, MarkupView table);
// What opens when it is asked for; on paper it is open.
Markup folded(const std::string& summary, MarkupView content);
Markup plots(const std::vector<Figure>& figures);
// "<div class="grid kind">content</div>", nothing where there is no content.
Markup grid(MarkupView content, MarkupView kind = {});

}  // namespace html

}  // namespace thaw
