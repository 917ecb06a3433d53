#pragma once

#include <string>

#include "report/figures.h"
#include "report/results.h"

namespace thaw {

// The report as one page: no script, nothing fetched, light and dark, made to be read on a phone
// and on paper. All text that came from outside is escaped. Throws Error as comparison_facts does.
std::string report_html(const ComparisonResults& results, const Figures& figures);

// The page's style sheet, without the plots' own rules.
extern const char* const kPageStyle;

// Parts of the page, each a <section>, or nothing where there is nothing to say.
namespace html {
std::string comparison_section(const ComparisonResults& results);
std::string confusion_section(const ComparisonResults& results);
std::string classes_section(const ComparisonResults& results);
std::string changed_rows_section(const ComparisonResults& results);
std::string data_section(const ComparisonResults& results);
std::string run_section(const ComparisonResults& results);

// A table that scrolls by itself where the page is narrower; `name` is for screen readers.
std::string scrolling(const std::string& name, const std::string& table);
// "<tag attributes>escaped text</tag>".
std::string element(const std::string& tag, const std::string& text,
                    const std::string& attributes = "");
// "<section …><h2>…</h2>content</section>".
std::string section(const std::string& id, const std::string& heading, const std::string& content);
}  // namespace html

}  // namespace thaw
