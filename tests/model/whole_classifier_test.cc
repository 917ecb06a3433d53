#include "model/whole_classifier.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/error.h"
#include "model/freeze_plan.h"
#include "tests/base/error_of.h"
#include "tests/base/temporary_folder.h"

namespace thaw {
namespace {

namespace fs = std::filesystem;
using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

// The folders of tests/cases/make_models.py.
fs::path folder(const std::string& name) {
  return fs::path(THAW_SOURCE_DIR) / "tests" / "cases" / "files" / "models" / name;
}

std::string refusal(const std::string& name) {
  return error_of([&] { open_classifier(folder(name)); });
}

ClassifierModel open_for(const std::string& name, const std::vector<std::string>& labels,
                         uint64_t seed = 42) {
  OpenOptions options;
  options.label_names = labels;
  options.seed = seed;
  return open_classifier(folder(name), options);
}

TEST(WholeClassifier, LabelsWithoutNamesAreCountedByTheHeadsRows) {
  EXPECT_THAT(open_classifier(folder("two_labels_without_names")).label_names,
              ElementsAre("LABEL_0", "LABEL_1"));
  EXPECT_THAT(open_classifier(folder("three_rows_without_names")).label_names,
              ElementsAre("LABEL_0", "LABEL_1", "LABEL_2"));
  EXPECT_THAT(open_classifier(folder("boolean_names")).label_names, ElementsAre("false", "true"));
  EXPECT_THAT(open_classifier(folder("names_in_label2id_alone")).label_names,
              ElementsAre("bad", "fair", "good"));
}

TEST(WholeClassifier, ThresholdsAreAsManyAsTheHeadsRowsWhereNoNamesStand) {
  const TemporaryFolder copy;
  for (const char* file : {"model.safetensors", "vocab.txt"}) {
    fs::copy_file(folder("three_rows_without_names") / file, copy.path() / file);
  }
  auto json = read_model_config(folder("three_rows_without_names")).json;
  json["thaw"] = {{"precision_target", 0.9}, {"thresholds", {0.5, nullptr, 0.7}}};
  copy.write("config.json", json.dump());
  EXPECT_EQ(open_classifier(copy.path()).rules.thresholds.size(), 3U);
  json["thaw"]["thresholds"] = {0.5, 0.7};
  copy.write("config.json", json.dump());
  EXPECT_THAT(error_of([&] { open_classifier(copy.path()); }),
              HasSubstr("'thaw.thresholds' is [0.5,0.7], and must be a list of 3"));
}

TEST(CutVectors, AreRefusedWhereTheHeadReadsThem) {
  const TemporaryFolder copy;
  fs::copy(fs::path(THAW_SOURCE_DIR) / "tests/cases/files/saved/poolings", copy.path(),
           fs::copy_options::recursive);
  const auto keep = [&](int64_t count) {
    copy.write("config_sentence_transformers.json",
               "{\"truncate_dim\": " + std::to_string(count) + "}");
  };
  keep(2);
  EXPECT_THAT(error_of([&] { open_classifier(copy.path()); }),
              HasSubstr("'truncate_dim' keeps 2 of the 3 numbers"));
  OpenOptions native;
  native.head = "native";
  native.label_names = {"a", "b"};
  EXPECT_NO_THROW(open_classifier(copy.path(), native)) << "reads [CLS], not the vector";
  keep(3);
  EXPECT_NO_THROW(open_classifier(copy.path()));
}

TEST(WholeClassifier, ContradictionsAboutTheLabelsNameBothSides) {
  EXPECT_THAT(refusal("three_rows_two_names"),
              HasSubstr("'classifier.weight' has 3 rows, one for each label, but id2label in "
                        "config.json says 2"));
  EXPECT_THAT(refusal("label2id_denies"),
              HasSubstr("id2label calls 2 'good', but label2id calls it 'bad'"));
  EXPECT_THAT(refusal("old_count_denies"),
              HasSubstr("id2label names 3 labels, but _num_labels is 2"));
  EXPECT_THAT(refusal("one_name_twice"), HasSubstr("id2label calls both 1 and 2 'good'"));
  // To whom the old labels are nothing, they are no obstacle.
  for (const char* name : {"three_rows_two_names", "label2id_denies", "one_name_twice"}) {
    EXPECT_NO_THROW(open_for(name, {"a", "b"})) << name;
  }
}

TEST(WholeClassifier, AnotherTasksFolderIsRefusedWithWhatItIs) {
  EXPECT_THAT(refusal("token_classification"),
              AllOf(HasSubstr("BertForTokenClassification', which labels single words"),
                    HasSubstr("train(model = ")));
  EXPECT_THAT(refusal("token_classification_unsaid"),
              HasSubstr("holds no fitting 'bert.pooler.dense.weight', 'bert.pooler.dense.bias'"));
  EXPECT_THAT(refusal("without_pre_classifier"), HasSubstr("'pre_classifier.weight'"));
  EXPECT_THAT(refusal("masked_lm"), HasSubstr("BertForMaskedLM', which fills in masked words"));
  EXPECT_THAT(refusal("one_output"), HasSubstr("has one output"));
  EXPECT_THAT(refusal("several_labels_a_text"), HasSubstr("multi_label_classification"));
  for (const char* name : {"token_classification", "without_pre_classifier", "one_output"}) {
    EXPECT_NO_THROW(open_for(name, {"a", "b", "c"})) << name;
  }
}

TEST(WholeClassifier, ArchitecturesOfOtherTasksAreKnownByTheirEnding) {
  const TemporaryFolder copy;
  for (const char* file : {"model.safetensors", "vocab.txt"}) {
    fs::copy_file(folder("three_rows") / file, copy.path() / file);
  }
  const auto with = [&](const std::string& architectures) {
    auto json = read_model_config(folder("three_rows")).json;
    json["architectures"] = nlohmann::ordered_json::parse(architectures);
    copy.write("config.json", json.dump());
    return error_of([&] { open_classifier(copy.path()); });
  };
  EXPECT_THAT(with(R"(["BertModel"])"), HasSubstr("which is the encoder alone"));
  EXPECT_THAT(with(R"(["BertForMultipleChoice"])"), HasSubstr("which chooses among"));
  EXPECT_THAT(with(R"(["BertForQuestionAnswering"])"), HasSubstr("which marks answers"));
  EXPECT_THAT(with(R"(["BertForPreTraining"])"), HasSubstr("which was pretrained only"));
  EXPECT_THAT(with(R"(["MyBert"])"), HasSubstr("which thaw does not know"));
  for (const char* good : {"null", "[]", "[3]", R"(["RobertaForSequenceClassification"])",
                           R"(["BertModel", "BertForSequenceClassification"])"}) {
    auto json = read_model_config(folder("three_rows")).json;
    json["architectures"] = nlohmann::ordered_json::parse(good);
    copy.write("config.json", json.dump());
    EXPECT_NO_THROW(open_classifier(copy.path())) << good;
  }
}

TEST(HeadRows, FollowTheNamesOfTheLabels) {
  const ClassifierModel old = open_classifier(folder("three_rows"));
  const ClassifierModel turned = open_for("three_rows", {"good", "bad", "fair"});
  const int64_t rows[] = {2, 0, 1};
  const Parameter& weight = turned.table.at(Role::kClassifierWeight, 0);
  const Parameter& bias = turned.table.at(Role::kClassifierBias, 0);
  for (int64_t label = 0; label < 3; ++label) {
    EXPECT_EQ(bias.value[label], old.table.at(Role::kClassifierBias, 0).value[rows[label]]);
    for (int64_t c = 0; c < 8; ++c) {
      EXPECT_EQ(weight.value[label * 8 + c],
                old.table.at(Role::kClassifierWeight, 0).value[rows[label] * 8 + c]);
    }
  }
  EXPECT_FALSE(weight.fresh || bias.fresh);
  EXPECT_THAT(format_load_report(turned.report),
              AllOf(HasSubstr("classifier.weight | REORDERED"),
                    HasSubstr("its order is 'bad', 'fair', 'good'")));
  EXPECT_EQ(format_load_report(open_for("three_rows", {"bad", "fair", "good"}).report), "");
}

TEST(HeadRows, OtherNamesGetANewHead) {
  for (const std::vector<std::string>& labels :
       {std::vector<std::string>{"bad", "fair", "Good"}, {"a", "b", "c"}, {"bad", "good", "x"}}) {
    const ClassifierModel other = open_for("three_rows", labels);
    EXPECT_TRUE(other.table.at(Role::kClassifierWeight, 0).fresh);
    EXPECT_TRUE(other.table.at(Role::kClassifierBias, 0).fresh);
    EXPECT_THAT(format_load_report(other.report),
                AllOf(HasSubstr("classifier.weight | NEW HEAD"),
                      HasSubstr("trained for 'bad', 'fair', 'good'")));
  }
  // LABEL_0 is a place and matches nothing.
  for (const auto& labels : {std::vector<std::string>{"no", "yes"}, {"LABEL_0", "LABEL_1"}}) {
    EXPECT_THAT(format_load_report(open_for("two_labels_without_names", labels).report),
                HasSubstr("its labels have no names"));
  }
  EXPECT_THAT(format_load_report(open_for("token_classification", {"bad", "fair", "good"}).report),
              HasSubstr("the head of a 'BertForTokenClassification'"));
}

std::vector<std::string> trained(const ClassifierModel& classifier, const std::string& strategy) {
  const FreezePlan plan = make_freeze_plan(classifier.table, strategy);
  std::vector<std::string> names;
  for (size_t i = 0; i < classifier.table.list.size(); ++i) {
    if (plan.trainable[i]) names.push_back(classifier.table.list[i].name);
  }
  return names;
}

TEST(FreshParameters, AreTrainedByEveryStrategy) {
  const ClassifierModel classifier = open_for("masked_lm", {"a", "b"});
  EXPECT_THAT(trained(classifier, "probe"), ElementsAre("pooler.dense.weight", "pooler.dense.bias",
                                                        "classifier.weight", "classifier.bias"));
  EXPECT_THAT(trained(classifier, "bitfit"), ::testing::Contains("pooler.dense.weight"));
  EXPECT_THAT(trained(open_for("three_rows", {"a", "b"}), "probe"),
              ElementsAre("classifier.weight", "classifier.bias"));
  const FreezePlan plan = make_freeze_plan(classifier.table, "probe");
  EXPECT_EQ(plan.trainable_parameters, 8 * 8 + 8 + 2 * 8 + 2);
  EXPECT_THAT(format_freeze_plan(classifier.table, plan),
              HasSubstr("new, and so trained by every strategy: pooler.dense.weight, "
                        "pooler.dense.bias\n"));
}

TEST(FreshParameters, CannotBeFrozen) {
  const ClassifierModel classifier = open_for("masked_lm", {"a", "b"});
  EXPECT_THAT(error_of([&] { make_freeze_plan(classifier.table, "full", {"pooler.*"}); }),
              AllOf(HasSubstr("'pooler.dense.weight' is new and would stay random"),
                    HasSubstr("(pooling = cls or mean)")));
  EXPECT_THAT(error_of([&] { make_freeze_plan(classifier.table, "full", {"classifier.*"}); }),
              HasSubstr("'classifier.weight' is new"));
  // A bias begins as zeros, not as random numbers.
  EXPECT_NO_THROW(make_freeze_plan(classifier.table, "full", {"classifier.bias"}));
  EXPECT_NO_THROW(make_freeze_plan(classifier.table, "full", {"embeddings.*"}));
  EXPECT_THAT(error_of([&] {
                check_trains_classifier_alone(classifier.table,
                                              make_freeze_plan(classifier.table, "probe"), "probe");
              }),
              AllOf(HasSubstr("trains pooler.dense.weight, which is new, as well"),
                    HasSubstr("set solver to adamw"), HasSubstr("pooling = cls or mean")));
}

TEST(FreshParameters, DifferWithTheSeed) {
  const ClassifierModel one = open_for("masked_lm", {"a", "b"}, 1);
  const ClassifierModel two = open_for("masked_lm", {"a", "b"}, 2);
  EXPECT_NE(one.table.at(Role::kDenseWeight, 0).value[0],
            two.table.at(Role::kDenseWeight, 0).value[0]);
}

TEST(Wrappers, AreTakenOffTheNames) {
  const ClassifierModel plain = open_classifier(folder("distilbert"));
  const ClassifierModel wrapped = open_classifier(folder("wrapped_names"));
  ASSERT_EQ(plain.table.list.size(), wrapped.table.list.size());
  for (size_t i = 0; i < plain.table.list.size(); ++i) {
    const Parameter &a = plain.table.list[i], &b = wrapped.table.list[i];
    EXPECT_TRUE(std::equal(a.value, a.value + a.size(), b.value)) << a.name;
  }
  EXPECT_THAT(format_load_report(wrapped.report), HasSubstr("without '_orig_mod.', 'module.'"));
  EXPECT_THAT(refusal("wrapped_twice"), HasSubstr("are the same weight"));
}

TEST(Sizes, ThatAreLeftOutAreSaidWhereTheyDoNotFit) {
  EXPECT_NO_THROW(open_classifier(folder("sizes_left_out")));
  EXPECT_THAT(refusal("sizes_left_out_wrongly"),
              AllOf(HasSubstr("[8, 8] where config.json asks for [3072, 8]"),
                    HasSubstr("intermediate_size 3072")));
}

TEST(NotANumber, IsNamedAsTheModels) {
  EXPECT_THAT(refusal("not_a_number"),
              AllOf(HasSubstr("bert.encoder.layer.0.output.dense.weight"), HasSubstr("NaN")));
  EXPECT_THAT(error_of([] { open_for("not_a_number", {"a", "b"}); }), HasSubstr("NaN"));
  const ClassifierModel classifier = open_classifier(folder("infinite_word"));
  const Tokenizer tokenizer = Tokenizer::load(folder("infinite_word"));
  const auto check = [&](const char* text) {
    TextColumn texts;
    texts.push_back(text);
    check_word_rows(classifier, tokenizer.encode_all(texts, 16));
  };
  EXPECT_NO_THROW(check("a good film"));
  EXPECT_THAT(error_of([&] { check("a bad film"); }),
              HasSubstr("row 10 of 'embeddings.word_embeddings.weight'"));
}

}  // namespace
}  // namespace thaw
