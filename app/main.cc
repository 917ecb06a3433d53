// thaw: labelled text in, a classifier out, and evidence of how much of the encoder to unfreeze.

#include <algorithm>
#include <cstdio>
#include <new>
#include <string>
#include <vector>

#include "base/error.h"
#include "base/listener.h"
#include "command_line.h"
#include "commands.h"
#include "console.h"
#include "experiment/resume/run_fingerprint.h"
#include "flag_words.h"
#include "resume.h"
#include "sanitize.h"

namespace {

constexpr int kUsage = 2;
constexpr int kBug = 70;  // EX_SOFTWARE of sysexits.h

int exit_code(const thaw::Error& error) {
  return error.kind() == thaw::ErrorKind::kUsage ? kUsage : 1;
}

// It may hold names from files that anybody wrote, which must not command the terminal.
void say(const std::string& sentence) {
  std::fprintf(stderr, "thaw: %s\n", thaw::sanitize_sentence(sentence).c_str());
}

void say_resume_command() {
  const std::string command = thaw::resume_command();
  if (command.empty()) return;
  std::fprintf(stderr, "thaw: what was done so far is kept; to go on: %s\n", command.c_str());
}

}  // namespace

// What is thrown while an error is told ends it all the same.
int main(int argc, char** argv) {  // NOLINT(bugprone-exception-escape)
  thaw::use_flag_words();
  CLI::App app{
      "thaw turns labelled text into a classifier on an ordinary CPU and shows how much of a\n"
      "pretrained encoder is worth unfreezing: only a head, the last layers, or everything."};
  app.name("thaw");
  app.set_version_flag("--version", "thaw " THAW_VERSION);
  app.require_subcommand(1);
  app.footer("thaw help COMMAND lists the options of a command and shows examples.");
  thaw::add_compare_command(app);
  thaw::add_train_command(app);
  thaw::add_report_command(app);
  thaw::add_eval_command(app);
  thaw::add_predict_command(app);
  thaw::add_data_command(app);
  thaw::add_tokenize_command(app);
  thaw::add_inspect_command(app);
  thaw::add_fetch_command(app);
  if (argc < 2) {  // nothing was done, so a script must not take it for done
    std::printf("%s", app.help().c_str());
    return kUsage;
  }
  try {
    auto arguments = thaw::read_command_line(app, std::vector<std::string>(argv + 1, argv + argc));
    std::reverse(arguments.begin(), arguments.end());  // as CLI11 takes them
    app.parse(arguments);
  } catch (const CLI::RuntimeError& error) {
    return error.get_exit_code();
  } catch (const CLI::Success& error) {  // --help, --version
    return app.exit(error);
  } catch (const CLI::ParseError& error) {
    say(thaw::usage_sentence(app, error));
    return kUsage;
  } catch (const thaw::CannotResume& error) {
    say(error.what());
    return exit_code(error);
  } catch (const thaw::Error& error) {
    say(error.what());
    say_resume_command();
    return exit_code(error);
  } catch (const thaw::Interrupted& interrupted) {
    std::fprintf(stderr, "\nthaw: stopped; what was complete is kept\n");
    say_resume_command();
    return 128 + interrupted.signal();
  } catch (const std::bad_alloc&) {
    std::fprintf(
        stderr,
        "thaw: memory ran out; use fewer rows, a smaller --batch-size or a shorter --max-length\n");
    say_resume_command();
    return 1;
  } catch (const std::exception& error) {
    std::fprintf(stderr,
                 "thaw: this is a bug in thaw %s: %s; please report it with the command you ran\n",
                 THAW_VERSION, error.what());
    say_resume_command();
    return kBug;
  }
  return 0;
}
