"""Writes files/files/: folders, compressed files, CSV and JSON in many forms, and asks the peers what they hold.

    python3 tests/cases/make_files.py      needs datasets, pandas, pyarrow and the program zstd

The answers that it checks stand in files.toml.
"""
import bz2
import gzip
import json
import lzma
import pathlib
import shutil
import subprocess

import datasets
import pandas
import pyarrow
import pyarrow.parquet

print("datasets", datasets.__version__, "pandas", pandas.__version__, "pyarrow", pyarrow.__version__)
datasets.disable_progress_bars()
out = pathlib.Path(__file__).parent / "files" / "files"
shutil.rmtree(out, ignore_errors=True)


def rows(count, start=0):
    """Every third row is negative."""
    return [(f"text number {i}", "neg" if i % 3 == 0 else "pos") for i in range(start, start + count)]


def write(name, text, encoding="utf-8"):
    path = out / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(text if isinstance(text, bytes) else text.encode(encoding))
    return path


def csv(name, count, start=0, header="text,label"):
    return write(name, header + "\n" + "".join(f"{text},{label}\n" for text, label in rows(count, start)))


def jsonl(name, count, start=0):
    return write(name, "".join(json.dumps({"text": text, "label": label}) + "\n"
                               for text, label in rows(count, start)))


def parquet(name, count, start=0):
    path = out / name
    path.parent.mkdir(parents=True, exist_ok=True)
    columns = list(zip(*rows(count, start)))
    pyarrow.parquet.write_table(pyarrow.table({"text": columns[0], "label": columns[1]}), path)


def counts(folder):
    found = datasets.load_dataset(str(out / folder), cache_dir="/tmp/thaw-cases-cache")
    return {split: table.num_rows for split, table in found.items()}


# Folders.
csv("words/sst2.training.csv", 7)
csv("words/sst2-valid.csv", 3, 7)
csv("words/evaluation.csv", 4, 10)
assert counts("words") == {"train": 7, "validation": 3, "test": 4}
csv("subfolders/train/a.csv", 4)
csv("subfolders/train/b.csv", 3, 4)
csv("subfolders/dev/a.csv", 3, 7)
csv("subfolders/test/a.csv", 4, 10)
assert counts("subfolders") == {"train": 7, "validation": 3, "test": 4}
jsonl("nested/data/train/part.jsonl", 7)
jsonl("nested/data/test/part.jsonl", 4, 10)
assert counts("nested") == {"train": 7, "test": 4}
csv("numbered/train_0.csv", 4)
csv("numbered/train_1.csv", 3, 4)
csv("numbered/test-0.csv", 4, 10)
assert counts("numbered") == {"train": 7, "test": 4}
csv("gap/train_0.csv", 4)
csv("gap/train_2.csv", 3, 4)
csv("parts/part-00000.csv", 4)
csv("parts/part-00001.csv", 3, 4)
assert counts("parts") == {"train": 7}
parquet("shards/data/train-00000-of-00002.parquet", 4)
parquet("shards/data/train-00001-of-00002.parquet", 3, 4)
parquet("shards/data/test-00000-of-00001.parquet", 4, 10)
parquet("shards/data/unsupervised-00000-of-00001.parquet", 2, 14)
assert counts("shards") == {"train": 7, "test": 4, "unsupervised": 2}
parquet("missing-shard/data/train-00000-of-00002.parquet", 4)
csv("left-out/train.csv", 7)
csv("left-out/test.csv", 4, 10)
csv("left-out/metadata.csv", 2)
write("left-out/.hidden_train.csv", "no table")
assert counts("left-out") == {"train": 7, "test": 4}
csv("two-formats/train.csv", 7)
jsonl("two-formats/train.jsonl", 7)
csv("two-formats/test.csv", 4, 10)
csv("mixed-columns/train_0.csv", 4)
csv("mixed-columns/train_1.csv", 3, 4, "text,sentiment")
for split in "train", "test":
    for label in "neg", "pos":
        write(f"classes/{split}/{label}/0.txt", "a text\n")
        write(f"classes/{split}/{label}/1.txt", "a text\n")

# What save_to_disk() writes: names in an order that is not that of the bytes, and -1 for no label.
features = datasets.Features({"text": datasets.Value("string"),
                              "label": datasets.ClassLabel(names=["negative", "positive", "mixed"])})


def saved(labels):
    return datasets.Dataset.from_dict({"text": [f"text {i} of {len(labels)}" for i in range(len(labels))],
                                       "label": labels}, features=features)


splits = {"train": saved([0, 1, 2, 1, 1, -1, 0]), "validation": saved([1, 0]), "test": saved([2, 1, 1])}
out.mkdir(parents=True, exist_ok=True)
datasets.DatasetDict(splits).save_to_disk(str(out / "saved"))
saved([0, 1, 2, 1, 0]).select([4, 3, 2, 1, 0]).save_to_disk(str(out / "saved-alone"), num_shards=2)
assert datasets.load_from_disk(str(out / "saved-alone"))["label"][:] == [0, 1, 2, 1, 0]
shutil.copytree(out / "saved-alone", out / "saved-indices")
state = json.loads((out / "saved-indices/state.json").read_text())
state["_indices_files"] = [{"filename": "indices.arrow"}]
write("saved-indices/state.json", json.dumps(state))
table = pyarrow.table({"text": ["a", "b", "c"], "label": [1, 0, 1]})
with pyarrow.ipc.new_file(str(out / "file.arrow"), table.schema) as writer:
    writer.write_table(table)

# Compressed.
plain = csv("rows.csv", 60).read_bytes()
half = plain.index(b"text number 24")


def zstd(data):
    return subprocess.run(["zstd", "-q", "-c"], input=data, check=True, stdout=subprocess.PIPE).stdout


for ending, pack in ("gz", lambda data: gzip.compress(data, mtime=0)), ("bz2", bz2.compress), ("xz", lzma.compress), \
        ("zst", zstd):
    packed = pack(plain[:half]) + pack(plain[half:])
    write(f"rows.csv.{ending}", packed)
    write(f"cut.csv.{ending}", packed[:-5])
    write(f"more.csv.{ending}", packed + b"more than that")
assert len(pandas.read_csv(out / "rows.csv.gz")) == 60
write("texts.txt.gz", gzip.compress(b"good\nbad\nindifferent\n", mtime=0))

# CSV.
write("semicolon.csv", '"text, raw";label\n' + "".join(f"{text}, really;{label}\n" for text, label in rows(6)))
assert list(pandas.read_csv(out / "semicolon.csv", sep=";").columns) == ["text, raw", "label"]
write("bars.csv", "text|label\n" + "".join(f"{text}, or; so|{label}\n" for text, label in rows(6)))
write("ambiguous.csv", "a;text,label\n" + "".join(f"{i};{text},{label}\n" for i, (text, label) in enumerate(rows(6))))
write("excel.csv", "sep=;\r\ntext, raw;label\r\n" + "".join(f"{text}, really;{label}\r\n" for text, label in rows(6)))
write("returns.csv", "text,label\r" + "".join(f"{text},{label}\r" for text, label in rows(6)))
assert len(pandas.read_csv(out / "returns.csv")) == 6
write("spaces.csv", "text, label\n" + "".join(f'"{text}, really", "{label}"\n' if i % 2 else f'"{text}",{label}\n'
                                              for i, (text, label) in enumerate(rows(6))))
assert sorted(set(pandas.read_csv(out / "spaces.csv", skipinitialspace=True)["label"])) == ["neg", "pos"]
write("swallow.csv", 'text,label\nfine,pos\nbad,neg\n"it opens here,pos\n' +
      "".join(f"{text},{label}\n" for text, label in rows(20)) + 'and closes here",neg\nlast,pos\n')
assert len(pandas.read_csv(out / "swallow.csv")) == 4
write("poem.csv", 'text,label\n"Roses are red,\nviolets are blue,\nsugar is sweet,\nand so are you.",pos\nprose,neg\n')
assert len(pandas.read_csv(out / "poem.csv")) == 2

# JSON.
objects = [{"text": text, "label": label} for text, label in rows(6)]
write("nan.jsonl", "".join(json.dumps({**row, "score": float("nan"), "best": float("inf")}) + "\n" for row in objects))
assert len(pandas.read_json(out / "nan.jsonl", lines=True)) == 6
write("pretty.json", "\n".join(json.dumps(row, indent=2) for row in objects))
write("joined.json", "".join(json.dumps(row) for row in objects))
write("wrapped.json", json.dumps({"version": 1, "data": objects}, indent=1))
frame = pandas.DataFrame(objects)
for orient in "columns", "split", "table", "index":
    write(f"{orient}.json", frame.to_json(orient=orient))
write("lists.json", json.dumps(frame.to_dict(orient="list")))
write("several-lists.json", json.dumps({"train": objects[:4], "test": objects[4:]}))
write("surrogate.jsonl", json.dumps(objects[0]) + '\n{"text": "half \\ud83d of one", "label": "pos"}\n')
assert json.loads('"\\ud83d"') == "\ud83d"  # which no file in UTF-8 can hold
write("infinite.jsonl", '{"text": "a", "label": 1}\n{"text": "b", "label": Infinity}\n{"text": "c", "label": 0}\n')

# Other things under a table's name.
pointer = "version https://git-lfs.github.com/spec/v1\noid sha256:" + "4d7a2146" * 8 + "\nsize 12345\n"
for name in "pointer.csv", "pointer.jsonl", "pointer.parquet", "pointer-model/config.json":
    write(name, pointer)
shutil.copy(out / "pointer.csv", out / "pointer-model/model.safetensors")
write("page.csv", "<!DOCTYPE html>\n<html><head><title>train.csv</title></head></html>\n")
for encoding in "utf-16-le", "utf-16-be", "utf-32-le", "utf-32-be":
    write(f"{encoding}.csv", plain.decode(), encoding)
write("utf-16-le.jsonl", '{"text": "a", "label": 1}\n{"text": "b", "label": 0}\n', "utf-16-le")
