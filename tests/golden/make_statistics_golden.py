"""Makes statistics_golden.json: what SciPy and statsmodels say of intervals, tests and curves.

Run with Python 3.11, numpy 2.4, scipy 1.17.1 and statsmodels 0.15.0:
    python tests/golden/make_statistics_golden.py
"""

import json
import warnings
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import scipy
import statsmodels
from scipy import stats
from scipy.optimize import curve_fit
from statsmodels.stats.contingency_tables import mcnemar
from statsmodels.stats.multitest import multipletests

warnings.filterwarnings("ignore")
METRICS = ["accuracy", "f1", "macro_f1", "macro_precision", "macro_recall", "weighted_f1", "loss"]


def numbers(values):
    """A number, a list of them or a list of lists, with null for NaN."""
    if np.ndim(values):
        return [numbers(value) for value in values]
    return float(values) if np.isfinite(values) else None


def metric(name, gold, given, loss, labels):
    """As scikit-learn: macro averages go over the labels that occur, 0 for what is undefined."""
    if name == "accuracy":
        return np.mean(gold == given)
    if name == "loss":
        return np.mean(loss)
    support = np.bincount(gold, minlength=labels)
    predicted = np.bincount(given, minlength=labels)
    hits = np.bincount(gold[gold == given], minlength=labels)
    f1 = 2 * hits / np.maximum(support + predicted, 1)
    present = support + predicted > 0
    if name == "f1" and labels == 2:
        return f1[1]
    if name == "weighted_f1":
        return np.sum(f1 * support) / len(gold)
    values = {"f1": f1, "macro_f1": f1, "macro_precision": hits / np.maximum(predicted, 1),
              "macro_recall": hits / np.maximum(support, 1)}[name]
    return np.mean(values[present])


def bca(data, statistic, distribution):
    result = stats.bootstrap(data, statistic, paired=len(data) > 1, vectorized=False, n_resamples=0,
                             bootstrap_result=SimpleNamespace(bootstrap_distribution=distribution),
                             method="BCa")
    return [result.confidence_interval.low, result.confidence_interval.high]


def given_distributions(rng):
    """The formulas: an interval from a distribution and the jackknife's values."""
    cases = []

    def case(name, data, statistic, distribution):
        distribution = np.asarray(distribution, dtype=float)
        jackknife = [statistic(*[np.delete(column, i) for column in data])
                     for i in range(len(data[0]))]
        cases.append({"name": name, "value": float(statistic(*data)),
                      "jackknife": numbers(jackknife), "distribution": numbers(distribution),
                      "interval": numbers(bca(data, statistic, distribution))})

    def drawn(data, statistic, count):
        index = rng.integers(0, len(data[0]), (count, len(data[0])))
        return [statistic(*[column[i] for column in data]) for i in index]

    skewed = np.round(rng.lognormal(0, 1, 40), 3)
    case("mean of skewed values", (skewed,), np.mean, drawn((skewed,), np.mean, 301))
    case("an even number of resamples", (skewed,), np.mean, drawn((skewed,), np.mean, 200))
    gold = rng.integers(0, 3, 60)
    given = np.where(rng.random(60) < 0.7, gold, rng.integers(0, 3, 60))
    for name in ("accuracy", "macro_f1"):
        statistic = lambda g, p, name=name: metric(name, g, p, None, 3)
        case(name, (gold, given), statistic, drawn((gold, given), statistic, 250))
    case("far from the value", (skewed,), np.mean, rng.normal(np.mean(skewed) - 0.4, 0.2, 200))
    case("all below the value", (skewed,), np.mean, np.mean(skewed) - 0.1 - rng.random(50))
    case("all equal", (np.ones(12),), np.mean, np.ones(50))
    return cases


def end_to_end(rng, labels, rows, resamples):
    """Three strategies, of which the second has two seeds, on the same rows."""
    gold = rng.choice(labels, rows, p=np.arange(1, labels + 1) / np.arange(1, labels + 1).sum())
    skills, runs = [[0.62], [0.66, 0.71], [0.78]], []
    luck = rng.random(rows)
    for seeds in skills:
        runs.append([])
        for skill in seeds:
            right = 0.7 * luck + 0.3 * rng.random(rows) < skill
            given = np.where(right, gold, rng.integers(0, labels, rows))
            loss = np.round(np.where(given == gold, 0.1, 1.2) + rng.exponential(0.3, rows), 4)
            runs[-1].append((given, loss))
    index = rng.integers(0, rows, (resamples, rows))
    statistics = {}
    for name in METRICS:
        def of(strategy, rows_, name=name):
            return np.mean([metric(name, gold[rows_], given[rows_], loss[rows_], labels)
                            for given, loss in runs[strategy]])
        drawn = np.array([[of(s, rows_) for s in range(3)] for rows_ in index])
        every = (np.arange(rows),)
        own = {"strategies": [], "pairs": []}
        for s in range(3):
            interval = bca(every, lambda rows_, s=s: of(s, rows_), drawn[:, s])
            own["strategies"].append({"value": float(of(s, every[0])),
                                      "interval": numbers(interval)})
        for first, second in ((0, 1), (0, 2), (1, 2)):
            def change(rows_, first=first, second=second):
                return of(second, rows_) - of(first, rows_)
            differences = drawn[:, second] - drawn[:, first]
            value = change(every[0])
            shifted = np.abs(differences - value) >= abs(value) * (1 - 1e-9) - 1e-15
            p = (1 + np.sum(shifted)) / (1 + resamples)
            own["pairs"].append({"value": float(value), "p": float(p),
                                 "interval": numbers(bca(every, change, differences))})
        statistics[name] = own
    return {"labels": labels, "gold": gold.tolist(), "resamples": resamples,
            "runs": [[{"predicted": given.tolist(), "losses": numbers(loss)}
                      for given, loss in seeds] for seeds in runs],
            "metrics": statistics}


def holm(rng):
    cases = [[], [0.03], [0.01, 0.04, 0.03, 0.005], [0.5, 0.9, 1.0], [0.02, 0.02, 0.02],
             [0.0002] * 3 + [1.0] * 3, np.round(rng.random(36) ** 3, 6).tolist()]
    return [{"p": case, "corrected": numbers(multipletests(case, method="holm")[1]) if case else []}
            for case in cases]


def power_laws(rng):
    def law(n, a, b, c):
        return a * n ** -b + c

    def change(parameters, n):
        return law(2 * n, *parameters) - law(n, *parameters)

    cases = []
    for name, sizes, seeds, (a, b, c), noise in (
            ("a floor", [125, 250, 500, 1000, 2000, 4000], 1, (2.0, 0.4, 0.1), 0.003),
            ("three seeds", [100, 300, 1000, 3000], 3, (1.2, 0.3, 0.15), 0.008),
            ("no floor", [200, 400, 800, 1600, 3200], 2, (1.5, 0.25, 0.0), 0.002),
            ("steep", [50, 100, 200, 400, 800, 1600], 2, (9.0, 0.9, 0.2), 0.004),
            ("exact", [100, 200, 400, 800, 1600], 1, (1.0, 0.5, 0.05), 0.0)):
        n = np.repeat(np.array(sizes, dtype=float), seeds)
        y = np.round(law(n, a, b, c) + noise * rng.standard_normal(len(n)), 6 if noise else 15)
        if name == "no floor":
            y = np.round(y - 0.01, 6)  # pushes the floor against its bound
        unit = np.exp(np.mean(np.log(n)))
        bounded = name == "no floor"
        form = (lambda x, a, b: a * x ** -b) if bounded else law
        upper = [np.inf, 3] if bounded else [np.inf, 3, np.inf]
        lower = [0, 0.01] if bounded else [0, 0.01, 0]
        start = [0.5, 0.5] if bounded else [0.5, 0.5, 0.05]
        found, covariance = curve_fit(form, n / unit, y, p0=start, bounds=(lower, upper),
                                      xtol=1e-15, ftol=1e-15, gtol=1e-15, max_nfev=20000)
        if bounded:  # the full model agrees that the floor is 0
            full, _ = curve_fit(law, n / unit, y, p0=start + [0.05],
                                bounds=([0, 0.01, 0], [np.inf, 3, np.inf]), max_nfev=20000)
            assert full[2] < 1e-6, full
        most = max(sizes)

        def slope(function):
            step, out = 1e-6, []
            for i in range(len(found)):
                delta = np.zeros(len(found))
                delta[i] = step
                out.append((function(found + delta) - function(found - delta)) / (2 * step))
            return np.array(out)

        def at(parameters):
            return form(2 * most / unit, *parameters)

        def gain(parameters):
            return at(parameters) - form(most / unit, *parameters)

        t = stats.t.ppf(0.975, len(n) - len(found))
        deviations = [float(np.sqrt(s @ covariance @ s)) for s in (slope(at), slope(gain))]
        cases.append({"name": name, "rows": n.tolist(), "errors": numbers(y),
                      "a": float(found[0] * unit ** found[1]), "b": float(found[1]),
                      "c": float(found[2]) if len(found) > 2 else 0.0,
                      "free": len(found), "twice": 2.0 * most, "noise": noise,
                      "at_twice": {"value": float(at(found)), "half": float(t * deviations[0])},
                      "gain": {"value": float(gain(found)), "half": float(t * deviations[1])}})
    return cases


def main():
    rng = np.random.default_rng(11)
    tests = [{"first_only": a, "second_only": b,
              "p": float(mcnemar([[10, a], [b, 10]], exact=True).pvalue)}
             for a, b in ((0, 0), (0, 1), (7, 0), (12, 31), (300, 341))]
    golden = {
        "versions": {"numpy": np.__version__, "scipy": scipy.__version__,
                     "statsmodels": statsmodels.__version__},
        "bca": given_distributions(rng),
        "end_to_end": [end_to_end(rng, 3, 240, 20000), end_to_end(rng, 2, 90, 20000)],
        "mcnemar": tests,
        "holm": holm(rng),
        "power_law": power_laws(rng),
        "normal_quantile": [{"p": p, "z": float(stats.norm.ppf(p))}
                            for p in (1e-12, 1e-4, 0.02, 0.025, 0.3, 0.5, 0.77, 0.975, 1 - 1e-7)],
        "student_t": [{"degrees": d, "p": p, "t": float(stats.t.ppf(p, d))}
                      for d in (1, 2, 3, 4, 7, 30, 301) for p in (0.6, 0.975, 0.1)]}
    path = Path(__file__).with_name("statistics_golden.json")
    path.write_text(json.dumps(golden, separators=(",", ":"), allow_nan=False) + "\n",
                    encoding="utf-8")
    print(path, path.stat().st_size, "bytes")


if __name__ == "__main__":
    main()
