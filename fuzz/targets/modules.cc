// A sentence encoder's modules.json and what it leads to: its files are the parts of the input.
// What was accepted lies in the folder.
#include "fuzz/target.h"
#include "model/sentence_modules.h"

THAW_FUZZ_TARGET(modules) {
  using thaw::fuzz::require;
  static thaw::fuzz::MemoryFolder folder;
  thaw::fuzz::Input parts(input);
  folder.clear();
  for (const char* name : {"modules.json", "1_Pooling/config.json", "2_Dense/config.json",
                           "sentence_bert_config.json", "config_sentence_transformers.json"}) {
    const std::string_view part = parts.take_part();
    if (!part.empty()) folder.add(name, part);
  }
  std::optional<thaw::SentenceModules> modules;
  if (!thaw::fuzz::accepts([&] { modules = thaw::read_sentence_modules(folder.path()); })) return;
  if (!modules) return;
  require(modules->max_seq_length >= 0 && modules->max_seq_length <= 1 << 24,
          "the longest text is possible");
  require(modules->prompt.size() <= input.size(), "a prompt is one of the file's");
  std::vector<std::filesystem::path> inside{modules->transformer_folder};
  for (const thaw::DenseModule& dense : modules->dense) {
    inside.push_back(dense.folder);
    require(dense.in > 0 && dense.out > 0, "a Dense module has a size");
  }
  for (const auto& path : inside) {
    require(path.lexically_normal().string().starts_with(folder.path().string()),
            "modules lie in the folder");
  }
}
