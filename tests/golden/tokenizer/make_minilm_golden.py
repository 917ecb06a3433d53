"""Writes minilm_tweets.json beside itself: hashes of the ids that Transformers gives real tweets
with the tokenizer of all-MiniLM-L6-v2. tests/tokenizer/minilm_test.cc reads it.

    python make_minilm_golden.py MODEL_FOLDER TWEET_EVAL_FOLDER
        # made with tokenizers 0.23.3, transformers 5.23.0

One hash for every 500 rows: 64-bit FNV-1a over each row's length and ids.
"""

import json
import sys
from pathlib import Path

import pyarrow.parquet
import tokenizers
import transformers
from transformers import AutoTokenizer

ROWS = 500


def fnv(rows):
    value = 0xCBF29CE484222325
    for ids in rows:
        for number in [len(ids), *ids]:
            value = ((value ^ number) * 0x100000001B3) % (1 << 64)
    return f"{value:016x}"


def main():
    model, data = sys.argv[1:]
    tokenizer = AutoTokenizer.from_pretrained(model)
    golden = {
        "made_with": f"tokenizers {tokenizers.__version__}, transformers {transformers.__version__}",
        "rows_a_hash": ROWS,
        "files": [],
    }
    for split, max_length in [("test", 0), ("test", 24), ("train", 0), ("validation", 128)]:
        table = pyarrow.parquet.read_table(Path(data) / "sentiment" / f"{split}.parquet")
        texts = table["text"].to_pylist()
        cut = dict(truncation=True, max_length=max_length) if max_length else {}
        ids = tokenizer(texts, **cut)["input_ids"]
        golden["files"].append(
            {
                "file": f"tweet_eval/sentiment/{split}.parquet",
                "max_length": max_length,
                "rows": len(ids),
                "hashes": [fnv(ids[i : i + ROWS]) for i in range(0, len(ids), ROWS)],
            }
        )
    out = Path(__file__).parent / "minilm_tweets.json"
    out.write_text(json.dumps(golden, indent=1) + "\n")


main()
