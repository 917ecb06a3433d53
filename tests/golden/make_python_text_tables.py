"""Writes src/baseline/python_text_tables.cc: what Python's `re` and `str` say of every code point.

Run with Python 3.11 (Unicode 14):
    python tests/golden/make_python_text_tables.py src/baseline
"""

import re
import subprocess
import sys
import unicodedata
from pathlib import Path

CODE_POINTS = [c for c in range(0x110000) if not 0xD800 <= c < 0xE000]


def ranges(code_points):
    out = []
    for c in code_points:
        if out and out[-1][1] == c - 1:
            out[-1][1] = c
        else:
            out.append([c, c])
    return out


def ends_a_word(before):
    """Whether the capital sigma behind `before` becomes the form of a word's end."""
    return (before + "Σ").lower().endswith("ς")


def main():
    word = [c for c in CODE_POINTS if re.fullmatch(r"\w", chr(c))]
    space = [c for c in CODE_POINTS if chr(c).isspace()]
    assert space == [c for c in CODE_POINTS if re.fullmatch(r"\s", chr(c))]
    assert space == [c for c in CODE_POINTS if not chr(c).split()]
    # What is both cased and ignorable is skipped: only `ignored` is asked of it.
    cased = [c for c in CODE_POINTS if ends_a_word(chr(c))]
    ignored = [c for c in CODE_POINTS if ends_a_word("A" + chr(c)) and not ends_a_word(chr(c))]
    # Only U+0130 becomes two code points.
    assert [c for c in CODE_POINTS if len(chr(c).lower()) != 1] == [0x130]

    text = (
        f"// Made by tests/golden/make_python_text_tables.py with Python {sys.version.split()[0]} "
        f"(Unicode {unicodedata.unidata_version}); do not edit.\n"
        '#include "baseline/python_text_tables.h"\n\nnamespace thaw::python {\n\n'
    )
    tables = {"kWordCharacter": word, "kSpace": space, "kCased": cased, "kCaseIgnorable": ignored}
    for name, members in tables.items():
        body = ", ".join(f"{{{a:#x}, {b:#x}}}" for a, b in ranges(members))
        text += f"const std::vector<unicode::CodePointRange> {name} = {{{body}}};\n\n"
    path = Path(sys.argv[1]) / "python_text_tables.cc"
    path.write_text(text + "}  // namespace thaw::python\n", encoding="utf-8")
    subprocess.run(["clang-format", "-i", str(path)], check=True)


main()
