"""Makes logistic_golden.json: what scikit-learn's LogisticRegression finds on small problems.

Run with Python 3.11, numpy 2 and scikit-learn 1.9.1:
    python tests/golden/make_logistic_golden.py
"""

import json
from pathlib import Path

import numpy as np
from sklearn.linear_model import LogisticRegression


def case(name, features, gold, c, weights=None):
    model = LogisticRegression(C=c, class_weight=weights, solver="newton-cholesky", tol=1e-11, max_iter=1000)
    model.fit(features, gold)
    # A constant on all biases changes no probability; thaw's sum to zero.
    bias = model.intercept_ - (model.intercept_.mean() if len(model.intercept_) > 1 else 0)
    return {"name": name, "c": c, "weights": [weights[i] for i in sorted(weights)] if weights else [],
             "rows": len(gold), "hidden": features.shape[1],
            "labels": int(gold.max()) + 1, "features": features.ravel().tolist(),
            "gold": gold.tolist(), "coef": model.coef_.ravel().tolist(),
            "intercept": bias.tolist(), "probabilities": model.predict_proba(features).ravel().tolist()}


def main():
    rng = np.random.default_rng(11)
    cases = []

    def problem(rows, hidden, labels):
        # Multiples of 1/64 are the same in float and double.
        features = np.round(rng.normal(0, 1, (rows, hidden)) * 64) / 64
        logits = features @ rng.normal(0, 1, (hidden, labels)) + rng.normal(0, 1, labels)
        return features, (logits + rng.gumbel(0, 1, logits.shape)).argmax(1)

    features, gold = problem(60, 5, 3)
    cases += [case(f"three labels, C {c}", features, gold, c) for c in (0.001, 1, 1000)]
    features, gold = problem(50, 4, 2)
    cases += [case(f"two labels, C {c}", features, gold, c) for c in (0.01, 1, 100)]
    features, gold = problem(70, 6, 5)
    features *= np.array([1 / 64, 1, 64, 1, 8, 1])
    features += np.array([0, 256, 0, -32, 0, 1])
    cases.append(case("five labels, features of many scales", features, gold, 1))
    features, gold = problem(12, 20, 3)
    cases.append(case("fewer rows than features", features, gold, 10))

    features, gold = problem(60, 5, 3)
    cases.append(case("three weighted labels", features, gold, 0.5, {0: 0.2, 1: 1.0, 2: 3.5}))
    features, gold = problem(50, 4, 2)
    cases.append(case("two weighted labels", features, gold, 2, {0: 4.0, 1: 0.5}))

    path = Path(__file__).with_name("logistic_golden.json")
    path.write_text(json.dumps(cases, separators=(",", ":")) + "\n", encoding="utf-8")
    print(path, path.stat().st_size, "bytes")


if __name__ == "__main__":
    main()
