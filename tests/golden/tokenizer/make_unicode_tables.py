"""Writes src/tokenizer/unicode_tables.cc: which code points BERT's normalizer and pre-tokenizer
treat specially, asked of the `tokenizers` package itself, one code point after another.

The package mixes the Unicode versions of three libraries (categories of Unicode 8, decompositions
of Unicode 12, letter case of Rust's own tables), so no single version of a Unicode library agrees
with it; a table drawn from its answers does.

    python make_unicode_tables.py ../../../src/tokenizer    # made with tokenizers 0.23.3
"""

import sys
import unicodedata
from pathlib import Path

import tokenizers
from tokenizers import AddedToken, Tokenizer, models, normalizers, pre_tokenizers

CODE_POINTS = [c for c in range(0x110000) if not 0xD800 <= c < 0xE000]


def bert(**switched_on):
    off = dict(clean_text=False, handle_chinese_chars=False, strip_accents=False, lowercase=False)
    return normalizers.BertNormalizer(**{**off, **switched_on}).normalize_str


def ranges(code_points):
    out = []
    for c in sorted(code_points):
        if out and out[-1][1] == c - 1:
            out[-1][1] = c
        else:
            out.append([c, c])
    return out


def ask_clean_text():
    """(removed, turned into a space)"""
    clean = bert(clean_text=True)
    answer = {c: clean(f"a{chr(c)}b") for c in CODE_POINTS}
    unknown = [c for c, r in answer.items() if r not in ("ab", "a b", f"a{chr(c)}b")]
    assert not unknown, unknown
    return ([c for c in answer if answer[c] == "ab"], [c for c in answer if answer[c] == "a b"])


def ask_pre_tokenizer():
    """(separates and vanishes, stands alone)"""
    split = pre_tokenizers.BertPreTokenizer().pre_tokenize_str
    space, punctuation = [], []
    for c in CODE_POINTS:
        words = [word for word, _ in split(f"a{chr(c)}b")]
        if words == ["a", "b"]:
            space.append(c)
        elif words == ["a", chr(c), "b"]:
            punctuation.append(c)
        else:
            assert words == [f"a{chr(c)}b"], hex(c)
    return space, punctuation


def ask_lowercase():
    """[first, last, step, delta]; U+0130, which becomes two code points, is left to the code."""
    lower = bert(lowercase=True)
    changed = {c: lower(chr(c)) for c in CODE_POINTS if lower(chr(c)) != chr(c)}
    assert {c for c in changed if len(changed[c]) != 1} == {0x130}
    out = []
    for c in sorted(set(changed) - {0x130}):
        delta = ord(changed[c]) - c
        if out and out[-1][3] == delta:
            first, last, step, _ = out[-1]
            if c - last in (1, 2) and (first == last or c - last == step):
                out[-1][1], out[-1][2] = c, c - last
                continue
        out.append([c, c, 1, delta])
    return out


def ask_decomposition():
    """(decomposes, stripped as a nonspacing mark, [first, last, canonical combining class])"""
    nfd = normalizers.NFD().normalize_str
    decomposes = [c for c in CODE_POINTS if nfd(chr(c)) != chr(c)]
    for c in decomposes:  # the program takes the mapping itself from utf8proc: it is stable
        expected = unicodedata.normalize("NFD", chr(c))
        assert nfd(chr(c)) == expected, hex(c)
    strip = bert(strip_accents=True)
    whole = sorted(set(CODE_POINTS) - set(decomposes))
    marks = [c for c in whole if strip(chr(c)) == ""]
    # A mark's class is found by which marks of known class it changes places with.
    known = {}
    for c in whole:
        known.setdefault(unicodedata.combining(chr(c)), chr(c))
    highest = known[max(known)]
    classes = sorted(k for k in known if k and (k == max(known) or nfd(highest + known[k])[0] != highest))
    triples = []
    for c in whole:
        mark = chr(c)
        below = [k for k in classes if nfd(mark + known[k]) != mark + known[k]]
        if not below and nfd(highest + mark) == highest + mark:
            continue  # a starter
        value = classes[len(below)]
        assert below == classes[: len(below)], hex(c)
        if triples and triples[-1][1] == c - 1 and triples[-1][2] == value:
            triples[-1][1] = c
        else:
            triples.append([c, c, value])
    return decomposes, marks, triples


def ask_word_characters():
    r"""What \w means where an added token must be a single word."""
    tokenizer = Tokenizer(models.WordLevel({"?": 0}, unk_token="?"))
    tokenizer.add_tokens([AddedToken("<x>", single_word=True, normalized=False)])
    token = tokenizer.token_to_id("<x>")
    return [c for c in CODE_POINTS if token not in tokenizer.encode(chr(c) + "<x>").ids]


def table(declaration, rows):
    body = ", ".join("{" + ", ".join(row) + "}" for row in rows)
    return f"{declaration} = {{{body}}};\n"


def range_table(name, code_points):
    rows = [[hex(a), hex(b)] for a, b in ranges(code_points)]
    return table(f"const std::vector<CodePointRange> {name}", rows)


def main():
    folder = Path(sys.argv[1])
    removed, to_space = ask_clean_text()
    space, punctuation = ask_pre_tokenizer()
    lower = ask_lowercase()
    decomposes, marks, classes = ask_decomposition()
    head = (
        "// Made by tests/golden/tokenizer/make_unicode_tables.py with tokenizers "
        f"{tokenizers.__version__}; do not edit.\n"
        '#include "tokenizer/unicode_tables.h"\n\nnamespace thaw::unicode {\n\n'
    )
    tail = "\n}  // namespace thaw::unicode\n"
    parts = [
        range_table("kRemovedByCleaning", removed),
        range_table("kSpaceByCleaning", to_space),
        range_table("kWhitespace", space),
        range_table("kPunctuation", punctuation),
        range_table("kNonspacingMark", marks),
        range_table("kDecomposes", decomposes),
        table(
            "const std::vector<CombiningClassRange> kCombiningClass",
            [[hex(a), hex(b), str(k)] for a, b, k in classes],
        ),
        table(
            "const std::vector<LowercaseRange> kLowercase",
            [[hex(a), hex(b), str(s), str(d)] for a, b, s, d in lower],
        ),
    ]
    (folder / "unicode_tables.cc").write_text(head + "\n".join(parts) + tail)
    words = range_table("kWordCharacter", ask_word_characters())
    (folder / "unicode_word_table.cc").write_text(head + words + tail)


main()
