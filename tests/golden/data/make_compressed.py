"""Writes compressed/: one table in four kinds of compression, whole and in members, and bombs.

    python make_compressed.py        needs the program zstd; made with its version 1.5.4
"""
import bz2
import gzip
import lzma
import pathlib
import subprocess

folder = pathlib.Path(__file__).parent / "compressed"
folder.mkdir(exist_ok=True)


def zstd(data, *options):
    return subprocess.run(["zstd", "-q", "-c", *options], input=data, check=True,
                          stdout=subprocess.PIPE).stdout


kinds = {
    "gz": lambda data: gzip.compress(data, mtime=0),
    "zst": zstd,
    "bz2": bz2.compress,
    "xz": lzma.compress,
}
lines = ["text,label\n"] + [f'"row {i}, naïve",{("neg", "pos")[i % 2]}\n' for i in range(40)]
parts = ["".join(lines[:1]), "".join(lines[1:17]), "".join(lines[17:])]
(folder / "rows.csv").write_text("".join(lines), encoding="utf-8")
for ending, pack in kinds.items():
    (folder / f"rows.csv.{ending}").write_bytes(pack("".join(lines).encode()))
    members = b"".join(pack(part.encode()) for part in parts)
    (folder / f"members.csv.{ending}").write_bytes(members)

# 320 MB of zero bytes: more than any file of a few bytes may become.
zeros = bytes(320_000_000)
(folder / "bomb.bz2").write_bytes(bz2.compress(zeros))
(folder / "bomb.zst").write_bytes(zstd(zeros, "-19"))
# From a pipe, so that the frame asks for a window of 2^28 bytes whatever is in it.
(folder / "window.zst").write_bytes(zstd(b"text,label\na,1\n", "--ultra", "-20", "--long=28"))
