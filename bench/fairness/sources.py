"""Labelled texts as they are at their source: (text, rating or label), the same text once only."""

import csv
import os
import pathlib
import subprocess
import tempfile

REPOSITORY = pathlib.Path(__file__).resolve().parents[2]


class Absent(Exception):
    """A source that this machine does not have, with what would bring it."""


def cache_folder() -> pathlib.Path:
    """The same rule as cache_folder() in src/files/files.cc."""
    if os.environ.get("THAW_CACHE"):
        return pathlib.Path(os.environ["THAW_CACHE"])
    if os.environ.get("XDG_CACHE_HOME"):
        return pathlib.Path(os.environ["XDG_CACHE_HOME"]) / "thaw"
    return pathlib.Path.home() / ".cache" / "thaw"


def same(text: str) -> str:
    """Two texts with the same value are one text."""
    return " ".join(text.split()).casefold()


def distinct(rows):
    """The rows without repeated texts; a text that stands there with two values is left out."""
    seen = {}
    for text, value in rows:
        if not text.strip():
            continue
        first = seen.setdefault(same(text), [text, value, True])
        first[2] = first[2] and first[1] == value
    return [(text, value) for text, value, agreed in seen.values() if agreed]


def rated(name: str):
    """Sentences with a mean rating from -4 to 4: tweets, products, films or news."""
    path = cache_folder() / "data" / "rated-sentences" / f"{name}.tsv"
    if not path.exists():
        raise Absent(f"there is no {path.name} of rated sentences: scripts/fetch-rated-sentences.sh fetches it")
    with open(path, encoding="utf-8", newline="") as file:
        fields = [line.rstrip("\r\n").split("\t") for line in file]
    return distinct((text, float(rating)) for _, rating, text in fields)


def without_guard(text: str) -> str:
    """Takes away the ' that thaw puts before what a spreadsheet would run (src/results/csv.cc)."""
    rest = text.lstrip("'")
    return text[1:] if text.startswith("'") and rest[:1] in tuple("=+-@\t\r") and rest else text


def sentiment(data: pathlib.Path | None, split: str, thaw: str, work: pathlib.Path):
    """TweetEval's tweets of a split. The Parquet file is read by thaw itself, which writes the test
    rows of a comparison into predictions.csv: a model of 16 kB is trained for it, and thrown away."""
    if data is None or not all((data / f"{name}.parquet").exists() for name in ("train", "validation", "test")):
        raise Absent("--data names no folder with train.parquet, validation.parquet and test.parquet "
                     "of TweetEval's sentiment")
    kept = work / "sources" / f"sentiment-{split}.csv"
    if not kept.exists():
        kept.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=kept.parent) as folder:
            out = pathlib.Path(folder) / "out"
            subprocess.run(
                [thaw, "compare", "--quiet", "--model", str(REPOSITORY / "tests/golden/tiny/f32"),
                 "--train", str(data / "validation.parquet"), "--validation", str(data / "validation.parquet"),
                 "--test", str(data / f"{split}.parquet"), "--strategies", "probe", "--epochs", "1",
                 "--check-data", "false", "--out", str(out)],
                check=True, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
            os.replace(out / "predictions.csv", kept)
    with open(kept, encoding="utf-8", newline="") as file:
        return distinct((without_guard(row["text"]), row["gold"]) for row in csv.DictReader(file))


def packages(sections):
    """The one-line descriptions of Debian's packages, by section, as apt knows them here."""
    try:
        available = subprocess.run(["apt-cache", "dumpavail"], capture_output=True, check=True).stdout
    except (OSError, subprocess.CalledProcessError):
        raise Absent("apt-cache cannot list Debian's packages here") from None
    rows = []
    for paragraph in available.decode("utf-8", "replace").split("\n\n"):
        fields = dict(line.split(": ", 1) for line in paragraph.splitlines() if ": " in line and line[0] != " ")
        section = fields.get("Section", "").rpartition("/")[2]
        if section in sections and fields.get("Description"):
            rows.append((fields["Description"], section))
    if not rows:
        raise Absent("apt knows no packages here: apt-get update fetches their descriptions")
    return distinct(rows)
