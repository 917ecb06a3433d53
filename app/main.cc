// thaw: labelled text in, a classifier out, and evidence of how much of the encoder to unfreeze.

#include <algorithm>
#include <cstdio>
#include <new>
#include <string>
#include <vector>

#include "base/error.h"
#include "commands.h"
#include "console.h"
#include "experiment/run_identity.h"
#include "experiment/settings.h"
#include "resume.h"
#include "setting_flags.h"
#include "shown.h"
#include "training/listener.h"

namespace {

constexpr int kUsage = 2;
constexpr int kBug = 70;  // EX_SOFTWARE of sysexits.h

// "; did you mean --epochs?" for the first flag that the chosen command does not know.
std::string suggestion(const CLI::App& app, int argc, char** argv) {
  for (const CLI::App* command : app.get_subcommands()) {
    std::vector<std::string> known;
    for (const CLI::Option* option : command->get_options()) {
      for (const std::string& name : option->get_lnames()) known.push_back("--" + name);
    }
    for (int i = 1; i < argc; ++i) {
      const std::string text(argv[i]);
      const std::string name = text.substr(0, text.find('='));
      if (!name.starts_with("--") || name.find('.') != std::string::npos) continue;
      if (std::find(known.begin(), known.end(), name) != known.end()) continue;
      const std::string near = thaw::nearest_name(name, known);
      return near.empty() ? "" : "; did you mean " + near + "?";
    }
  }
  return "";
}

void say_how_to_go_on() {
  const std::string command = thaw::how_to_go_on();
  if (command.empty()) return;
  std::fprintf(stderr, "thaw: what was done so far is kept; to go on: %s\n", command.c_str());
}

}  // namespace

// What is thrown while an error is told ends it all the same.
int main(int argc, char** argv) {  // NOLINT(bugprone-exception-escape)
  CLI::App app{
      "thaw turns labelled text into a classifier on an ordinary CPU and shows how much of a\n"
      "pretrained encoder is worth unfreezing: only a head, the last layers, or everything."};
  app.name("thaw");
  app.set_version_flag("--version", "thaw " THAW_VERSION);
  app.require_subcommand(1);
  thaw::add_compare_command(app);
  thaw::add_train_command(app);
  thaw::add_report_command(app);
  thaw::add_eval_command(app);
  thaw::add_predict_command(app);
  thaw::add_data_command(app);
  thaw::add_tokenize_command(app);
  thaw::add_inspect_command(app);
  thaw::add_fetch_command(app);
  try {
    std::vector<std::string> arguments = thaw::expand_strategy_flags(argc, argv);
    std::reverse(arguments.begin(), arguments.end());  // as CLI11 takes them
    app.parse(arguments);
  } catch (const CLI::ExtrasError& error) {
    std::fprintf(stderr, "thaw: %s%s\n", error.what(), suggestion(app, argc, argv).c_str());
    return kUsage;
  } catch (const CLI::RuntimeError& error) {
    return error.get_exit_code();
  } catch (const CLI::ParseError& error) {
    return app.exit(error) == 0 ? 0 : kUsage;
  } catch (const thaw::CannotGoOn& error) {
    std::fprintf(stderr, "thaw: %s\n", thaw::shown_sentence(error.what()).c_str());
    return 1;
  } catch (const thaw::Error& error) {
    // It may hold names from files that anybody wrote, which must not command the terminal.
    std::fprintf(stderr, "thaw: %s\n", thaw::shown_sentence(error.what()).c_str());
    say_how_to_go_on();
    return 1;
  } catch (const thaw::Interrupted&) {
    std::fprintf(stderr, "\nthaw: stopped; what was complete is kept\n");
    say_how_to_go_on();
    return 128 + thaw::interrupting_signal();
  } catch (const std::bad_alloc&) {
    std::fprintf(
        stderr,
        "thaw: memory ran out; use fewer rows, a smaller --batch-size or a shorter --max-length\n");
    say_how_to_go_on();
    return 1;
  } catch (const std::exception& error) {
    std::fprintf(stderr,
                 "thaw: this is a bug in thaw %s: %s; please report it with the command you ran\n",
                 THAW_VERSION, error.what());
    say_how_to_go_on();
    return kBug;
  }
  return 0;
}
