#include "bench/figures.h"

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <fstream>
#include <functional>
#include <nlohmann/json.hpp>

namespace thaw::bench {
namespace {

using Json = nlohmann::json;

Series combine(const Series& a, const Series& b, const std::function<double(double, double)>& f) {
  if (a.empty() || b.empty()) return {};
  const size_t size = a.size() == 1   ? b.size()
                      : b.size() == 1 ? a.size()
                                      : std::min(a.size(), b.size());
  Series result(size);
  for (size_t i = 0; i < size; ++i) {
    result[i] = f(a[a.size() == 1 ? 0 : i], b[b.size() == 1 ? 0 : i]);
  }
  return result;
}

// What the tables need of a results.json.
Json flatten_results(const std::string& name, const Json& results) {
  Json flat;
  double within = 0, peak = 0;
  for (const Json& strategy : results.at("strategies")) {
    const std::string key = name + "." + strategy.at("approach").get<std::string>() + ".";
    for (const char* member : {"train_seconds", "prefix_seconds", "eval_seconds"}) {
      flat[key + member] = strategy.at(member);
    }
    const double train = strategy.at("train_seconds").get<double>();
    flat[key + "peak_mb"] = strategy.at("peak_memory_mb");
    flat[key + "epoch_seconds"] = train / static_cast<double>(strategy.at("epochs").size());
    flat[key + "macro_f1"] = strategy.at("test").at("macro_f1");
    within += train + strategy.at("eval_seconds").get<double>();
    peak = std::max(peak, strategy.at("peak_memory_mb").get<double>());
  }
  flat[name + ".total_seconds"] = results.at("total_seconds");
  flat[name + ".start_seconds"] = results.at("total_seconds").get<double>() - within;
  flat[name + ".peak_mb"] = peak;
  const auto precision = results.at("precision").get<std::string>();
  flat[name + ".precision"] = precision.substr(0, precision.find(' '));
  return flat;
}

}  // namespace

Series operator+(const Series& a, const Series& b) { return combine(a, b, std::plus<>()); }
Series operator-(const Series& a, const Series& b) { return combine(a, b, std::minus<>()); }
Series operator*(const Series& a, const Series& b) { return combine(a, b, std::multiplies<>()); }
Series operator/(const Series& a, const Series& b) { return combine(a, b, std::divides<>()); }
Series larger(const Series& a, const Series& b) {
  if (a.empty() || b.empty()) return a.empty() ? b : a;
  return combine(a, b, [](double x, double y) { return std::max(x, y); });
}

double median(Series values) {
  std::sort(values.begin(), values.end());
  const size_t middle = values.size() / 2;
  return values.size() % 2 == 1 ? values[middle] : (values[middle - 1] + values[middle]) / 2;
}

void Figures::read(const std::string& path) {
  std::ifstream in(path);
  for (std::string line; std::getline(in, line);) {
    const Json object = Json::parse(line);
    const auto take = [this](const Json& members) {
      for (const auto& [name, value] : members.items()) {
        if (value.is_number()) numbers_[name].push_back(value.get<double>());
        if (value.is_string()) texts_[name] = value.get<std::string>();
      }
    };
    take(object);
    for (const auto& [name, value] : object.items()) {
      if (value.is_object()) take(flatten_results(name, value));
    }
  }
}

Series Figures::operator[](const std::string& name) const {
  const auto found = numbers_.find(name);
  return found == numbers_.end() ? Series() : found->second;
}

double Figures::one(const std::string& name) const {
  const Series values = (*this)[name];
  return values.empty() ? 0 : median(values);
}

const std::string& Figures::text(const std::string& name) const {
  static const std::string none;
  const auto found = texts_.find(name);
  return found == texts_.end() ? none : found->second;
}

std::string number(double value) {
  char text[32];
  const int digits = value == 0 ? 0 : static_cast<int>(std::floor(std::log10(std::abs(value))));
  std::snprintf(text, sizeof(text), "%.*f", std::clamp(2 - digits, 0, 4), value);
  return text;
}

std::string table_head() {
  return "| what | thaw | beside | ratio | spread | target | |\n|---|---|---|---|---|---|---|\n";
}

std::string table_row(const Row& row) {
  if (row.ours.empty()) return "";
  const double scale = row.percent ? 100 : 1;
  const std::string sign = row.percent ? " %" : "×";
  std::string line = "| " + row.what + " | " + number(median(row.ours)) + " " + row.unit + " | ";
  if (!row.other.empty()) {
    line +=
        row.beside + (row.beside.empty() ? "" : ": ") + number(median(row.other)) + " " + row.unit;
  }
  line += " | ";
  // Without anything beside it, thaw's own figure has the target.
  const bool plain = row.ratio.empty() && row.beside.empty();
  const Series& judged = plain ? row.ours : row.ratio;
  if (!row.ratio.empty()) line += number(scale * median(row.ratio)) + sign;
  line += " | ";
  if (!judged.empty()) {
    const auto [least, most] = std::minmax_element(judged.begin(), judged.end());
    const double factor = plain ? 1 : scale;
    line += number(factor * *least) + "–" + number(factor * *most);
  }
  line += " | ";
  if (row.goal == Goal::kNone) return line + "| |\n";
  const bool at_least = row.goal == Goal::kAtLeast;
  line += (at_least ? "≥ " : "≤ ") + number(plain ? row.target : scale * row.target) +
          (plain ? " " + row.unit : sign) + " | ";
  if (!judged.empty()) {
    const double value = median(judged);
    line += (at_least ? value >= row.target : value <= row.target) ? "met" : "missed";
  }
  return line + " |\n";
}

}  // namespace thaw::bench
