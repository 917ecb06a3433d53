"""Rows a second of Hugging Face's tokenizers, on as many threads as --threads says.

The library reads its number of threads once, so each number takes a process of its own. Prints
one JSON object with a key such as peer.tokenize.2.
"""

import argparse
import json
import os
import time

parser = argparse.ArgumentParser(description=__doc__)
parser.add_argument("model", help="folder with a tokenizer.json")
parser.add_argument("texts", help="Parquet file with a column text")
parser.add_argument("--threads", type=int, default=1)
parser.add_argument("--seconds", type=float, default=3)
options = parser.parse_args()
os.environ["RAYON_NUM_THREADS"] = str(options.threads)
os.environ["TOKENIZERS_PARALLELISM"] = "true" if options.threads > 1 else "false"

import pyarrow.parquet as parquet  # noqa: E402
from tokenizers import Tokenizer  # noqa: E402

tokenizer = Tokenizer.from_file(f"{options.model}/tokenizer.json")
tokenizer.no_padding()
tokenizer.enable_truncation(128)
texts: list[str] = parquet.read_table(options.texts)["text"].to_pylist()
encode = getattr(tokenizer, "encode_batch_fast", tokenizer.encode_batch)
encode(texts[:1000])
best, begin = float("inf"), time.perf_counter()
while time.perf_counter() - begin < options.seconds:
    start = time.perf_counter()
    encode(texts)
    best = min(best, time.perf_counter() - start)
print(json.dumps({f"peer.tokenize.{options.threads}": len(texts) / best}))
