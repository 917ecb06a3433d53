#pragma once

#include <exception>
#include <string>
#include <utility>

namespace thaw {

// Where the mistake lies, from which the program's exit code follows.
enum class ErrorKind {
  kData,   // in data, in files, in a recipe, or in the machine: exit code 1
  kUsage,  // in the command line, whatever the data is: exit code 2
};

// A mistake of the user or of a file, told in one sentence with its place and its remedy.
// The library throws it; only app/ catches it, prints it and exits with the code of its kind.
// kUsage: a value that a flag gave is wrong in itself (out of range, no number, an unknown name) or
// contradicts another flag. A flag that is right but does not fit the data is kData.
//
//   throw Error("label 'spm' is not one of ham, spam", "train.csv:812", "correct the label");
//   -> train.csv:812: label 'spm' is not one of ham, spam; correct the label
class Error : public std::exception {
 public:
  // what: the fact. where: file, file:line, or flag; may be empty. remedy: what to do; may be
  // empty.
  explicit Error(std::string what, std::string where = "", std::string remedy = "",
                 ErrorKind kind = ErrorKind::kData)
      : what_(std::move(what)), where_(std::move(where)), remedy_(std::move(remedy)), kind_(kind) {
    sentence_ = where_.empty() ? what_ : where_ + ": " + what_;
    if (!remedy_.empty()) sentence_ += "; " + remedy_;
  }

  const char* what() const noexcept override { return sentence_.c_str(); }
  const std::string& fact() const { return what_; }
  const std::string& where() const { return where_; }
  const std::string& remedy() const { return remedy_; }
  ErrorKind kind() const { return kind_; }

 private:
  std::string what_, where_, remedy_, sentence_;
  ErrorKind kind_;
};

}  // namespace thaw
