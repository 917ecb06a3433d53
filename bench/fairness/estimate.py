"""How long the runs take: seconds from the numbers of rows, by rates of one machine."""

import settings

# Rows a second on two cores of AMD Zen 5 with bf16, alone on the machine (docs/fairness.md says how
# they were measured): training rows of an epoch, rows that the whole encoder reads; and seconds that
# a run and each strategy in it cost beside.
TRAINED = {"probe": 20000, "last-1": 2000, "last-3": 600, "full": 300, "bitfit": 430}
READ = 900
START, PER_STRATEGY = 1.5, 0.4
# Of the encoder, what a strategy reads of a text that is not trained on: the rest is kept from one pass.
READS = {"probe": 0.0, "last-1": 1 / 6, "last-3": 1 / 2, "full": 1.0, "bitfit": 1.0}


def call_seconds(task, points) -> float:
    every = task.train_rows + task.validation + task.test
    seconds = START + every / READ  # the frozen layers' one pass
    for strategy, (_, epochs) in points.items():
        seconds += PER_STRATEGY + epochs * task.train_rows / TRAINED[strategy]
        seconds += READS[strategy] * (epochs * task.validation + task.test) / READ
    return seconds


def default_points(task, strategies):
    return {strategy: (0.0, 10 if strategy == "probe" else 3) for strategy in strategies}


def hours(tasks, strategies, most_seeds=None) -> dict[str, float]:
    total = dict.fromkeys(("grid", "best", "default", "one"), 0.0)
    for task in tasks:
        seeds = len(settings.seeds(task.train_rows)[:most_seeds])
        grids = {strategy: settings.grid(strategy, task.train_rows) for strategy in strategies}
        calls = [call_seconds(task, {strategy: grid[at] for strategy, grid in grids.items()})
                 for at in range(len(settings.grid("probe", task.train_rows)))]
        one = call_seconds(task, default_points(task, strategies))
        total["grid"] += sum(calls) * seeds
        total["best"] += sum(calls) / len(calls) * seeds
        total["default"] += 3 * one * seeds  # as many as the defaults may take
        total["one"] += one
    return {kind: seconds / 3600 for kind, seconds in total.items()}
