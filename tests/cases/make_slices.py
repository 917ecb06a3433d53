#!/usr/bin/env python3
"""Writes files/slices/ and prints the right answers of slices.toml, by pandas.

python3 tests/cases/make_slices.py; needs pandas and pyarrow (3.1.1, 24.0).
"""
import random
from pathlib import Path

import pandas
import pyarrow

FILES = Path(__file__).parent / "files" / "slices"
WORDS = "the a film was not very i like b c d e f g h".split()


def rows(count, seed):
    draw = random.Random(seed)
    table = []
    for row in range(count):
        words = [draw.choice(WORDS) for _ in range(draw.randint(1, 14))]
        label = draw.choice(["negative", "positive"])
        words.insert(draw.randint(0, len(words)), "good" if label == "positive" else "bad")
        table.append({
            "text": " ".join(words),
            "label": label,
            "language": draw.choice(["en"] * 6 + ["de"] * 3 + ["pt"] + [None]),
            "stars": draw.randint(1, 5),
            "price": round(draw.uniform(1, 90), 2),
            "shop": f"shop {int(draw.paretovariate(0.7)) % 40}",
            "id": f"{row:04d}",
        })
    return pandas.DataFrame(table)


def main():
    print("pandas", pandas.__version__, "pyarrow", pyarrow.__version__)
    FILES.mkdir(parents=True, exist_ok=True)
    rows(120, 1)[["text", "label"]].to_csv(FILES / "train.csv", index=False)
    test = rows(240, 2)
    test.to_csv(FILES / "test.csv", index=False)
    test.to_csv(FILES / "test.tsv", index=False, sep="\t")
    test.to_json(FILES / "test.jsonl", orient="records", lines=True)
    test.to_parquet(FILES / "test.parquet", index=False)
    print(test.language.value_counts(dropna=False))
    print(test.stars.value_counts().sort_index())
    bins = pandas.qcut(test.price, 4, duplicates="drop")
    print(test.price.groupby(bins, observed=True).agg(["min", "max", "size"]))
    tokens = test.text.str.split().str.len() + 2  # every word is a token; [CLS] and [SEP]
    bins = pandas.qcut(tokens, 4, duplicates="drop")
    print(tokens.groupby(bins, observed=True).agg(["min", "max", "size"]))
    shops = test.shop.value_counts()
    shops = shops.reset_index().sort_values(["count", "shop"], ascending=[False, True])
    print(shops.head(19), "others:", len(shops) - 19, shops["count"][19:].sum())


main()
