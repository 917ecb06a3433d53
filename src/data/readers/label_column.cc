#include "data/readers/label_column.h"

#include <fmt/format.h>

#include <cassert>

namespace thaw {

std::string LabelColumn::shown(const Place& place) const {
  const Source& source = sources_[place.source];
  return fmt::format("{}{}{}", source.name, source.numbers_are_lines ? ":" : ", row ",
                     place.number);
}

std::string LabelColumn::place(int32_t code) const { return shown(places_[code]); }

std::vector<std::string> LabelColumn::places_of_none() const {
  std::vector<std::string> places;
  for (const Place& place : places_of_none_) places.push_back(shown(place));
  return places;
}

int32_t LabelColumn::find(std::string_view value, ValueKind kind) const {
  // Tables are often sorted by label: the last row's value is the likeliest.
  if (!codes_.empty()) {
    const int32_t last = codes_.back();
    if (last >= 0 && kinds_[last] == kind && values_[last] == value) return last;
  }
  const Codes& codes = code_of_[static_cast<size_t>(kind)];
  const auto found = codes.find(value);
  return found == codes.end() ? kNoLabel : found->second;
}

int32_t LabelColumn::add(std::string_view value, int64_t number, ValueKind kind) {
  assert(!sources_.empty());
  const int32_t code = static_cast<int32_t>(values_.size());
  values_.emplace_back(value);
  kinds_.push_back(kind);
  places_.push_back({static_cast<int32_t>(sources_.size()) - 1, number});
  code_of_[static_cast<size_t>(kind)].emplace(values_.back(), code);
  return code;
}

void LabelColumn::push_back_none(int64_t number) {
  codes_.push_back(kNoLabel);
  if (places_of_none_.size() == kPlacesOfNone) return;
  places_of_none_.push_back({static_cast<int32_t>(sources_.size()) - 1, number});
}

void LabelColumn::append(const LabelColumn& other) {
  const int32_t offset = static_cast<int32_t>(sources_.size());
  sources_.insert(sources_.end(), other.sources_.begin(), other.sources_.end());
  const auto moved = [&](Place place) { return Place{offset + place.source, place.number}; };
  std::vector<int32_t> translated;
  for (size_t i = 0; i < other.values_.size(); ++i) {
    int32_t code = find(other.values_[i], other.kinds_[i]);
    if (code < 0) {
      code = add(other.values_[i], 0, other.kinds_[i]);
      places_.back() = moved(other.places_[i]);
    }
    translated.push_back(code);
  }
  for (const Place& place : other.places_of_none_) {
    if (places_of_none_.size() < kPlacesOfNone) places_of_none_.push_back(moved(place));
  }
  codes_.reserve(codes_.size() + other.codes_.size());
  for (const int32_t code : other.codes_) codes_.push_back(code < 0 ? kNoLabel : translated[code]);
}

}  // namespace thaw
