"""Writes src/tokenizer/unicode_*.cc: which code points the normalizers and pre-tokenizers treat
specially, asked of the `tokenizers` package itself, one code point after another.

The package mixes the Unicode versions of several libraries (categories of Unicode 8, decompositions
of Unicode 12, letter case of Rust's own tables, graphemes of yet another version), so no single
version of a Unicode library agrees with it; tables drawn from its answers do.

    python make_unicode_tables.py ../../../src/tokenizer    # made with tokenizers 0.23.3
"""

import subprocess
import sys
import unicodedata
from pathlib import Path

import tokenizers
from charsmap import charsmap
from tokenizers import AddedToken, Regex, Tokenizer, models, normalizers, pre_tokenizers

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


def ask_categories():
    r"""(letters, numbers, numeric, combining marks): \p{L} and \p{N} of regular expressions, which
    ByteLevel follows, what Digits splits at, and what StripAccents drops."""
    letter = pre_tokenizers.Split(Regex(r"\p{L}"), "removed").pre_tokenize_str
    number = pre_tokenizers.Split(Regex(r"\p{N}"), "removed").pre_tokenize_str
    space = pre_tokenizers.Split(Regex(r"\s"), "removed").pre_tokenize_str
    byte_level = pre_tokenizers.ByteLevel(add_prefix_space=False).pre_tokenize_str
    digit = pre_tokenizers.Digits(individual_digits=True).pre_tokenize_str
    white = pre_tokenizers.WhitespaceSplit().pre_tokenize_str
    strip_space = normalizers.Strip().normalize_str
    strip = normalizers.StripAccents().normalize_str
    letters, numbers, numeric, marks = [], [], [], []
    for c in CODE_POINTS:
        one = chr(c)
        is_letter, is_number, is_space = not letter(one), not number(one), not space(one)
        if is_letter:
            letters.append(c)
        if is_number:
            numbers.append(c)
        if len(digit(f"a{one}")) == 2:
            numeric.append(c)
        if not strip(one):
            marks.append(c)
        assert is_space == (not white(one)) == (not strip_space(one)), hex(c)
        joined = [len(byte_level(other + one)) == 1 for other in ("a", "1", "!", "\n")]
        other = not (is_letter or is_number or is_space)
        assert joined == [is_letter, is_number, other, is_space], (hex(c), joined)
    return letters, numbers, numeric, marks


def check_shared_tables(lower, punctuation, words):
    """Components that the program serves from the tables of others."""
    lowercase = normalizers.Lowercase().normalize_str
    bert = normalizers.BertNormalizer(False, False, False, True).normalize_str
    stands_alone = pre_tokenizers.Punctuation().pre_tokenize_str
    whitespace = pre_tokenizers.Whitespace().pre_tokenize_str
    space = pre_tokenizers.WhitespaceSplit().pre_tokenize_str
    punctuation, words = set(punctuation), set(words)
    for c in CODE_POINTS:
        one = chr(c)
        assert lowercase(one) == bert(one), hex(c)
        assert (len(stands_alone(one + "a")) == 2) == (c in punctuation), hex(c)
        assert (len(whitespace("a" + one)) == 1) == (c in words or not space(one)), hex(c)


def ask_composition(decomposes):
    """[first, second, composed] without Hangul, and which code points NFKD changes."""
    nfc, nfd = normalizers.NFC().normalize_str, normalizers.NFD().normalize_str
    nfkc, nfkd = normalizers.NFKC().normalize_str, normalizers.NFKD().normalize_str
    triples = []
    for c in decomposes:
        one = chr(c)
        if 0xAC00 <= c <= 0xD7A3 or nfc(one) != one:
            continue
        parts = nfd(one)
        first = nfc(parts[:-1])
        assert len(first) == 1 and nfc(first + parts[-1]) == one, hex(c)
        triples.append((ord(first), ord(parts[-1]), c))
    compatible = []
    for c in CODE_POINTS:
        one = chr(c)
        if nfkd(one) != one:
            # The program takes the mapping itself from utf8proc: it is stable.
            assert nfkd(one) == unicodedata.normalize("NFKD", one), hex(c)
            compatible.append(c)
        assert nfkc(one) == nfc(nfkd(one)), hex(c)
    return sorted(triples), compatible


def ask_graphemes():
    """{name: code points} of Precompiled's grapheme clusters.

    It replaces a cluster of fewer than six bytes as a whole. With a rule for every first byte each
    such cluster becomes one X, and each character of a longer one as well.
    """
    clusters = normalizers.Precompiled(charsmap({bytes([b]): "X" for b in range(1, 256)})).normalize_str
    short = [c for c in CODE_POINTS if 0 < c < 0x10000]
    letter, virama, mark, joiner = "\u0915", "\u094d", "\u0300", "\u200d"

    def count(text, code_points=short):
        return {c: len(clusters(text.format(chr(c)))) for c in code_points}

    def where(expected, text, code_points=short):
        return [c for c, n in count(text, code_points).items() if n == expected]

    nonzero = [c for c in CODE_POINTS if c]
    joins = where(1, "a{}", nonzero)
    controls = {0, *where(2, "{}" + mark)}
    tables = {
        "kGraphemeJoins": joins,
        "kGraphemePrepend": where(1, "{}a", nonzero),
        "kGraphemeControl": controls,
        "kPictograph": where(3, "\u00a9" + joiner + "{}", set(nonzero) - set(joins)),
        "kConjunctConsonant": where(4, letter + virama + "{}" + mark, set(short) - set(joins) - controls),
        "kConjunctLinker": where(4, letter + "{}" + letter + mark, joins),
    }
    prepends = set(tables["kGraphemePrepend"])
    tables["kPictograph"] = [c for c in tables["kPictograph"] if c not in prepends]
    consonants = set(tables["kConjunctConsonant"])
    assert consonants == set(where(4, "{}" + virama + letter + mark, consonants))
    # What may stand between a pictograph and its joiner, and between a consonant and its linker.
    extends = [c for c in joins if len(clusters("\u00a9" + chr(c) + joiner + "\u00a9" + mark)) == 5]
    tables["kGraphemeExtend"] = extends
    between = [c for c in joins if len(clusters(letter + chr(c) + virama + letter + mark)) == 5]
    tables["kConjunctExtend"] = sorted(set(between) - set(tables["kConjunctLinker"]))
    return tables


def ask_scripts():
    """[first, last, number of the script]; code points outside of all are 0."""
    split = pre_tokenizers.UnicodeScripts().pre_tokenize_str
    representatives, rows = [], []  # of scripts 1, 2, …

    def same(a, b):
        return len(split(a + b)) == 1

    for c in CODE_POINTS:
        one = chr(c)
        if not split(one):  # belongs to any script
            continue
        if rows and rows[-1][1] == c - 1 and same(chr(c - 1), one):
            rows[-1][1] = c
            continue
        found = [i for i, other in enumerate(representatives) if same(other, one)]
        assert len(found) <= 1, hex(c)
        if not found:
            found = [len(representatives)]
            representatives.append(one)
        rows.append([c, c, found[0] + 1])
    assert len(representatives) < 256
    return rows


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
        '#include "tokenizer/unicode/unicode_tables.h"\n\nnamespace thaw::unicode {\n\n'
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
    names = ("kLetter", "kNumber", "kNumeric", "kCombiningMark")
    categories = [range_table(name, members) for name, members in zip(names, ask_categories())]
    (folder / "unicode_category_tables.cc").write_text(head + "\n".join(categories) + tail)
    composition, compatible = ask_composition(decomposes)
    rows = [[hex(x) for x in triple] for triple in composition]
    composed = table("const std::vector<Composition> kComposition", rows)
    (folder / "unicode_composition_table.cc").write_text(head + composed + tail)
    graphemes = [range_table(name, members) for name, members in ask_graphemes().items()]
    graphemes.append(range_table("kDecomposesCompatibly", compatible))
    (folder / "unicode_grapheme_tables.cc").write_text(head + "\n".join(graphemes) + tail)
    rows = [[hex(a), hex(b), str(n)] for a, b, n in ask_scripts()]
    scripts = table("const std::vector<ScriptRange> kScript", rows)
    (folder / "unicode_script_table.cc").write_text(head + scripts + tail)
    check_shared_tables(lower, punctuation, ask_word_characters())
    subprocess.run(["clang-format", "-i", *map(str, folder.glob("unicode_*.cc"))], check=True)


main()
