#include "tokenizer/files/tokenizer_class.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>

#include "base/error.h"
#include "files/json_file.h"
#include "tokenizer/files/json_fields.h"

namespace thaw {
namespace {

using nlohmann::ordered_json;

constexpr const char* kMark = "\u2581";  // '▁', which stands for a space

bool flag(const TokenizerConfigFiles& files, const char* name, bool otherwise) {
  const auto found = files.tokenizer_config.find(name);
  if (found == files.tokenizer_config.end()) return otherwise;
  if (!found->is_boolean()) throw_field(name, "true or false", files.where);
  return found->get<bool>();
}

int32_t id_of(const TokenizerPipeline& pipeline, const SpecialTokens& special, const char* name) {
  return pipeline.token_id(special.content(name));
}

void add_template(PostProcessor (*make)(int32_t, int32_t), const char* first, const char* last,
                  const SpecialTokens& special, TokenizerPipeline& pipeline) {
  pipeline.post_processor = make(id_of(pipeline, special, first), id_of(pipeline, special, last));
}

TokenizerPipeline finish(Normalizer normalizer, PreTokenizer pre_tokenizer, TokenModel model,
                         const TokenizerSource& source, const SpecialTokens& special) {
  TokenizerPipeline pipeline{std::move(normalizer), std::move(pre_tokenizer), std::move(model)};
  pipeline.truncation_side = source.truncation_side;
  pipeline.add_tokens(special.to_add);
  return pipeline;
}

TokenizerPipeline build_word_piece(TokenizerSource& source, const TokenizerConfigFiles& files,
                                   const SpecialTokens& special) {
  BertNormalizerOptions options;
  options.lowercase = flag(files, "do_lower_case", true);
  options.handle_chinese_chars = flag(files, "tokenize_chinese_chars", true);
  options.strip_accents = options.lowercase;
  if (const auto strip = files.tokenizer_config.find("strip_accents");
      strip != files.tokenizer_config.end() && !strip->is_null()) {
    options.strip_accents = flag(files, "strip_accents", true);
  }
  WordPieceOptions model;
  model.unk_token = special.content("unk_token");
  Normalizer normalizer;
  normalizer.emplace_back(BertNormalizer(options));
  return finish(std::move(normalizer), {pre_tokenizers::Bert{}},
                WordPiece(std::move(source.vocabulary), model, source.where), source, special);
}

TokenizerPipeline build_bert(TokenizerSource& source, const TokenizerConfigFiles& files,
                             const SpecialTokens& special) {
  TokenizerPipeline pipeline = build_word_piece(source, files, special);
  add_template(bert_post_processor, "cls_token", "sep_token", special, pipeline);
  return pipeline;
}

TokenizerPipeline build_mpnet(TokenizerSource& source, const TokenizerConfigFiles& files,
                              const SpecialTokens& special) {
  TokenizerPipeline pipeline = build_word_piece(source, files, special);
  add_template(roberta_post_processor, "cls_token", "sep_token", special, pipeline);
  return pipeline;
}

TokenizerPipeline build_bytes(TokenizerSource& source, const TokenizerConfigFiles& files,
                              const SpecialTokens& special) {
  PreTokenizer pre_tokenizer{
      pre_tokenizers::ByteLevel{flag(files, "add_prefix_space", false), true, true}};
  BpeOptions options;
  pass_bytes_to_model(pre_tokenizer, options);
  return finish({}, std::move(pre_tokenizer),
                Bpe(std::move(source.vocabulary), source.merges, options, source.where), source,
                special);
}

TokenizerPipeline build_roberta(TokenizerSource& source, const TokenizerConfigFiles& files,
                                const SpecialTokens& special) {
  TokenizerPipeline pipeline = build_bytes(source, files, special);
  add_template(roberta_post_processor, "cls_token", "sep_token", special, pipeline);
  return pipeline;
}

TokenizerPipeline build_gpt2(TokenizerSource& source, const TokenizerConfigFiles& files,
                             const SpecialTokens& special) {
  TokenizerPipeline pipeline = build_bytes(source, files, special);
  if (source.post_processor) pipeline.post_processor = *source.post_processor;
  add_begin_and_end(files, special, pipeline);
  return pipeline;
}

PreTokenizer metaspace_words(const TokenizerConfigFiles& files) {
  using pre_tokenizers::PrependScheme;
  const bool prepends = flag(files, "add_prefix_space", true);
  return {pre_tokenizers::WhitespaceSplit{},
          pre_tokenizers::Metaspace{
              kMark, prepends ? PrependScheme::kAlways : PrependScheme::kNever, true}};
}

TokenizerPipeline build_xlm_roberta(TokenizerSource& source, const TokenizerConfigFiles& files,
                                    const SpecialTokens& special) {
  constexpr int64_t kUnknown = 3;
  Normalizer normalizer;
  if (source.charsmap) normalizer.emplace_back(Precompiled(*source.charsmap, source.where));
  TokenizerPipeline pipeline =
      finish(std::move(normalizer), metaspace_words(files),
             Unigram(source.pieces, kUnknown, false, source.where), source, special);
  add_template(roberta_post_processor, "bos_token", "eos_token", special, pipeline);
  return pipeline;
}

int64_t find_piece(const Unigram::Pieces& pieces, const std::string& token, int64_t otherwise) {
  const auto found = std::find_if(pieces.begin(), pieces.end(),
                                  [&](const auto& piece) { return piece.first == token; });
  return found == pieces.end() ? otherwise : found - pieces.begin();
}

TokenizerPipeline build_camembert(TokenizerSource& source, const TokenizerConfigFiles& files,
                                  const SpecialTokens& special) {
  const int64_t unknown = find_piece(source.pieces, special.content("unk_token"), 0);
  Normalizer normalizer;
  if (source.charsmap) normalizer.emplace_back(Precompiled(*source.charsmap, source.where));
  TokenizerPipeline pipeline =
      finish(std::move(normalizer), metaspace_words(files),
             Unigram(source.pieces, unknown, false, source.where), source, special);
  add_template(roberta_post_processor, "bos_token", "eos_token", special, pipeline);
  return pipeline;
}

TokenizerPipeline build_albert(TokenizerSource& source, const TokenizerConfigFiles& files,
                               const SpecialTokens& special) {
  constexpr int64_t kUnknown = 1;
  Normalizer normalizer;
  normalizer.emplace_back(normalizers::Replace{"``", "\""});
  normalizer.emplace_back(normalizers::Replace{"''", "\""});
  if (!flag(files, "keep_accents", false)) {
    normalizer.emplace_back(NormalForm::kNfkd);
    normalizer.emplace_back(normalizers::StripAccents{});
  }
  if (flag(files, "do_lower_case", true)) normalizer.emplace_back(normalizers::Lowercase{});
  if (source.charsmap) normalizer.emplace_back(Precompiled(*source.charsmap, source.where));
  Unigram model(source.pieces, kUnknown, false, source.where);
  const int32_t cls = model.token_to_id(special.content("cls_token"));
  const int32_t sep = model.token_to_id(special.content("sep_token"));
  TokenizerPipeline pipeline =
      finish(std::move(normalizer), metaspace_words(files), std::move(model), source, special);
  if (source.post_processor) {
    pipeline.post_processor = *source.post_processor;
  } else if (cls < 0 || sep < 0) {
    throw Error(
        fmt::format("the vocabulary lacks {} or {}", in_quotes(special.content("cls_token")),
                    in_quotes(special.content("sep_token"))),
        source.where, "name tokens of the vocabulary as cls_token and sep_token");
  } else {
    pipeline.post_processor = bert_post_processor(cls, sep);
  }
  add_begin_and_end(files, special, pipeline);
  return pipeline;
}

TokenizerPipeline build_deberta_v2(TokenizerSource& source, const TokenizerConfigFiles& files,
                                   const SpecialTokens& special) {
  using pre_tokenizers::PrependScheme;
  const std::string unk_token = special.content("unk_token");
  int64_t unknown = source.unknown_id.value_or(1);
  if (files.tokenizer_config.contains("unk_id") && !source.unknown_id) {
    unknown = read_id(nlohmann::json(files.tokenizer_config["unk_id"]), "unk_id", files.where);
  }
  const auto at = std::find(source.pieces.begin(), source.pieces.end(),
                            std::pair<std::string, double>(unk_token, 0.0));
  if (at != source.pieces.end()) unknown = at - source.pieces.begin();
  Normalizer normalizer;
  if (flag(files, "do_lower_case", false)) normalizer.emplace_back(normalizers::Lowercase{});
  normalizer.emplace_back(normalizers::Replace{Regex(R"(\s{2,}|[\n\r\t])", source.where), " "});
  normalizer.emplace_back(NormalForm::kNfc);
  normalizer.emplace_back(normalizers::Strip{false, true});
  PreTokenizer pre_tokenizer;
  if (flag(files, "split_by_punct", false)) {
    pre_tokenizer.emplace_back(pre_tokenizers::Punctuation{SplitBehavior::kIsolated});
  }
  const bool prepends = flag(files, "add_prefix_space", true);
  pre_tokenizer.emplace_back(pre_tokenizers::Metaspace{
      kMark, prepends ? PrependScheme::kAlways : PrependScheme::kFirst, true});
  TokenizerPipeline pipeline =
      finish(std::move(normalizer), std::move(pre_tokenizer),
             Unigram(source.pieces, unknown, false, source.where), source, special);
  add_template(bert_post_processor, "cls_token", "sep_token", special, pipeline);
  return pipeline;
}

// Fairseq's order: four tokens of its own, the pieces behind sentencepiece's three, the mask.
void arrange_xlm_roberta(Unigram::Pieces& pieces, const SpecialTokens& special) {
  Unigram::Pieces out;
  for (const char* name : {"bos_token", "pad_token", "eos_token", "unk_token"}) {
    out.emplace_back(special.content(name), 0.0);
  }
  const size_t skipped = std::min<size_t>(3, pieces.size());
  out.insert(out.end(), pieces.begin() + static_cast<int64_t>(skipped), pieces.end());
  out.emplace_back(special.content("mask_token"), 0.0);
  pieces = std::move(out);
}

void arrange_camembert(Unigram::Pieces& pieces, const SpecialTokens& special) {
  Unigram::Pieces out{{"<s>NOTUSED", 0.0},
                      {special.content("pad_token"), 0.0},
                      {"</s>NOTUSED", 0.0},
                      {special.content("unk_token"), 0.0},
                      {"<unk>NOTUSED", -100.0}};
  const size_t skipped = std::min<size_t>(1, pieces.size());
  out.insert(out.end(), pieces.begin() + static_cast<int64_t>(skipped), pieces.end());
  out.emplace_back(special.content("mask_token"), 0.0);
  pieces = std::move(out);
}

using Names = std::vector<std::pair<std::string, AddedToken>>;

AddedToken special_token(const char* content, bool lstrip = false) {
  return {content, false, lstrip, false, false, true};
}

Names bert_names() {
  return {{"unk_token", special_token("[UNK]")},
          {"sep_token", special_token("[SEP]")},
          {"pad_token", special_token("[PAD]")},
          {"cls_token", special_token("[CLS]")},
          {"mask_token", special_token("[MASK]")}};
}

Names with_ends(Names names, const char* bos, const char* eos) {
  names.emplace_back("bos_token", special_token(bos));
  names.emplace_back("eos_token", special_token(eos));
  return names;
}

Names roberta_names(const char* unk, bool mask_strips) {
  return {{"bos_token", special_token("<s>")},
          {"eos_token", special_token("</s>")},
          {"unk_token", special_token(unk)},
          {"sep_token", special_token("</s>")},
          {"pad_token", special_token("<pad>")},
          {"cls_token", special_token("<s>")},
          {"mask_token", special_token("<mask>", mask_strips)}};
}

Names albert_names() {
  Names names = with_ends(bert_names(), "[CLS]", "[SEP]");
  for (auto& [name, token] : names) {
    if (name == "unk_token") token.content = "<unk>";
    if (name == "pad_token") token.content = "<pad>";
  }
  return names;
}

Names gpt2_names() {
  constexpr const char* kEnd = "<|endoftext|>";
  return {{"bos_token", special_token(kEnd)},
          {"eos_token", special_token(kEnd)},
          {"unk_token", special_token(kEnd)}};
}

const std::vector<TokenizerClass>& classes() {
  static const std::vector<const char*> word_piece{"vocab.txt"}, bpe{"vocab.json", "merges.txt"};
  static const std::vector<const char*> ends{"bos_token", "eos_token", "unk_token"};
  static const std::vector<const char*> cls{"cls_token", "sep_token", "unk_token"};
  static const std::vector<TokenizerClass> all{
      {"BertTokenizer", "WordPiece", word_piece, {bert_names()}, cls, nullptr, build_bert},
      {"MPNetTokenizer",
       "WordPiece",
       word_piece,
       {roberta_names("[UNK]", true)},
       cls,
       nullptr,
       build_mpnet},
      {"RobertaTokenizer",
       "BPE",
       bpe,
       {roberta_names("<unk>", false)},
       cls,
       nullptr,
       build_roberta},
      {"GPT2Tokenizer", "BPE", bpe, {gpt2_names()}, {}, nullptr, build_gpt2},
      {"DebertaTokenizer",
       "BPE",
       bpe,
       {with_ends(bert_names(), "[CLS]", "[SEP]")},
       cls,
       nullptr,
       build_roberta},
      {"XLMRobertaTokenizer",
       "Unigram",
       {"sentencepiece.bpe.model"},
       {roberta_names("<unk>", false)},
       ends,
       arrange_xlm_roberta,
       build_xlm_roberta},
      {"CamembertTokenizer",
       "Unigram",
       {"sentencepiece.bpe.model"},
       {roberta_names("<unk>", true),
        {special_token("<s>NOTUSED"), special_token("</s>NOTUSED"), special_token("<unk>NOTUSED")}},
       ends,
       arrange_camembert,
       build_camembert},
      {"AlbertTokenizer",
       "Unigram",
       {"spiece.model"},
       {albert_names()},
       cls,
       nullptr,
       build_albert},
      {"DebertaV2Tokenizer",
       "Unigram",
       {"spm.model"},
       {with_ends(bert_names(), "[CLS]", "[SEP]")},
       cls,
       nullptr,
       build_deberta_v2}};
  return all;
}

// Other names of Transformers for the same, and the model types whose default they are.
const char* class_of(const std::string& name) {
  static const std::map<std::string, const char*> same{
      {"DistilBertTokenizer", "BertTokenizer"},  {"ElectraTokenizer", "BertTokenizer"},
      {"ConvBertTokenizer", "BertTokenizer"},    {"LayoutLMTokenizer", "BertTokenizer"},
      {"LxmertTokenizer", "BertTokenizer"},      {"MobileBertTokenizer", "BertTokenizer"},
      {"SqueezeBertTokenizer", "BertTokenizer"}, {"LongformerTokenizer", "RobertaTokenizer"},
      {"BartTokenizer", "RobertaTokenizer"}};
  const auto found = same.find(name);
  return found == same.end() ? name.c_str() : found->second;
}

const char* class_of_model_type(const std::string& type) {
  static const std::map<std::string, const char*> types{{"bert", "BertTokenizer"},
                                                        {"distilbert", "BertTokenizer"},
                                                        {"electra", "BertTokenizer"},
                                                        {"convbert", "BertTokenizer"},
                                                        {"mpnet", "MPNetTokenizer"},
                                                        {"roberta", "RobertaTokenizer"},
                                                        {"longformer", "RobertaTokenizer"},
                                                        {"xlm-roberta", "XLMRobertaTokenizer"},
                                                        {"camembert", "CamembertTokenizer"},
                                                        {"albert", "AlbertTokenizer"},
                                                        {"deberta", "DebertaTokenizer"},
                                                        {"deberta-v2", "DebertaV2Tokenizer"},
                                                        {"gpt2", "GPT2Tokenizer"}};
  const auto found = types.find(type);
  return found == types.end() ? "" : found->second;
}

}  // namespace

void add_begin_and_end(const TokenizerConfigFiles& files, const SpecialTokens& special,
                       TokenizerPipeline& pipeline) {
  const ordered_json& config = files.tokenizer_config;
  if (!config.contains("add_bos_token") && !config.contains("add_eos_token")) return;
  PostProcessor post;
  const auto id_of_end = [&](const char* is_added, const char* name) {
    if (!flag(files, is_added, false) || special.content(name).empty()) return -1;
    return id_of(pipeline, special, name);
  };
  const int32_t bos = id_of_end("add_bos_token", "bos_token");
  const int32_t eos = id_of_end("add_eos_token", "eos_token");
  if (bos >= 0) {
    post.single.before.add(bos, 0);
    post.pair->before.add(bos, 0);
  }
  if (eos >= 0) {
    post.single.after.add(eos, 0);
    post.pair->between.add(eos, 0);
  }
  if (bos >= 0) post.pair->between.add(bos, 1);
  if (eos >= 0) post.pair->after.add(eos, 1);
  pipeline.post_processor = std::move(post);
}

const TokenizerClass* find_tokenizer_class(const std::filesystem::path& folder,
                                           const TokenizerConfigFiles& files, std::string& name) {
  name = string_or_empty(files.tokenizer_config, "tokenizer_class");
  std::string model_type;
  const std::filesystem::path config_file = folder / "config.json";
  if (name.empty() && std::filesystem::exists(config_file)) {
    const ordered_json config = read_json_file(config_file);
    if (!config.is_object()) {
      throw Error("is not a JSON object", config_file.string(), "take the model's files again");
    }
    name = string_or_empty(config, "tokenizer_class");
    model_type = string_or_empty(config, "model_type");
  }
  std::string wanted = name.ends_with("Fast") ? name.substr(0, name.size() - 4) : name;
  wanted = name.empty() ? class_of_model_type(model_type) : class_of(wanted);
  // A vocabulary all alone is taken for BERT's.
  if (wanted.empty() && !std::filesystem::exists(folder / "tokenizer.json") &&
      std::filesystem::exists(folder / "vocab.txt")) {
    wanted = "BertTokenizer";
  }
  for (const TokenizerClass& one : classes()) {
    if (wanted == one.name) return &one;
  }
  return nullptr;
}

}  // namespace thaw
