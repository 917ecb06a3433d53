"""Runs thaw and keeps what it found as cells."""

import dataclasses
import hashlib
import json
import os
import pathlib
import re
import shutil
import subprocess
import tempfile
import threading
import time

import regret
import settings
from cells import Cells
from tasks import Task


class Failed(Exception):
    """thaw ended with an error; its last words."""


class Thaw:
    """The program: its version, the start of its SHA-256, and the keys that it has flags for."""

    def __init__(self, program: str, threads: int):
        self.program, self.threads = program, threads
        self.version = self.output("--version").strip().splitlines()[0]
        self.build = hashlib.sha256(pathlib.Path(program).read_bytes()).hexdigest()[:12]
        flags = re.findall(r"^ *--([a-z-]+)", self.output("compare", "--help"), re.MULTILINE)
        self.keys = {flag.replace("-", "_") for flag in flags}
        self.running: set[subprocess.Popen] = set()
        self.lock, self.stopped = threading.Lock(), False

    def output(self, *arguments: str) -> str:
        return subprocess.run([self.program, *arguments], capture_output=True, text=True, check=True).stdout

    def stop(self) -> None:
        """Ends what runs, and lets nothing start any more."""
        with self.lock:
            self.stopped = True
            for process in self.running:
                process.terminate()

    def compare(self, arguments: list[str], work: pathlib.Path) -> dict:
        """results.json of a comparison, and the seconds that the whole call took."""
        work.mkdir(parents=True, exist_ok=True)
        folder = pathlib.Path(tempfile.mkdtemp(prefix="run-", dir=work))
        try:
            with self.lock:
                if self.stopped:
                    raise Failed("stopped")
                began = time.monotonic()
                process = subprocess.Popen(
                    [self.program, "compare", *arguments, "--quiet", "--out", str(folder / "out")],
                    stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE,
                    text=True, errors="replace")
                self.running.add(process)
            try:
                _, words = process.communicate()
            finally:
                with self.lock:
                    self.running.discard(process)
            seconds = time.monotonic() - began
            if process.returncode != 0:
                raise Failed(f"thaw ended with {process.returncode}: " + " ".join(words.strip().splitlines()[-3:]))
            results = json.loads((folder / "out" / "results.json").read_text(encoding="utf-8"))
            results["call_seconds"] = seconds
            return results
        finally:
            shutil.rmtree(folder, ignore_errors=True)


def recommended(results: dict) -> str | None:
    """The strategy to take; results of thaw 0.1 say so in the words of the conclusion alone."""
    if "recommendation" in results:
        return results["recommendation"]["take"]
    names = {strategy["approach"] for strategy in results["strategies"]}
    for sentence in results["findings"]["conclusion"]:
        found = re.match(r"Take (\S+?)(?::| if )|(\S+) has the best ", sentence)
        if found and (found[1] or found[2]) in names:
            return found[1] or found[2]
    return None


def predicted_classes(test: dict) -> int:
    return sum(1 for counts in zip(*test["confusion"]) if any(counts))


@dataclasses.dataclass
class Call:
    """One run of thaw, of which every strategy becomes a cell."""

    kind: str
    task: Task
    seed: int
    points: dict[str, tuple[float, int] | None]  # strategy → learning rate and epochs, or the default

    def label(self) -> str:
        points = {f"{name} {point[0]:g} × {point[1]}" if point else name for name, point in self.points.items()}
        return f"{self.task.name}, {self.kind}, seed {self.seed}: {', '.join(sorted(points))}"


class Runner:
    def __init__(self, thaw: Thaw, cells: Cells, maker, model_of, work: pathlib.Path, strategies,
                 most_seeds: int | None):
        self.thaw, self.cells, self.maker, self.model_of = thaw, cells, maker, model_of
        self.work, self.strategies, self.most_seeds = work, strategies, most_seeds
        self.made: dict[str, tuple] = {}

    def seeds(self, task: Task) -> tuple[int, ...]:
        return settings.seeds(task.train_rows)[:self.most_seeds]

    def files(self, task: Task):
        if task.name not in self.made:
            files, data = self.maker.make(task)
            self.made[task.name] = (files, data, self.model_of(task.model))
        return self.made[task.name]

    def given(self, strategy: str) -> dict[str, str]:
        return settings.given(strategy, self.thaw.keys)

    def given_text(self, strategy: str) -> str:
        return " ".join(f"{key}={value}" for key, value in sorted(self.given(strategy).items()))

    def cell_key(self, kind: str, task: Task, strategy: str, seed: int, point) -> tuple:
        name = (kind, strategy, seed, self.files(task)[1])
        if kind == "grid":
            return (*name, *point, self.given_text(strategy))
        if kind == "best":
            return (*name, *point, self.given_text(strategy), self.thaw.build)
        return (*name, self.thaw.build)

    def missing(self, kind: str, task: Task) -> list[Call]:
        """The runs of this kind that a task still lacks, in the order in which they are made."""
        found = self.cells.read(task.name)
        calls = []

        def want(seed: int, points: dict) -> None:
            lacking = {strategy: point for strategy, point in points.items()
                       if self.cell_key(kind, task, strategy, seed, point) not in found}
            # Defaults and recommendations are of the whole comparison, never of a part of it.
            if lacking:
                calls.append(Call(kind, task, seed, lacking if kind == "grid" else points))

        if kind == "grid":
            grids = {strategy: settings.grid(strategy, task.train_rows) for strategy in self.strategies}
            for at in range(len(settings.grid("probe", task.train_rows))):
                for seed in self.seeds(task):
                    want(seed, {strategy: grid[at] for strategy, grid in grids.items()})
        elif kind == "best":
            chosen = self.chosen(task)
            for seed in self.seeds(task) if chosen else ():
                want(seed, chosen)
        elif kind == "default":
            for seed in self.seeds(task):
                want(seed, dict.fromkeys(self.strategies))
        elif kind == "one" and set(settings.ONE_RUN) & self.thaw.keys:
            want(self.seeds(task)[0], dict.fromkeys(self.strategies))
        return calls

    def chosen(self, task: Task) -> dict[str, tuple[float, int]] | None:
        """What the grid chose for each strategy, once it is whole for all of them."""
        data = self.files(task)[1]
        grid = [cell for cell in self.cells.read(task.name).values()
                if cell["kind"] == "grid" and cell["data"] == data
                and cell["given"] == self.given_text(cell["strategy"])]
        chosen = {strategy: regret.choose(grid, strategy, self.seeds(task), settings.grid(strategy, task.train_rows))
                  for strategy in self.strategies}
        return None if None in chosen.values() else chosen

    def arguments(self, call: Call) -> list[str]:
        files, _, model = self.files(call.task)
        arguments = ["--model", model, "--strategies", ",".join(call.points), "--seed", str(call.seed)]
        for split in ("train", "validation", "test"):
            arguments += [f"--{split}", str(files[split])]
        if self.thaw.threads:
            arguments += ["--threads", str(self.thaw.threads)]
        if call.kind == "one":
            arguments += [f"--set={key}={value}" for key, value in settings.ONE_RUN.items() if key in self.thaw.keys]
        if call.kind in ("grid", "best"):
            for strategy, (rate, epochs) in call.points.items():
                own = {**self.given(strategy), "learning_rate": f"{rate:g}", "epochs": str(epochs)}
                if "effort" in own:  # of the whole comparison
                    arguments += [f"--set=effort={own.pop('effort')}"]
                arguments += [f"--set={strategy}.{key}={value}" for key, value in own.items()]
        if call.kind == "grid":
            arguments += ["--check-data", "false", "--checkpoint-every", "never"]
        return arguments

    def run(self, call: Call) -> float:
        """Makes the run and keeps its cells; the seconds that it took."""
        results = self.thaw.compare(self.arguments(call), self.work)
        data = self.files(call.task)[1]
        advice = recommended(results)
        new = []
        for strategy in results["strategies"]:
            name = strategy["approach"]
            best = next((epoch for epoch in strategy["epochs"] if epoch["epoch"] == strategy["best_epoch"]), {})
            point = call.points[name]
            taken = strategy["settings"]
            cell = {
                "kind": call.kind, "strategy": name, "seed": call.seed, "data": data,
                "learning_rate": point[0] if point else float(taken.get("learning_rate", 0)),
                "epochs": point[1] if point else int(taken.get("epochs", 0)),
                "given": self.given_text(name) if point else "",
                "failure": strategy["failure"],
                "test": None if strategy["failure"] else strategy["test"]["macro_f1"],
                "predicted": 0 if strategy["failure"] else predicted_classes(strategy["test"]),
                "validation": best.get("validation_macro_f1"),
                "validation_loss": best.get("validation_loss"),
                "best_epoch": strategy["best_epoch"],
                "seconds": round(strategy["train_seconds"], 3),
                "version": self.thaw.version, "build": self.thaw.build,
                "cpu": results["machine"]["cpu"], "threads": results["machine"]["threads"],
                "precision": results["precision"].split(" (")[0],
            }
            if call.kind != "grid":
                cell |= {"recommended": advice, "call_seconds": round(results["call_seconds"], 3)}
            if call.kind in ("default", "one"):
                cell["taken"] = taken
            new.append(cell)
        self.cells.append(call.task.name, new)
        return results["call_seconds"]


def scratch(folder: pathlib.Path) -> pathlib.Path:
    """An empty folder for runs; what a killed runner left there goes."""
    shutil.rmtree(folder, ignore_errors=True)
    os.makedirs(folder)
    return folder
