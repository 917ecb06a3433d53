"""How far thaw's defaults are from the best of a grid, by task and strategy (docs/fairness.md).

    python3 bench/fairness --list                the tasks, and how long each part takes
    python3 bench/fairness --grid --data DIR     the grid, and what it would recommend; goes on where it was left
    python3 bench/fairness --default --data DIR  the defaults of this build, and one run for their time
    python3 bench/fairness --table               writes the tables of docs/fairness.md
"""

import argparse
import concurrent.futures
import os
import pathlib
import signal
import sys
import threading
import time

import estimate
import models
import runner
import settings
import sources
import table
import tasks
from cells import Alone, Cells

HERE = pathlib.Path(__file__).resolve().parent


def parse_arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="bench/fairness", description=__doc__,
                                     formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--grid", action="store_true", help="measure what the grid still lacks")
    parser.add_argument("--default", action="store_true", help="measure what the defaults of this build still lack")
    parser.add_argument("--table", action="store_true", help="write the tables from what was measured")
    parser.add_argument("--list", action="store_true", help="print the tasks and an estimate of the time")
    parser.add_argument("--dry-run", action="store_true", help="print the runs that are missing, and make none")
    parser.add_argument("--data", type=pathlib.Path, metavar="DIR",
                        help="folder with train.parquet, validation.parquet and test.parquet of TweetEval's sentiment "
                             "(shared/data/tweet_eval/sentiment beside the checkout, where it is there)")
    parser.add_argument("--thaw", default=str(sources.REPOSITORY / "build/thaw"), metavar="FILE",
                        help="the program (build/thaw)")
    parser.add_argument("--tasks", type=lambda text: text.split(","), metavar="LIST", help="some of the tasks only")
    parser.add_argument("--half", choices=table.HALVES, help="the tasks of one half only")
    parser.add_argument("--strategies", type=lambda text: text.split(","), metavar="LIST",
                        default=list(settings.STRATEGIES), help="some of the strategies only")
    parser.add_argument("--seeds", type=int, metavar="N",
                        help="at most N seeds, instead of 3 for small tasks and 2 for others")
    parser.add_argument("--budget", type=float, metavar="MINUTES", help="start no run after so many minutes")
    parser.add_argument("--jobs", type=int, default=1, metavar="N",
                        help="runs side by side (1): for times, one alone")
    parser.add_argument("--threads", type=int, default=0, metavar="N",
                        help="of each run (all cores, shared by the jobs)")
    parser.add_argument("--cells", type=pathlib.Path, default=HERE / "cells", metavar="FOLDER",
                        help="where cells are kept")
    parser.add_argument("--work", type=pathlib.Path, default=sources.REPOSITORY / "build/fairness", metavar="FOLDER",
                        help="for the tasks' files and for runs (build/fairness)")
    parser.add_argument("--page", type=pathlib.Path, default=sources.REPOSITORY / "docs/fairness.md", help=argparse.SUPPRESS)
    options = parser.parse_args()
    if not (options.grid or options.default or options.table or options.list):
        parser.error("say what is wanted: --list, --grid, --default or --table")
    known = {task.name for task in tasks.TASKS}
    for name in options.tasks or ():
        if name not in known:
            parser.error(f"there is no task {name!r}: --list names them")
    for name in options.strategies:
        if name not in settings.STRATEGIES:
            parser.error(f"{name!r} is none of {', '.join(settings.STRATEGIES)}")
    if options.seeds is not None and options.seeds < 1 or options.jobs < 1:
        parser.error("--seeds and --jobs begin at 1")
    if (options.table or options.default) and options.strategies != list(settings.STRATEGIES):
        # The recommendation, and the time, are of all of them together.
        parser.error("--default and --table are of all strategies")
    return options


def chosen_tasks(options) -> list[tasks.Task]:
    return [task for task in tasks.TASKS
            if (not options.tasks or task.name in options.tasks) and options.half in (None, task.half)]


def print_list(options) -> None:
    print(f"{'task':18}{'half':8}{'source':11}{'classes':>8}{'train':>7}{'valid.':>7}{'test':>6}{'seeds':>6}  grid")
    for task in chosen_tasks(options):
        hours = estimate.hours([task], options.strategies, options.seeds)
        seeds = len(settings.seeds(task.train_rows)[:options.seeds])
        print(f"{task.name:18}{task.half:8}{task.source:11}{task.classes:8}{task.train_rows:7}{task.validation:7}"
              f"{task.test:6}{seeds:6}  {60 * hours['grid']:.0f} min")
    hours = estimate.hours(chosen_tasks(options), options.strategies, options.seeds)
    print("Hours on two cores of AMD Zen 5: " + ", ".join(f"{kind} {value:.1f}" for kind, value in hours.items()) +
          f"; together {sum(hours.values()):.1f}")


class Progress:
    def __init__(self, budget_minutes: float | None):
        self.began, self.budget = time.monotonic(), budget_minutes
        self.done, self.failures = 0, []
        self.lock = threading.Lock()

    def over(self) -> bool:
        return self.budget is not None and time.monotonic() - self.began >= 60 * self.budget

    def run(self, bench: runner.Runner, call: runner.Call) -> None:
        if self.over() or bench.thaw.stopped:
            return
        try:
            seconds = bench.run(call)
        except runner.Failed as error:
            if not bench.thaw.stopped:
                with self.lock:
                    self.failures.append(f"{call.label()}: {error}")
                    print(f"FAILED {self.failures[-1]}", flush=True)
            return
        with self.lock:
            self.done += 1
            minutes = (time.monotonic() - self.began) / 60
            print(f"{minutes:6.1f} min  {seconds:6.1f} s  {call.label()}", flush=True)


def measure(options) -> int:
    if not os.access(options.thaw, os.X_OK):
        raise SystemExit(f"bench/fairness: there is no {options.thaw}: build it, or name it with --thaw")
    threads = options.threads or (max(1, (os.cpu_count() or 1) // options.jobs) if options.jobs > 1 else 0)
    thaw = runner.Thaw(options.thaw, threads)
    beside = sources.REPOSITORY.parent / "shared/data/tweet_eval/sentiment"
    data = options.data or (beside if beside.exists() else None)
    work = runner.scratch(options.work / "runs")
    bench = runner.Runner(thaw, Cells(options.cells), tasks.Maker(options.work, data, options.thaw),
                          lambda shape: models.folder_of(shape, options.work), work, options.strategies, options.seeds)
    for ending in (signal.SIGINT, signal.SIGTERM):
        signal.signal(ending, lambda *_: threading.Thread(target=thaw.stop).start())
    progress = Progress(options.budget)
    print(f"{thaw.version}, build {thaw.build}", flush=True)
    # What the grid recommends needs all strategies, and the whole grid of the task.
    kinds = ["grid"] * options.grid
    if options.grid and options.strategies == list(settings.STRATEGIES):
        kinds.append("best")
    kinds += ["one", "default"] * options.default
    missing_ahead = 0
    for task in chosen_tasks(options):
        try:
            bench.files(task)
        except sources.Absent as error:
            print(f"skipped {task.name}: {error}", flush=True)
            continue
        for kind in kinds:
            calls = bench.missing(kind, task)
            if options.dry_run:
                for call in calls:
                    print(call.label())
                missing_ahead += len(calls)
                continue
            with concurrent.futures.ThreadPoolExecutor(options.jobs) as pool:
                for done in [pool.submit(progress.run, bench, call) for call in calls]:
                    done.result()
            missing_ahead += len(bench.missing(kind, task))
        if thaw.stopped:
            break
    if options.dry_run:
        print(f"{missing_ahead} runs are missing")
        return 0
    left = f", {missing_ahead} still missing: the same command goes on" if missing_ahead else ""
    print(f"{progress.done} runs made{left}")
    for failure in progress.failures:
        print(f"FAILED {failure}")
    return 130 if thaw.stopped else 1 if progress.failures else 0


def main() -> int:
    options = parse_arguments()
    if options.list:
        print_list(options)
    code = 0
    if options.grid or options.default:
        with Alone(options.cells):
            code = measure(options)
    if options.table and code == 0:
        table.write(options.page, table.compose(table.Found(Cells(options.cells), most_seeds=options.seeds)))
    return code


if __name__ == "__main__":
    sys.exit(main())
