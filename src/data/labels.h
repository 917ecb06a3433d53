#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "data/label_column.h"

namespace thaw {

// How labels as they stand in files become numbers 0 … labels − 1.
//
// Without cuts: if all values are whole numbers ("2", "2.0"), they are ordered by value; other
// values are ordered by their bytes, which is scikit-learn's LabelEncoder's order. Names that the
// user gives, or else the file's own (ClassLabel, mapping.txt), stand for the numbers 0, 1, …; if
// the numbers are others but as many as the names, names go to them in ascending order; text labels
// must be among the names, whose order then counts. Without names, numbers are their own names.
//
// With k cuts: values are numbers, and there are k + 1 labels. A value that equals a cut belongs to
// the label nearer to the middle, so {-0.5, 0.5} gives "below -0.5", "from -0.5 to 0.5", "above
// 0.5"; a value that equals the middle one of an odd number of cuts belongs to the upper label, so
// {3} gives "below 3", "3 and more".
class LabelScheme {
 public:
  // From the labels of train. Throws Error: cuts that do not ascend, names that do not fit or
  // stand there twice, fewer than two labels, numbers with fractions but no cuts, a value that is
  // no number where there are cuts.
  static LabelScheme from_train(const LabelColumn& train,
                                const std::vector<std::string>& file_names,
                                const std::vector<std::string>& user_names,
                                const std::vector<double>& cuts);

  // From a model's label names, for new data. Values are the model's names, or numbers as above
  // (by way of the file's or the user's names, where there are any).
  static LabelScheme from_model(const LabelColumn& data, const std::vector<std::string>& file_names,
                                const std::vector<std::string>& user_names,
                                const std::vector<double>& cuts,
                                const std::vector<std::string>& model_names);

  const std::vector<std::string>& names() const { return names_; }  // [labels]

  // Labels of a column, [rows]. Throws Error with the place for a value that the scheme lacks.
  std::vector<int32_t> encode(const LabelColumn& column) const;

 private:
  void name_by_text();
  void fit_integers(const std::vector<int64_t>& values, size_t count, const std::string& place);
  int32_t label_of(const std::string& value, const std::string& place) const;

  std::vector<std::string> names_;        // [labels]
  std::map<std::string, int32_t> texts_;  // value -> label
  std::map<int64_t, int32_t> integers_;   // whole number -> label
  std::vector<double> cuts_;              // ascending; empty: the maps decide
  std::vector<int32_t> translation_;      // [bins of cuts_] bin -> label
};

}  // namespace thaw
