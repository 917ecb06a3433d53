"""Makes calibration_golden.json: temperatures, NLL, Brier score and ECE of small sets of logits.

Run with Python 3.11, NumPy, SciPy and scikit-learn:
    python tests/golden/make_calibration_golden.py
"""

import json
from pathlib import Path

import numpy as np
from scipy.optimize import minimize_scalar
from scipy.special import log_softmax, softmax
from sklearn.metrics import log_loss

BINS = 15


def summary(logits, gold, temperature):
    p = softmax(logits / temperature, axis=1)
    labels = logits.shape[1]
    confidence, right = p.max(1), p.argmax(1) == gold
    edges = np.linspace(0, 1, BINS + 1)
    ece = 0.0
    for low, high in zip(edges[:-1], edges[1:]):
        inside = (confidence > low) & (confidence <= high)
        if inside.any():
            ece += inside.mean() * abs(right[inside].mean() - confidence[inside].mean())
    return {"nll": log_loss(gold, p, labels=range(labels)),
            "brier": float(((p - np.eye(labels)[gold]) ** 2).sum(1).mean()), "ece": float(ece)}


def thresholds(logits, gold, temperature, precision):
    p = softmax(logits / temperature, axis=1).astype(np.float32)
    answers = logits.argmax(1)
    found = []
    for label in range(logits.shape[1]):
        own = answers == label
        best = None
        for t in sorted(set(p[own, label])):
            kept = own & (p[:, label] >= t)
            if (gold[kept] == label).mean() >= precision:
                best = float(t)
                break
        found.append(best)
    return found


def case(seed, rows, labels, scale):
    rng = np.random.default_rng(seed)
    gold = rng.integers(0, labels, rows)
    logits = (rng.normal(size=(rows, labels)) + 1.3 * np.eye(labels)[gold]) * scale
    logits = logits.astype(np.float32).astype(np.float64)

    def nll(log_beta):
        return -log_softmax(logits * np.exp(log_beta), axis=1)[np.arange(rows), gold].mean()

    fit = minimize_scalar(nll, bounds=(np.log(0.05), np.log(20)), method="bounded",
                          options={"xatol": 1e-12})
    temperature = float(np.exp(-fit.x))
    return {"labels": labels, "logits": logits.ravel().tolist(), "gold": gold.tolist(),
            "temperature": temperature, "before": summary(logits, gold, 1.0),
            "after": summary(logits, gold, temperature),
            "thresholds": thresholds(logits, gold, temperature, 0.75)}


cases = [case(1, 120, 2, 3.0), case(2, 90, 3, 0.3), case(3, 150, 5, 1.0)]
out = Path(__file__).with_name("calibration_golden.json")
out.write_text(json.dumps(cases) + "\n")
