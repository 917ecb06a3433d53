#include "report/html.h"

#include "report/facts.h"
#include "report/markup.h"
#include "report/numbers.h"
#include "report/phrases.h"
#include "report/svg_plot.h"
#include "report/words.h"

namespace thaw {
namespace html {

std::string element(const std::string& tag, const std::string& text,
                    const std::string& attributes) {
  return "<" + tag + (attributes.empty() ? "" : " " + attributes) + ">" + escape_markup(text) +
         "</" + tag + ">";
}

std::string section(const std::string& id, const std::string& heading, const std::string& content) {
  return "<section aria-labelledby=\"" + id + "\">\n<h2 id=\"" + id + "\">" +
         escape_markup(heading) + "</h2>\n" + content + "</section>\n";
}

std::string scrolling(const std::string& name, const std::string& table) {
  return "<div class=\"scroll\" role=\"region\" tabindex=\"0\" aria-label=\"" +
         escape_markup(name) + "\">\n" + table + "</div>\n";
}

}  // namespace html

namespace {

using html::element;

std::string sentences(const std::string& name, const std::vector<std::string>& list) {
  if (list.empty()) return "";
  std::string out = "<div>\n" + element("h3", name) + "\n<ul>\n";
  for (const std::string& sentence : list) out += element("li", sentence) + "\n";
  return out + "</ul>\n</div>\n";
}

std::string plots(const std::vector<Figure>& list) {
  std::string out;
  for (const Figure& figure : list) out += "<figure>\n" + figure.svg + "</figure>\n";
  return out;
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
  if (!results.precision.empty()) text += ", " + results.precision;
  return text + ".";
}

std::string epochs_table(const StrategyResult& strategy, size_t labels) {
  const bool validated = strategy.best_epoch > 0;
  std::string out = "<table>\n<caption>" + escape_markup(strategy.approach) +
                    "</caption>\n<thead><tr><th scope=\"col\">Epoch</th>"
                    "<th scope=\"col\">Training loss</th>";
  if (validated) {
    out +=
        "<th scope=\"col\">Validation loss</th><th scope=\"col\">Accuracy</th><th scope=\"col\">";
    out += labels == 2 ? "F1</th>" : "Macro F1</th>";
  }
  out += "</tr></thead>\n<tbody>\n";
  for (const EpochResult& epoch : strategy.epochs) {
    const bool kept = validated && epoch.epoch == strategy.best_epoch && strategy.epochs.size() > 1;
    out += kept ? "<tr class=\"best\">" : "<tr>";
    out +=
        element("th", std::to_string(epoch.epoch) + (kept ? "\u00a0(kept)" : ""), "scope=\"row\"");
    out += element("td", fixed(epoch.train_loss, 4));
    if (validated) {
      out += element("td", fixed(epoch.validation_loss, 4));
      out += element("td", fixed(epoch.validation_accuracy, 4));
      out += element("td", fixed(labels == 2 ? epoch.validation_f1 : epoch.validation_macro_f1, 4));
    }
    out += "</tr>\n";
  }
  return out + "</tbody>\n</table>\n";
}

std::string training_section(const ComparisonResults& results, const Figures& figures) {
  std::string tables;
  for (const StrategyResult& strategy : results.strategies) {
    if (strategy.epochs.empty()) continue;
    tables += html::scrolling("Epochs of " + strategy.approach,
                              epochs_table(strategy, results.label_names.size()));
  }
  if (figures.loss.empty() && tables.empty()) return "";
  std::string content;
  if (!figures.loss.empty()) content += "<div class=\"grid\">\n" + plots(figures.loss) + "</div>\n";
  if (!figures.quality.empty()) {
    content += "<div class=\"grid\">\n" + plots(figures.quality) + "</div>\n";
  }
  if (!tables.empty()) content += "<div class=\"grid tables\">\n" + tables + "</div>\n";
  return html::section("training", "How training went", content);
}

std::string footer(const ComparisonResults& results) {
  const auto version = results.versions.find("thaw");
  std::string out =
      "<footer>\n<p>" +
      escape_markup("Made by thaw" +
                    (version == results.versions.end() ? "" : " " + version->second)) +
      ". The same numbers lie beside this page: <a href=\"results.csv\">"
      "results.csv</a>, <a href=\"results.json\">results.json</a>, every row&#39;s "
      "<a href=\"predictions.csv\">predictions</a>, each plot under "
      "<a href=\"figures/\">figures</a>.</p>\n";
  return out + "</footer>\n";
}

}  // namespace

std::string report_html(const ComparisonResults& results, const Figures& figures) {
  const Findings words = findings(results);
  const std::string kind = results.strategies.size() > 1 ? "Comparison" : "Training";
  const std::string title = results.title.empty() ? kind : results.title;
  std::string page =
      "<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
      "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n"
      "<meta name=\"color-scheme\" content=\"light dark\">\n" +
      element("title", title + ": " + words.headline) + "\n<style>\n" + kPageStyle +
      plot_style(".plot") + "</style>\n</head>\n<body>\n<main>\n";
  page += "<header>\n" + element("p", kind + " · " + title, "class=\"over\"") + "\n" +
          element("h1", words.headline) + "\n" +
          element("p", standfirst(results), "class=\"standfirst\"") + "\n</header>\n";
  page += html::comparison_section(results);
  page += html::section("findings", "What it means",
                        "<div class=\"words\">\n" + sentences("Observation", words.observation) +
                            sentences("Likely reason", words.reason) +
                            sentences("Conclusion", words.conclusion) + "</div>\n");
  page += html::section(
      "standing", results.strategies.size() > 1 ? "Quality and cost side by side" : "Quality",
      "<div class=\"grid wide\">\n" + plots(figures.standing) + plots(figures.cost) + "</div>\n");
  page += training_section(results, figures);
  page += html::confusion_section(results);
  page += html::classes_section(results);
  page += html::changed_rows_section(results);
  page += html::data_section(results);
  page += html::run_section(results);
  return page + footer(results) + "</main>\n</body>\n</html>\n";
}

}  // namespace thaw
