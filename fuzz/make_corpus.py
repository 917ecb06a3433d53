"""Writes the first inputs of every fuzz target into FOLDER/<target>/, from the files that the tests
have and from what is written out here.

    python3 fuzz/make_corpus.py FOLDER

scripts/fuzz.sh --new-corpus calls it, runs the targets on what it wrote, and keeps in fuzz/corpus/
what reaches code that no smaller input reaches.
"""
import hashlib
import json
import struct
import sys
from pathlib import Path

root = Path(__file__).resolve().parent.parent
golden = root / "tests" / "golden"
out = Path(sys.argv[1])
LARGEST = 16384  # bytes; larger inputs are slow and seldom reach more


def write(target, *parts, option=None):
    """One input: an option byte where the target has one, then its parts with 0xFF between them."""
    data = b"\xff".join(part.encode() if isinstance(part, str) else part for part in parts)
    if option is not None:
        data = bytes([option]) + data
    if len(data) > LARGEST:
        return
    folder = out / target
    folder.mkdir(parents=True, exist_ok=True)
    (folder / hashlib.sha1(data).hexdigest()[:12]).write_bytes(data)


def safetensors(header, data=b""):
    text = header if isinstance(header, bytes) else json.dumps(header, separators=(",", ":")).encode()
    return struct.pack("<Q", len(text)) + text + data


def tensor(dtype="F32", shape=(1,), begin=0, end=4, **more):
    return {"dtype": dtype, "shape": list(shape), "data_offsets": [begin, end], **more}


def make_safetensors():
    huge = 2**63
    files = [
        safetensors({"t": tensor()}, bytes(4)),
        safetensors({"__metadata__": {"format": "pt"}, "a": tensor(shape=[2, 2], end=16),
                     "b": tensor("F16", [3], 16, 22), "c": tensor("BF16", [1], 22, 24)}, bytes(24)),
        safetensors({"t": tensor(shape=[], end=4)}, b"\0\0\x80\x3f"),
        safetensors({"t": tensor(shape=[0, 4], end=0)}),
        safetensors({"t": tensor("I64", [2], 0, 16), "u": tensor("U8", [3], 16, 19),
                     "v": tensor("BOOL", [1], 19, 20), "f": tensor("F4", [4], 20, 22)}, bytes(22)),
        # What other loaders have fallen for.
        safetensors({"t": tensor(shape=[1 << 40], end=1 << 42)}, bytes(4)),
        safetensors({"t": tensor(shape=[1 << 32, 1 << 32, 4])}, bytes(4)),
        safetensors({"t": tensor(shape=[0, huge, huge], end=0)}),
        safetensors({"t": tensor(shape=[4])}, bytes(4)),
        safetensors({"t": tensor(shape=[-1])}, bytes(4)),
        safetensors({"t": tensor(begin=4, end=0)}, bytes(4)),
        safetensors({"t": tensor(begin=-4, end=0)}, bytes(4)),
        safetensors({"t": tensor(begin=0.0, end=4.0)}, bytes(4)),
        safetensors({"t": tensor(end=huge * 2 - 1)}, bytes(4)),
        safetensors({"__metadata__": tensor()}, bytes(4)),
        safetensors({"a": tensor(), "b": tensor()}, bytes(4)),
        safetensors({"a": tensor(), "b": tensor(begin=8, end=12)}, bytes(12)),
        safetensors({"t": tensor()}, bytes(5)),
        safetensors(b'{"t":{"dtype":"F32","shape":[1],"data_offsets":[0,4]},'
                    b'"t":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}}', bytes(4)),
        safetensors(b'{"t\xff\xfe":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}}', bytes(4)),
        safetensors(b'{"t":{"dtype":"F32","shape":[NaN],"data_offsets":[0,1e999]}}', bytes(4)),
        safetensors(b'{"t":' + b"[" * 200 + b"]" * 200 + b"}", bytes(4)),
        safetensors(b' {"t":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}}', bytes(4)),
        safetensors(b'{"t":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}}   ', bytes(4)),
        struct.pack("<Q", 100_000_001) + b"{}", struct.pack("<Q", huge) + b"{}", b"\x02\0\0\0\0\0\0\0{}",
        safetensors({"t": tensor("F33")}, bytes(4)), b"", b"1234567",
    ]
    for file in files:
        write("safetensors", file)
    for path in golden.glob("*/*/model*.safetensors"):
        if path.stat().st_size < 6000:
            write("safetensors", path.read_bytes())


def make_json():
    for text in ['{"a": [1, -2.5e3, true, null, "\\u00e9\\ud83d\\ude00"]}', "[]", "{}", "1e999", '"x"',
                 '{"a": 1, "a": 2}', "[" * 65 + "]" * 65, "[" * 64 + "]" * 64, "[1,]", "\ufeff{}", "nul",
                 "18446744073709551616", "-9223372036854775809", '{"a": {"b": {"c": []}}}', '"\\ud800"']:
        write("json", text)
    for path in golden.glob("*/*/config.json"):
        write("json", path.read_bytes())


def make_config():
    paths = list(golden.glob("*/config.json")) + list(golden.glob("*/*/config.json"))
    for path in paths:
        write("config", path.read_bytes())
    base = json.loads((golden / "bert" / "config.json").read_text())
    for change in [{"num_hidden_layers": 10**9}, {"hidden_size": 2**31}, {"hidden_size": 2**63},
                   {"vocab_size": -1}, {"num_attention_heads": 0}, {"hidden_act": "silu"},
                   {"id2label": {"0": "a", "2": "b"}}, {"id2label": {"0": 1.5, "1": "\u001b[2J"}},
                   {"hidden_dropout_prob": 1.0}, {"layer_norm_eps": 1e-300}, {"pad_token_id": None},
                   {"position_embedding_type": "relative_key"}, {"is_decoder": True}, {"num_labels": 3}]:
        write("config", json.dumps({**base, **change}))
    pooling = {"word_embedding_dimension": 8, "pooling_mode_mean_tokens": True}
    listed = [[("", "Transformer"), ("1_Pooling", "Pooling")],
              [("", "Transformer"), ("1_Pooling", "Pooling"), ("2_Dense", "Dense")],
              [("", "Transformer"), ("1_Pooling", "Pooling"), ("", "Normalize")],
              [("", "Transformer")], [("0_Transformer", "Transformer"), ("1_Pooling", "Pooling")],
              [("", "Transformer"), ("1_Pooling", "Pooling"), ("2_Dense", "Dense"), ("2_Dense", "Dense")],
              [("", "Transformer"), ("../1_Pooling", "Pooling")], [("/etc", "Transformer")],
              [("..\\x", "Transformer")], [("a/../../b", "Transformer")]]
    for modules in listed:
        text = json.dumps([{"idx": i, "name": str(i), "path": path,
                            "type": "sentence_transformers.models." + kind}
                           for i, (path, kind) in enumerate(modules)])
        dense = {"in_features": 8, "out_features": 2, "bias": True,
                 "activation_function": "torch.nn.modules.linear.Identity"}
        for pool in [pooling, {"pooling_mode": "cls"}, {"pooling_mode": ["max", "mean"]}]:
            write("modules", text, json.dumps(pool), json.dumps(dense),
                  '{"max_seq_length": 256, "do_lower_case": false}')
        tanh = {"in_features": 16, "out_features": 2, "bias": False}
        for prompts in [{"prompts": {"q": "query: "}, "default_prompt_name": "q"},
                        {"prompts": {"q": None}, "default_prompt_name": "q"},
                        {"prompts": [], "default_prompt_name": "q"}, []]:
            write("modules", text, '{"pooling_mode": ["weightedmean", "lasttoken"]}',
                  json.dumps(tanh), "", json.dumps(prompts))


def make_tables():
    tables = ["text,label\nhello,pos\n\"a, \"\"b\"\"\",neg\n", "text\tlabel\nhello\tpos\nx \"y\tneg\n",
              "text;label\nhello;1\n", "label,text,pair\r\n1,\"two\nlines\",x\r\n2,y,\r\n",
              "\ufefftext,label\na,b\n", "x,label\n'=1+1,b\n", "text,label\na\n", "text,label\n\"open",
              "text,label\n\"a\"b,c\n", "\xff\xfet\0e\0", "PK\3\4", "\x1f\x8b", "", "text,label\n\n\n", "a,b\n",
              "text,text,label\na,b,c\n", "text,label\n,x\n", "a,b,c\n1,2,3", "sep=;\ntext;label\na;b\n",
              "text|label\na,b|c\n", "text,label\ra,b\r\"c\rd\",e\r", "text, label\n\"a\", \"b\" \n \"c\" d,e\n",
              "text,label\na,x\n\"b,x\nc,x\nd,x\ne\",x\n", "a;text,label\n1;2,b\n"]
    for option in [0, 1, 2, 4, 8, 16, 18, 20]:
        for table in tables:
            write("delimited", table.encode("latin-1") if table.isascii() else table, option=option)
    for text in ['{"text": "a", "label": 1}\n{"text": "b", "label": "x"}\n', '[{"text": "a", "label": true}]',
                 '{"text": null, "label": 0.1}\n', '{"text": "a", "label": 1e999}', '{"text": [1], "label": 1}',
                 '{"x": "a", "label": "b", "pair": "c"}\n\n{"x": "", "label": "c", "pair": null}',
                 '{"text": "a", "text": "b", "label": "c"}', "[" * 3000, '{"text": "\\ud800", "label": 1}',
                 '{"text": "\\u0000", "label": " x "}', "[]", "{}", "1", '{"text": "a", "label": -0.0}',
                 '{"text": "a", "label": NaN, "x": -Infinity}\n', '{"text":"a","label":1}{"text":"b","label":2}',
                 '{\n"text": "a",\n"label": 1\n}\n{"text": "b",\n"label": 2}', '{"data": [{"text": "a", "label": 1}]}',
                 '{"text": ["a", "b"], "label": [1, 2]}', '{"text": {"0": "a"}, "label": {"0": 1}}',
                 '{"columns": ["text", "label"], "data": [["a", 1]]}', '{"0": {"text": "a", "label": 1}}']:
        for option in [0, 1, 2, 4]:
            write("json_lines", text, option=option)
    for path in [*golden.glob("data/*.parquet"), *(root / "tests/cases/files/files").glob("**/*.arrow")]:
        for option in [0, 2 + 4 + 1, 128 + 24]:
            write("parquet", path.read_bytes(), option=option)
    for text in ["train", "train[:30%]", "train[10:20]+test[-5%:]", "validation[33%:66%](closest)",
                 "train[:10%](pct1_dropremainder)", "train[9223372036854775808:]", "test[-9223372036854775808:]",
                 "a+b+c", "train[", "train[::2]", "train[101%:]", "data/train.csv", "train[5]", "x[:1e3]", "+"]:
        write("split_expression", text)


def make_hub():
    commit = "0123456789abcdef0123456789abcdef01234567"
    for names in [["config.json", "model.safetensors"], ["../x", "/etc/passwd", "a\\b", "a//b", ".", "a/./b"],
                  ["data/train-00000-of-00002.parquet", "data/test-00000-of-00001.parquet"],
                  ["a\u0000b", "a\u009bb", "\u202ecsv.x", "a" * 256, "a/" * 600], ["train.csv", "test.csv"],
                  ["default/train/0000.parquet", "default/partial-test/0000.parquet"], ["CON", "nul.txt", "a:b"]]:
        write("hub_listing", json.dumps({"sha": commit, "siblings": [{"rfilename": name} for name in names]}))
    write("hub_listing", '{"sha": "..", "siblings": []}')
    for url in ["https://hub.example/a", "https://hub.example:443?x", "https://hub.example@evil.example/x",
                "https://evil.example\\@hub.example/", "https://evil.example#@hub.example/", "HTTPS://HUB.EXAMPLE:443",
                "https://hub.example:443@evil.example", "https://hub.example:0443/", "https://[::1]:443/",
                "https://hub.example%2eevil.example/", "//evil.example/x", "../../x", "a/b?c#d", "https:hub.example",
                "https:///hub.example", "https://evil.example?@hub.example", "https://a:b@hub.example:443/",
                "https://hub.example;443/", "https://hub.example :443/", "org/name:conf@refs/pr/1", "ftp://hub.example:443",
                "https://hub.example:443:80/", "https://hub.example.", "https://xn--hub.example", "glue:cola@main"]:
        write("hub_url", url, "120")
        write("hub_url", url, "Wed, 21 Oct 2026 07:28:00 GMT")
    for card in ["configs:\n- config_name: a\n  data_files:\n  - split: train\n    path: data/train-*\n",
                 "configs:\n- config_name: default\n  data_dir: data\n  data_files: '*.csv'\n",
                 "dataset_info:\n  features:\n  - name: label\n    dtype:\n      class_label:\n        names:\n"
                 "          '0': neg\n          '1': pos\n", "a: &x [1]\nb: *x\n", "a: &a [*a]\n", "? [a]\n: b\n",
                 "a: 1\na: 2\n", "- [" * 70, "x: |\n  text\n  more\n", "%YAML 1.1\n---\na: !!str 1\n", "{a: [b, {c: d}]}",
                 "configs:\n- data_files: [{split: test, path: ['**/[a-z]*', '../../x', '/etc/*']}]\n",
                 "a: &a [x, x]\nb: &b [*a, *a]\nc: &c [*b, *b]\nd: [*c, *c]\n", "\"\\x1b\\u202e\": 'a''b'"]:
        write("card", card)
    for page in ['{"files": [{"filename": "a-1.whl", "url": "../a-1.whl#sha256=00"}]}', '{"files": 1}', "[]",
                 '<a href="https://x/a-1.whl#sha256=0&amp;b">', "<a href='a%2d1.whl?x'>", '<a href="', "href=href=''",
                 "--index-url <url>  Base URL (default https://index.example/simple)", "--index-url (default"]:
        write("package_index", page)


def make_tokenizers():
    configurations = json.loads((golden / "tokenizer" / "pipelines.json").read_text())
    words = (golden / "tokenizer" / "vocab.txt").read_text().splitlines()[:120]
    for entry in configurations["configurations"]:
        file = entry["files"].get("tokenizer.json")
        if file is None:
            continue
        if "vocab" not in file["model"]:
            file["model"]["vocab"] = {word: i for i, word in enumerate(words)}
        write("tokenizer_json", json.dumps(file, ensure_ascii=False), "a text with words")
    alphabet = {chr(c): c - 97 for c in range(97, 123)}
    small = {"version": "1.0", "added_tokens": [], "normalizer": None, "pre_tokenizer": None, "post_processor": None}
    token = {"id": 26, "content": "[X]", "single_word": False, "lstrip": True, "rstrip": False, "normalized": True,
             "special": False}
    for more in [{"model": {"type": "WordLevel", "vocab": alphabet, "unk_token": "a"}},
                 {"model": {"type": "WordPiece", "vocab": {**alphabet, "##a": 26, "##b": 27}, "unk_token": "a",
                            "continuing_subword_prefix": "##", "max_input_chars_per_word": 100}},
                 {"model": {"type": "BPE", "vocab": {**alphabet, "ab": 26, "abc": 27}, "merges": ["a b", ["ab", "c"]],
                            "unk_token": "z", "fuse_unk": True}},
                 {"model": {"type": "Unigram", "vocab": [["a", -1], ["b", -2.5], ["ab", -1e-300]], "unk_id": 0,
                            "byte_fallback": True}}]:
        for stages in [{}, {"added_tokens": [token]},
                       {"pre_tokenizer": {"type": "Split", "pattern": {"Regex": "(a|a)*b|\\p{L}+"}, "behavior": "Isolated",
                                          "invert": False}},
                       {"normalizer": {"type": "Replace", "pattern": {"String": "a"}, "content": "bb"}},
                       {"normalizer": {"type": "Sequence", "normalizers": [{"type": "NFD"}, {"type": "StripAccents"},
                                                                           {"type": "Lowercase"}, {"type": "Prepend",
                                                                                                   "prepend": "\u2581"}]}},
                       {"pre_tokenizer": {"type": "Metaspace", "replacement": "\u2581", "prepend_scheme": "always",
                                          "split": True}},
                       {"pre_tokenizer": {"type": "ByteLevel", "add_prefix_space": True, "trim_offsets": True,
                                          "use_regex": True}},
                       {"post_processor": {"type": "TemplateProcessing", "single": [{"SpecialToken": {"id": "[X]", "type_id": 0}},
                                                                                   {"Sequence": {"id": "A", "type_id": 1}}],
                                           "pair": [], "special_tokens": {"[X]": {"id": "[X]", "ids": [1],
                                                                                 "tokens": ["[X]"]}}}}]:
            write("tokenizer_json", json.dumps({**small, **more, **stages}, ensure_ascii=False), "abc zab")
    write("vocabulary", "[PAD]\n[UNK]\n[CLS]\n[SEP]\n[MASK]\nthe\nriver\n##s\n'\ns\n", option=0)
    write("vocabulary", "<pad>\n<s>\n</s>\n<unk>\n<mask>\nthe\n", option=4)
    bpe = {"<s>": 0, "<pad>": 1, "</s>": 2, "<unk>": 3, "t": 4, "h": 5, "e": 6, "th": 7, "the": 8, "\u0120": 9, "<mask>": 10}
    write("vocabulary", json.dumps(bpe, ensure_ascii=False), "#version: 0.2\nt h\nth e\n", option=1)
    write("vocabulary", json.dumps(bpe, ensure_ascii=False), "t h\nth e\n",
          '{"tokenizer_class": "RobertaTokenizer", "add_prefix_space": true, "model_max_length": 1e30}', "{}", "{}",
          "the rest", option=1)
    for option in [2, 3]:
        write("vocabulary", sentencepiece(["<unk>", "<s>", "</s>", "\u2581", "\u2581the", "r", "i", "v", "er"]), option=option)
    small_json = json.dumps({**small, "model": {"type": "WordLevel", "vocab": alphabet, "unk_token": "a"}})
    write("vocabulary", small_json, '{"pad_token": "b", "added_tokens_decoder": {"26": {"content": "[Y]", "special": true}}}',
          "{}", '{"[Z]": 27}', "a [Y] b", option=5)
    texts = configurations["texts"] + ["\u200d\U0001f468" * 20, "a" * 300, "\u0301" * 50, "[CLS] [SEP] <mask>", "\x00\x01"]
    for i, text in enumerate(texts):
        if not text.isascii() or i % 3 == 0:
            write("encode", text, option=i)
        write("encode", text, option=i * 7 % 16)
    write("encode", b"\xf0\x9f\x98 \xc3\x28 \xed\xa0\x80", option=3)


def varint(number):
    out = b""
    while True:
        number, low = number >> 7, number & 127
        out += bytes([low | (128 if number else 0)])
        if not number:
            return out


def field(number, data):
    return varint(number << 3 | 2) + varint(len(data)) + data


def sentencepiece(pieces):
    out = b""
    for i, piece in enumerate(pieces):
        kind = {0: 2, 1: 3, 2: 3}.get(i, 1)
        body = field(1, piece.encode()) + b"\x15" + struct.pack("<f", -float(i)) + b"\x18" + varint(kind)
        out += field(1, body)
    # trainer_spec.model_type = UNIGRAM; normalizer_spec with an empty charsmap
    return out + field(2, b"\x18\x01") + field(3, field(1, b"identity"))


def make_recipes():
    for path in (root / "recipes").glob("*.toml"):
        write("recipe", path.read_bytes())
    for text in ["strategies = [\"probe\", \"full\"]\n[full]\nepochs = 2\nfreeze = [\"*.bias\"]\n", "epochs = 1e3\n", "x = 1\n",
                 "[a.b]\nc = 1\n", "title = \"\\u001b[2J\"\n", "data = [1979-05-27, 2]\n", "a = [" * 300, "[[x]]\n",
                 "strategies = [\"lp-ft\"]\nseed = 4294967296\n", "metric = \"accuracy\"\nbudget = \"5min\"\n", "a = {b = {c = 1}}\n",
                 "class_weights = [1, 2.5]\nlabel_cuts = [0.5, nan]\nsizes = [inf]\n", "sweep = [\"depth\", \"size\"]\n"]:
        write("recipe", text, "epochs=2", "full.learning_rate=1e-5", "strategies=probe,full", "name=../x")
        write("recipe", text)


def make_escaping():
    for text in ["plain", "</script><b>", "=cmd|' /C calc'!A0", "]]>", "\" onload=\"x", "\u001b[2J\u009b2J", "a\n- b: c\n---\n",
                 "\u202egnp.exe", "-1.5", "+1", "-1+1", "@x", "\t=1", "''=1", "'", "`*_[x](y)|~$", "1. x", "# x", "https://x.example",
                 "&amp;lt;", "\\", "%41", "{{x}}", "\u2028\u2029\ufeff\ufffe", "\u0085", "a\rb", " a ", "null", "!!python/x"]:
        write("escaping", text)
    write("escaping", b"\xff\xc3\x28\xed\xa0\x80\xf8")


def make_results():
    def test(*confusion):
        return {"loss": 0.5, "confusion": [list(row) for row in confusion]}

    def strategy(name, kind, **more):
        return {"approach": name, "strategy": kind, "init_from": "", "settings": {"epochs": "2"},
                "trainable_parameters": 3, "total_parameters": 9, "steps": 4, "best_epoch": 1, "prefix_seconds": 0.5,
                "train_seconds": 2.25, "eval_seconds": 0.25, "peak_memory_mb": 100.5, "load_report": "",
                "test": test((2, 1), (0, 1)),
                "epochs": [{"epoch": 1, "train_loss": 0.7, "validation_loss": 0.6, "validation_accuracy": 0.5,
                            "validation_f1": 0.5, "validation_macro_f1": None, "seconds": 1}],
                "losses": [{"epoch": 0.5, "step": 2, "loss": 0.7, "learning_rate": 1e-3}], **more}

    plain = {"format": 1, "title": "t", "model": "m", "data": "d", "evaluated_on": "test", "precision": "fp32",
             "total_seconds": 3, "settings": {"seed": "42"}, "versions": {"thaw": "0.1.0"}, "machine": {"cpu": "c"},
             "label_names": ["no", "yes"], "splits": [{"name": "train", "rows": 8, "label_counts": [4, 4]}],
             "strategies": [strategy("probe", "probe"), strategy("full", "full")]}
    bins = [{"rows": 0, "confidence": None, "accuracy": None}] * 15
    summary = {"nll": 0.5, "brier": 0.3, "ece": 0.1, "bins": bins}
    newer = {"failure": "", "seed": 42, "frozen_hash_before": "ab", "frozen_hash_after": "ab",
             "reruns": [{"seed": 43, "failure": "", "best_epoch": 1, "train_seconds": 2, "test": test((1, 1), (1, 1))}],
             "calibration": {"temperature": 1.5, "before": summary, "after": summary},
             "trials": [{"settings": {"epochs": "2"}, "train_rows": 4, "validation_loss": None, "seconds": 1, "kept": True}]}
    row = {"first_split": "train", "second_split": "test", "first_row": 0, "second_row": 1, "similarity": 0.9,
           "other_label": True, "first_text": "<b>", "second_text": "=1"}
    findings = {"looked": True, "shared_equal": 1, "shared_near": 1, "shared": [row], "conflicting": 1,
                "conflicts": [{"split": "train", "first_row": 0, "second_row": 1, "first_label": 0, "second_label": 1,
                               "text": "x"}],
                "tiny_classes": [1], "looked_for_suspects": True, "suspected": 1,
                "suspects": [{"row": 1, "label": 0, "suggested": 1, "label_probability": 0.1,
                              "suggested_probability": 0.9, "text": "y"}],
                "lengths": {"train": [{"tokens": 4, "rows": 8}]}, "truncated": {"train": 0}}
    estimates = [{"metric": metric, "value": 0.5, "sd": None, "low": 0.4, "high": 0.6}
                 for metric in ["accuracy", "macro_f1", "loss"]]
    full = {**plain, "strategies": [strategy("probe", "probe", **newer), strategy("last", "last-2", **newer),
                                    strategy("broken", "full", **{**newer, "failure": "loss at step 3", "test": None})],
            "started": 1.79e9, "data_findings": findings, "decision": {"metric": "accuracy", "budget_seconds": 60},
            "curve": [{"approach": "probe", "seed": 42, "train_rows": rows, "train_seconds": 1, "test": test((2, 1), (0, 1))}
                      for rows in (2, 4, 8)],
            "evidence": {"resamples": 100, "strategies": [estimates, estimates, []], "pairs": []}}
    one = {**plain, "strategies": [strategy("probe", "probe")]}
    huge = json.loads(json.dumps(full))
    huge["strategies"][0]["train_seconds"] = 1e308
    huge["strategies"][0]["losses"][0]["loss"] = -1e308
    huge["strategies"][0]["epochs"][0]["validation_loss"] = 1.7e308
    huge["curve"][0]["train_rows"] = 2**62
    predictions = ("row,gold,text,probe_label,probe_no,probe_yes,probe_logit_no,probe_logit_yes\n"
                   "0,no,\"a, b\",no,0.75,0.25,1,-0.1\n1,yes,'=1,yes,0.25,0.75,-1,0.1\n")
    for results in [plain, full, one, huge]:
        write("results", json.dumps(results, separators=(",", ":")))
    write("results", json.dumps(one), predictions)
    write("results", json.dumps(one), "row,gold,probe_label,probe_no,probe_yes\n0,no,no,0.75,0.25\n")


def make_compressed():
    endings = ["gz", "zst", "bz2", "xz"]
    for path in golden.glob("data/compressed/*"):
        ending = path.suffix[1:]
        if ending not in endings:
            continue
        data = path.read_bytes()
        write("compressed", data, option=endings.index(ending))
        write("compressed", data[:-4], option=endings.index(ending))
        write("compressed", data + b"more", option=endings.index(ending))


for make in [make_compressed, make_safetensors, make_json, make_config, make_tables, make_hub, make_tokenizers, make_recipes, make_escaping,
             make_results]:
    make()
print(sum(1 for _ in out.rglob("*") if _.is_file()), "inputs in", out)
