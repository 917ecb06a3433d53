#include "data/readers/column_values.h"

#include "data/label_values.h"
#include "text/utf8.h"

namespace thaw {

int32_t ColumnValues::code_of(std::string_view value) {
  if (code_of_ == nullptr || code_of_.use_count() > 1 || values_.use_count() > 1) {
    values_ = std::make_shared<std::vector<std::string>>(*values_);
    code_of_ = std::make_shared<Codes>();
    for (size_t code = 0; code < values_->size(); ++code) {
      code_of_->emplace((*values_)[code], static_cast<int32_t>(code));
    }
  }
  const auto found = code_of_->find(value);
  if (found != code_of_->end()) return found->second;
  const auto code = static_cast<int32_t>(values_->size());
  values_->emplace_back(value);
  code_of_->emplace(values_->back(), code);
  return code;
}

void ColumnValues::push_back(std::string_view value) {
  value = trim_ascii(value);
  codes_.push_back(value.empty() ? kMissing : code_of(value));
}

void ColumnValues::append(const ColumnValues& from, const std::vector<int64_t>* positions) {
  if (from.present_) {
    if (!present_) set_present(from.name_);
    is_text_ |= from.is_text_;
  }
  if (codes_.empty()) values_ = from.values_;
  std::vector<int32_t> same;  // [codes of from] here; empty: they are the same
  if (values_ != from.values_) {
    for (const std::string& value : *from.values_) same.push_back(code_of(value));
  } else {
    code_of_ = nullptr;
  }
  const auto add = [&](int32_t code) {
    codes_.push_back(code < 0 || same.empty() ? code : same[static_cast<size_t>(code)]);
  };
  if (positions == nullptr) {
    codes_.reserve(codes_.size() + from.codes_.size());
    for (const int32_t code : from.codes_) add(code);
    return;
  }
  codes_.reserve(codes_.size() + positions->size());
  for (const int64_t position : *positions) add(from.codes_[static_cast<size_t>(position)]);
}

void ColumnValues::name_numbers(const std::vector<std::string>& names) {
  std::vector<std::string> named;
  for (const std::string& value : *values_) {
    const auto whole = whole_number(value);
    const auto index = whole ? as_index(*whole, names.size()) : std::nullopt;
    if (!index) return;
    named.push_back(names[static_cast<size_t>(*index)]);
  }
  const std::vector<int32_t> codes = std::move(codes_);
  codes_.clear();
  values_ = std::make_shared<std::vector<std::string>>();
  code_of_ = nullptr;
  std::vector<int32_t> code_by_number;  // two numbers may have one name
  for (const std::string& name : named) code_by_number.push_back(code_of(name));
  for (const int32_t code : codes) {
    codes_.push_back(code < 0 ? code : code_by_number[static_cast<size_t>(code)]);
  }
  is_text_ = true;
}

void append_rows(const std::vector<ColumnValues>& from, const std::vector<int64_t>& positions,
                 std::vector<ColumnValues>& to) {
  if (to.empty()) {
    for (const ColumnValues& column : from) to.emplace_back(column.name());
  }
  for (size_t i = 0; i < from.size() && i < to.size(); ++i) to[i].append(from[i], &positions);
}

}  // namespace thaw
