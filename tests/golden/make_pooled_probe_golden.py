"""Makes pooled_probe/: texts, and what scikit-learn's LogisticRegression gives on the first token's
vectors that Transformers computes of them with the tiny models of this folder.

Run with Python 3.11, torch 2, transformers 5 and scikit-learn 1.9.1:
    python tests/golden/make_pooled_probe_golden.py
"""

import csv
import json
import random
from pathlib import Path

import numpy as np
import torch
from sklearn.linear_model import LogisticRegression
from transformers import AutoModel

HERE = Path(__file__).parent
OUT = HERE / "pooled_probe"
GRID = [1e-3, 3e-3, 1e-2, 3e-2, 0.1, 0.3, 1, 3, 10, 30, 100, 300, 1000]
LABELS = ["bad", "good", "none"]
WORDS = "the a film was not very i like b c d e f g h".split()


def rows(count, seed):
    draw = random.Random(seed)
    table = []
    for _ in range(count):
        words = [draw.choice(WORDS) for _ in range(draw.randint(2, 7))]
        label = draw.randrange(3)
        said = label if draw.random() < 0.8 else draw.randrange(3)
        if said < 2:
            words.insert(draw.randint(0, len(words)), LABELS[said])
        table.append((" ".join(words), LABELS[label]))
    return table


def write(name, table):
    with open(OUT / name, "w", newline="", encoding="utf-8") as file:
        out = csv.writer(file, lineterminator="\n")
        out.writerow(["text", "label"])
        out.writerows(table)


def vectors(model, vocabulary, table):
    found = []
    with torch.no_grad():
        for text, _ in table:
            ids = [vocabulary[word] for word in ["[CLS]", *text.split(), "[SEP]"]]
            found.append(model(torch.tensor([ids])).last_hidden_state[0, 0].double().numpy())
    return np.array(found)


def fitted(x, y, c, weights=None):
    return LogisticRegression(C=c, solver="newton-cholesky", tol=1e-11, max_iter=1000, class_weight=weights).fit(x, y)


def loss(model, x, y):
    return -np.log(model.predict_proba(x)[np.arange(len(y)), y])


def cross_validated(x, y, weights):
    """The folds of thaw: the rows of each label dealt out in turn."""
    dealt, fold = [0] * 3, []
    for label in y:
        fold.append(dealt[label] % 5)
        dealt[label] += 1
    fold = np.array(fold)
    sums = [sum(loss(fitted(x[fold != k], y[fold != k], c, weights), x[fold == k], y[fold == k]).sum() for k in range(5))
            for c in GRID]
    return GRID[int(np.argmin(sums))]


def main():
    OUT.mkdir(exist_ok=True)
    splits = {"train": rows(150, 1), "validation": rows(120, 2), "test": rows(80, 3)}
    for name, table in splits.items():
        write(name + ".csv", table)
    golden = []
    for family in ("distilbert", "roberta"):
        model = AutoModel.from_pretrained(HERE / family, dtype=torch.float32).eval()
        vocabulary = {word: i for i, word in enumerate((HERE / family / "vocab.txt").read_text().split("\n"))}
        x = {name: vectors(model, vocabulary, table) for name, table in splits.items()}
        y = {name: np.array([LABELS.index(label) for _, label in table]) for name, table in splits.items()}
        by_validation = GRID[int(np.argmin([loss(fitted(x["train"], y["train"], c), x["validation"], y["validation"]).sum()
                                            for c in GRID]))]
        for name, c, weights in (("validation", by_validation, None),
                                 ("cross-validation", cross_validated(x["train"], y["train"], None), None),
                                 ("balanced", cross_validated(x["train"], y["train"], "balanced"), "balanced")):
            best = fitted(x["train"], y["train"], c, weights)
            golden.append({"model": family, "chosen_by": name, "c": c,
                           "probabilities": [round(float(p), 9) for p in best.predict_proba(x["test"]).ravel()]})
            print(family, name, c, (best.predict(x["test"]) == y["test"]).mean())
    (OUT / "golden.json").write_text(json.dumps(golden, separators=(",", ":")) + "\n")


main()
