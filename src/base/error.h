#pragma once

#include <exception>
#include <string>
#include <utility>

namespace thaw {

// A mistake of the user or of a file, told in one sentence with its place and its remedy.
// The library throws it; only app/ catches it, prints it and exits with code 1.
//
//   throw Error("label 'spm' is not one of ham, spam", "train.csv:812", "correct the label");
//   -> train.csv:812: label 'spm' is not one of ham, spam; correct the label
class Error : public std::exception {
 public:
  // what: the fact. where: file, file:line, or flag; may be empty. remedy: what to do; may be
  // empty.
  explicit Error(std::string what, std::string where = "", std::string remedy = "")
      : what_(std::move(what)), where_(std::move(where)), remedy_(std::move(remedy)) {
    sentence_ = where_.empty() ? what_ : where_ + ": " + what_;
    if (!remedy_.empty()) sentence_ += "; " + remedy_;
  }

  const char* what() const noexcept override { return sentence_.c_str(); }
  const std::string& fact() const { return what_; }
  const std::string& where() const { return where_; }
  const std::string& remedy() const { return remedy_; }

 private:
  std::string what_, where_, remedy_, sentence_;
};

}  // namespace thaw
