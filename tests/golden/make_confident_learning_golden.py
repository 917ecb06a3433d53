"""Makes confident_learning_golden.json: what cleanlab finds in noisy labels.

numpy's argsort leaves the order of equal values to the machine; here it is made to keep theirs.
Run with Python 3.11, numpy 2 and cleanlab 2.9.0:
    python tests/golden/make_confident_learning_golden.py
"""

import json
from pathlib import Path

import numpy as np
from cleanlab.count import compute_confident_joint, get_confident_thresholds
from cleanlab.filter import find_label_issues
from cleanlab.rank import get_normalized_margin_for_each_label


def case(name, probabilities, given):
    # As they are written, so that both programs read the same numbers.
    probabilities = np.round(probabilities, 6)
    mask = find_label_issues(given, probabilities, filter_by="prune_by_noise_rate", n_jobs=1)
    quality = get_normalized_margin_for_each_label(given, probabilities)
    issues = sorted(np.flatnonzero(mask), key=lambda row: (quality[row], row))
    return {"name": name, "labels": probabilities.shape[1], "given": given.tolist(),
            "probabilities": probabilities.ravel().tolist(),
            "thresholds": get_confident_thresholds(given, probabilities).tolist(),
            "joint": compute_confident_joint(given, probabilities).ravel().tolist(),
            "issues": [int(row) for row in issues], "quality": quality.tolist()}


def noisy(rng, rows, labels, noise, sharpness, shares=None):
    true = rng.choice(labels, rows, p=shares)
    true[:labels] = np.arange(labels)
    logits = rng.normal(0, 1, (rows, labels))
    logits[np.arange(rows), true] += sharpness
    probabilities = np.exp(logits) / np.exp(logits).sum(1, keepdims=True)
    given = np.where(rng.random(rows) < noise, rng.choice(labels, rows), true)
    given[:labels] = np.arange(labels)
    return probabilities, given


def main():
    argsort = np.argsort
    np.argsort = lambda values: argsort(values, kind="stable")
    rng = np.random.default_rng(5)
    cases = [case("two labels", *noisy(rng, 80, 2, 0.2, 2)),
             case("three labels", *noisy(rng, 90, 3, 0.2, 3)),
             case("three labels, hardly separable", *noisy(rng, 90, 3, 0.3, 0.5)),
             case("no noise", *noisy(rng, 60, 3, 0, 5)),
             case("shares apart", *noisy(rng, 90, 3, 0.25, 2, [0.9, 0.07, 0.03])),
             case("eight labels", *noisy(rng, 100, 8, 0.3, 2.5))]
    probabilities, given = noisy(rng, 60, 4, 0.2, 2, [0.4, 0.3, 0.3, 0])
    given[given == 3] = 0
    cases.append(case("a label without a row", probabilities, given))
    probabilities, given = noisy(rng, 60, 3, 0.2, 2, [0.5, 0.5, 0])
    given[given == 2] = 0
    given[2] = 2
    cases.append(case("a label of one row", probabilities, given))
    # Rows of the last label are all taken for the first: the diagonal of the joint vanishes.
    probabilities, given = noisy(rng, 60, 3, 0.1, 4, [0.4, 0.4, 0.2])
    probabilities[given == 2] = probabilities[given == 2][:, [2, 1, 0]]
    cases.append(case("a label that is never right", probabilities, given))

    path = Path(__file__).with_name("confident_learning_golden.json")
    path.write_text(json.dumps(cases, separators=(",", ":")) + "\n", encoding="utf-8")
    print(path, path.stat().st_size, [(c["name"], len(c["issues"])) for c in cases])


if __name__ == "__main__":
    main()
