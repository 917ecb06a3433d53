"""Writes data_files.json: which files of a repository Python's `datasets` takes for which split, by
their names alone.

    python make_data_files.py        made with datasets 5.2.0
"""
import json
import os
import tempfile

from datasets.data_files import DataFilesDict, get_data_patterns
from datasets.load import infer_module_for_data_files
from datasets.packaged_modules import _ALL_ALLOWED_EXTENSIONS, _MODULE_TO_EXTENSIONS

REPOSITORIES = [
    ["README.md", "data.csv"],
    ["a.csv", "b.csv", "sub/c.csv"],
    ["train.csv", "test.csv", "validation.csv", "README.md"],
    ["train.csv", "dev.csv", "notes.txt"],
    ["my-train.jsonl", "my-val.jsonl", "my_test_set.jsonl"],
    ["training.tsv", "testing.tsv"],
    ["evaluation.csv", "train.csv"],
    ["data/train-00000-of-00002.parquet", "data/train-00001-of-00002.parquet",
     "data/test-00000-of-00001.parquet", "README.md"],
    ["data/train-00000-of-00001-abcdef.parquet", "data/validation-00000-of-00001-0123.parquet"],
    ["data/train-00000-of-00001.parquet", "data/unsupervised-00000-of-00001.parquet"],
    ["data/train.csv", "data/test.csv", "train.csv"],
    ["train/0000.parquet", "train/0001.parquet", "test/0000.parquet"],
    ["train/a.csv", "valid/b.csv", "eval/c.csv"],
    ["split_train/x.csv", "my test/x.csv"],
    ["data/train/one.csv", "data/dev/two.csv"],
    ["train_files/deep/er/x.jsonl", "test.jsonl"],
    [".hidden/train.csv", "test.csv", "__pycache__/train.csv"],
    ["Train.csv", "Test.csv"],
    ["train1.csv", "train2.csv", "test10.csv"],
    ["trainer.csv", "testament.csv"],
    ["a_train_b.csv", "atrain.csv"],
    ["train.parquet", "extra.parquet"],
    ["x/train.csv", "x/y/train.csv", "z/validation.csv"],
    ["train-00000-of-00002.csv", "train-00001-of-00002.csv", "test-00000-of-00001.csv"],
    ["dataset_infos.json", "train.jsonl", "config.json"],
    ["train.jsonl", "dev.jsonl", "train.csv.md5"],
    ["README.md", ".gitattributes"],
]


def splits_of(files):
    with tempfile.TemporaryDirectory() as folder:
        for name in files:
            path = os.path.join(folder, name)
            os.makedirs(os.path.dirname(path), exist_ok=True)
            open(path, "w").close()
        try:
            found = DataFilesDict.from_patterns(
                get_data_patterns(folder), base_path=folder,
                allowed_extensions=_ALL_ALLOWED_EXTENSIONS)
            module, _ = infer_module_for_data_files(found)
        except FileNotFoundError:
            return {}
        found = found.filter(extensions=_MODULE_TO_EXTENSIONS[module])
        return {str(split): sorted(os.path.relpath(path, folder) for path in paths)
                for split, paths in found.items()}


cases = [{"files": sorted(files), "splits": splits_of(files)} for files in REPOSITORIES]
with open("data_files.json", "w") as out:
    json.dump(cases, out, indent=1)
    out.write("\n")
