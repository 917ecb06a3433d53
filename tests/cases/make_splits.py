#!/usr/bin/env python3
"""Writes files/splits/ and prints the right answers of splits.toml, by scikit-learn and pandas.

python3 tests/cases/make_splits.py; needs scikit-learn and pandas (1.9.1, 3.1.1).
"""
import math
import random
import unicodedata
from pathlib import Path

import pandas
import sklearn
from sklearn.model_selection import train_test_split

FILES = Path(__file__).parent / "files" / "splits"
WORDS = [
    "harbour", "copper", "window", "thistle", "engine", "velvet", "orchard", "pilot", "marble", "lantern",
    "saddle", "quarry", "ribbon", "tunnel", "walnut", "beacon", "canyon", "dagger", "ember", "fiddle",
    "goblet", "hammock", "icicle", "jungle", "kettle", "lagoon", "meadow", "nectar", "oyster", "parcel",
    "quiver", "rocket", "sulphur", "temple", "umbrella", "violin", "whistle", "yonder", "zephyr", "anchor",
]


def sentence(generator):
    return " ".join(generator.choice(WORDS) for _ in range(12))


def shingles(text):
    text = " ".join(text.lower().split())
    return {text[i:i + 5] for i in range(len(text) - 4)}


def similarity(a, b):
    a, b = shingles(a), shingles(b)
    return len(a & b) / len(a | b)


def drawn(table, test_size=0.2, validation_size=0.1, seed=42):
    """Rows of train, validation and test, as thaw and the notebook draw them."""
    rows = list(range(len(table)))
    test, validation = math.ceil(test_size * len(rows)), math.ceil(validation_size * len(rows))
    train, test = train_test_split(rows, test_size=test, random_state=seed, stratify=table.label)
    if validation == 0:
        return train, [], test
    train, validation = train_test_split(
        train, test_size=validation, random_state=seed, stratify=table.label[train])
    return train, validation, test


def answers(name, **sizes):
    table = pandas.read_csv(FILES / name)
    parts = dict(zip(("train", "validation", "test"), drawn(table, **sizes)))
    part_of = {row: part for part, rows in parts.items() for row in rows}
    rows_of = {}
    for row, text in enumerate(table.text):
        rows_of.setdefault(text, []).append(row)
    equal, near = [], []
    for row, text in enumerate(table.text):
        if part_of[row] == "train":
            continue
        others = [other for other in range(len(table)) if part_of[other] != part_of[row]]
        if any(part_of[other] != part_of[row] for other in rows_of[text]):
            equal.append(row)
        elif any(similarity(text, table.text[other]) >= 0.8 for other in others):
            near.append(row)
    print(name, sizes)
    for kind, rows in (("equal", equal), ("near", near)):
        for part in ("test", "validation"):
            print("  ", kind, part, [row for row in rows if part_of[row] == part])
    print("   sizes as drawn", {part: len(rows) for part, rows in parts.items()},
          "moved", len(equal) + len(near))


def main():
    print("scikit-learn", sklearn.__version__, "pandas", pandas.__version__)
    FILES.mkdir(parents=True, exist_ok=True)
    generator = random.Random(17)
    texts = [sentence(generator) for _ in range(100)]
    labels = ["spam" if i % 3 == 0 else "ham" for i in range(100)]

    repeated = list(texts)
    for row in (11, 23, 37, 59, 71, 83):  # each with the text of another row
        repeated[row] = repeated[row - 9]
    pandas.DataFrame({"text": repeated, "label": labels}).to_csv(FILES / "repeated.csv", index=False)
    answers("repeated.csv")
    answers("repeated.csv", validation_size=0)

    near = list(texts)
    for row in (11, 23, 37, 59, 71, 83):  # the last word is another
        near[row] = near[row - 9].rsplit(" ", 1)[0] + " basalt"
    near[90] = near[11].upper().replace(" ", "  ")
    pandas.DataFrame({"text": near, "label": labels}).to_csv(FILES / "near.csv", index=False)
    answers("near.csv")

    # Ten texts, ten times each.
    pandas.DataFrame({"text": [texts[i % 10] for i in range(100)], "label": labels}).to_csv(
        FILES / "ten-texts.csv", index=False)
    answers("ten-texts.csv")

    # Conflicting labels and repeated rows, beside a test that has two of the texts.
    train = pandas.DataFrame({"text": texts[:20] + [texts[3], texts[4], texts[5], texts[5]],
                              "label": labels[:20] + ["spam", "spam", "ham", "spam"]})
    test = pandas.DataFrame({"text": [texts[7], texts[8], texts[60], texts[60]],
                             "label": ["ham", "ham", "spam", "spam"]})
    for folder in ("given",):
        (FILES / folder).mkdir(exist_ok=True)
        train.to_csv(FILES / folder / "train.csv", index=False)
        test.to_csv(FILES / folder / "test.csv", index=False)
    once = train.drop_duplicates(subset="text")
    print("given: drop_duplicates keeps", len(once), "of", len(train), "without those of test",
          len(once[~once.text.isin(test.text)]))
    once = pandas.read_csv(FILES / "repeated.csv").drop_duplicates(subset="text")
    print("repeated.csv: drop_duplicates keeps", len(once))
    once = pandas.read_csv(FILES / "ten-texts.csv").drop_duplicates(subset="text")
    print("ten-texts.csv: drop_duplicates keeps", len(once), dict(once.label.value_counts()))

    # Labels that look alike.
    odd = ["pos", "pos\u200b", "caf\u00e9", "cafe\u0301", "very good", "very\u00a0good", "Neg", "neg",
           "\uff21\uff11", "A1", "soft\u00adly", "softly"]
    rows = [(texts[i], odd[i % len(odd)]) for i in range(36)]
    pandas.DataFrame(rows, columns=["text", "label"]).to_csv(FILES / "odd-labels.csv", index=False)
    keys = {}
    for label in odd:
        plain = "".join(c for c in label if unicodedata.category(c) != "Cf")
        keys.setdefault(" ".join(unicodedata.normalize("NFKC", plain).casefold().split()), []).append(label)
    print("odd-labels.csv:", [list(map(ascii, group)) for group in keys.values()])


if __name__ == "__main__":
    main()
