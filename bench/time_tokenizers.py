"""Times `thaw tokenize` as a whole command against the `tokenizers` package alone, in turns.

    python bench/time_tokenizers.py THAW TEXTS.parquet MODEL_FOLDER...

The package gets its texts as a list and gives its ids as lists, on as many threads; thaw's time holds
the start, reading the file, and writing all ids as JSON. So the ratio is a lower bound.
"""

import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

os.environ["RAYON_NUM_THREADS"] = os.environ["OMP_NUM_THREADS"] = "2"
os.environ["TOKENIZERS_PARALLELISM"] = "true"
import pyarrow.parquet
from tokenizers import Tokenizer

thaw, data, *models = sys.argv[1:]
texts = pyarrow.parquet.read_table(data)["text"].to_pylist() * 2
with tempfile.TemporaryDirectory() as folder:
    file = Path(folder) / "texts.jsonl"
    file.write_text("".join(json.dumps({"text": text}) + "\n" for text in texts))
    for model in models:
        theirs = Tokenizer.from_file(f"{model}/tokenizer.json")
        theirs.encode_batch_fast(texts[:1000])
        ratios = []
        for _ in range(5):
            start = time.perf_counter()
            theirs.encode_batch_fast(texts)
            middle = time.perf_counter()
            command = [thaw, "tokenize", model, file, "--text-column", "text", "--threads", "2"]
            subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
            ratios.append((middle - start) / (time.perf_counter() - middle))
        kind = json.loads(Path(model, "tokenizer.json").read_text())["model"]["type"]
        low, high = min(ratios), max(ratios)
        print(f"{Path(model).name} ({kind}): {statistics.median(ratios):.1f}x ({low:.1f}-{high:.1f}), {len(texts)} texts")
