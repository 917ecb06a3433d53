"""The tables of docs/fairness.md, from the cells alone."""

import math
import os
import pathlib
import statistics

import regret
import settings
import tasks
from cells import Cells

BEGIN = "<!-- bench/fairness --table writes what follows -->"
END = "<!-- end of what bench/fairness --table writes -->"
HALVES = ("choose", "report")
MOST_TIME = 3.0
LEAST_AGREEMENT = 0.95


def latest(cells, field):
    """The value of a field that was measured last."""
    return cells[-1][field] if cells else None


class Found:
    """What the cells say of every task."""

    def __init__(self, cells: Cells, all_tasks=tasks.TASKS, strategies=settings.STRATEGIES, most_seeds=None):
        self.regrets, self.agreements, self.times = [], [], {}
        self.unfinished, self.failed, self.one_class = [], [], []
        self.machines, self.builds, self.given, self.default_builds = set(), set(), set(), set()
        self.trainings, self.wanted = 0, 0
        self.default_trainings = dict.fromkeys(HALVES, 0)
        for task in all_tasks:
            self.add(task, list(cells.read(task.name).values()), strategies, most_seeds)

    def add(self, task, every, strategies, most_seeds) -> None:
        seeds = settings.seeds(task.train_rows)[:most_seeds]
        # Cells of other files of the task, or of another build's defaults, are of something else.
        data = latest(every, "data")
        every = [cell for cell in every if cell["data"] == data]
        by_kind = {}
        for kind in ("grid", "default", "one", "best"):
            own = [cell for cell in every if cell["kind"] == kind]
            if kind != "grid":
                build = latest(own, "build")
                own = [cell for cell in own if cell["build"] == build]
            by_kind[kind] = own
        self.default_builds |= {cell["build"] for cell in by_kind["default"]}
        used = []
        for strategy in strategies:
            self.wanted += 1
            grid = [cell for cell in by_kind["grid"] if cell["strategy"] == strategy]
            given = latest(grid, "given")
            grid = [cell for cell in grid if cell["given"] == given]
            used += grid
            defaults = [cell for cell in by_kind["default"] if cell["strategy"] == strategy and cell["seed"] in seeds]
            self.default_trainings[task.half] += len(defaults)
            self.failed += [(task.name, strategy, cell["seed"], cell["failure"]) for cell in defaults if cell["failure"]]
            self.one_class += [(task.name, strategy, cell["seed"]) for cell in defaults
                               if not cell["failure"] and cell["predicted"] < 2]
            own = regret.regret_of(task.name, task.half, strategy, seeds, grid, defaults,
                                   settings.grid(strategy, task.train_rows))
            if own:
                self.regrets.append(own)
            else:
                self.unfinished.append((task.name, strategy))
            if given is not None:
                self.given.add((strategy, given))
        used += by_kind["default"] + by_kind["best"] + by_kind["one"]
        self.trainings += len(used)
        self.machines |= {f"{cell['cpu']}, {cell['threads']} threads, {cell['precision']}" for cell in used}
        self.builds |= {f"{cell['version']} ({cell['build']})" for cell in used}
        agreement = regret.agreement_of(task.name, task.half, seeds, by_kind["default"], by_kind["best"])
        if agreement:
            self.agreements.append(agreement)
        seconds = {kind: {cell["seed"]: cell["call_seconds"] for cell in by_kind[kind]} for kind in ("default", "one")}
        both = [seed for seed in seconds["one"] if seed in seconds["default"]]
        if both:
            self.times[task.name] = (task.half, seconds["default"][both[0]], seconds["one"][both[0]])


def number(value: float, digits: int = 1, sign: bool = False) -> str:
    if math.isnan(value):
        return "?"
    text = f"{value:{'+' if sign else ''}.{digits}f}"
    return text.replace("-", "−")


def with_error(points: float, error: float) -> str:
    return f"{number(points, sign=True)} ± {number(error)}"


def row(*fields) -> str:
    return "| " + " | ".join(str(field) for field in fields) + " |"


def head(*fields) -> list[str]:
    return [row(*fields), "|" + "---|" * len(fields)]


def verdict(met: bool) -> str:
    return "met" if met else "missed"


def requirement_lines(found: Found) -> list[str]:
    lines = head("requirement", *HALVES, "all")
    groups = [[r for r in found.regrets if half in (r.half, None)] for half in HALVES] + [found.regrets]
    everyone = [[name] for name in HALVES] + [list(HALVES)]

    def add(name: str, tell) -> None:
        lines.append(row(name, *(tell(regrets, halves) for regrets, halves in zip(groups, everyone))))

    def mean(regrets, _):
        if not regrets:
            return ""
        value = regret.mean_regret(regrets)
        return f"{with_error(*value)}: {verdict(value[0] <= regret.MOST_MEAN)}"

    def bad(regrets, _, pooled=False):
        if not regrets:
            return ""
        errors = regret.pooled_errors(regrets) if pooled else [r.error for r in regrets]
        count = sum(regret.too_bad(r.points, error) for r, error in zip(regrets, errors))
        return f"{count} of {len(regrets)}: {verdict(count == 0)}"

    def agree(_, halves):
        own = [a for a in found.agreements if a.half in halves]
        if not own:
            return ""
        same, apart = sum(a.same for a in own), sum(a.told_apart for a in own)
        return (f"{len(own) - apart} of {len(own)} ({same} the same): "
                f"{verdict(len(own) - apart >= LEAST_AGREEMENT * len(own))}")

    def one_class(_, halves):
        trained = sum(found.default_trainings[half] for half in halves)
        names = {task.name for task in tasks.TASKS if task.half in halves}
        count = sum(name in names for name, *_ in found.one_class)
        return f"{count} of {trained}: {verdict(count == 0)}" if trained else ""

    def whole(regrets, halves):
        wanted = sum(task.half in halves for task in tasks.TASKS) * len(settings.STRATEGIES)
        return f"{len(regrets)} of {wanted}"

    def time(_, halves):
        own = [default / one for half, default, one in found.times.values() if half in halves]
        if not own:
            return ""
        return f"{number(statistics.median(own))}×, at most {number(max(own))}×: {verdict(max(own) <= MOST_TIME)}"

    add("cells (task and strategy) that are whole", whole)
    add(f"mean regret ≤ {regret.MOST_MEAN} points", mean)
    add(f"cells worse than {regret.MOST_OF_A_CELL} by more than two standard errors: none", bad)
    add("the same by standard errors pooled over tasks", lambda r, h: bad(r, h, pooled=True))
    add(f"recommendation the grid's, or not told from it: ≥ {100 * LEAST_AGREEMENT:.0f} % of the tasks", agree)
    add("trainings by default that end at one class: none", one_class)
    add(f"time of a comparison by default ≤ {MOST_TIME:g} × one run of each strategy", time)
    return lines


def task_lines(found: Found, strategies) -> list[str]:
    by_cell = {(r.task, r.strategy): r for r in found.regrets}
    advice = {a.task: a for a in found.agreements}
    lines = head("task", "half", "classes", "rows", *strategies, "recommended", "by the grid", "time")
    for task in tasks.TASKS:
        own = [by_cell.get((task.name, strategy)) for strategy in strategies]
        agreement, time = advice.get(task.name), found.times.get(task.name)
        if not any(own) and not agreement and not time:
            continue
        told = ""
        if agreement:
            told = agreement.by_grid or "nothing"
            if not agreement.same:
                apart = ", told apart" if agreement.told_apart else ""
                told += f" ({with_error(agreement.points, agreement.error)}{apart})"
        lines.append(row(
            task.name, task.half, task.classes, f"{task.train_rows:,}",
            *(with_error(r.points, r.error) if r else "" for r in own),
            (agreement.by_default or "nothing") if agreement else "", told,
            f"{number(time[1] / time[2])}×" if time else ""))
    return lines


def strategy_lines(found: Found, strategies) -> list[str]:
    lines = head("strategy", *HALVES, "all", "macro-F1 by default", "best of the grid")
    for strategy in strategies:
        own = [r for r in found.regrets if r.strategy == strategy]
        if own:
            groups = [[r for r in own if r.half == half] for half in HALVES] + [own]
            lines.append(row(strategy, *(with_error(*regret.mean_regret(group)) if group else "" for group in groups),
                             number(statistics.fmean(r.default for r in own), 3),
                             number(statistics.fmean(r.best for r in own), 3)))
    return lines


def worst_lines(found: Found, most: int = 10) -> list[str]:
    lines = head("task", "half", "strategy", "default", "best", "regret", "default trained with", "best trained with")
    for r in sorted(found.regrets, key=lambda r: -r.points)[:most]:
        lines.append(row(r.task, r.half, r.strategy, number(r.default, 3), number(r.best, 3),
                         with_error(r.points, r.error), r.taken, f"{r.chosen[0]:g} × {r.chosen[1]}"))
    return lines


def compose(found: Found, strategies=settings.STRATEGIES) -> str:
    if not found.regrets:
        return "No cell of the grid has been compared with the defaults yet: nothing is known.\n"
    lines = [f"From {found.trainings:,} trainings. Regret is in points of macro-F1, with its standard error over "
             "seeds; above 0 the best of the grid is ahead.", ""]
    lines += ["Programs: " + "; ".join(sorted(found.builds)) + ".  ",
              "Machine: " + "; ".join(sorted(found.machines)) + ".", ""]
    if len(found.default_builds) > 1:
        lines += [f"**The defaults are of {len(found.default_builds)} builds: "
                  "`--default` measures them again with one.**", ""]
    lines += requirement_lines(found) + ["", "By strategy:", ""] + strategy_lines(found, strategies)
    lines += ["", "By task (regret; seconds of the comparison by default over those of one run of each strategy):",
              ""]
    lines += task_lines(found, strategies) + ["", "The worst cells (learning rate × epochs):", ""] + worst_lines(found)
    ends = [r for r in found.regrets
            if r.chosen[0] in (min(settings.LEARNING_RATES[r.strategy]), max(settings.LEARNING_RATES[r.strategy]))]
    lines += ["", f"In {len(ends)} of {len(found.regrets)} cells the best learning rate is the lowest or the highest of the grid: "
              "beyond it there may be a better one."]
    if found.unfinished:
        done = found.wanted - len(found.unfinished)
        names = sorted({task for task, _ in found.unfinished})
        lines += ["", f"{done} of {found.wanted} cells are whole; some of these tasks are missing: {', '.join(names)}."]
    if found.failed:
        lines += ["", "Trainings that failed by default: " +
                  "; ".join(f"{task}, {strategy}, seed {seed}: {why}" for task, strategy, seed, why in found.failed) + "."]
    if found.one_class:
        lines += ["", "Trainings by default that answer one class only: " +
                  "; ".join(f"{task}, {strategy}, seed {seed}" for task, strategy, seed in found.one_class) + "."]
    given = sorted({text for _, text in found.given})
    lines += ["", "Given to every run of the grid: " +
              "; or ".join(f"`{text}`" if text else "nothing more" for text in given) + "."]
    return "\n".join(lines) + "\n"


def write(path: pathlib.Path, text: str) -> None:
    page = path.read_text(encoding="utf-8")
    if page.count(BEGIN) != 1 or page.count(END) != 1:
        raise SystemExit(f"bench/fairness: {path.name} lacks the two lines between which the table stands")
    before, rest = page.split(BEGIN)
    after = rest.split(END)[1]
    partial = path.with_suffix(".partial")
    partial.write_text(f"{before}{BEGIN}\n\n{text}\n{END}{after}", encoding="utf-8")
    os.replace(partial, path)
