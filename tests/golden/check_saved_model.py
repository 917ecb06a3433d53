#!/usr/bin/env python3
"""Loads a folder that thaw saved where others would load it, and compares.

    python check_saved_model.py FOLDER TEXTS.jsonl --thaw build/thaw
    python check_saved_model.py FOLDER TEXTS.jsonl --predictions P.jsonl [--tokens T.jsonl]

FOLDER is loaded in sentence-transformers where it holds a modules.json, otherwise in Transformers.
TEXTS.jsonl has a {"text": ...} a line. The predictions are what `thaw predict FOLDER TEXTS.jsonl
--logits --precision fp32` printed, the tokens what `thaw tokenize FOLDER TEXTS.jsonl --max-length N`
printed; with --thaw the script runs both itself.

Compared for each text: token ids (equal), logits (within --tolerance, times the largest logit where
that is above 1), probabilities, and the label's name. Also compared: the label names of the
configuration, and that nothing was missing or left over when the weights were loaded. Exit code 0
when all agree, 1 when something does not, with a line for each difference.
"""

import argparse
import json
import pathlib
import subprocess
import sys

import numpy
import torch
import transformers


class Differences:
    def __init__(self):
        self.count = 0

    def add(self, line):
        self.count += 1
        if self.count <= 20:
            print("DIFFERS:", line)


def read_lines(path):
    with open(path, encoding="utf-8") as file:
        return [json.loads(line) for line in file if line.strip()]


def from_program(arguments):
    done = subprocess.run(arguments, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        sys.exit(f"{' '.join(arguments)}\nended with {done.returncode}: {done.stderr.strip()}")
    return [json.loads(line) for line in done.stdout.splitlines()]


def encoder_folder(folder):
    """Where the configuration, weights and tokenizer lie: the folder itself or one in it."""
    if not (folder / "modules.json").exists():
        return folder
    return folder / json.loads((folder / "modules.json").read_text(encoding="utf-8"))[0]["path"]


def own_notes(folder):
    """What thaw notes of a model: thaw.json beside modules.json, or "thaw" in config.json."""
    if (folder / "thaw.json").exists():
        return json.loads((folder / "thaw.json").read_text(encoding="utf-8"))
    return json.loads((folder / "config.json").read_text(encoding="utf-8")).get("thaw", {})


def longest(folder, config, tokenizer):
    """The number of tokens that thaw truncates at where it is not told another."""
    positions = config.max_position_embeddings
    if config.model_type in ("roberta", "camembert", "xlm-roberta", "mpnet"):
        # Positions begin behind the padding token's; MPNet's is 1 whatever the file says.
        positions -= 2 if config.model_type == "mpnet" else config.pad_token_id + 1
    limits = [positions, tokenizer.model_max_length]
    own = own_notes(folder)
    settings = encoder_folder(folder) / "sentence_bert_config.json"
    if "max_length" in own:
        limits.append(own["max_length"])
    elif settings.exists():
        sentence = json.loads(settings.read_text(encoding="utf-8"))
        limits.append(sentence.get("max_seq_length") or limits[0])
    return min(limits)


def load_transformers(folder, differences):
    model, loaded = transformers.AutoModelForSequenceClassification.from_pretrained(
        folder, attn_implementation="eager", output_loading_info=True)
    for kind in ("missing_keys", "unexpected_keys", "mismatched_keys", "error_msgs"):
        if loaded.get(kind):
            differences.add(f"loading reports {kind}: {sorted(map(str, loaded[kind]))}")
    tokenizer = transformers.AutoTokenizer.from_pretrained(folder)
    model.eval()

    def logits(text, max_length):
        ids = tokenizer(text, truncation=True, max_length=max_length, return_tensors="pt")
        with torch.no_grad():
            return model(**ids).logits[0].numpy()

    return model.config, tokenizer, model.dtype, logits


def load_sentence_transformers(folder, differences):
    import sentence_transformers

    model = sentence_transformers.SentenceTransformer(str(folder), device="cpu")
    encoder, loaded = transformers.AutoModel.from_pretrained(encoder_folder(folder),
                                                              output_loading_info=True)
    for kind in ("missing_keys", "unexpected_keys", "mismatched_keys"):
        # The pooler takes no part in a sentence's vector.
        keys = [key for key in map(str, loaded.get(kind) or []) if "pooler." not in key]
        if keys:
            differences.add(f"loading reports {kind}: {sorted(keys)}")
    own_limit = model.max_seq_length

    def logits(text, max_length):
        if max_length != own_limit:
            model.max_seq_length = max_length
        return numpy.asarray(model.encode(text, show_progress_bar=False))

    tokenizer = transformers.AutoTokenizer.from_pretrained(encoder_folder(folder))
    return encoder.config, tokenizer, encoder.dtype, logits


def softmax(logits):
    powers = numpy.exp(logits - logits.max())
    return powers / powers.sum()


def compare_row(row, text, prediction, expected, names, tolerance, differences):
    """Returns the largest difference of a logit."""
    given = prediction.get("logits")
    if given is None:
        sys.exit(f"prediction {row + 1} has no logits; run thaw predict with --logits")
    given = numpy.asarray([given[name] for name in names] if isinstance(given, dict) else given,
                          dtype=numpy.float64)
    shown = f"text {row + 1} ({text[:40]!r})"
    if given.shape != expected.shape:
        differences.add(f"{shown}: {given.size} logits, and {expected.size} in Python")
        return 0.0
    difference = float(numpy.abs(given - expected).max())
    if not difference <= tolerance * max(1.0, float(numpy.abs(expected).max())):
        differences.add(f"{shown}: logits {given.tolist()}, and {expected.tolist()} in Python")
    best = numpy.sort(expected)[::-1]
    clear = best.size < 2 or best[0] - best[1] > 2 * tolerance * max(1.0, float(abs(best[0])))
    if clear and prediction["label"] != names[int(expected.argmax())]:
        differences.add(f"{shown}: label {prediction['label']!r}, and "
                        f"{names[int(expected.argmax())]!r} in Python")
    shares = prediction.get("probabilities")
    if isinstance(shares, dict):
        if list(shares) != names:
            differences.add(f"{shown}: labels {list(shares)}, and {names} in Python")
        else:
            off = numpy.abs(numpy.asarray(list(shares.values())) - softmax(expected)).max()
            if not off <= tolerance:
                differences.add(f"{shown}: probabilities are off by {off:.2g}")
    return difference


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("folder", type=pathlib.Path)
    parser.add_argument("texts", type=pathlib.Path)
    parser.add_argument("--predictions", type=pathlib.Path)
    parser.add_argument("--tokens", type=pathlib.Path)
    parser.add_argument("--thaw", help="the program, to make predictions and tokens with")
    parser.add_argument("--max-length", type=int, help="where the texts were cut at another length")
    parser.add_argument("--tolerance", type=float, default=1e-4)
    options = parser.parse_args()
    if not options.thaw and not options.predictions:
        parser.error("give --thaw or --predictions")
    transformers.logging.set_verbosity_error()
    transformers.utils.logging.disable_progress_bar()

    differences = Differences()
    sentence_encoder = (options.folder / "modules.json").exists()
    load = load_sentence_transformers if sentence_encoder else load_transformers
    config, tokenizer, dtype, logits = load(options.folder, differences)
    if dtype != torch.float32:
        differences.add(f"the weights were loaded as {dtype}")
    max_length = options.max_length or longest(options.folder, config, tokenizer)
    names = own_notes(options.folder).get("labels")
    if names is None:
        names = [config.id2label[label] for label in range(len(config.id2label))]
    elif (options.folder / "config.json").exists():
        differences.add("a config.json beside modules.json and thaw.json")
    elif len(config.id2label) == len(names) and config.id2label[0] in names:
        differences.add(f"the encoder's configuration has the label names {config.id2label}")
    if not sentence_encoder and {name: label for label, name in enumerate(names)} != config.label2id:
        differences.add(f"label2id {config.label2id} does not mirror id2label {config.id2label}")

    texts = [line["text"] for line in read_lines(options.texts)]
    if options.thaw:
        length = ["--max-length", str(max_length)]
        predictions = from_program([options.thaw, "predict", str(options.folder),
                                    str(options.texts), "--logits", "--precision", "fp32"] + length)
        tokens = from_program([options.thaw, "tokenize", str(options.folder),
                               str(options.texts)] + length)
    else:
        predictions = read_lines(options.predictions)
        tokens = read_lines(options.tokens) if options.tokens else None
    for kind, lines in (("predictions", predictions), ("token lists", tokens)):
        if lines is not None and len(lines) != len(texts):
            sys.exit(f"DIFFERS: {len(lines)} {kind} for {len(texts)} texts")
    if not texts:
        sys.exit(f"{options.texts} holds no texts")

    furthest = 0.0
    for row, text in enumerate(texts):
        if tokens is not None:
            ids = tokenizer(text, truncation=True, max_length=max_length)["input_ids"]
            if ids != tokens[row]:
                differences.add(f"text {row + 1} ({text[:40]!r}): tokens {tokens[row]}, "
                                f"and {ids} in Python")
        expected = numpy.asarray(logits(text, max_length), dtype=numpy.float64)
        furthest = max(furthest, compare_row(row, text, predictions[row], expected, names,
                                             options.tolerance, differences))
    where = "sentence-transformers" if sentence_encoder else "Transformers"
    print(f"{len(texts)} texts in {where} ({type(config).__name__}, {len(names)} labels, "
          f"{max_length} tokens): largest difference of a logit {furthest:.2g}, "
          f"token ids {'compared' if tokens is not None else 'not compared'}, "
          f"{differences.count} differences")
    sys.exit(1 if differences.count else 0)


if __name__ == "__main__":
    main()
