#!/usr/bin/env python3
"""Wraps the paragraphs and list items of the documents at 100 columns.

    scripts/wrap-documents.py          README.md, CONTRIBUTING.md, src/README.md and docs/*.md
    scripts/wrap-documents.py FILE...  these alone

Tables, code, headings and generated parts (between comments) are not changed, nor is the rendered
text. The test Documents.AreWrappedAt100Columns names the lines that are too long.
"""
import glob
import os
import re
import sys

WIDTH = 100
ITEM = re.compile(r"( *)([-*+]|\d+[.)])( +)")
# A word, with the pieces of code in it; a long piece is several words.
WORD = re.compile(r"(?:[^\s`]|(`+)(?:(?!\1).)+?\1(?!`)|`)+")
LONGEST_PIECE = 70
# A word that would begin a new block at the start of a line.
BLOCK = re.compile(r"([-+*=_#>|].*|\d+[.)]|```.*|~~~.*|:?-+:?|<!--.*)$")


def fill(text, first, rest):
    """The text in lines of at most WIDTH: the first begins with `first`, the others with `rest`."""
    words = []
    pieces = (match.group(0) for match in WORD.finditer(text))
    for word in (w for p in pieces for w in ([p] if len(p) < LONGEST_PIECE else p.split())):
        if words and BLOCK.match(word):
            words[-1] += " " + word
        else:
            words.append(word)
    lines, line = [], first
    for word in words:
        apart = "" if line in (first, rest) else " "
        if apart and len(line) + len(apart) + len(word) > WIDTH:
            lines.append(line)
            line, apart = rest, ""
        line += apart + word
    return lines + [line]


def wrapped(text):
    out, paragraph = [], []  # of the paragraph: its lines without their indentation
    first = rest = ""        # the prefix of its first line and of the others
    fenced = written = False

    def end():
        nonlocal paragraph, first
        if paragraph:
            out.extend(fill(" ".join(paragraph), first, rest))
        paragraph, first = [], rest

    for line in text.split("\n"):
        bare = line.strip()
        if written or fenced or bare.startswith(("```", "~~~", "<!--")):
            end()
            out.append(line)
            if bare.startswith("<!--"):
                written = bare.endswith("what follows -->")
            elif bare.startswith(("```", "~~~")) and not written:
                fenced = not fenced
            continue
        if not bare:
            end()
            out.append(line)
            continue
        item = ITEM.match(line)
        indent = len(line) - len(line.lstrip(" "))
        if item and (not paragraph or indent <= len(rest)) and not line.startswith("    "):
            end()
            first, rest = item.group(0), " " * len(item.group(0))
            paragraph = [line[len(first):]]
        elif paragraph:
            if bare.startswith(("|", "#")) or (bare.startswith(">") != first.startswith(">")):
                end()
                first = rest = ""
                out.append(line) if not bare.startswith(">") else paragraph.append(bare[1:])
                if bare.startswith(">"):
                    first = rest = "> "
            else:
                paragraph.append(bare.removeprefix("> ") if first.startswith(">") else bare)
        elif bare.startswith(("|", "#")) or indent >= 4 + len(rest) or (indent >= 4 and not rest):
            if indent == 0:
                first = rest = ""
            out.append(line)
        elif bare.startswith(">"):
            first = rest = "> "
            paragraph = [bare[1:]]
        else:
            if indent < len(rest):
                rest = ""
            first = rest
            paragraph = [bare]
        if line.endswith("  ") and paragraph:  # a break that is meant
            out.extend(fill(" ".join(paragraph), first, rest))
            out[-1] += "  "
            paragraph, first = [], rest
    end()
    return "\n".join(out)


def main():
    if any(argument in ("-h", "--help") for argument in sys.argv[1:]):
        print(__doc__.strip())
        return 0
    unknown = [argument for argument in sys.argv[1:] if argument.startswith("-")]
    if unknown:
        print(f"scripts/wrap-documents.py: '{unknown[0]}' is no argument that it takes: "
              "scripts/wrap-documents.py --help says how it is called.", file=sys.stderr)
        return 2
    os.chdir(os.path.join(os.path.dirname(os.path.abspath(__file__)), ".."))
    names = sys.argv[1:] or ["README.md", "CONTRIBUTING.md", "src/README.md",
                             *sorted(glob.glob("docs/*.md"))]
    for name in names:
        with open(name, encoding="utf-8") as file:
            text = file.read()
        new = wrapped(text)
        if new == text:
            continue
        with open(name, "w", encoding="utf-8") as file:
            file.write(new)
        print(name)
    return 0


if __name__ == "__main__":
    sys.exit(main())
