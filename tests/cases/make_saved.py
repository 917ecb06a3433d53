#!/usr/bin/env python3
"""Writes files/saved/: models as sentence-transformers saves them, and prints what it says of them.

    python3 tests/cases/make_saved.py

Random weights of a BERT of 8 columns and one layer on the vocabulary of tests/golden/tiny. Every
sentence encoder ends with a linear Dense module for three labels, whose names stand in the encoder's
config.json, so that `thaw predict --logits` and encode() say the same.
"""

import json
import pathlib
import shutil

import sentence_transformers
import torch
import transformers
from sentence_transformers import CrossEncoder, SentenceTransformer
from sentence_transformers.sentence_transformer import modules

HERE = pathlib.Path(__file__).resolve().parent
OUT = HERE / "files" / "saved"
VOCABULARY = HERE.parent / "golden" / "tiny" / "f32" / "vocab.txt"
LABELS = ["negative", "neutral", "positive"]
TEXTS = ["the film was very good", "not a film , bad bad", "a b was"]


def encoder(folder, with_head=False):
    """A folder of Transformers: an encoder, or a classifier."""
    torch.manual_seed(7)
    config = transformers.BertConfig(
        vocab_size=31, hidden_size=8, num_hidden_layers=1, num_attention_heads=2,
        intermediate_size=12, max_position_embeddings=16, initializer_range=0.8,
        id2label=dict(enumerate(LABELS)), label2id={name: i for i, name in enumerate(LABELS)})
    kind = transformers.BertForSequenceClassification if with_head else transformers.BertModel
    kind(config).save_pretrained(folder)
    shutil.copy(VOCABULARY, folder / "vocab.txt")
    (folder / "tokenizer_config.json").write_text(json.dumps(
        {"tokenizer_class": "BertTokenizer", "do_lower_case": True, "model_max_length": 16}))
    return folder


def sentence_encoder(name, pooling, dense, **settings):
    source = encoder(OUT / "source")
    transformer = modules.Transformer(str(source))
    parts = [transformer, modules.Pooling(8, pooling_mode=pooling)] + dense
    model = SentenceTransformer(modules=parts, device="cpu", **settings)
    model.save(str(OUT / name), create_model_card=False)
    shutil.rmtree(source)
    return OUT / name


def move_encoder(folder, settings_name):
    """The layout of releases before 2: the Transformer in a folder of its own."""
    inside = folder / "0_Transformer"
    inside.mkdir()
    for file in folder.iterdir():
        if file.is_file() and file.name not in ("modules.json", "config_sentence_transformers.json"):
            file.rename(inside / file.name)
    listed = json.loads((folder / "modules.json").read_text())
    listed[0]["path"] = "0_Transformer"
    (folder / "modules.json").write_text(json.dumps(listed, indent=2) + "\n")
    (inside / "sentence_bert_config.json").unlink()
    (inside / settings_name).write_text(json.dumps({"max_seq_length": 6, "do_lower_case": False}))


def show(name, logits):
    print(name, [[round(value, 7) for value in row] for row in torch.as_tensor(logits).tolist()])


def main():
    print(f"sentence-transformers {sentence_transformers.__version__}, "
          f"transformers {transformers.__version__}, torch {torch.__version__}")
    shutil.rmtree(OUT, ignore_errors=True)
    OUT.mkdir(parents=True)
    (OUT / "texts.jsonl").write_text("".join(json.dumps({"text": text}) + "\n" for text in TEXTS))
    torch.manual_seed(1)  # of the first Dense module; encoder() sets one as well
    identity, tanh = torch.nn.Identity(), torch.nn.Tanh()

    folder = sentence_encoder("poolings", ("mean_sqrt_len_tokens", "lasttoken", "weightedmean"),
                              [modules.Dense(24, 3, activation_function=identity)])
    show(folder.name, SentenceTransformer(str(folder), device="cpu").encode(TEXTS))

    folder = sentence_encoder("dense_and_prompt", ("cls", "mean"),
                              [modules.Dense(16, 6, bias=False, activation_function=tanh),
                               modules.Dense(6, 5, activation_function=torch.nn.GELU()),
                               modules.Dense(5, 3, activation_function=identity)],
                              prompts={"query": "a film : ", "classify": "I like the film , "},
                              default_prompt_name="classify")
    show(folder.name, SentenceTransformer(str(folder), device="cpu").encode(TEXTS))

    folder = sentence_encoder("own_folder", "mean",
                              [modules.Dense(8, 3, activation_function=identity)])
    move_encoder(folder, "sentence_distilbert_config.json")
    show(folder.name, SentenceTransformer(str(folder), device="cpu").encode(TEXTS))

    source = encoder(OUT / "source", with_head=True)
    CrossEncoder(str(source)).save(str(OUT / "cross_encoder"))
    shutil.rmtree(source)
    (OUT / "cross_encoder" / "README.md").unlink(missing_ok=True)
    cross_encoder = CrossEncoder(str(OUT / "cross_encoder"), device="cpu")
    show("cross_encoder", cross_encoder.predict([(text, "good") for text in TEXTS]))
    show("cross_encoder, texts alone", cross_encoder.model(**cross_encoder.tokenizer(
        TEXTS, padding=True, return_tensors="pt")).logits)


if __name__ == "__main__":
    main()
