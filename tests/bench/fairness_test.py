"""bench/fairness: the tasks' files, resuming, and the arithmetic of regret.

    python3 -m unittest discover -s tests/bench -p "*_test.py"
"""

import collections
import contextlib
import io
import json
import math
import os
import pathlib
import signal
import struct
import subprocess
import sys
import tempfile
import time
import unittest

REPOSITORY = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(REPOSITORY / "bench" / "fairness"))

import cells  # noqa: E402
import estimate  # noqa: E402
import models  # noqa: E402
import regret  # noqa: E402
import runner  # noqa: E402
import settings  # noqa: E402
import sources  # noqa: E402
import table  # noqa: E402
import tasks  # noqa: E402

FAKE_THAW = pathlib.Path(__file__).resolve().with_name("fake_thaw.py")


def made_up_ratings(rows=6000):
    """As many rows of every rating from -2.0 to 2.0."""
    return [(f"Sentence number {at}, as it happens", at % 41 / 10 - 2) for at in range(rows)]


class Tasks(unittest.TestCase):
    def rows_of(self, task):
        if task.source == "packages":
            return [(f"package {at}", tasks.SECTIONS[at % 24]) for at in range(6000)]
        if task.source == "sentiment":
            return [(f"tweet {at}", ("negative", "neutral", "positive")[at % 3]) for at in range(6000)]
        return tasks.labelled(task, made_up_ratings())

    def test_no_text_is_in_two_splits_and_every_split_has_its_rows(self):
        for task in tasks.TASKS:
            splits = tasks.draw(task, self.rows_of(task))
            texts = [sources.same(text) for rows in splits.values() for text, _ in rows]
            self.assertEqual(len(texts), len(set(texts)), task.name)
            self.assertEqual({split: len(rows) for split, rows in splits.items()},
                             {"test": task.test, "validation": task.validation, "train": task.train_rows}, task.name)
            self.assertEqual(len({label for _, label in splits["train"]}), task.classes, task.name)
            self.assertLessEqual(len(splits["train"]), 2000, task.name)
            self.assertGreaterEqual(len(splits["test"]), 1000, task.name)

    def test_a_draw_does_not_depend_on_the_order_of_the_source(self):
        task = next(task for task in tasks.TASKS if task.name == "films-3")
        rows = self.rows_of(task)
        self.assertEqual(tasks.draw(task, rows), tasks.draw(task, rows[::-1]))
        self.assertNotEqual(tasks.draw(task, rows)["train"], sorted(tasks.draw(task, rows)["train"]))

    def test_the_first_rows_of_a_draw_are_these(self):
        # So that no version of Python and no other machine draws other rows.
        task = tasks.Task("example", "choose", "tweets", 2, 4, 2, 2)
        rows = [(f"row {at}", ("negative", "positive")[at % 2]) for at in range(20)]
        drawn = tasks.draw(task, rows)
        self.assertEqual(drawn, EXAMPLE)

    def test_the_shares_of_labels(self):
        def counts(name, split):
            task = next(task for task in tasks.TASKS if task.name == name)
            return collections.Counter(label for _, label in tasks.draw(task, self.rows_of(task))[split])
        self.assertEqual(set(counts("tweets-3-of-8", "train").values()), {8})
        self.assertNotEqual(len(set(counts("tweets-3-of-8", "test").values())), 1)
        self.assertEqual(counts("tweets-20-to-1", "train"), {"negative": 40, "positive": 800})
        self.assertEqual(counts("tweets-20-to-1", "test"), {"negative": 50, "positive": 1000})
        self.assertEqual(set(counts("packages-24", "train").values()), {60})

    def test_ratings_become_labels_at_the_cuts(self):
        def labels(classes, *ratings):
            task = tasks.Task("x", "choose", "tweets", classes, 1, 1, 1)
            return [label for _, label in tasks.labelled(task, [("", rating) for rating in ratings])]
        self.assertEqual(labels(2, -0.6, 0.4, -0.4, 0.6), ["negative", "positive"])
        self.assertEqual(labels(3, -0.6, -0.4, 0.6), ["negative", "neutral", "positive"])
        self.assertEqual(labels(5, -1.6, -1.4, 0, 1.4, 1.6), list(tasks.NAMES[5]))

    def test_rows_are_apportioned_by_largest_remainders(self):
        self.assertEqual(tasks.apportion(10, {"a": 1, "b": 1, "c": 1}), {"a": 4, "b": 3, "c": 3})
        self.assertEqual(tasks.apportion(7, {"a": 5, "b": 2, "c": 0}), {"a": 5, "b": 2, "c": 0})

    def test_a_text_with_two_labels_is_left_out_and_a_repeated_one_stands_once(self):
        rows = [("A b", 1), ("a  B", 1), ("c", 1), ("C", 2), ("  ", 1)]
        self.assertEqual(sources.distinct(rows), [("A b", 1)])

    def test_guards_of_spreadsheets_are_taken_away(self):
        self.assertEqual([sources.without_guard(text) for text in ("'@user hi", "''@user", "'tis", "@x", "'")],
                         ["@user hi", "'@user", "'tis", "@x", "'"])

    def test_halves_and_what_they_must_hold(self):
        halves = collections.Counter(task.half for task in tasks.TASKS)
        self.assertLessEqual(abs(halves["choose"] - halves["report"]), 1)
        self.assertGreaterEqual(len(tasks.TASKS), 12)
        self.assertEqual(len({task.name for task in tasks.TASKS}), len(tasks.TASKS))

    def test_the_grid_fits_a_night(self):
        self.assertLessEqual(estimate.hours(tasks.TASKS, settings.STRATEGIES)["grid"], 8)
        for strategy in settings.STRATEGIES:
            for rows in (16, 456, 1825):
                grid = settings.grid(strategy, rows)
                self.assertEqual(len({rate for rate, _ in grid}), 4)
                self.assertEqual(len({epochs for _, epochs in grid}), 2)


EXAMPLE = {
    "test": [("row 11", "positive"), ("row 16", "negative")],
    "validation": [("row 14", "negative"), ("row 9", "positive")],
    "train": [("row 15", "positive"), ("row 6", "negative"), ("row 17", "positive"), ("row 2", "negative")],
}


class Maker(unittest.TestCase):
    def test_the_same_files_are_made_twice(self):
        maker = tasks.Maker(pathlib.Path(self.enterContext(tempfile.TemporaryDirectory())), None, "")
        maker.read["films"] = made_up_ratings()
        task = next(task for task in tasks.TASKS if task.name == "films-2-of-8")
        files, first = maker.make(task)
        content = {split: path.read_bytes() for split, path in files.items()}
        maker.read["films"] = made_up_ratings()[::-1]
        self.assertEqual(maker.make(task), (files, first))
        self.assertEqual({split: path.read_bytes() for split, path in files.items()}, content)
        self.assertTrue(content["train"].startswith(b"text,label\n"))
        maker.read["films"] = made_up_ratings(5990)
        self.assertNotEqual(maker.make(task)[1], first)


class Models(unittest.TestCase):
    def test_positions_hold_the_first_segment(self):
        def tensor(*values, shape):
            return list(shape), struct.pack(f"<{len(values)}f", *values)
        tensors = {
            "embeddings.position_embeddings.weight": tensor(1, 2, 3, 4, shape=(2, 2)),
            "embeddings.token_type_embeddings.weight": tensor(10, 20, 70, 80, shape=(2, 2)),
            "encoder.layer.0.attention.self.query.bias": tensor(5, 6, shape=(2,)),
            "encoder.layer.0.output.LayerNorm.bias": tensor(7, 8, shape=(2,)),
            "pooler.dense.bias": tensor(9, 9, shape=(2,)),
        }
        config = dict.fromkeys(("hidden_act", "hidden_size", "intermediate_size", "num_hidden_layers", "num_attention_heads",
                                "layer_norm_eps", "vocab_size", "attention_probs_dropout_prob", "hidden_dropout_prob",
                                "max_position_embeddings"), 2)
        named, made = models.distilbert(tensors, config)
        positions = named["distilbert.embeddings.position_embeddings.weight"][1]
        self.assertEqual(struct.unpack("<4f", positions), (11, 22, 13, 24))
        self.assertEqual(named["distilbert.transformer.layer.0.attention.q_lin.bias"], tensor(5, 6, shape=(2,)))
        self.assertEqual(named["distilbert.transformer.layer.0.output_layer_norm.bias"], tensor(7, 8, shape=(2,)))
        self.assertEqual(len(named), 3)
        named, made = models.roberta(tensors, config)
        positions = named["roberta.embeddings.position_embeddings.weight"][1]
        self.assertEqual(struct.unpack("<8f", positions), (0, 0, 0, 0, 11, 22, 13, 24))
        self.assertEqual(made["max_position_embeddings"], 4)
        self.assertEqual(struct.unpack("<2f", named["roberta.embeddings.token_type_embeddings.weight"][1]), (0, 0))
        with tempfile.TemporaryDirectory() as folder:
            models.write_tensors(pathlib.Path(folder) / "x", named)
            self.assertEqual(models.read_tensors(pathlib.Path(folder) / "x"), named)


def cell(kind="grid", strategy="full", seed=1, rate=1e-4, epochs=3, test=0.5, validation=0.5, loss=1.0, **more):
    return {"kind": kind, "strategy": strategy, "seed": seed, "data": "d", "learning_rate": rate, "epochs": epochs,
            "given": "", "failure": "", "test": test, "predicted": 2, "validation": validation, "validation_loss": loss,
            "best_epoch": 1, "seconds": 1.0, "version": "thaw 0", "build": "b", "cpu": "c", "threads": "2",
            "precision": "fp32", **more}


GRID = [(1e-4, 3), (2e-4, 3)]


class Regret(unittest.TestCase):
    def test_the_best_is_chosen_on_validation_and_not_on_test(self):
        found = [cell(rate=1e-4, seed=seed, validation=0.6, test=0.4) for seed in (1, 2)]
        found += [cell(rate=2e-4, seed=seed, validation=0.5, test=0.9) for seed in (1, 2)]
        self.assertEqual(regret.choose(found, "full", (1, 2), GRID), (1e-4, 3))

    def test_of_equals_the_lower_validation_loss_is_chosen(self):
        found = [cell(rate=1e-4, loss=0.8), cell(rate=2e-4, loss=0.7)]
        self.assertEqual(regret.choose(found, "full", (1,), GRID), (2e-4, 3))

    def test_a_grid_that_lacks_a_cell_chooses_nothing(self):
        found = [cell(rate=1e-4, seed=1), cell(rate=1e-4, seed=2), cell(rate=2e-4, seed=1)]
        self.assertIsNone(regret.choose(found, "full", (1, 2), GRID))
        self.assertEqual(regret.choose(found, "full", (1,), GRID), (1e-4, 3))

    def test_what_failed_is_not_chosen(self):
        found = [cell(rate=1e-4, failure="diverged", test=None, validation=0.9), cell(rate=2e-4)]
        self.assertEqual(regret.choose(found, "full", (1,), GRID), (2e-4, 3))

    def test_regret_is_signed_and_paired_by_seed(self):
        grid = [cell(rate=rate, seed=seed, validation=rate, test=test)
                for rate, seed, test in ((1e-4, 1, 0.1), (1e-4, 2, 0.1), (1e-4, 3, 0.1),
                                         (2e-4, 1, 0.70), (2e-4, 2, 0.80), (2e-4, 3, 0.75))]
        defaults = [cell("default", seed=seed, test=test) for seed, test in ((3, 0.74), (1, 0.68), (2, 0.77))]
        own = regret.regret_of("t", "choose", "full", (1, 2, 3), grid, defaults, GRID)
        # Differences 2, 3, 1 points: mean 2, sd 1. Unpaired the error would be 3.8.
        self.assertAlmostEqual(own.points, 2.0)
        self.assertAlmostEqual(own.error, 1 / math.sqrt(3))
        self.assertAlmostEqual(own.variance, 1.0)
        self.assertEqual(own.chosen, (2e-4, 3))
        self.assertAlmostEqual(own.best, 0.75)
        for each in defaults:
            each["test"] += 0.1
        own = regret.regret_of("t", "choose", "full", (1, 2, 3), grid, defaults, GRID)
        self.assertAlmostEqual(own.points, -8.0)
        self.assertIsNone(regret.regret_of("t", "choose", "full", (1, 2, 3), grid, defaults[:2], GRID))

    def regrets(self, *points):
        return [regret.Regret(f"task {task}", "choose", strategy, 2, 0, 0, value, 0.5, 0.5, (0, 0), "", 2)
                for task, strategy, value in points]

    def test_the_error_of_the_mean_has_tasks_as_its_units(self):
        mean, error = regret.mean_regret(self.regrets((1, "full", 1.0), (1, "probe", 1.0), (2, "full", 3.0), (2, "probe", 3.0)))
        self.assertAlmostEqual(mean, 2.0)
        self.assertAlmostEqual(error, 1.0)  # two tasks with means 1 and 3: sd √2, over √2
        self.assertTrue(math.isnan(regret.mean_regret(self.regrets((1, "full", 1.0)))[1]))

    def test_errors_are_pooled_over_the_tasks_of_a_strategy(self):
        own = self.regrets((1, "full", 1.0), (2, "full", 1.0), (1, "probe", 1.0))
        own[0].variance, own[1].variance, own[2].variance = 2.0, 6.0, 18.0
        self.assertEqual([round(error, 9) for error in regret.pooled_errors(own)],
                         [round(math.sqrt(2), 9), round(math.sqrt(2), 9), 3.0])

    def test_a_cell_is_too_bad_beyond_two_errors(self):
        self.assertTrue(regret.too_bad(2.6, 0.0))
        self.assertFalse(regret.too_bad(2.5, 0.0))
        self.assertFalse(regret.too_bad(5.0, 1.3))
        self.assertTrue(regret.too_bad(5.0, 1.2))
        self.assertFalse(regret.too_bad(-9.0, 0.1))
        self.assertTrue(regret.too_bad(2.6, math.nan))

    def agreement(self, by_default, by_grid, full, probe):
        defaults, best = ([cell(kind, strategy, seed, test=tests[seed - 1], recommended=advice)
                           for strategy, tests in (("full", full), ("probe", probe)) for seed in (1, 2)]
                          for kind, advice in (("default", by_default), ("best", by_grid)))
        return regret.agreement_of("t", "choose", (1, 2), defaults, best)

    def test_recommendations_agree_where_the_difference_is_within_two_errors(self):
        same = self.agreement("full", "full", (0.9, 0.9), (0.1, 0.1))
        self.assertTrue(same.same)
        self.assertFalse(same.told_apart)
        apart = self.agreement("probe", "full", (0.90, 0.91), (0.80, 0.80))
        self.assertAlmostEqual(apart.points, 10.5)
        self.assertTrue(apart.told_apart)
        close = self.agreement("probe", "full", (0.85, 0.80), (0.81, 0.82))
        self.assertAlmostEqual(close.points, 1.0)
        self.assertAlmostEqual(close.error, 3.0)
        self.assertFalse(close.told_apart)
        # Advice that gives a better model than the grid's is no fault.
        better = self.agreement("full", "probe", (0.90, 0.91), (0.80, 0.80))
        self.assertAlmostEqual(better.points, -10.5)
        self.assertFalse(better.told_apart)
        self.assertTrue(self.agreement(None, "full", (0.9, 0.9), (0.1, 0.1)).told_apart)
        self.assertFalse(self.agreement(None, None, (0.9, 0.9), (0.1, 0.1)).told_apart)

    def test_what_a_comparison_recommends(self):
        def of(*conclusion):
            return runner.recommended({"strategies": [{"approach": "full"}, {"approach": "last-1"}],
                                       "findings": {"conclusion": list(conclusion)}})
        self.assertEqual(of("Take full if 32 s of training are no hindrance: its lead …"), "full")
        self.assertEqual(of("Take last-1: full is ahead of it by …"), "last-1")
        self.assertEqual(of("last-1 has the best value, but these 160 test rows do not tell …"), "last-1")
        self.assertIsNone(of("9 test rows decide nothing …", "Take another: …"))


class Kept(unittest.TestCase):
    def setUp(self):
        self.folder = pathlib.Path(self.enterContext(tempfile.TemporaryDirectory()))
        self.cells = cells.Cells(self.folder)

    def test_what_a_killed_process_left_of_a_line_is_cut_off(self):
        self.cells.append("t", [cell(seed=1)])
        with open(self.cells.path("t"), "ab") as file:
            file.write(b'{"kind":"grid","strat')
        self.assertEqual([own["seed"] for own in self.cells.read("t").values()], [1])
        self.cells.append("t", [cell(seed=2)])
        self.assertEqual([own["seed"] for own in self.cells.read("t").values()], [1, 2])

    def test_the_later_of_two_cells_counts(self):
        self.cells.append("t", [cell(test=0.1), cell(rate=7e-4), cell(test=0.2)])
        self.assertEqual([own["test"] for own in self.cells.read("t").values()], [0.5, 0.2])

    def test_a_line_that_is_no_cell_is_named(self):
        self.cells.append("t", [cell()])
        with open(self.cells.path("t"), "ab") as file:
            file.write(b'{"kind":"grid"}\n')
        with self.assertRaisesRegex(SystemExit, "t.jsonl, line 2"):
            self.cells.read("t")

    def test_defaults_are_of_a_build_and_the_grid_is_not(self):
        self.assertEqual(cells.key(cell(build="x")), cells.key(cell(build="y")))
        self.assertNotEqual(cells.key(cell("default", build="x")), cells.key(cell("default", build="y")))
        self.assertNotEqual(cells.key(cell(given="head_start=probe")), cells.key(cell()))


class Table(unittest.TestCase):
    TASK = next(task for task in tasks.TASKS if task.name == "tweets-3")

    def found(self, change=lambda own: None, most_seeds=None):
        folder = pathlib.Path(self.enterContext(tempfile.TemporaryDirectory()))
        own = []
        for strategy in settings.STRATEGIES:
            grid = settings.grid(strategy, self.TASK.train_rows)
            for seed in (1, 2):
                own += [cell(strategy=strategy, seed=seed, rate=rate, epochs=epochs, test=0.7, validation=rate)
                        for rate, epochs in grid]
                own.append(cell("default", strategy, seed, test=0.69, recommended="full", call_seconds=30.0))
                own.append(cell("best", strategy, seed, test=0.7, recommended="full", call_seconds=9.0))
            own.append(cell("one", strategy, 1, recommended="full", call_seconds=12.0))
        change(own)
        kept = cells.Cells(folder)
        kept.append(self.TASK.name, own)
        return table.Found(kept)

    def test_the_table_of_made_up_cells(self):
        text = table.compose(self.found())
        self.assertIn("| mean regret ≤ 0.7 points |  | +1.0 ± ?: missed | +1.0 ± ?: missed |", text)
        self.assertIn("| cells worse than 2.5 by more than two standard errors: none |  | 0 of 5: met | 0 of 5: met |", text)
        self.assertIn("1 of 1 (1 the same): met", text)
        self.assertIn("2.5×, at most 2.5×: met", text)
        self.assertIn("| tweets-3 | report | 3 | 800 |" + " +1.0 ± 0.0 |" * 5 + " full | full | 2.5× |", text)
        self.assertIn("| cells (task and strategy) that are whole | 0 of 65 | 5 of 60 | 5 of 125 |", text)
        self.assertIn("In 5 of 5 cells the best learning rate is the lowest or the highest of the grid", text)
        self.assertIn("5 of 125 cells are whole", text)

    def test_one_class_failures_and_several_builds_are_told(self):
        def change(own):
            next(each for each in own if each["kind"] == "default" and each["strategy"] == "bitfit")["predicted"] = 1
            next(each for each in own if each["kind"] == "default" and each["strategy"] == "full")["failure"] = "diverged"
        found = self.found(change)
        self.assertEqual(found.one_class, [("tweets-3", "bitfit", 1)])
        text = table.compose(found)
        self.assertIn("answer one class only: tweets-3, bitfit, seed 1", text)
        self.assertIn("failed by default: tweets-3, full, seed 1: diverged", text)
        self.assertIn("| trainings by default that end at one class: none |  | 1 of 10: missed | 1 of 10: missed |", text)
        self.assertIn("4 of 125 cells are whole", text)

    def test_defaults_of_an_older_build_do_not_count(self):
        def change(own):
            for each in own:
                if each["kind"] == "default" and each["seed"] == 2:
                    each["build"] = "newer"
        self.assertEqual(self.found(change).regrets, [])

    def test_cells_of_other_files_of_the_task_do_not_count(self):
        self.assertEqual(self.found(lambda own: own.append(cell(rate=9.0, data="other"))).regrets, [])

    def test_the_page_keeps_what_stands_around_the_table(self):
        with tempfile.TemporaryDirectory() as folder:
            page = pathlib.Path(folder) / "page.md"
            page.write_text(f"before\n{table.BEGIN}\nold\n{table.END}\nafter\n")
            table.write(page, "new\n")
            table.write(page, "newer\n")
            self.assertEqual(page.read_text(), f"before\n{table.BEGIN}\n\nnewer\n\n{table.END}\nafter\n")
            page.write_text("no lines\n")
            with self.assertRaises(SystemExit):
                table.write(page, "new\n")


class Resuming(unittest.TestCase):
    """The runner as a process of its own, with a program in thaw's place that writes down its calls."""

    def setUp(self):
        self.folder = pathlib.Path(self.enterContext(tempfile.TemporaryDirectory()))
        data = self.folder / "cache/data/rated-sentences"
        data.mkdir(parents=True)
        lines = (f"{at}\t{rating}\t{text}\n" for at, (text, rating) in enumerate(made_up_ratings()))
        (data / "films.tsv").write_text("".join(lines))
        minilm = self.folder / "cache/models/minilm"
        minilm.mkdir(parents=True)
        (minilm / "model.safetensors").write_bytes(b"")
        self.calls = self.folder / "calls"
        self.calls.write_text("")

    def command(self, *more):
        return [sys.executable, str(REPOSITORY / "bench/fairness"), "--tasks", "films-2-of-8", "--thaw", str(FAKE_THAW),
                "--cells", str(self.folder / "cells"), "--work", str(self.folder / "work"), *more]

    def environment(self, seconds="0"):
        return {**os.environ, "THAW_CACHE": str(self.folder / "cache"), "FAKE_THAW_CALLS": str(self.calls),
                "FAKE_THAW_SECONDS": seconds}

    def run_to_the_end(self, *more, code=0):
        done = subprocess.run(self.command(*more), env=self.environment(), capture_output=True, text=True)
        self.assertEqual(done.returncode, code, done.stdout + done.stderr)
        return done.stdout

    def runs(self):
        return [json.loads(line) for line in self.calls.read_text().splitlines()]

    def wait_for_runs(self, count, process):
        while len(self.runs()) < count:
            self.assertIsNone(process.poll(), "the runner ended early")
            time.sleep(0.02)

    def test_killed_and_started_again_no_cell_is_run_twice(self):
        process = subprocess.Popen(self.command("--grid"), env=self.environment("0.2"), stdout=subprocess.DEVNULL)
        self.wait_for_runs(4, process)
        process.kill()
        process.wait()
        kept = cells.Cells(self.folder / "cells").read("films-2-of-8")
        self.assertGreaterEqual(len(kept), 3 * 5)
        self.assertLess(len(kept), 24 * 5)
        self.run_to_the_end("--grid")
        kept = cells.Cells(self.folder / "cells").read("films-2-of-8")
        self.assertEqual(sum(own["kind"] == "grid" for own in kept.values()), 8 * 5 * 3)
        self.assertEqual(sum(own["kind"] == "best" for own in kept.values()), 5 * 3)
        times = collections.Counter(json.dumps(run, sort_keys=True) for run in self.runs())
        # Only the run that was under way when the runner was killed may stand there twice.
        self.assertLessEqual(sum(times.values()) - len(times), 1)
        self.assertEqual(len(times), 8 * 3 + 3)
        before = len(self.runs())
        self.assertIn("0 runs made", self.run_to_the_end("--grid"))
        self.assertEqual(len(self.runs()), before)
        self.assertEqual(list((self.folder / "work/runs").iterdir()), [])

    def test_a_strategy_that_is_missing_is_run_alone(self):
        self.run_to_the_end("--grid", "--strategies", "probe,full")
        self.assertEqual({tuple(run["strategies"]) for run in self.runs()}, {("probe", "full")})
        self.run_to_the_end("--grid", "--seeds", "1")
        self.assertEqual({tuple(run["strategies"]) for run in self.runs()[24:32]}, {("last-1", "last-3", "bitfit")})
        self.assertEqual(tuple(self.runs()[32]["strategies"]), settings.STRATEGIES)

    def test_everything_is_given_to_the_grid_and_nothing_to_the_default(self):
        self.run_to_the_end("--grid", "--default", "--seeds", "1")
        grid, default = self.runs()[0]["arguments"], self.runs()[-1]["arguments"]
        for key in ("probe.learning_rate=0.001", "probe.epochs=20", "full.learning_rate=2e-05", "full.epochs=10",
                    "full.batch_size=16", "probe.solver=adamw"):
            self.assertIn(f"--set={key}", grid)
        self.assertEqual([own for own in default if own.startswith("--")],
                         ["--model", "--strategies", "--seed", "--train", "--validation", "--test", "--quiet", "--out"])

    def test_the_default_is_measured_again_with_another_build_and_the_grid_is_not(self):
        self.run_to_the_end("--grid", "--default")
        before = len(self.runs())
        other = self.folder / "other_thaw"
        other.write_text(FAKE_THAW.read_text() + "# another build\n")
        other.chmod(0o755)
        self.run_to_the_end("--grid", "--default", "--thaw", str(other))
        # Three of the recommendation's rule, one run and three defaults.
        self.assertEqual(len(self.runs()) - before, 3 + 3)

    def test_a_budget_ends_before_a_new_run(self):
        self.assertIn("24 still missing", self.run_to_the_end("--grid", "--budget", "0"))
        self.assertEqual(self.runs(), [])

    def test_jobs_run_side_by_side(self):
        self.run_to_the_end("--grid", "--jobs", "3", "--strategies", "probe")
        self.assertEqual(len(cells.Cells(self.folder / "cells").read("films-2-of-8")), 24)

    def test_interrupted_it_ends_its_run_and_leaves_no_folder(self):
        process = subprocess.Popen(self.command("--grid"), env=self.environment("30"), stdout=subprocess.DEVNULL)
        self.wait_for_runs(1, process)
        process.send_signal(signal.SIGTERM)
        self.assertEqual(process.wait(timeout=20), 130)
        self.assertEqual(list((self.folder / "work/runs").iterdir()), [])

    def test_a_second_runner_is_refused(self):
        process = subprocess.Popen(self.command("--grid"), env=self.environment("30"), stdout=subprocess.DEVNULL)
        self.wait_for_runs(1, process)
        done = subprocess.run(self.command("--grid"), env=self.environment(), capture_output=True, text=True)
        process.terminate()
        process.wait(timeout=20)
        self.assertEqual(done.returncode, 1)
        self.assertIn("another run writes into this folder", done.stderr)

    def test_a_run_that_fails_is_told_and_tried_again(self):
        environment = {**self.environment(), "FAKE_THAW_FAILS": "yes"}
        done = subprocess.run(self.command("--grid", "--seeds", "1"), env=environment, capture_output=True, text=True)
        self.assertEqual(done.returncode, 1)
        self.assertIn("thaw ended with 3: made-up trouble", done.stdout)
        self.run_to_the_end("--grid", "--seeds", "1")

    def test_a_source_that_is_absent_is_skipped_with_its_remedy(self):
        done = subprocess.run(self.command("--grid", "--tasks", "news-2", "--dry-run"), env=self.environment(),
                              capture_output=True, text=True)
        self.assertEqual(done.returncode, 0)
        self.assertIn("skipped news-2", done.stdout)
        self.assertIn("scripts/fetch-rated-sentences.sh", done.stdout)


if __name__ == "__main__":
    unittest.main()
