"""Writes types.parquet: columns of many types, some rows missing, two row groups, label names;
more_types.parquet and more_types.arrow: strings that look like numbers, decimals, categories of pandas,
and types that are neither text nor number.

    python make_parquet.py        made with pyarrow 26.0.1
"""
import datetime
import decimal
import json

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.feather
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


def decimals(values, *precision_and_scale, type=pa.decimal128):
    return pa.array([v and decimal.Decimal(v) for v in values], type(*precision_and_scale))


day = datetime.datetime(2026, 1, 2)
categories = pd.DataFrame({
    "category": pd.Categorical(["pos", "neg", None, "pos"], categories=["pos", "unused", "neg"]),
    "digit_category": pd.Categorical(["1", "01", "1", "2"]),
    "number_category": pd.Categorical([5, 3, 5, 3]),
})
columns = {
    "text": pa.array(["a", "b", "c", "d"]),
    "digits": pa.array(["1", "2", "1", "2"]),
    "zeros": pa.array(["01", "1", "01", "1"]),
    "whole_decimal": decimals(["1.00", "-2.00", None, "0.00"], 10, 2),
    "decimal": decimals(["1.50", "-0.05", "100", "-0.00"], 10, 2),
    "long_decimal": decimals(["9007199254740993", "9007199254740992", "1", "1"], 60, 20, type=pa.decimal256),
    "date": pa.array([day.date()] * 4),
    "timestamp": pa.array([day] * 4),
    "time": pa.array([day.time()] * 4),
    "date_category": pa.array([day.date()] * 4).dictionary_encode(),
    "list": pa.array([["a"], ["b", "c"], [], None]),
    "struct": pa.array([{"label": "a"}] * 4),
    "map": pa.array([[("a", 1)]] * 4, pa.map_(pa.string(), pa.int64())),
}
table = pa.table({**columns, **{name: pa.Array.from_pandas(categories[name]) for name in categories}})
pq.write_table(table, "more_types.parquet", row_group_size=3)
pyarrow.feather.write_feather(table, "more_types.arrow", compression="uncompressed")
