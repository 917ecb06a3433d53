#pragma once

#include <string>
#include <vector>

#include "files/files.h"
#include "tests/experiment/small_experiment.h"
#include "tests/faults/program_sweep.h"

// Whole runs of the program that take a blink, for sweeps.

namespace thaw::testing {

inline Command small_command(const std::string& arguments) {
  Command command;
  command.arguments = arguments + " --model " + tiny_model("bert").string() +
                      " --data {work}/rows.csv --out {work}/out --max-length 16 --epochs 1 "
                      "--check-data false --quiet";
  command.prepare = [](const std::filesystem::path& work) {
    write_file(work / "rows.csv", small_table(40));
    write_file(work / "beside.txt", "kept");
  };
  return command;
}

inline Command small_train() { return small_command("train --strategy full"); }
inline Command small_compare() { return small_command("compare --strategies probe,last-1"); }

// The errors of the disk in turn, so that each call meets one and its neighbours meet the others.
inline std::string error_in_turn(size_t turn) {
  const std::vector<std::string> errors = {"ENOSPC", "EIO", "EROFS", "EDQUOT", "ENOENT"};
  return errors[turn % errors.size()];
}

}  // namespace thaw::testing
