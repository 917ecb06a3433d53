#!/usr/bin/env python3
"""Makes the small model folders of models.toml, and prints what Transformers says of each.

    python make_models.py

Every folder is one that people have: a checkpoint of random weights, of 8 to 12 columns, as
Transformers saves it, or changed in one place. Values of models.toml are those that this prints.
"""

import json
import pathlib
import shutil

import safetensors.torch
import torch
import transformers
from transformers import (AutoModelForMaskedLM, AutoModelForSequenceClassification,
                          AutoModelForTokenClassification, AutoTokenizer, BertConfig,
                          DistilBertConfig, RobertaConfig)

HERE = pathlib.Path(__file__).resolve().parent / "files" / "models"
TEXTS = ["the film was good", "a very bad film , not good !", "i like the film ."]
WORDS = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", "the", "a", "film", "was", "good", "bad",
         "not", "very", ".", ",", "!", "i", "like"]


def tokenizer(folder, types=True):
    (folder / "vocab.txt").write_text("\n".join(WORDS) + "\n")
    config = {"do_lower_case": True, "model_max_length": 16, "tokenizer_class": "BertTokenizer"}
    if not types:
        config["model_input_names"] = ["input_ids", "attention_mask"]
    (folder / "tokenizer_config.json").write_text(json.dumps(config) + "\n")


def bert(**more):
    return BertConfig(**{"vocab_size": len(WORDS), "hidden_size": 8, "num_hidden_layers": 1,
                         "num_attention_heads": 2, "intermediate_size": 8,
                         "max_position_embeddings": 16, **more})


def distilbert(**more):
    return DistilBertConfig(**{"vocab_size": len(WORDS), "dim": 8, "n_layers": 1, "n_heads": 2,
                               "hidden_dim": 8, "max_position_embeddings": 16, **more})


def save(name, config, kind=AutoModelForSequenceClassification, dtype=torch.float32):
    folder = HERE / name
    torch.manual_seed(sum(name.encode()))
    model = kind.from_config(config)
    with torch.no_grad():
        for key, value in model.named_parameters():
            value.normal_(1.0 if "orm.weight" in key else 0.0, 0.4)
    folder.mkdir(parents=True)
    model.to(dtype).save_pretrained(folder)
    (folder / "model.safetensors").chmod(0o644)
    tokenizer(folder, types=config.model_type == "bert")
    return folder


def change(folder, remove=(), **fields):
    """Sets fields of config.json and takes others out."""
    path = folder / "config.json"
    config = json.loads(path.read_text())
    config.update(fields)
    for key in remove:
        config.pop(key, None)
    path.write_text(json.dumps(config, indent=2) + "\n")
    return folder


def copy(source, name):
    shutil.copytree(source, HERE / name)
    return HERE / name


def tensors(folder, edit):
    path = folder / "model.safetensors"
    values = safetensors.torch.load_file(path)
    safetensors.torch.save_file(edit(values), path, {"format": "pt"})
    path.chmod(0o644)
    return folder


def say(folder):
    """What Transformers' pipeline answers."""
    model = AutoModelForSequenceClassification.from_pretrained(folder).eval().float()
    words = AutoTokenizer.from_pretrained(folder)
    for text in TEXTS:
        with torch.no_grad():
            p = model(**words(text, return_tensors="pt")).logits.softmax(-1)[0]
        names = model.config.id2label
        print(f"{folder.name}: {text!r} -> {names[int(p.argmax())]} "
              f"{[round(float(x), 6) for x in p]}")


def main():
    transformers.logging.set_verbosity_error()
    print("transformers", transformers.__version__, "torch", torch.__version__)
    shutil.rmtree(HERE, ignore_errors=True)

    # Two labels without names: Transformers leaves id2label out.
    two = save("two_labels_without_names", bert(num_labels=2))
    assert "id2label" not in json.loads((two / "config.json").read_text())
    say(two)
    three = save("three_rows", bert(id2label={0: "bad", 1: "fair", 2: "good"},
                                    label2id={"bad": 0, "fair": 1, "good": 2}))
    say(three)
    say(change(copy(three, "an_order_of_its_own"), id2label={"0": "good", "1": "bad", "2": "fair"},
               label2id={"good": 0, "bad": 1, "fair": 2}))
    say(change(copy(three, "three_rows_without_names"), ["id2label", "label2id"], num_labels=3))
    change(HERE / "three_rows_without_names", ["num_labels"])
    change(copy(three, "three_rows_two_names"), ["label2id"], id2label={"0": "bad", "1": "good"})
    change(copy(three, "label2id_denies"), label2id={"bad": 2, "fair": 1, "good": 0})
    change(copy(three, "old_count_denies"), _num_labels=2)
    change(copy(three, "one_name_twice"), ["label2id"],
           id2label={"0": "bad", "1": "good", "2": "good"})
    change(copy(three, "names_in_label2id_alone"), ["id2label"],
           label2id={"good": 2, "bad": 0, "fair": 1})
    say(change(copy(two, "boolean_names"), ["label2id"], id2label={"0": False, "1": True}))

    # Another task's folder, whose classifier has the right shape.
    words = save("token_classification", bert(id2label={0: "bad", 1: "fair", 2: "good"},
                                              label2id={"bad": 0, "fair": 1, "good": 2}),
                 AutoModelForTokenClassification)
    change(copy(words, "token_classification_unsaid"), ["architectures"])
    first = save("distilbert", distilbert(id2label={0: "bad", 1: "good"},
                                          label2id={"bad": 0, "good": 1}))
    say(first)
    tensors(copy(first, "without_pre_classifier"),
            lambda t: {k: v for k, v in t.items() if not k.startswith("pre_classifier")})
    save("one_output", bert(num_labels=1))
    change(copy(two, "several_labels_a_text"), problem_type="multi_label_classification")

    # What a masked language model leaves a classifier to learn: pooler and head.
    save("masked_lm", bert(), AutoModelForMaskedLM)

    # Names that PyTorch's wrappers leave, and another name for a field.
    def wrapped(t):
        return {f"module._orig_mod.{k}": v for k, v in t.items()}
    tensors(copy(first, "wrapped_names"), wrapped)
    tensors(copy(first, "wrapped_twice"), lambda t: {**t, **{"module.classifier.bias":
                                                             t["classifier.bias"].clone()}})
    say(change(copy(first, "other_field_names"), ["dim", "n_heads", "n_layers"], hidden_size=8,
               num_attention_heads=2, num_hidden_layers=1))
    change(copy(first, "field_names_deny"), hidden_size=16)

    # Sizes left out: 12 attention heads, 512 positions, 2 token types.
    usual = save("sizes_left_out", bert(hidden_size=12, num_attention_heads=12,
                                        max_position_embeddings=512), dtype=torch.float16)
    say(change(usual, ["num_attention_heads", "max_position_embeddings", "type_vocab_size"]))
    change(copy(two, "sizes_left_out_wrongly"), ["intermediate_size"])
    change(copy(two, "unknown_activation"), hidden_act="silu")

    def broken(t):
        t["bert.encoder.layer.0.output.dense.weight"][3, 2] = float("nan")
        return t
    tensors(copy(two, "not_a_number"), broken)

    def broken_word(t):
        t["bert.embeddings.word_embeddings.weight"][WORDS.index("bad"), 1] = float("inf")
        return t
    tensors(copy(two, "infinite_word"), broken_word)


if __name__ == "__main__":
    main()
