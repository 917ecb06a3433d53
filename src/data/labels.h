#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "data/label_values.h"
#include "data/readers/label_column.h"

namespace thaw {

// How labels as they stand in files become numbers 0 … labels − 1, or none.
//
// Decided once, from all rows of train, and held for every other split:
//   text       JSON and Parquet strings, and cells of a CSV file that are not all numbers. In the
//              order of their bytes, which is scikit-learn's LabelEncoder's. "01" and "1" are two.
//   integers   by value; fractions that are all whole ("1.0") are integers.
//   booleans   named "false" and "true".
//   class ids  integers whose names the file itself tells (ClassLabel, mapping.txt, the card of a
//              data set): 0 … names − 1, and −1 is no label.
// Fractions are labels by way of cuts alone.
//
// Names that the user gives order texts; integers they name: 0, 1, …, or, if the integers are
// others but as many as the names, in ascending order. Without names, integers are their own names.
//
// With k cuts: values are numbers, and there are k + 1 labels. A value that equals a cut belongs to
// the label nearer to the middle, so {-0.5, 0.5} gives "below -0.5", "from -0.5 to 0.5", "above
// 0.5"; a value that equals the middle one of an odd number of cuts belongs to the upper label, so
// {3} gives "below 3", "3 and more".
class LabelScheme {
 public:
  static constexpr int32_t kNoLabel = LabelColumn::kNoLabel;

  // From the labels of train. Throws Error: a column of mixed kinds, cuts that do not ascend, names
  // that do not fit or stand there twice, no labels or only one, numbers with fractions but no
  // cuts.
  static LabelScheme from_train(const LabelColumn& train,
                                const std::vector<std::string>& file_names,
                                const std::vector<std::string>& user_names,
                                const std::vector<double>& cuts);

  // From a model's label names, for one column of new data, which encode() then takes. In this
  // order: a value is a model's name; the file's or the user's name for it is; integers that the
  // data has no names for go by position where 0 is among them and all are below the number of
  // labels, or by the one number that each of the model's names holds ("4 stars"). User names may
  // also rename the model's labels in their order, where none of them is one of the model's.
  // Throws Error where that leaves more than one way, naming a flag that decides.
  static LabelScheme from_model(const LabelColumn& data, const std::vector<std::string>& file_names,
                                const std::vector<std::string>& user_names,
                                const std::vector<double>& cuts,
                                const std::vector<std::string>& model_names);

  const std::vector<std::string>& names() const { return names_; }  // [labels]

  // What was decided, for the user: "labels: 0 → neg, 1 → pos (the file's own names)", and a line
  // for each value that may be meant otherwise.
  const std::vector<std::string>& lines() const { return lines_; }

  // Whether the file itself names the labels; a label of its list may then have no row.
  bool has_file_names() const { return minus_one_is_none_; }

  // Labels of a column, [rows], kNoLabel where it has none. class_names: what the column's own file
  // calls the labels 0, 1, …; empty: as train's file does.
  // Throws Error with the place for a value that the scheme lacks.
  std::vector<int32_t> encode(const LabelColumn& column,
                              const std::vector<std::string>& class_names = {}) const;

  // Whether all labels of a column are −1, which is no label of this scheme: the habit of data sets
  // that keep the labels of their test secret.
  bool hides(const LabelColumn& column) const;

 private:
  friend class ModelMatch;

  void take_class_ids(const std::vector<std::string>& integers,
                      const std::vector<std::string>& file_names,
                      const std::vector<std::string>& user_names, const std::string& place);
  void take_integers(const std::vector<std::string>& integers,
                     const std::vector<std::string>& user_names, const std::string& place);
  void take_texts(const LabelColumn& train, const std::vector<std::string>& values,
                  const std::vector<std::string>& file_names,
                  const std::vector<std::string>& user_names);
  void fit_integers(const std::vector<std::string>& values, size_t count, const std::string& place);
  void name_by_text();
  int32_t label_of(const LabelColumn& column, int32_t code) const;
  int32_t label_by_name_of_id(const LabelColumn& column, int32_t code,
                              const std::vector<std::string>& class_names) const;

  std::vector<std::string> names_;                          // [labels]
  std::map<std::string, int32_t> texts_;                    // value as text -> label
  std::map<std::string, int32_t, LessAsNumbers> integers_;  // canonical whole number -> label
  std::vector<std::string> file_names_;                     // of train's file
  bool minus_one_is_none_ = false;                          // the integers are class ids
  std::vector<double> cuts_;                                // ascending; empty: the maps decide
  std::vector<int32_t> translation_;                        // [bins of cuts_] bin -> label
  std::vector<std::string> lines_;
};

}  // namespace thaw
