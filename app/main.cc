// thaw: labelled text in, a classifier out, and evidence of how much of the encoder to unfreeze.

#include <cstdio>
#include <new>

#include "base/error.h"
#include "commands.h"
#include "training/listener.h"

namespace {

// sysexits.h: EX_SOFTWARE
constexpr int kBug = 70;

}  // namespace

int main(int argc, char** argv) {
  CLI::App app{
      "thaw turns labelled text into a classifier on an ordinary CPU and shows how much of a\n"
      "pretrained encoder is worth unfreezing: only a head, the last layers, or everything."};
  app.name("thaw");
  app.set_version_flag("--version", "thaw " THAW_VERSION);
  app.require_subcommand(1);
  thaw::add_compare_command(app);
  thaw::add_train_command(app);
  thaw::add_eval_command(app);
  thaw::add_predict_command(app);
  thaw::add_data_command(app);
  thaw::add_tokenize_command(app);
  thaw::add_inspect_command(app);
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    return app.exit(error) == 0 ? 0 : 2;
  } catch (const thaw::Error& error) {
    std::fprintf(stderr, "thaw: %s\n", error.what());
    return 1;
  } catch (const thaw::Interrupted&) {
    std::fprintf(stderr, "\nthaw: stopped; what was complete is kept\n");
    return 130;
  } catch (const std::bad_alloc&) {
    std::fprintf(stderr, "thaw: memory ran out; use fewer rows, a smaller --batch-size or a shorter --max-length\n");
    return 1;
  } catch (const std::exception& error) {
    std::fprintf(stderr,
                 "thaw: this is a bug in thaw %s: %s; please report it with the command you ran\n",
                 THAW_VERSION, error.what());
    return kBug;
  }
  return 0;
}
