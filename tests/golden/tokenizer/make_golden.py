"""Writes vocab.txt and golden.json beside itself: odd texts and the ids that Transformers gives
them in many configurations. tests/tokenizer/golden_test.cc reads both.

    python make_golden.py    # made with tokenizers 0.23.3, transformers 5.23.0

A configuration is a set of files beside the vocabulary. Where it has a tokenizer.json, that file's
"vocab" is left out here and filled in from vocab.txt by both sides. Each row's ids are kept as a
hash of three base-64 digits, those of the first rows in full as well.
"""

import json
import random
import tempfile
from pathlib import Path

import tokenizers
import transformers
from random_texts import code_points, random_texts
from tokenizers import Tokenizer, normalizers, pre_tokenizers, trainers
from tokenizers.models import WordPiece
from transformers import AutoTokenizer

HERE = Path(__file__).parent
DIGITS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"
SPECIAL = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"]
ROWS_IN_FULL = 40
RANDOM_ROWS = 2000

BY_HAND = [
    "",
    " ",
    "Hello, world!",
    "  leading and   repeated  spaces ",
    "naïve café Ångström ÉCOLE İstanbul ISTANBUL ıİ ẞ ß ΑΣ ΣΑΣ ς",
    "e\u0301 e\u0323\u0301 e\u0301\u0323 \u0301start a\u0300\u200d\u0301 q\u0307\u0323",
    "中文字符 and 日本語テキスト with 한국어 텍스트 \u1112\u1161\u11ab \U00020000\uf900\U0002f800",
    "👩‍👩‍👧‍👦 👍🏽 🇩🇪 ❤️ 1️⃣ 🏴\U000e0067\U000e0062\U000e007f",
    "a\x00b a\x01b a\x7fb a\x85b a\xadb a\u200bb a\ufeffb a\ufffdb a\ue000b a\U000f0000b",
    "tab\there\nnew\r\nline\x0bvertical\x0cform\u2028line\u2029paragraph\u00a0no\u3000wide\u1680",
    "שָׁלוֹם עולם مرحبا بِالعالم \u202eright to left\u202c",
    "x" * 99 + " " + "x" * 100 + " " + "x" * 101 + " " + "é" * 100 + " " + "é" * 101,
    "e\u0301" * 60 + " " + "e\u0301" * 101 + " " + "👍" * 101,
    "[CLS] [SEP] [PAD] [MASK] [UNK]",
    "a[MASK]b[mask]c[ MASK ][MASK][MASK]d [CLS",
    "[[CLS]] [CL\x00S] [C\u0301LS] ［CLS］ [UNK",
    "don't can't I'll we've U.S.A. e-mail user@example.com http://t.co/abc #hashtag @user $9.99",
    "x^2 + y_2 = `z` ~ |w| \\ <tag> {a} \u20ac5 \u00a35 \u00b15 \u00d7 \u00f7 \u2030 \u2020 \u2026",
    "«quoted» „quoted“ ‚x‘ ‹y› ¿qué? ¡sí! ‐‑‒–—― ‖ 、。〈〉《》「」【】 ・ ！？",
    "\u0378 \u0380 \U00050000 \U000e0fff \ufdd0 \ufffe \U0001fffe \U0010ffff",
    "ﬁne ﬂow ①② ㎏ ℃ Ω K Å ﷺ \u01c4 \u01c5 \u1e9b\u0323 ǅ",
    "हिन्दी পাঠ தமிழ் ไทยกำ ລາວ བོད་ \u0b95\u0bca \u0dda",
    "\U0001d15e\U0001d160 \u302e\u302f \u1100\u1161\u302e \U00016ff0\U00016ff1 \u0f73\u0f75\u0f81",
    "\u0345\u0300 \u03b1\u0345\u0301 \u1f82 ᾳ ᾼ ῼ \u0390 \u03b0 \u1fd3",
    "<new> <NEW> x<new>y <Ñew> <nEW><lone> <lone>x x<lone> <lone> _<lone> é<lone> <lone>\u0301",
    "  <left>  <left>x  <right>  x<right>  <both>  \u3000<both>\u3000 <left><right>  <both>",
    "[ENT] [ent][ENT]x [Ent] \u00a0[ENT]\u00a0",
]

ADDED = [
    ("<new>", dict(normalized=True)),
    ("<lone>", dict(single_word=True)),
    ("<left>", dict(lstrip=True)),
    ("<right>", dict(rstrip=True)),
    ("<both>", dict(lstrip=True, rstrip=True, normalized=True)),
    ("[ENT]", dict(special=True)),
    ("the", dict(normalized=True, single_word=True)),
]


def added(tokens, first):
    flags = dict(single_word=False, lstrip=False, rstrip=False, normalized=False, special=False)
    return [dict(id=first + i, content=t, **{**flags, **f}) for i, (t, f) in enumerate(tokens)]


def tokenizer_json(tokens=(), clean=True, chinese=True, strip=None, lower=True, **other):
    normalizer = dict(type="BertNormalizer", clean_text=clean, handle_chinese_chars=chinese)
    return {
        "version": "1.0",
        "truncation": dict(max_length=5, strategy="LongestFirst", stride=0, direction="Right"),
        "padding": dict(
            strategy={"Fixed": 9}, direction="Right", pad_to_multiple_of=None, pad_id=0,
            pad_type_id=0, pad_token="[PAD]"),
        "added_tokens": added([(t, dict(special=True)) for t in SPECIAL], 0)
        + added(tokens, 5000),
        "normalizer": {**normalizer, "strip_accents": strip, "lowercase": lower},
        "pre_tokenizer": {"type": "BertPreTokenizer"},
        "post_processor": {"type": "BertProcessing", "sep": ["[SEP]", 3], "cls": ["[CLS]", 2]},
        "decoder": {"type": "WordPiece", "prefix": "##", "cleanup": True},
        "model": dict(
            type="WordPiece", unk_token="[UNK]", continuing_subword_prefix="##",
            max_input_chars_per_word=100),
        **other,
    }


def template(single):
    pieces = [
        {"Sequence": {"id": "A", "type_id": 0}}
        if token == "A"
        else {"SpecialToken": {"id": token, "type_id": 0}}
        for token in single
    ]
    ids = {"[CLS]": [2], "[SEP]": [3], "<two>": [4, 1]}
    tokens = {t: dict(id=t, ids=i, tokens=[SPECIAL[n] for n in i]) for t, i in ids.items()}
    return dict(type="TemplateProcessing", single=pieces, pair=[
        {"Sequence": {"id": "A", "type_id": 0}}, {"Sequence": {"id": "B", "type_id": 1}}],
        special_tokens=tokens)


BERT = {"tokenizer_class": "BertTokenizer"}
VERBATIM = {"tokenizer_class": "PreTrainedTokenizerFast"}
SHORT = list(range(0, 17)) + [512]

CONFIGURATIONS = [
    ("VocabUncased", {"tokenizer_config.json": BERT}, [0]),
    ("VocabUncasedCutTo1To512", {"config.json": {"model_type": "distilbert"}}, SHORT),
    ("VocabCased", {"tokenizer_config.json": {**BERT, "do_lower_case": False}}, [0]),
    ("VocabUncasedKeepsAccents", {"tokenizer_config.json": {**BERT, "strip_accents": False}}, [0]),
    (
        "VocabCasedStripsAccents",
        {"tokenizer_config.json": {**BERT, "strip_accents": True, "do_lower_case": False}},
        [0],
    ),
    (
        "VocabWithoutChinese",
        {"tokenizer_config.json": {**BERT, "tokenize_chinese_chars": False}},
        [0],
    ),
    (
        "VocabOtherNames",
        {
            "tokenizer_config.json": {
                **BERT, "cls_token": "<s>", "sep_token": "[ENT]", "mask_token": "the",
                "additional_special_tokens": ["<new>", "[ENT]"]},
            "special_tokens_map.json": {
                "mask_token": {"content": "<left>", "lstrip": True, "rstrip": False,
                               "normalized": False, "single_word": False},
                "pad_token": "[PAD]"},
            "added_tokens.json": {"<right>": 5001, "<s>": 5000},
        },
        [0],
    ),
    (
        "VocabAddedTokensDecoder",
        {
            "tokenizer_config.json": {
                **BERT, "truncation_side": "left",
                "added_tokens_decoder": {
                    str(e.pop("id")): e for e in added(ADDED, 4000)
                } | {"2": added([("[CLS]", {})], 2)[0] | {"lstrip": True, "id": 2}},
            }
        },
        SHORT,
    ),
    (
        "VocabSplitsSpecialTokens",
        {"tokenizer_config.json": {**BERT, "split_special_tokens": True}},
        [0],
    ),
    (
        "JsonOverruledByConfig",
        {
            "tokenizer.json": tokenizer_json(ADDED, lower=False, chinese=False, clean=False),
            "tokenizer_config.json": {**BERT, "model_max_length": 64},
        },
        [0],
    ),
    (
        "JsonAsWritten",
        {"tokenizer.json": tokenizer_json(ADDED), "tokenizer_config.json": VERBATIM},
        [0],
    ),
    (
        "JsonWithoutCleaning",
        {
            "tokenizer.json": tokenizer_json(
                ADDED, clean=False, strip=True, lower=False, truncation=None, padding=None,
                post_processor=template(["<two>", "[CLS]", "A", "[SEP]", "<two>"])),
            "tokenizer_config.json": VERBATIM,
        },
        SHORT,
    ),
    (
        "JsonWithoutNormalizerAndPreTokenizer",
        {
            "tokenizer.json": tokenizer_json(
                normalizer=None, pre_tokenizer=None, post_processor=None,
                model=dict(type="WordPiece", unk_token="[MASK]", continuing_subword_prefix="",
                           max_input_chars_per_word=40)),
            "tokenizer_config.json": VERBATIM,
        },
        [0],
    ),
]
for _, files, _ in CONFIGURATIONS:  # added_tokens_decoder holds no ids inside
    for token in files.get("tokenizer_config.json", {}).get("added_tokens_decoder", {}).values():
        token.pop("id", None)


def train_vocabulary():
    """About 2,000 pieces of made-up words in many scripts."""
    rng = random.Random(7)
    alphabets = ["etaoinshrdlucmfwypvbgkjqxz", "ETAOINSHR", "éèêàçñöüäßøåœ", "αβγδεικλμνοπρστυω",
                 "абвгдеийклмнопрсту", "ابتدرسعلمنهوي", "אבגדהוילמנר", "कखगतनपमयरलवस", "กขคงจตนมรลว",
                 "かきくけこさしたなの", "カキクケコサシタナ", "가각나다라마바사아자한국", "0123456789"]
    words = ["the", "and", "world", "hello", "user", "http", "new", "cafe", "naive"]
    for alphabet in alphabets:
        syllables = ["".join(rng.choice(alphabet) for _ in range(rng.randint(1, 3)))
                     for _ in range(25)]
        for _ in range(250):
            words.append("".join(rng.choice(syllables) for _ in range(rng.randint(1, 4))))
    words += list("中文字符日本語國的一是不了人我在有他這") + list("👍❤😂🇩🇪€£…“”‘’—–、。") * 3
    words += list("!\"#$%&'()*+,-./:;<=>?@[\\]^_`{|}~") * 3 + ["e\u0301", "i\u0307", "\u1100\u1161"]
    words += ["\U0001d158", "\u302e", "\u302f", "\u0345", "\u17d2", "\u094d", "\u200d", "\u0903"]
    lines = [" ".join(rng.choice(words) for _ in range(8)) for _ in range(4000)] + words
    tokenizer = Tokenizer(WordPiece(unk_token="[UNK]"))
    tokenizer.normalizer = normalizers.BertNormalizer(lowercase=False)
    tokenizer.pre_tokenizer = pre_tokenizers.BertPreTokenizer()
    trainer = trainers.WordPieceTrainer(
        vocab_size=2000, special_tokens=SPECIAL, limit_alphabet=500, show_progress=False)
    tokenizer.train_from_iterator(lines, trainer)
    vocabulary = tokenizer.get_vocab()
    tokens = sorted(vocabulary, key=vocabulary.get)
    assert [vocabulary[t] for t in tokens] == list(range(len(tokens)))
    # Pieces that only an unnormalized text can show.
    for extra in [" ", "  ", "\t", "É", "##É", "e\u0301", "##\u0301", "\u0301", "\x01", "İ", "i\u0307",
                  "##\u0307", "\u302e", "##\u302e", "##\u302f", "\u00ad", "中文", "##文", "[", "[C"]:
        if extra not in tokens and extra == extra.rstrip():
            tokens.append(extra)
    (HERE / "vocab.txt").write_text("".join(t + "\n" for t in tokens))
    return {t: i for i, t in enumerate(tokens)}


def boundary_texts():
    """The ends of every range in which code points share their fate, and their neighbours."""
    clean = normalizers.BertNormalizer(lowercase=True).normalize_str
    split = pre_tokenizers.BertPreTokenizer().pre_tokenize_str

    def fate(c):
        normal = clean(chr(c))
        return (len(normal), normal == chr(c), len(split(f"a{chr(c)}b")))

    ends, before = [], None
    for c in code_points():
        now = fate(c)
        if now != before:
            ends += [c - 1, c]
        before = now
    ends = [c for c in dict.fromkeys(ends) if c >= 0 and not 0xD800 <= c < 0xE000]
    plane = [p << 16 | o for p in range(17) for o in (0, 0x123, 0x8000, 0xFFFF)]
    for group in (ends, plane):
        for i in range(0, len(group), 12):
            yield "".join(f"a{chr(c)}b " for c in group[i : i + 12])


def fingerprint(ids):
    value = 0xCBF29CE484222325  # FNV-1a over the ids
    for i in ids:
        value = ((value ^ i) * 0x100000001B3) % (1 << 64)
    value ^= value >> 32
    return "".join(DIGITS[value >> shift & 63] for shift in (0, 6, 12))


def ids_of(vocabulary, files, texts, lengths):
    with tempfile.TemporaryDirectory() as folder:
        (Path(folder) / "vocab.txt").write_bytes((HERE / "vocab.txt").read_bytes())
        for name, content in files.items():
            if name == "tokenizer.json":
                model = {**content["model"], "vocab": vocabulary}
                content = {**content, "model": model}
            (Path(folder) / name).write_text(json.dumps(content))
        tokenizer = AutoTokenizer.from_pretrained(folder)
        out = []
        for i, text in enumerate(texts):
            length = lengths[i % len(lengths)]
            cut = dict(truncation=True, max_length=length) if length else {}
            out.append(tokenizer(text, **cut)["input_ids"])
        return out


def main():
    vocabulary = train_vocabulary()
    with tempfile.TemporaryDirectory() as folder:
        (Path(folder) / "vocab.txt").write_bytes((HERE / "vocab.txt").read_bytes())
        (Path(folder) / "tokenizer_config.json").write_text(json.dumps(BERT))
        plain = AutoTokenizer.from_pretrained(folder)
    texts = BY_HAND + list(boundary_texts()) + list(random_texts(RANDOM_ROWS, 11, plain, most_words=5))
    configurations = []
    for name, files, lengths in CONFIGURATIONS:
        ids = ids_of(vocabulary, files, texts, lengths)
        configurations.append(
            dict(name=name, files=files, lengths=lengths, ids=ids[:ROWS_IN_FULL],
                 hashes="".join(map(fingerprint, ids))))
        print(name, sum(map(len, ids)), "ids,", sum(i.count(1) for i in ids), "unknown")
    golden = dict(
        made_with=f"tokenizers {tokenizers.__version__}, transformers {transformers.__version__}",
        texts=texts, configurations=configurations)
    print(len(texts), "texts")
    compact = json.dumps(golden, ensure_ascii=False, separators=(",", ":"))
    (HERE / "golden.json").write_text(compact.replace('","', '",\n"') + "\n")


main()
