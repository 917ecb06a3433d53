"""Writes files/tables/: tables of types that want care, and files of other programs that are no tables for thaw.

    python3 tests/cases/make_tables.py      needs numpy, pandas and pyarrow

The answers that it checks stand in tables.toml.
"""
import datetime
import decimal
import io
import pathlib
import shutil
import sqlite3
import zipfile

import numpy
import pandas
import pyarrow

for module in (numpy, pandas, pyarrow):
    print(module.__name__, module.__version__)
out = pathlib.Path(__file__).parent / "files" / "tables"
shutil.rmtree(out, ignore_errors=True)
out.mkdir(parents=True)

texts = [f"text number {i}" for i in range(12)]


def frame(labels):
    return pandas.DataFrame({"text": texts[:len(labels)], "label": labels})


# ---- types of Parquet

frame(pandas.Categorical(["pos", "neg", None] * 4)).to_parquet(out / "categories.parquet")
read = pandas.read_parquet(out / "categories.parquet")["label"]
assert read.isna().sum() == 4 and list(read.cat.categories) == ["neg", "pos"]
frame(pandas.Categorical(["01", "1"] * 6)).to_parquet(out / "zeros.parquet")
assert list(pandas.read_parquet(out / "zeros.parquet")["label"].cat.categories) == ["01", "1"]
frame([decimal.Decimal(x) for x in ("1.00", "0.00", "-1.00")] * 4).to_parquet(out / "decimals.parquet")
assert sorted(pandas.read_parquet(out / "decimals.parquet")["label"].unique()) == [-1, 0, 1]
frame([datetime.date(2026, 1, 2)] * 12).to_parquet(out / "dates.parquet")
frame([["a", "b"]] * 12).to_parquet(out / "lists.parquet")

# ---- files of other programs, under names of tables

frame(["a", "b"] * 6).to_pickle(out / "pickle.csv")
numpy.save(out / "array.npy", numpy.arange(3))
shutil.move(out / "array.npy", out / "array.csv")
connection = sqlite3.connect(out / "database.csv")
frame(["a", "b"] * 6).to_sql("rows", connection, index=False)
connection.close()


def archive(name, entries):
    bytes_ = io.BytesIO()
    with zipfile.ZipFile(bytes_, "w") as file:
        for entry in entries:
            file.writestr(zipfile.ZipInfo(entry), "<xml/>")
    (out / name).write_bytes(bytes_.getvalue())


# The names of the entries that Excel's and Word's files have.
archive("sheet.csv", ["[Content_Types].xml", "_rels/.rels", "xl/workbook.xml", "xl/worksheets/sheet1.xml"])
archive("document.txt", ["[Content_Types].xml", "_rels/.rels", "word/document.xml"])
archive("archive.csv", ["train.csv"])

# ---- TweetEval's layout with a test whose labels are secret

folder = out / "secret-test"
folder.mkdir()
(folder / "train_text.txt").write_text("".join(f"{i} words of text {i * i}\n" for i in range(40)))
(folder / "train_labels.txt").write_text("0\n1\n" * 20)
(folder / "test_text.txt").write_text("the film was good\nbad\n")
(folder / "mapping.txt").write_text("0\tnegative\n1\tpositive\n")

# ---- labels that only look alike, and a name with a comma

frame(["pos", "p\u043es", "neg"] * 4).to_csv(out / "letters.csv", index=False)
frame([0, 1] * 6).to_csv(out / "numbers.csv", index=False)
frame([1, 0, 1, 0.5]).astype({"label": object}).to_csv(out / "one-fraction.csv", index=False)
