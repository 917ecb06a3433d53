"""Writes types.parquet: columns of many types, some rows missing, two row groups, label names.

    python make_parquet.py        made with pyarrow 26.0.1
"""
import json

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

texts = ["plain", "", "naïve café", "日本語のテキスト", "😀 emoji", 'a "quote", a comma', "line\nbreak"]
ids = [0, 1, 2, 0, 1, 2, 0]
names = ["negative", "neutral", "positive"]
table = pa.table({
    "text": pa.array(texts, pa.string()),
    "large": pa.array(texts, pa.large_string()),
    "dictionary": pa.array(texts).dictionary_encode(),
    "binary": pa.array([t.encode() for t in texts], pa.binary()),
    "with_null": pa.array(texts[:3] + [None] + texts[4:], pa.string()),
    "label": pa.array(ids, pa.int64()),
    "int8": pa.array([i - 1 for i in ids], pa.int8()),
    "int16": pa.array(ids, pa.int16()),
    "int32": pa.array(ids, pa.int32()),
    "uint8": pa.array(ids, pa.uint8()),
    "uint64": pa.array([i + 2**63 for i in ids], pa.uint64()),
    "float": pa.array(np.float32([-0.1, 0.5, 1.25, 2, -3, 0, 1e-7])),
    "double": pa.array([-0.1, 0.5, 1.25, 2, -3, 0, 1e-7]),
    "bool": pa.array([i == 1 for i in ids]),
    "name": pa.array([names[i] for i in ids]).dictionary_encode(),
    "null_label": pa.array([0, 1, None, 0, 1, 2, 0], pa.int64()),
    "list": pa.array([[i] for i in ids]),
    "bad": pa.array([b"fine"] * 5 + [b"\xff\xfe", b"fine"], pa.binary()),
})
features = {"text": {"dtype": "string", "_type": "Value"},
            "label": {"names": names, "_type": "ClassLabel"}}
table = table.replace_schema_metadata({"huggingface": json.dumps({"info": {"features": features}})})
pq.write_table(table, "types.parquet", row_group_size=4)
