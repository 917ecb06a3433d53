#!/usr/bin/env python3
"""Runs check_saved_model.py for every family and pooling, in both directions.

    python check_families.py --thaw build/thaw [--families bert,mpnet]

Saved by thaw: every family's golden folder, trained for an epoch under several strategies and
poolings. Saved by others: the golden folders of families as Transformers wrote them, under the names
of CamemBERT and XLM-RoBERTa too, and sentence encoders of Transformer, Pooling and Dense that
sentence-transformers writes here. Exit code 0 when all agree.
"""

import argparse
import json
import pathlib
import subprocess
import sys
import tempfile

HERE = pathlib.Path(__file__).resolve().parent
FAMILIES = ["bert", "distilbert", "roberta", "mpnet", "electra", "electra_square"]
KIN = ["camembert", "xlm-roberta"]  # RoBERTa under other names
POOLINGS = ["cls", "mean", "max"]
TEXTS = ["A film was good!", "the bad a not very, word1 liked", "i", "", "a " * 400,
         "The [MASK] was [PAD] very [UNK] good. " * 3, "Ünïcödé 🎉 film"]


def copy_as(source, target, model_type):
    """A folder of the same weights whose config.json names another model_type."""
    target.mkdir()
    for file in source.iterdir():
        (target / file.name).write_bytes(file.read_bytes())
    config = json.loads((target / "config.json").read_text())
    config["model_type"] = model_type
    prefix = {"camembert": "Camembert", "xlm-roberta": "XLMRoberta"}[model_type]
    config["architectures"] = [prefix + "ForSequenceClassification"]
    (target / "config.json").write_text(json.dumps(config, indent=2))
    return target


def save_sentence_encoder(source, target, pooling, labels):
    """What sentence-transformers saves of Transformer, Pooling and a linear Dense, with labels."""
    import torch
    import transformers
    from sentence_transformers import SentenceTransformer
    from sentence_transformers.sentence_transformer import modules

    transformers.logging.set_verbosity_error()
    transformers.utils.logging.disable_progress_bar()

    torch.manual_seed(5)
    transformer = modules.Transformer(str(source))
    width = transformer.auto_model.config.hidden_size
    dense = modules.Dense(width, labels, activation_function=torch.nn.Identity())
    SentenceTransformer(modules=[transformer, modules.Pooling(width, pooling_mode=pooling), dense],
                        device="cpu").save(str(target))
    # The labels' names are thaw's own addition to such a folder.
    config = json.loads((target / "config.json").read_text())
    config["id2label"] = {str(i): f"LABEL_{i}" for i in range(labels)}
    config["label2id"] = {f"LABEL_{i}": i for i in range(labels)}
    (target / "config.json").write_text(json.dumps(config, indent=2))
    return target


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--thaw", required=True)
    parser.add_argument("--families", default=",".join(FAMILIES + KIN))
    options = parser.parse_args()
    families = options.families.split(",")
    failed = []
    with tempfile.TemporaryDirectory() as name:
        scratch = pathlib.Path(name)
        texts = scratch / "texts.jsonl"
        texts.write_text("".join(json.dumps({"text": text}) + "\n" for text in TEXTS))

        def check(title, folder):
            done = subprocess.run([sys.executable, str(HERE / "check_saved_model.py"), str(folder),
                                   str(texts), "--thaw", options.thaw],
                                  capture_output=True, text=True, check=False)
            lines = (done.stdout + done.stderr).strip().splitlines()
            shown = lines if done.returncode else lines[-1:]
            print(f"{title}: " + "\n".join(shown), flush=True)
            if done.returncode:
                failed.append(title)

        for family in families:
            source = HERE / ("roberta" if family in KIN else family)
            if family in KIN:
                source = copy_as(source, scratch / family, family)
            check(f"{family} as Transformers saved it", source)
            runs = [("full", "auto"), ("last-1", "auto"), ("probe", "auto")]
            runs += [("full", pooling) for pooling in POOLINGS]
            for strategy, pooling in runs:
                out = scratch / f"{family}-{strategy}-{pooling}"
                done = subprocess.run(
                    [options.thaw, "train", "--quiet", "--model", str(source), "--data",
                     str(HERE.parent.parent / "recipes" / "twelve-sentences.csv"), "--strategy",
                     strategy, "--pooling", pooling, "--precision", "fp32", "--out", str(out)],
                    capture_output=True, text=True, check=False)
                title = f"{family}, {strategy}, pooling {pooling}, saved by thaw"
                models = sorted(out.glob("**/model.safetensors"))
                models = [model.parent for model in models if model.parent.name != "2_Dense"]
                models = [model.parent if model.name == "0_Transformer" else model
                          for model in models]
                if done.returncode or len(models) != 1:
                    failed.append(title)
                    print(f"{title}: {done.stderr.strip()} {models}")
                    continue
                check(title, models[0])
            for pooling in POOLINGS:
                folder = save_sentence_encoder(source, scratch / f"{family}-{pooling}", pooling, 3)
                check(f"{family}, pooling {pooling}, saved by sentence-transformers", folder)
    print(f"{len(failed)} differ" + "".join(f"\n  {title}" for title in failed))
    sys.exit(1 if failed else 0)


if __name__ == "__main__":
    main()
