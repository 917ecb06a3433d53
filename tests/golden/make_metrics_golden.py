"""Makes metrics_golden.json: what scikit-learn and statsmodels say of fixed predictions.

Run with Python 3.11, numpy 2, scikit-learn 1.9.1 and statsmodels 0.15.0:
    python tests/golden/make_metrics_golden.py
"""

import json
import warnings
from pathlib import Path

import numpy as np
from sklearn.metrics import (accuracy_score, classification_report, confusion_matrix, f1_score,
                             log_loss, precision_score, recall_score)
from statsmodels.stats.contingency_tables import mcnemar

warnings.filterwarnings("ignore")
SEED_CONFUSION = [[2633, 1143, 196], [1219, 3809, 909], [113, 755, 1507]]


def from_confusion(matrix):
    gold, predicted = [], []
    for g, row in enumerate(matrix):
        for p, count in enumerate(row):
            gold += [g] * count
            predicted += [p] * count
    return np.array(gold), np.array(predicted)


def sparse(matrix):
    """[gold, predicted, count] of what is not 0."""
    return [[int(g), int(p), int(matrix[g, p])] for g, p in zip(*np.nonzero(matrix))]


def averages(gold, predicted, labels):
    case = {"accuracy": accuracy_score(gold, predicted)}
    for average in ("macro", "weighted"):
        case[f"{average}_precision"] = precision_score(gold, predicted, average=average)
        case[f"{average}_recall"] = recall_score(gold, predicted, average=average)
        case[f"{average}_f1"] = f1_score(gold, predicted, average=average)
    if labels == 2:
        case["binary_f1"] = f1_score(gold, predicted)
    return {name: float(value) for name, value in case.items()}


def case(name, gold, predicted, names):
    every = list(range(len(names)))
    report = {str(digits): classification_report(gold, predicted, labels=every, target_names=names,
                                                 digits=digits) for digits in (2, 4)}
    return {"name": name, "labels": names,
            "confusion": sparse(confusion_matrix(gold, predicted, labels=every)),
            **averages(gold, predicted, len(names)), "reports": report}


def main():
    rng = np.random.default_rng(7)
    cases = []
    gold, predicted = from_confusion(SEED_CONFUSION)
    cases.append(case("notebook", gold, predicted, ["negative", "neutral", "positive"]))
    cases.append(case("two labels, one predicted", np.array([1, 1, 0]), np.array([1, 1, 1]),
                      ["negative", "positive"]))
    cases.append(case("two labels, nothing right", np.array([1, 1, 0]), np.array([0, 0, 1]),
                      ["negative", "positive"]))
    cases.append(case("two labels, first only", np.array([0, 0, 0]), np.array([0, 0, 0]),
                      ["negative", "positive"]))
    gold, predicted = rng.integers(0, 4, 61), rng.integers(0, 4, 61)
    gold[gold == 2] = 1
    predicted[predicted == 3] = 0
    cases.append(case("a class without support, one without prediction", gold, predicted,
                      ["a", "a label whose name is far longer than the headings",
                       "größer – 大きい 🙂", ""]))
    gold, predicted = rng.integers(0, 5, 40), rng.integers(0, 5, 40)
    gold[gold == 4] = 0
    predicted[predicted == 4] = 0
    cases.append(case("a class that occurs nowhere", gold, predicted, list("vwxyz")))
    for labels in (11, 150):
        gold = rng.integers(0, labels, (40 if labels < 100 else 8) * labels)
        predicted = np.where(rng.random(len(gold)) < 0.6, gold, rng.integers(0, labels, len(gold)))
        many = case(f"{labels} labels", gold, predicted, [f"class {i}" for i in range(labels)])
        cases.append(many)

    logits = rng.normal(0, 3, (23, 3)).astype(np.float32)
    logits[4] = [1, 1, 0]
    logits[5] = [0, 2, 2]
    logits[6] = [500, -500, 0]
    gold = rng.integers(0, 3, 23)
    gold[6] = 0
    wide = logits.astype(np.float64)
    shares = np.exp(wide - wide.max(1, keepdims=True))
    shares /= shares.sum(1, keepdims=True)
    scored = {"logits": [float(x) for x in logits.ravel()], "labels": 3, "gold": gold.tolist(),
              "predicted": logits.argmax(1).tolist(),
              "probabilities": [float(x) for x in shares.ravel()],
              "loss": float(log_loss(gold, shares, labels=[0, 1, 2])),
              **averages(gold, logits.argmax(1), 3)}

    tests = []
    for first_only, second_only in ((0, 0), (1, 0), (0, 3), (2, 1), (5, 5), (6, 7), (3, 17), (0, 40),
                                    (10, 25), (59, 121), (400, 460), (1200, 1564), (1200, 1210),
                                    (5000, 5300), (20000, 20500)):
        result = mcnemar([[10, first_only], [second_only, 10]], exact=True)
        tests.append({"first_only": first_only, "second_only": second_only,
                      "p": float(result.pvalue)})

    path = Path(__file__).with_name("metrics_golden.json")
    path.write_text(json.dumps({"metrics": cases, "scored": scored, "mcnemar": tests},
                               ensure_ascii=False, separators=(",", ":")) + "\n", encoding="utf-8")
    print(path, path.stat().st_size, "bytes")


if __name__ == "__main__":
    main()
