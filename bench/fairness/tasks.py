"""The tasks, and their files.

Which half a task is in was decided before anything was trained: defaults are chosen on the tasks of
`choose`, and those of `report` say what they are worth elsewhere.
"""

import bisect
import csv
import dataclasses
import hashlib
import io
import os
import pathlib

import sources

SECTIONS = (
    "admin", "database", "debug", "devel", "doc", "editors", "electronics", "fonts", "games", "gnome",
    "graphics", "haskell", "interpreters", "java", "javascript", "kernel", "localization", "mail", "math",
    "net", "perl", "science", "sound", "video",
)
CUTS = {2: (0.0,), 3: (-0.5, 0.5), 5: (-1.5, -0.5, 0.5, 1.5)}
NAMES = {
    2: ("negative", "positive"),
    3: ("negative", "neutral", "positive"),
    5: ("very negative", "negative", "neutral", "positive", "very positive"),
}


@dataclasses.dataclass(frozen=True)
class Task:
    name: str
    half: str  # choose or report
    source: str  # sentiment, packages, or a set of rated sentences
    classes: int
    train: int  # rows; a class where `shares` is "train even"
    validation: int
    test: int
    # natural: as in the source; even: as many rows of every class; train even: of training alone;
    # 20:1: twenty of the last class for one of the first.
    shares: str = "natural"
    model: str = "minilm"  # or distilbert, roberta: folders of that shape

    @property
    def train_rows(self) -> int:
        return self.train * self.classes if self.shares == "train even" else self.train


TASKS = (
    # As `--fraction` cuts TweetEval's 45,615 and 2,000 rows, at least 30 of validation.
    Task("sentiment-1pct", "choose", "sentiment", 3, 456, 30, 1500),
    Task("sentiment-3pct", "report", "sentiment", 3, 1368, 60, 1500),
    Task("sentiment-4pct", "choose", "sentiment", 3, 1825, 80, 1500),
    Task("tweets-2", "choose", "tweets", 2, 400, 100, 1000),
    Task("tweets-3", "report", "tweets", 3, 800, 200, 1000),
    Task("tweets-5", "choose", "tweets", 5, 1200, 300, 1000),
    Task("products-2", "report", "products", 2, 400, 100, 1000),
    Task("products-3", "choose", "products", 3, 800, 200, 1000),
    Task("products-5", "report", "products", 5, 1200, 300, 1000),
    Task("films-2", "choose", "films", 2, 400, 100, 1000),
    Task("films-3", "report", "films", 3, 800, 200, 1000),
    Task("films-5", "choose", "films", 5, 1200, 300, 1000),
    Task("news-2", "report", "news", 2, 400, 100, 1000),
    Task("news-3", "choose", "news", 3, 800, 200, 1000),
    Task("news-5", "report", "news", 5, 1200, 300, 1000),
    Task("tweets-3-of-8", "choose", "tweets", 3, 8, 30, 1000, "train even"),
    Task("tweets-3-of-16", "report", "tweets", 3, 16, 30, 1000, "train even"),
    Task("tweets-3-of-64", "choose", "tweets", 3, 64, 48, 1000, "train even"),
    Task("films-2-of-8", "report", "films", 2, 8, 30, 1000, "train even"),
    Task("films-2-of-16", "choose", "films", 2, 16, 30, 1000, "train even"),
    Task("films-2-of-64", "report", "films", 2, 64, 32, 1000, "train even"),
    Task("tweets-20-to-1", "report", "tweets", 2, 840, 210, 1050, "20:1"),
    Task("packages-24", "choose", "packages", 24, 1440, 360, 1200, "even"),
    Task("distilbert-shape", "choose", "tweets", 3, 400, 100, 1000, model="distilbert"),
    Task("roberta-shape", "report", "tweets", 3, 400, 100, 1000, model="roberta"),
)


def order(seed: str, rows):
    """A draw that depends on the seed and the texts alone: neither on the order in which the source
    has them nor on anybody's random numbers."""
    return sorted(rows, key=lambda row: hashlib.sha256(f"{seed}\0{row[0]}".encode()).digest())


def apportion(total: int, weights: dict[str, float]) -> dict[str, int]:
    """`total` by largest remainders, the earlier name where two are equal."""
    whole = sum(weights.values())
    exact = {name: total * weight / whole for name, weight in weights.items()}
    counts = {name: int(value) for name, value in exact.items()}
    left = total - sum(counts.values())
    for name in sorted(exact, key=lambda name: (counts[name] - exact[name], name))[:left]:
        counts[name] += 1
    return counts


def labelled(task: Task, rows):
    """The rows with labels instead of ratings. Of two classes the doubtful middle is left out."""
    if task.source in ("sentiment", "packages"):
        return rows
    if task.classes == 2:
        rows = [row for row in rows if abs(row[1]) >= 0.5]
    names = NAMES[task.classes]
    return [(text, names[bisect.bisect(CUTS[task.classes], rating)]) for text, rating in rows]


def weights(shares: str, by_label: dict) -> dict[str, float]:
    if shares == "natural":
        return {label: len(rows) for label, rows in by_label.items()}
    if shares == "20:1":
        first, last = sorted(by_label)
        return {first: 1, last: 20}
    return {label: 1 for label in by_label}


def draw(task: Task, rows) -> dict[str, list]:
    """Test, validation and training rows, no row twice, each split in an order of its own."""
    by_label: dict[str, list] = {}
    for row in order(task.name, rows):
        by_label.setdefault(row[1], []).append(row)
    if len(by_label) != task.classes:
        raise ValueError(f"{task.name}: {len(by_label)} classes instead of {task.classes}")
    by_label = dict(sorted(by_label.items()))
    held_out = "natural" if task.shares == "train even" else task.shares
    wanted = {"test": weights(held_out, by_label), "validation": weights(held_out, by_label),
              "train": weights("even" if task.shares == "train even" else task.shares, by_label)}
    sizes = {"test": task.test, "validation": task.validation, "train": task.train_rows}
    splits, taken = {}, dict.fromkeys(by_label, 0)
    for split, shares in wanted.items():
        chosen = []
        for label, count in apportion(sizes[split], shares).items():
            part = by_label[label][taken[label]:taken[label] + count]
            if len(part) < count:
                raise ValueError(f"{task.name}: too few rows of {label!r} for {split}: {len(part)} of {count}")
            taken[label] += count
            chosen += part
        splits[split] = order(f"{task.name} {split}", chosen)
    return splits


class Maker:
    """Makes the files of tasks under `work`, from `data` (TweetEval's sentiment) and the cache."""

    def __init__(self, work: pathlib.Path, data: pathlib.Path | None, thaw: str):
        self.work, self.data, self.thaw = work, data, thaw
        self.read: dict[str, object] = {}

    def source(self, name: str, get):
        if name not in self.read:
            self.read[name] = get()
        return self.read[name]

    def splits(self, task: Task) -> dict[str, list]:
        if task.source == "sentiment":
            # Test and validation rows are TweetEval's own; no text of theirs stays in training.
            own = {split: self.source(f"sentiment-{split}", lambda split=split: sources.sentiment(
                self.data, split, self.thaw, self.work)) for split in ("train", "validation", "test")}
            parts, used = {}, set()
            for split in ("test", "validation", "train"):
                rows = [row for row in own[split] if sources.same(row[0]) not in used]
                sized = dataclasses.replace(task, train=getattr(task, split), validation=0, test=0)
                parts[split] = draw(sized, rows)["train"]
                used |= {sources.same(text) for text, _ in own[split]}
            return parts
        if task.source == "packages":
            rows = self.source("packages", lambda: sources.packages(frozenset(SECTIONS)))
        else:
            rows = self.source(task.source, lambda: sources.rated(task.source))
        return draw(task, labelled(task, rows))

    def make(self, task: Task) -> tuple[dict[str, pathlib.Path], str]:
        """The task's three CSV files and the start of the SHA-256 of their bytes."""
        hashed, files = hashlib.sha256(), {}
        folder = self.work / "tasks" / task.name
        folder.mkdir(parents=True, exist_ok=True)
        for split, rows in sorted(self.splits(task).items()):
            text = io.StringIO(newline="")
            writer = csv.writer(text, lineterminator="\n")
            writer.writerows([("text", "label"), *rows])
            content = text.getvalue().encode()
            hashed.update(split.encode() + b"\0" + content)
            files[split] = folder / f"{split}.csv"
            if not files[split].exists() or files[split].read_bytes() != content:
                partial = files[split].with_suffix(".partial")
                partial.write_bytes(content)
                os.replace(partial, files[split])
        return files, hashed.hexdigest()[:12]
