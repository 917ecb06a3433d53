"""Writes pairs.json beside itself: pairs of texts, and the ids and token types that Transformers'
fast tokenizers give them. tests/tokenizer/pair_test.cc reads it.

    python make_pair_golden.py    # made with tokenizers 0.23.3, transformers 5.23.0

A configuration is a set of files beside vocab.txt, as in make_golden.py.
"""

import json
import tempfile
from pathlib import Path

from transformers import AutoTokenizer

HERE = Path(__file__).parent
TEXTS = ["", "hello", "Hello, world!", "naïve café 中文", "a[MASK]b [SEP]", "don't stop " * 5, "x " * 14]
LENGTHS = [0, 3, 4, 5, 6, 7, 8, 11, 12, 17]
BERT = {"tokenizer_class": "BertTokenizer", "do_lower_case": True, "model_max_length": 512}


def piece(token, kind):
    return {"SpecialToken": {"id": token, "type_id": kind}}


def text(name, kind):
    return {"Sequence": {"id": name, "type_id": kind}}


def tokenizer_json(vocabulary, post_processor):
    special = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"]
    return {
        "version": "1.0",
        "truncation": None,
        "padding": None,
        "added_tokens": [
            dict(id=vocabulary[t], content=t, single_word=False, lstrip=False, rstrip=False,
                 normalized=False, special=True) for t in special
        ],
        "normalizer": {"type": "BertNormalizer", "clean_text": True, "handle_chinese_chars": True,
                       "strip_accents": None, "lowercase": True},
        "pre_tokenizer": {"type": "BertPreTokenizer"},
        "post_processor": post_processor,
        "decoder": None,
        "model": {"type": "WordPiece", "unk_token": "[UNK]", "continuing_subword_prefix": "##",
                  "max_input_chars_per_word": 100, "vocab": vocabulary},
    }


def configurations(vocabulary):
    plain = {"tokenizer_class": "PreTrainedTokenizerFast", "pad_token": "[PAD]"}
    tokens = {t: {"id": t, "ids": [vocabulary[t]], "tokens": [t]} for t in ("[CLS]", "[SEP]")}
    # RoBERTa's way: two separators between, one type for all.
    one_type = {
        "type": "TemplateProcessing",
        "single": [piece("[CLS]", 0), text("A", 0), piece("[SEP]", 0)],
        "pair": [piece("[CLS]", 0), text("A", 0), piece("[SEP]", 0), piece("[SEP]", 0),
                 text("B", 0), piece("[SEP]", 0)],
        "special_tokens": tokens,
    }
    old_bert = {"type": "BertProcessing", "sep": ["[SEP]", vocabulary["[SEP]"]],
                "cls": ["[CLS]", vocabulary["[CLS]"]]}
    return {
        "bert": {"tokenizer_config.json": BERT},
        "bert_cut_left": {"tokenizer_config.json": {**BERT, "truncation_side": "left"}},
        "bert_without_types": {
            "tokenizer_config.json": {**BERT, "model_input_names": ["input_ids", "attention_mask"]}},
        "one_type": {"tokenizer_config.json": plain,
                     "tokenizer.json": tokenizer_json(vocabulary, one_type)},
        "bert_processing": {"tokenizer_config.json": plain,
                            "tokenizer.json": tokenizer_json(vocabulary, old_bert)},
        "no_post_processor": {"tokenizer_config.json": plain,
                              "tokenizer.json": tokenizer_json(vocabulary, None)},
    }


def main():
    lines = (HERE / "vocab.txt").read_text(encoding="utf-8").split("\n")
    vocabulary = {token: i for i, token in enumerate(lines) if token}
    out = {"texts": TEXTS, "lengths": LENGTHS, "configurations": []}
    for name, files in configurations(vocabulary).items():
        with tempfile.TemporaryDirectory() as folder:
            (Path(folder) / "vocab.txt").write_bytes((HERE / "vocab.txt").read_bytes())
            for file, content in files.items():
                (Path(folder) / file).write_text(json.dumps(content), encoding="utf-8")
            tokenizer = AutoTokenizer.from_pretrained(folder)
        rows = []
        for first in range(len(TEXTS)):
            for second in range(len(TEXTS)):
                length = LENGTHS[(3 * first + second) % len(LENGTHS)]
                cut = dict(truncation="longest_first", max_length=length) if length else {}
                # As lists: a single empty second text would count as none.
                given = tokenizer([TEXTS[first]], [TEXTS[second]], **cut)
                rows.append([first, second, length, given["input_ids"][0],
                             given.get("token_type_ids", [[]])[0]])
        for file in files.values():  # filled in from vocab.txt by the test
            file.get("model", {}).pop("vocab", None)
        out["configurations"].append({"name": name, "files": files, "rows": rows})
    text = json.dumps(out, ensure_ascii=True, separators=(",", ":"))
    (HERE / "pairs.json").write_text(text.replace('{"name"', '\n{"name"') + "\n")


if __name__ == "__main__":
    main()
