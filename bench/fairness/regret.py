"""How far the defaults are from the best of the grid.

Regret is the best of the grid less the default, in points of macro-F1 on the test rows: below 0 the
default is better. Both are means over the same seeds, so its standard error is that of the mean of
the paired differences, sd / √n. The best of the grid is chosen on validation, never on test rows.
"""

import collections
import dataclasses
import math
import statistics

MOST_MEAN = 0.7  # points, over all cells
MOST_OF_A_CELL = 2.5  # points, beyond two standard errors


def choose(cells, strategy: str, seeds, grid):
    """The learning rate and epochs with the highest mean validation macro-F1 over seeds; of equals
    that with the lower validation loss. None unless every point has a cell of every seed."""
    found = {(cell["learning_rate"], cell["epochs"], cell["seed"]): cell
             for cell in cells if cell["strategy"] == strategy}
    best, best_value = None, None
    for point in grid:
        own = [found.get((*point, seed)) for seed in seeds]
        if None in own:
            return None
        if any(cell["failure"] or cell["validation"] is None for cell in own):
            continue
        value = (statistics.fmean(cell["validation"] for cell in own),
                 -statistics.fmean(cell["validation_loss"] for cell in own))
        if best is None or value > best_value:
            best, best_value = point, value
    return best


def paired(better, worse) -> tuple[float, float]:
    """The mean of better − worse, seed by seed, and its standard error; nan from a single seed."""
    differences = [a - b for a, b in zip(better, worse, strict=True)]
    error = statistics.stdev(differences) / math.sqrt(len(differences)) if len(differences) > 1 else math.nan
    return statistics.fmean(differences), error


@dataclasses.dataclass
class Regret:
    task: str
    half: str
    strategy: str
    seeds: int
    default: float  # macro-F1, 0 to 1, means over seeds
    best: float
    points: float  # regret, in points
    error: float  # its standard error
    variance: float  # of the paired differences, in points², with seeds − 1 degrees of freedom
    chosen: tuple[float, int]
    taken: str  # what the default trained with, at the first seed
    fewest_predicted: int  # classes that the default predicts at all, in its worst seed


def regret_of(task: str, half: str, strategy: str, seeds, grid_cells, default_cells, grid) -> Regret | None:
    """None where a cell is missing or a default failed (which is counted elsewhere)."""
    chosen = choose(grid_cells, strategy, seeds, grid)
    defaults = {cell["seed"]: cell for cell in default_cells if cell["strategy"] == strategy}
    if chosen is None or any(seed not in defaults or defaults[seed]["failure"] for seed in seeds):
        return None
    best = {cell["seed"]: cell["test"] for cell in grid_cells
            if cell["strategy"] == strategy and (cell["learning_rate"], cell["epochs"]) == chosen}
    of_grid = [100 * best[seed] for seed in seeds]
    of_default = [100 * defaults[seed]["test"] for seed in seeds]
    points, error = paired(of_grid, of_default)
    first = defaults[seeds[0]]
    return Regret(task, half, strategy, len(seeds), statistics.fmean(of_default) / 100, statistics.fmean(of_grid) / 100,
                  points, error, error**2 * len(seeds), chosen, f"{first['learning_rate']:g} × {first['epochs']}",
                  min(defaults[seed]["predicted"] for seed in seeds))


def mean_regret(regrets) -> tuple[float, float]:
    """The mean over cells, and its standard error with tasks as the units: the strategies of one
    task share their rows and are not independent."""
    by_task = collections.defaultdict(list)
    for regret in regrets:
        by_task[regret.task].append(regret.points)
    mean = statistics.fmean(regret.points for regret in regrets)
    if len(by_task) < 2:
        return mean, math.nan
    # The mean is Σ sums / Σ cells over tasks: the error of a ratio (Cochran 1977, eq. 6.13).
    residuals = [sum(own) - mean * len(own) for own in by_task.values()]
    return mean, math.sqrt(sum(r * r for r in residuals) * len(residuals) / (len(residuals) - 1)) / len(regrets)


def pooled_errors(regrets) -> list[float]:
    """Standard errors from the variance pooled over a strategy's cells with as many seeds: two or
    three seeds say little about their own spread, a dozen cells together say more."""
    pools = collections.defaultdict(list)
    for regret in regrets:
        pools[regret.strategy, regret.seeds].append(regret.variance)
    return [math.sqrt(statistics.fmean(pools[regret.strategy, regret.seeds]) / regret.seeds) for regret in regrets]


def too_bad(points: float, error: float) -> bool:
    """Worse than a cell may be, by more than two standard errors; an unknown one excuses nothing."""
    return points - (0 if math.isnan(error) else 2 * error) > MOST_OF_A_CELL


def most_frequent(names) -> str | None:
    """The strategy that most seeds recommend; of equals the first one's."""
    named = [name for name in names if name]
    return max(named, key=named.count) if named else None


@dataclasses.dataclass
class Agreement:
    task: str
    half: str
    by_default: str | None
    by_grid: str | None
    points: float  # the model that the grid recommends less the one that the default recommends
    error: float

    @property
    def same(self) -> bool:
        return self.by_default is not None and self.by_default == self.by_grid

    @property
    def told_apart(self) -> bool:
        """Whether who follows the default's advice has a worse model, by more than two standard
        errors over the seeds, than who follows the grid's. Without a recommendation on one side there
        is nothing to compare, and it counts as told apart."""
        if self.same or (self.by_default is None and self.by_grid is None):
            return False
        return not self.points <= 2 * self.error


def agreement_of(task: str, half: str, seeds, default_cells, best_cells) -> Agreement | None:
    """`best_cells` are of comparisons in which every strategy has the grid's settings."""
    advice = {}
    for name, cells in (("default", default_cells), ("best", best_cells)):
        by_seed = {cell["seed"]: cell["recommended"] for cell in cells}
        if any(seed not in by_seed for seed in seeds):
            return None
        advice[name] = most_frequent(by_seed[seed] for seed in seeds)
    tests = {name: {(cell["strategy"], cell["seed"]): cell["test"] for cell in cells}
             for name, cells in (("best", best_cells), ("default", default_cells))}
    points, error = math.nan, math.nan
    if None not in advice.values():
        scores = [[tests[name].get((advice[name], seed)) for seed in seeds] for name in ("best", "default")]
        if None not in scores[0] + scores[1]:
            points, error = paired([100 * s for s in scores[0]], [100 * s for s in scores[1]])
    return Agreement(task, half, advice["default"], advice["best"], points, error)
