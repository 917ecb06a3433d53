"""Writes files/labels/: what labels are, how rows without one look, and what a model calls its own.

Right answers come from pandas, datasets, scikit-learn and Transformers; this script holds them to what
labels.toml says. Run it from the repository's root: python3 tests/cases/make_labels.py
"""
import csv
import json
import random
import shutil
from pathlib import Path

import datasets
import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import sklearn
import torch
import transformers
from sklearn.preprocessing import LabelEncoder

HERE = Path(__file__).parent
OUT = HERE / "files" / "labels"
MODEL = HERE.parent / "golden" / "bert"
for module in (datasets, pd, pa, sklearn, transformers):
    print(module.__name__, module.__version__)

shutil.rmtree(OUT, ignore_errors=True)
OUT.mkdir(parents=True)
words = ["the film was good", "a very bad film", "not good", "i like the film", "very very good", "bad"]


def write_csv(name, rows, header=("text", "label")):
    with open(OUT / name, "w", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(header)
        writer.writerows(rows)


def write_jsonl(name, rows):
    (OUT / name).write_text("".join(json.dumps(row) + "\n" for row in rows))


def texts(count):
    return [f"{words[i % len(words)]} word{i % 26}" for i in range(count)]


def read_json(name):
    return datasets.load_dataset("json", data_files=str(OUT / name), split="train", cache_dir="/tmp/hf")


# ---- what labels are

zeros = ["00501", "0501", "501"] * 4
write_jsonl("zeros.jsonl", [{"text": t, "label": l} for t, l in zip(texts(12), zeros)])
assert sorted(set(read_json("zeros.jsonl")["label"])) == ["00501", "0501", "501"]

codes = ["01", "02", "010"] * 8
write_csv("codes.csv", zip(texts(24), codes))
as_text = pd.read_csv(OUT / "codes.csv", dtype=str)["label"]
assert list(LabelEncoder().fit(as_text).classes_) == ["01", "010", "02"]

write_csv("powers.csv", zip(texts(8), ["1e5", "100000"] * 4))
write_csv("agents.csv", zip(texts(8), ["007", "7"] * 4))
for name in ("powers.csv", "agents.csv"):
    assert pd.read_csv(OUT / name, dtype=str)["label"].nunique() == 2

write_csv("missing-words.csv", zip(texts(8), ["None", "NA", "x", "null"] * 2))
assert pd.read_csv(OUT / "missing-words.csv")["label"].isna().sum() == 6  # which thaw takes as classes

write_jsonl("booleans.jsonl", [{"text": t, "label": i % 3 == 0} for i, t in enumerate(texts(9))])
assert read_json("booleans.jsonl").features["label"].dtype == "bool"

write_jsonl("mixed.jsonl", [{"text": "a", "label": "1"}, {"text": "b", "label": 2}])
try:
    LabelEncoder().fit(np.array(["1", 2], dtype=object))
    raise AssertionError("scikit-learn takes a column of two kinds")
except TypeError:
    pass

# ---- rows without a label

write_csv("floats.csv", zip(texts(9), ["1.0", "0.0", "nan"] * 3))
floats = pd.read_csv(OUT / "floats.csv")["label"]
assert floats.isna().sum() == 3 and sorted(floats.dropna().unique()) == [0, 1]

write_csv("empty-cells.csv", zip(texts(9), ["ham", "", "spam"] * 3))
assert pd.read_csv(OUT / "empty-cells.csv")["label"].isna().sum() == 3
write_csv("no-labels.csv", zip(texts(4), [""] * 4))

write_jsonl("nulls.jsonl", [{"text": t, "label": [0, None, 1][i % 3]} for i, t in enumerate(texts(9))])
assert list(read_json("nulls.jsonl")["label"]).count(None) == 3


def class_label_parquet(name, values, names, column_type=pa.int64()):
    rows = list(values)
    features = {"info": {"features": {"text": {"dtype": "string", "_type": "Value"},
                                      "label": {"names": names, "_type": "ClassLabel"}}}}
    table = pa.table({"text": texts(len(rows)), "label": pa.array(rows, column_type)})
    pq.write_table(table.replace_schema_metadata({"huggingface": json.dumps(features)}), OUT / name)


# SNLI: −1 is a row without a gold label.
class_label_parquet("snli.parquet", [-1, 0, 1, 2, 0, 1, -1, 0, 1], ["neg", "neu", "pos"])
class_label_parquet("snli-two.parquet", [-1, 0, 1, 0, -1, 0, 1, 0, 0], ["neg", "neu", "pos"])
snli = datasets.Dataset.from_parquet(str(OUT / "snli.parquet"), cache_dir="/tmp/hf")
label = snli.features["label"]
assert label.int2str(0) == "neg" and [row["label"] for row in snli].count(-1) == 2
class_label_parquet("outside.parquet", [0, 1, 3, 0], ["neg", "neu", "pos"])
try:
    label.int2str(3)
    raise AssertionError("datasets names an id outside its list")
except ValueError:
    pass
class_label_parquet("null.parquet", [0, None, 1, 0, 1], ["neg", "pos"])
pq.write_table(pa.table({"text": texts(6), "label": pa.array([1.0, 0.0, np.nan] * 2)}),
               OUT / "nan.parquet")

# ---- other splits

(OUT / "leading-zero").mkdir()
write_csv("leading-zero/train.csv", zip(texts(20), ["0", "1"] * 10))
write_csv("leading-zero/test.csv", [("good", "1"), ("bad", "01")])

(OUT / "kaggle").mkdir()
write_csv("kaggle/train.csv", zip(texts(40), ["ham", "spam"] * 20))
write_csv("kaggle/test.csv", [("q7", "the film was good"), ("q9", "bad")], ("id", "text"))

(OUT / "glue").mkdir()
class_label_parquet("glue/train.parquet", [0, 1] * 20, ["unacceptable", "acceptable"])
class_label_parquet("glue/test.parquet", [-1] * 3, ["unacceptable", "acceptable"])

# Two splits whose files list the same names in another order.
(OUT / "permuted").mkdir()
class_label_parquet("permuted/train.parquet", [0, 1, 1] * 8, ["neg", "pos"])
class_label_parquet("permuted/test.parquet", [0, 0, 0, 1], ["pos", "neg"])
permuted = datasets.Dataset.from_parquet(str(OUT / "permuted/test.parquet"), cache_dir="/tmp/hf")
assert [permuted.features["label"].int2str(row["label"]) for row in permuted].count("pos") == 3

(OUT / "renamed").mkdir()
write_csv("renamed/train.csv", zip(texts(20), ["0", "1"] * 10), ("review", "stars"))
write_csv("renamed/test.csv", [("good", "1")], ("text", "label"))

write_jsonl("first-lacks.jsonl",
            [{"id": 1, "text": "a"}] + [{"id": i, "text": t, "label": i % 2} for i, t in enumerate(texts(6))])
write_jsonl("first-has-more.jsonl",
            [{"text": "a", "label": 0, "source": {"url": ["x"]}}] +
            [{"text": t, "label": i % 2} for i, t in enumerate(texts(6))])

# ---- a model's labels: texts whose likeliest label Transformers knows

tokenizer = transformers.AutoTokenizer.from_pretrained(MODEL)
model = transformers.AutoModelForSequenceClassification.from_pretrained(MODEL).eval()
draw = random.Random(3)
vocabulary = ["was", "the", "film", "good", "very", "like", "bad", "not"]
rows = {0: [], 1: [], 2: []}
for _ in range(2000):
    text = " ".join(draw.choice(vocabulary) for _ in range(draw.randint(2, 9)))
    with torch.no_grad():
        logits = model(**tokenizer(text, return_tensors="pt")).logits[0]
    ordered = sorted(logits.tolist())
    answer = int(logits.argmax())
    if ordered[-1] - ordered[-2] > 0.02 and len(rows[answer]) < (5, 4, 6)[answer]:
        rows[answer].append(text)
assert [len(rows[label]) for label in range(3)] == [5, 4, 6]
answered = [(text, label) for label in (2, 0, 1) for text in rows[label]]


def answers(name, words_for, only=(0, 1, 2)):
    write_csv(name, [(text, words_for[label]) for text, label in answered if label in only])


def config(name, names):
    fields = json.loads((MODEL / "config.json").read_text())
    fields["id2label"] = {str(i): label for i, label in enumerate(names)}
    fields["label2id"] = {label: i for i, label in enumerate(names)}
    (OUT / name).write_text(json.dumps(fields))


config("config-reversed.json", ["2", "1", "0"])
config("config-upper.json", ["NEGATIVE", "NEUTRAL", "POSITIVE"])
config("config-stars.json", ["1 star", "2 stars", "3 stars"])
config("config-words.json", ["bad", "so-so", "good"])
answers("gold-ids.csv", {0: "0", 1: "1", 2: "2"})
answers("gold-floats.csv", {0: "0.0", 1: "1.0", 2: "2.0"})
answers("gold-lower.csv", {0: "negative", 1: "neutral", 2: "positive"})
answers("gold-stars.csv", {0: "1", 1: "2", 2: "3"})
answers("gold-two-stars.csv", {0: "1", 1: "2"}, only=(0, 1))
answers("gold-words.csv", {0: "bad", 1: "so-so", 2: "good"})
names = ["2", "1", "0"]
features = {"info": {"features": {"text": {"dtype": "string", "_type": "Value"},
                                  "label": {"names": names, "_type": "ClassLabel"}}}}
# The file's own list in the model's order, and in another one: the names say which is which.
for name, own in (("gold-reversed.parquet", ["2", "1", "0"]), ("gold-turned.parquet", ["0", "1", "2"])):
    features["info"]["features"]["label"]["names"] = own
    # The model's label i is called names[i]; the file's id of it is where its own list has that name.
    ids = [own.index(names[label]) for _, label in answered]
    table = pa.table({"text": [text for text, _ in answered], "label": pa.array(ids, pa.int64())})
    pq.write_table(table.replace_schema_metadata({"huggingface": json.dumps(features)}), OUT / name)
    read = datasets.Dataset.from_parquet(str(OUT / name), cache_dir="/tmp/hf")
    assert [read.features["label"].int2str(row["label"]) for row in read] == \
        [names[label] for _, label in answered]
