#pragma once

#include <exception>
#include <string>
#include <utility>

#include "base/setting_words.h"

namespace thaw {

// What a front end must tell apart: the command-line program exits with 2 for kUsage, else with 1.
enum class ErrorKind {
  kData,     // in data, in files, in a recipe, or in the machine
  kUsage,    // in what the caller asked for, whatever the data is
  kOutput,   // a file or folder cannot be written
  kNetwork,  // an address cannot be reached, or does not answer as it should
  kMemory,   // too little of it
};

// A mistake of the user or of a file, told in one sentence with its place and its remedy.
// The library throws it; only a front end catches it and tells the user.
// kUsage: a value of a setting is wrong in itself (out of range, no number, an unknown name) or
// contradicts another setting. A setting that is right but does not fit the data is kData.
//
//   throw Error("label 'spm' is not one of ham, spam", "train.csv:812", "correct the label");
//   -> train.csv:812: label 'spm' is not one of ham, spam; correct the label
//   throw Error("must be above 0", Setting{"fraction"}, "e.g. 0.3", ErrorKind::kUsage);
//   -> fraction: must be above 0; e.g. 0.3  (the program: --fraction: …)
class Error : public std::exception {
 public:
  // what: the fact. where: file, file:line, or setting; may be empty. remedy: what to do; may be
  // empty.
  explicit Error(std::string what, std::string where = "", std::string remedy = "",
                 ErrorKind kind = ErrorKind::kData)
      : what_(std::move(what)), where_(std::move(where)), remedy_(std::move(remedy)), kind_(kind) {
    compose();
  }
  Error(std::string what, Setting where, std::string remedy = "", ErrorKind kind = ErrorKind::kData)
      : Error(std::move(what), thaw::setting(where.key, where.value), std::move(remedy), kind) {
    setting_ = std::move(where.key);
  }

  // Of kind kOutput. first_step: what to do at the place itself, with the word that leads on to
  // writing elsewhere ("free space there or "); may be empty.
  static Error of_output(std::string what, std::string where, std::string first_step) {
    Error error(std::move(what), std::move(where), first_step + "choose another folder",
                ErrorKind::kOutput);
    error.first_step_ = std::move(first_step);
    error.has_way_out_ = true;
    return error;
  }

  const char* what() const noexcept override { return sentence_.c_str(); }
  const std::string& fact() const { return what_; }
  const std::string& where() const { return where_; }
  const std::string& remedy() const { return remedy_; }
  ErrorKind kind() const { return kind_; }
  // The key of the setting that is the place ("label_column"), or empty.
  const std::string& setting() const { return setting_; }

  // The same error elsewhere, or of another kind, or with another remedy.
  Error at(std::string where) const {
    Error other = *this;
    other.where_ = std::move(where);
    other.setting_.clear();
    other.compose();
    return other;
  }
  Error at(Setting where) const {
    Error other = at(thaw::setting(where.key, where.value));
    other.setting_ = std::move(where.key);
    return other;
  }
  Error of_kind(ErrorKind kind) const {
    Error other = *this;
    other.kind_ = kind;
    return other;
  }
  Error with_remedy(std::string remedy) const {
    Error other = *this;
    other.remedy_ = std::move(remedy);
    other.has_way_out_ = false;
    other.compose();
    return other;
  }
  // What of_output() made, told by whoever chose the place: the remedy ends with how to choose
  // another ("set THAW_CACHE to another folder"). The first to say so is the nearest, so a second
  // one changes nothing, nor does it for errors of other kinds.
  Error or_else(const std::string& way_out) const {
    return has_way_out_ ? with_remedy(first_step_ + way_out) : *this;
  }

 private:
  void compose() {
    sentence_ = where_.empty() ? what_ : where_ + ": " + what_;
    if (!remedy_.empty()) sentence_ += "; " + remedy_;
  }

  std::string what_, where_, remedy_, sentence_, setting_, first_step_;
  ErrorKind kind_;
  bool has_way_out_ = false;  // the remedy ends with first_step_ and the general way
};

// What `work` returns. Its errors of writing end with `way_out`, as or_else() says.
template <class Work>
decltype(auto) with_way_out(const std::string& way_out, const Work& work) {
  try {
    return work();
  } catch (const Error& error) {
    if (error.kind() != ErrorKind::kOutput) throw;
    throw error.or_else(way_out);
  }
}

}  // namespace thaw
