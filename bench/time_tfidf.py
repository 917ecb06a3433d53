"""Times thaw's TF-IDF baseline against scikit-learn's vectorizers and LogisticRegression, in turns.

    python bench/time_tfidf.py build/bench/thaw_bench_tfidf DIR [--rows 50000] [--repetitions 3]

DIR has train.parquet, validation.parquet and test.parquet (text, label), as TweetEval's sentiment task
has them; the first rows of all together are for training, the rest is answered. Both programs run on
two threads. scikit-learn fits to its own tolerance, as users do (1e-4, at most 1000 iterations); with
--tight to 1e-8 as well, for the objective that both should reach.
"""

import argparse
import json
import os
import resource
import subprocess
import tempfile
import time
from pathlib import Path

os.environ["OMP_NUM_THREADS"] = os.environ["OPENBLAS_NUM_THREADS"] = "2"
os.environ["OMP_WAIT_POLICY"] = "passive"
import numpy as np
import pyarrow.parquet
import sklearn
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import FeatureUnion


def scikit_learn(texts, gold, rows, c, tolerance):
    features = FeatureUnion(
        [
            ("words", TfidfVectorizer(ngram_range=(1, 2), sublinear_tf=True)),
            ("characters", TfidfVectorizer(analyzer="char_wb", ngram_range=(2, 5), sublinear_tf=True)),
        ]
    )
    start, cpu = time.perf_counter(), time.process_time()
    train = features.fit_transform(texts[:rows])
    made = time.perf_counter()
    model = LogisticRegression(C=c, tol=tolerance, max_iter=1000).fit(train, gold[:rows])
    solved = time.perf_counter()
    probabilities = model.predict_proba(features.transform(texts[rows:]))
    end, cpu = time.perf_counter(), time.process_time() - cpu
    logs = model.predict_log_proba(train)
    loss = -logs[np.arange(rows), gold[:rows]].mean()
    objective = loss + (model.coef_**2).sum() / (2 * c * rows)
    return {
        "rows": rows,
        "feature_seconds": made - start,
        "solver_seconds": solved - made,
        "predict_seconds": end - solved,
        "columns": train.shape[1],
        "iterations": int(model.n_iter_[0]),
        "loss": loss,
        "objective": objective,
        "accuracy": float((probabilities.argmax(1) == gold[rows:]).mean()),
        "megabytes": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024 / 1e6,
        "cpu_seconds": cpu,
    }


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("program")
    parser.add_argument("data", type=Path)
    parser.add_argument("--rows", type=int, default=50_000)
    parser.add_argument("--repetitions", type=int, default=3)
    parser.add_argument("--c", type=float, default=1)
    parser.add_argument("--tight", action="store_true")
    parser.add_argument("--thaw-only", action="store_true")
    options = parser.parse_args()
    tables = [pyarrow.parquet.read_table(options.data / f"{s}.parquet") for s in ("train", "validation", "test")]
    texts = [" ".join(text.split("\n")) for table in tables for text in table["text"].to_pylist()]
    texts = [text.replace("\r", " ") for text in texts]
    gold = np.concatenate([table["label"].to_numpy() for table in tables])
    print("scikit-learn", sklearn.__version__, "train", options.rows, "test", len(texts) - options.rows)
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "texts.tsv"
        file.write_text("".join(f"{g}\t{t}\n" for g, t in zip(gold, texts)), encoding="utf-8")
        command = [options.program, file, str(gold.max() + 1), str(options.rows), "2", str(options.c)]
        for _ in range(options.repetitions):
            print("thaw", subprocess.run(command, check=True, capture_output=True, text=True).stdout.strip())
            if not options.thaw_only:
                print("scikit-learn", json.dumps(scikit_learn(texts, gold, options.rows, options.c, 1e-4)))
    if options.tight:
        print("scikit-learn, tight", json.dumps(scikit_learn(texts, gold, options.rows, options.c, 1e-8)))


main()
