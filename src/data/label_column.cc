#include "data/label_column.h"

#include <cassert>

namespace thaw {

std::string LabelColumn::place(int32_t code) const {
  const Place& place = places_[code];
  const Source& source = sources_[place.source];
  const std::string number = std::to_string(place.number);
  return source.name + (source.numbers_are_lines ? ":" : ", row ") + number;
}

int32_t LabelColumn::find(std::string_view value) const {
  // Tables are often sorted by label: the last row's value is the likeliest.
  if (!codes_.empty() && values_[codes_.back()] == value) return codes_.back();
  const auto found = code_of_.find(value);
  return found == code_of_.end() ? -1 : found->second;
}

int32_t LabelColumn::add(std::string_view value, int64_t number) {
  assert(!sources_.empty());
  const int32_t code = static_cast<int32_t>(values_.size());
  values_.emplace_back(value);
  places_.push_back({static_cast<int32_t>(sources_.size()) - 1, number});
  code_of_.emplace(values_.back(), code);
  return code;
}

void LabelColumn::append(const LabelColumn& other) {
  const int32_t offset = static_cast<int32_t>(sources_.size());
  sources_.insert(sources_.end(), other.sources_.begin(), other.sources_.end());
  std::vector<int32_t> translated;
  for (size_t i = 0; i < other.values_.size(); ++i) {
    int32_t code = find(other.values_[i]);
    if (code < 0) {
      code = add(other.values_[i], 0);
      places_.back() = {offset + other.places_[i].source, other.places_[i].number};
    }
    translated.push_back(code);
  }
  codes_.reserve(codes_.size() + other.codes_.size());
  for (const int32_t code : other.codes_) codes_.push_back(translated[code]);
}

}  // namespace thaw
