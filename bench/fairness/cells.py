"""What was measured, one file of JSON lines a task.

A line is a cell: one training of one strategy. Lines of one run of thaw are written at once, by a
single append, and what a killed process left of a line is cut off by the next. Of two cells with one
key the later counts.
"""

import fcntl
import json
import os
import pathlib
import threading

KINDS = ("grid", "default", "one", "best")


def key(cell: dict) -> tuple:
    """Cells of the grid are known by all that they were given; those of the other kinds depend on
    thaw's defaults or on its rule of recommendation, hence on the very build."""
    name = (cell["kind"], cell["strategy"], cell["seed"], cell["data"])
    if cell["kind"] == "grid":
        return (*name, cell["learning_rate"], cell["epochs"], cell["given"])
    if cell["kind"] == "best":
        return (*name, cell["learning_rate"], cell["epochs"], cell["given"], cell["build"])
    return (*name, cell["build"])


class Cells:
    def __init__(self, folder: pathlib.Path):
        self.folder = folder
        self.lock = threading.Lock()

    def path(self, task: str) -> pathlib.Path:
        return self.folder / f"{task}.jsonl"

    def read(self, task: str) -> dict[tuple, dict]:
        try:
            content = self.path(task).read_bytes()
        except FileNotFoundError:
            return {}
        whole = content[:content.rfind(b"\n") + 1]
        found = {}
        for number, line in enumerate(whole.split(b"\n")[:-1], 1):
            try:
                cell = json.loads(line)
                name = key(cell)
            except (ValueError, KeyError, TypeError) as error:
                raise SystemExit(f"bench/fairness: {self.path(task).name}, line {number}, is no cell ({error!r}): "
                                 "take the line out, and it is measured again") from None
            found.pop(name, None)  # so that the order is that of the last measurement
            found[name] = cell
        return found

    def append(self, task: str, new: list[dict]) -> None:
        text = "".join(json.dumps(cell, separators=(",", ":")) + "\n" for cell in new).encode()
        self.folder.mkdir(parents=True, exist_ok=True)
        with self.lock:
            file = os.open(self.path(task), os.O_RDWR | os.O_CREAT, 0o644)
            try:
                content = os.pread(file, os.fstat(file).st_size, 0)
                end = content.rfind(b"\n") + 1
                os.ftruncate(file, end)
                if os.pwrite(file, text, end) != len(text):
                    raise OSError(f"{self.path(task).name} was not written whole: is the disk full?")
                os.fsync(file)
            finally:
                os.close(file)


class Alone:
    """Keeps a second runner out of the same folder of cells."""

    def __init__(self, folder: pathlib.Path):
        folder.mkdir(parents=True, exist_ok=True)
        self.file = os.open(folder, os.O_RDONLY)

    def __enter__(self):
        try:
            fcntl.flock(self.file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise SystemExit("bench/fairness: another run writes into this folder of cells: "
                             "wait for it, or name another with --cells") from None
        return self

    def __exit__(self, *_):
        os.close(self.file)
