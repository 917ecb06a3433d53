#pragma once

#include <map>
#include <string>
#include <vector>

namespace thaw::bench {

// A figure's value in each repetition, in their order. Sums, products and quotients are taken
// repetition by repetition; a figure that was measured once counts for all.
using Series = std::vector<double>;
Series operator+(const Series& a, const Series& b);
Series operator-(const Series& a, const Series& b);
Series operator*(const Series& a, const Series& b);
Series operator/(const Series& a, const Series& b);
Series larger(const Series& a, const Series& b);
double median(Series values);  // not of nothing

// Figures under dotted names, from JSON lines as the bench's programs print them. A member
// {"NAME": {results.json}} gives NAME.probe.train_seconds and the like.
class Figures {
 public:
  void read(const std::string& path);
  // Empty where it was not measured, and then so is all that is computed from it.
  Series operator[](const std::string& name) const;
  double one(const std::string& name) const;               // its median, 0 if it is not there
  const std::string& text(const std::string& name) const;  // "" if it is not there

 private:
  std::map<std::string, Series> numbers_;
  std::map<std::string, std::string> texts_;
};

// What a quotient should be.
enum class Goal { kNone, kAtLeast, kAtMost };

struct Row {
  std::string what;
  Series ours;
  std::string unit, beside = {};  // beside: what `other` is
  Series other = {}, ratio = {};
  bool percent = false;
  Goal goal = Goal::kNone;
  double target = 0;
};

// "| what | thaw | … |"; nothing at all where thaw's own figure is missing.
std::string table_head();
std::string table_row(const Row& row);
std::string number(double value);  // three digits that count

}  // namespace thaw::bench
