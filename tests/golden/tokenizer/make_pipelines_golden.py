"""Writes pipelines.json: small tokenizers of every kind of pipeline, and what Transformers makes of odd texts.

    python make_pipelines_golden.py

The vocabularies are trained on the sentences below. tokenizers 0.23.3, transformers 5.23.0.
"""

import json
import tempfile
from pathlib import Path

from charsmap import precompiled
from tokenizers import Regex, Tokenizer, models, trainers
from tokenizers import normalizers as N
from tokenizers import pre_tokenizers as P
from tokenizers import processors as PP
from transformers import AutoTokenizer

SENTENCES = [
    "The weather was lovely, so we walked along the river until the lights came on.",
    "I can't believe they've raised the price again; it's 49.99 now!",
    "Nobody's going to fix the heating before 2031, they said, and they were right.",
    "Une soirée déçue, un café fermé, et pourtant l'été revient.",
    "Die Straße wäre schöner ohne Lärm, aber wir wohnen gern hier.",
    "Worst service ever... waited two hours, then the soup was cold.",
    "What a delightful little film, warm and funny and never too long.",
] * 3
TEXTS = [
    "", " ", "   leading and  repeated   spaces  ", "The river's lovely, isn't it?", "I'VE 1234567 lights; 3.14",
    "tabs\tand\nlines\r\n", "nul\u0000inside", "family \U0001f468\u200d\U0001f469\u200d\U0001f467 and \U0001f44d\U0001f3fd",
    "cafe\u0301 caf\u00e9 \u0301start", "\u05e9\u05dc\u05d5\u05dd \u0645\u0631\u062d\u0628\u0627 world",
    "\u4eca\u65e5\u306f\u3044\u3044\u5929\u6c17 \ud55c\uad6d\uc5b4", "w" * 300, "<mask>in<mask> words<s>", "a <mask> b  <mask>",
    "\uff21\ufb01\u2460\u00bd \u3000wide\u200bzero", "\u00a0no-break\u2028line", "!?.,;:(\u00ab\u00bb)", "\ufeffmark \ufffd",
    "the \u2581the\u2581 _the_", "\U000e0041tag \U00013f53", "123abc456 a1b2", "STRASSE stra\u00dfe \u0130stanbul",
]
SPECIAL = ["<s>", "<pad>", "</s>", "<unk>", "<mask>"]
RULES = {"\u3000": " ", "\ufb01": "fi", "\u2460": "1", "\uff21": "A", "\u00e9": "e", "\u200d": "", "\t": " ", "\u00bd": "1/2"}
WORDS = r"(?i:'s|'t|'ve)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}{1,3}| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+"
NAMES = dict(unk_token="<unk>", bos_token="<s>", eos_token="</s>", pad_token="<pad>", mask_token="<mask>",
             cls_token="<s>", sep_token="</s>")
goldens = []


def train(model, trainer, normalizer, pre_tokenizer, post_processor=None, **options):
    tokenizer = Tokenizer(model)
    for stage, value in (("normalizer", normalizer), ("pre_tokenizer", pre_tokenizer), ("post_processor", post_processor)):
        if value is not None:
            setattr(tokenizer, stage, value)
    trained = trainer(vocab_size=330, special_tokens=SPECIAL, show_progress=False, **options)
    tokenizer.train_from_iterator(SENTENCES, trained)
    return tokenizer


def add(name, tokenizer, tokenizer_class="PreTrainedTokenizerFast", as_files=False, **config):
    with tempfile.TemporaryDirectory() as folder:
        folder = Path(folder)
        tokenizer.save(str(folder / "tokenizer.json"))
        golden = {"name": name, "files": {}}
        if as_files:
            (folder / "tokenizer.json").unlink()
            tokenizer.model.save(str(folder))
            golden["merges"] = (folder / "merges.txt").read_text()
        (folder / "tokenizer_config.json").write_text(json.dumps(dict(tokenizer_class=tokenizer_class, **config)))
        for file in folder.glob("*.json"):
            golden["files"][file.name] = json.loads(file.read_text())
        golden["ids"] = [AutoTokenizer.from_pretrained(folder)(text)["input_ids"] for text in TEXTS]
    goldens.append(golden)


def bpe():
    roberta = PP.RobertaProcessing(("</s>", 2), ("<s>", 0), add_prefix_space=False)
    bytes_ = P.ByteLevel(add_prefix_space=False)
    tokenizer = train(models.BPE(), trainers.BpeTrainer, None, bytes_, roberta, initial_alphabet=P.ByteLevel.alphabet())
    add("byte-level BPE as written", tokenizer)
    add("RoBERTa", tokenizer, "RobertaTokenizer")
    add("RoBERTa with a space before", tokenizer, "RobertaTokenizer", add_prefix_space=True)
    add("RoBERTa of vocab.json and merges.txt", tokenizer, "RobertaTokenizer", as_files=True)
    add("GPT-2", tokenizer, "GPT2Tokenizer")
    tokenizer.pre_tokenizer = P.Sequence([P.Split(Regex(WORDS), "isolated"), P.ByteLevel(add_prefix_space=False, use_regex=False)])
    add("byte-level BPE behind a split", tokenizer)
    options = dict(continuing_subword_prefix="##", end_of_word_suffix="</w>")
    add("BPE with prefix and suffix",
        train(models.BPE(unk_token="<unk>", fuse_unk=True, **options), trainers.BpeTrainer,
              N.Sequence([N.NFKC(), N.Lowercase(), N.StripAccents()]),
              P.Sequence([P.WhitespaceSplit(), P.Punctuation(), P.Digits(individual_digits=True)]), **options))


def unigram():
    template = PP.TemplateProcessing(single="<s> $A </s>", pair="<s> $A </s> </s> $B </s>", special_tokens=[("<s>", 0), ("</s>", 2)])
    def make(normalizer, pre_tokenizer):
        return train(models.Unigram(), trainers.UnigramTrainer, normalizer, pre_tokenizer, template, unk_token="<unk>")
    tokenizer = make(precompiled(RULES), P.Sequence([P.WhitespaceSplit(), P.Metaspace(prepend_scheme="always")]))
    add("Unigram with a character map", tokenizer)
    add("XLM-R", tokenizer, "XLMRobertaTokenizer", **NAMES)
    add("Unigram, first", make(N.Sequence([N.Nmt(), N.NFKC(), N.Replace(Regex(" {2,}"), " ")]), P.Metaspace(prepend_scheme="first")))
    add("Unigram by scripts", make(N.Sequence([N.NFKD(), N.StripAccents(), N.Lowercase()]),
                                   P.Sequence([P.UnicodeScripts(), P.Metaspace(prepend_scheme="never")])))


def word_level():
    for name, normalizer, pre_tokenizer in (
        ("whitespace", N.NFC(), P.Whitespace()),
        ("delimiter", N.Prepend("x"), P.Sequence([P.CharDelimiterSplit("e"), P.Punctuation("merged_with_previous")])),
        ("merged with next", N.Sequence([N.NFD(), N.Strip()]), P.Split(Regex("[aeiou]+"), "merged_with_next")),
        ("contiguous", None, P.Split(" ", "contiguous")),
        ("BERT", N.Lowercase(), P.BertPreTokenizer()),
    ):
        add("WordLevel, " + name, train(models.WordLevel(unk_token="<unk>"), trainers.WordLevelTrainer, normalizer, pre_tokenizer))


bpe()
unigram()
word_level()
out = Path(__file__).parent / "pipelines.json"
lines = ",\n".join(json.dumps(golden, separators=(",", ":")) for golden in goldens)
out.write_text('{"texts":' + json.dumps(TEXTS) + ',\n"configurations":[\n' + lines + "]}\n")
