#include "report/html/html.h"

#include "report/findings/seed_words.h"
#include "report/plots/svg_plot.h"
#include "results/phrases.h"
#include "text/markup.h"
#include "text/numbers.h"
#include "text/text_width.h"

namespace thaw {
namespace html {
namespace {

constexpr int kLongestCellName = 60;

}  // namespace

Markup element(MarkupView tag, std::string_view text, MarkupView attributes) {
  return "<" + tag + markup_if(!attributes.empty(), " ") + attributes + ">" + escape_markup(text) +
         "</" + tag + ">";
}

Markup paragraph(const std::string& text) { return element("p", text) + "\n"; }

Markup first_seed_paragraph(const ComparisonResults& results) {
  const std::string sentence = first_seed_sentence(results);
  return sentence.empty() ? Markup() : paragraph(sentence);
}

Markup table_caption(const std::string& text) {
  return "<caption>" + escape_breakable(text) + "</caption>";
}

std::string printable_name(const std::string& name) { return fit_columns(name, kLongestCellName); }

Markup column(const std::string& name) {
  return "<th scope=\"col\">" + escape_breakable(printable_name(name)) + "</th>";
}

Markup row_name(const std::string& name) {
  return "<th scope=\"row\">" + escape_breakable(printable_name(name)) + "</th>";
}

Markup cell(const std::string& text) { return element("td", text); }

Markup scrolling(const std::string& name, MarkupView table) {
  return R"(<div class="scroll" role="region" tabindex="0" aria-label=")" + escape_markup(name) +
         "\">\n" + table + "</div>\n";
}

Markup folded(const std::string& summary, MarkupView content) {
  if (content.empty()) return {};
  return "<details>\n" + element("summary", summary) + "\n" + content + "</details>\n";
}

Markup plots(const std::vector<Figure>& figures) {
  Markup out;
  for (const Figure& figure : figures) out += "<figure>\n" + figure.svg + "</figure>\n";
  return out;
}

Markup grid(MarkupView content, MarkupView kind) {
  if (content.empty()) return {};
  return "<div class=\"grid" + markup_if(!kind.empty(), " ") + kind + "\">\n" + content +
         "</div>\n";
}

}  // namespace html

namespace {

using html::element;
using html::Section;

// The first few; those after them open when they are asked for.
Markup sentences(const std::string& name, const std::vector<std::string>& list, MarkupView kind) {
  if (list.empty()) return {};
  constexpr size_t kMostSentences = 6;
  const size_t open = list.size() > kMostSentences + 1 ? kMostSentences : list.size();
  const auto items = [&](size_t from, size_t to) {
    Markup out;
    for (size_t i = from; i < to; ++i) out += element("li", list[i]) + "\n";
    return out.empty() ? out : "<ul>\n" + out + "</ul>\n";
  };
  return "<div class=\"" + kind + "\">\n" + element("h3", name) + "\n" + items(0, open) +
         html::folded(counted(static_cast<int64_t>(list.size() - open), "more", "more"),
                      items(open, list.size())) +
         "</div>\n";
}

std::string standfirst(const ComparisonResults& results) {
  std::vector<std::string> parts;
  for (const SplitSummary& split : results.splits) {
    if (split.rows > 0) parts.push_back(grouped(split.rows) + " " + split.name);
  }
  std::string text = results.model;
  if (!results.data.empty()) text += (text.empty() ? "" : " on ") + results.data;
  if (!parts.empty()) text += (text.empty() ? "" : ": ") + listed(parts) + " rows";
  if (!text.empty()) text += ". ";
  const size_t count = results.strategies.size();
  text += counted(static_cast<int64_t>(count), "approach", "approaches");
  if (results.total_seconds > 0) text += " in " + duration(results.total_seconds);
  return text + ".";
}

// What follows comes before what it follows from.
Section findings_section(const Findings& words) {
  Markup content = sentences("Conclusion", words.conclusion, "conclusion");
  const Markup why = sentences("Observation", words.observation, "observation") +
                     sentences("Likely reason", words.reason, "reason");
  if (!why.empty()) content += "<div class=\"words\">\n" + why + "</div>\n";
  return {"findings", "What to do", "Recommendation", content};
}

Markup contents(const std::vector<Section>& sections) {
  Markup out("<nav aria-label=\"Contents\">\n<ul>\n");
  for (const Section& section : sections) {
    if (section.content.empty()) continue;
    out += "<li><a href=\"#" + escape_markup(section.id) + "\">" +
           escape_markup(section.short_name) + "</a></li>\n";
  }
  return out + "</ul>\n</nav>\n";
}

Markup footer(const ComparisonResults& results) {
  const auto version = results.versions.find("thaw");
  Markup out = "<footer>\n<p>" +
               escape_markup("Made by thaw" +
                             (version == results.versions.end() ? "" : " " + version->second)) +
               ". Files beside this page: <a href=\"results.csv\">results.csv</a>, "
               "<a href=\"results.json\">results.json</a>, every row&#39;s "
               "<a href=\"predictions.csv\">predictions</a>, and each plot in "
               "<a href=\"figures/\">figures</a>.</p>\n";
  return out + "</footer>\n";
}

}  // namespace

std::string report_html(const ComparisonResults& results, const Findings& words,
                        const Figures& figures) {
  const std::string kind = results.strategies.size() > 1 ? "Comparison" : "Training";
  const std::string title = results.title.empty() ? kind : results.title;
  Markup page =
      "<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
      "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src &#39;none&#39;; "
      "style-src &#39;unsafe-inline&#39;\">\n"
      "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n"
      "<meta name=\"color-scheme\" content=\"light dark\">\n" +
      element("title", title + ": " + words.headline) + "\n<style>\n" + kPageStyle +
      plot_style(".plot") + "</style>\n</head>\n<body>\n<main>\n";
  page += "<header>\n" +
          element("p", results.title.empty() ? kind : kind + " · " + title, "class=\"over\"") +
          "\n" + element("h1", words.headline) + "\n" +
          (words.basis.empty() ? Markup() : element("p", words.basis, "class=\"basis\"") + "\n") +
          element("p", standfirst(results), "class=\"standfirst\"") + "\n</header>\n" +
          html::first_screen(results, words.recommendation, figures);
  const std::vector<Section> sections = {findings_section(words),
                                         html::comparison_section(results),
                                         html::cost_section(figures),
                                         html::sweeps_section(results, figures),
                                         html::training_section(results, figures),
                                         html::confusion_section(results),
                                         html::classes_section(results, figures),
                                         html::slices_section(results, words.recommendation),
                                         html::calibration_section(results, figures),
                                         html::changed_rows_section(results),
                                         html::errors_section(results),
                                         html::labels_section(results),
                                         html::data_section(results, figures),
                                         html::run_section(results)};
  for (const Section& section : sections) {
    if (section.content.empty()) continue;
    const Markup id = escape_markup(section.id);
    page += "<section aria-labelledby=\"" + id + "\">\n" +
            element("h2", section.heading, "id=\"" + id + "\"") + "\n" + section.content +
            "</section>\n";
    if (&section == &sections.front()) page += contents(sections);
  }
  page += footer(results) + "</main>\n</body>\n</html>\n";
  return page.str();
}

}  // namespace thaw
