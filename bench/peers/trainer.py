"""Transformers' Trainer on the recipe of tweeteval-sentiment.toml, or on random tokens.

Whole (--steps 0), or sampled: every kind of training batch is timed for --steps steps after a
warm-up, the batches being taken at even distances from all batches of an epoch ordered by length,
and a part of the test rows; epochs and tests are scaled up from there. Prints one JSON object with
keys such as peer.fp32.full.epoch_seconds.
"""

import argparse
import json
import os
import resource
import statistics
import tempfile
import time

START = time.time()
os.environ["HF_HUB_OFFLINE"] = "1"
os.environ.setdefault("TOKENIZERS_PARALLELISM", "true")

import torch  # noqa: E402
import transformers  # noqa: E402
from datasets import Dataset, disable_progress_bars, load_dataset  # noqa: E402
from transformers.trainer_pt_utils import LengthGroupedSampler  # noqa: E402

BATCH, EVAL_BATCH, MAX_LENGTH, WARM_UP = 16, 32, 128, 4
EPOCHS = {"probe": 2, "full": 3}
LEARNING_RATES = {"probe": 5e-4, "full": 2e-5}


class StepClock(transformers.TrainerCallback):
    """When each step ended."""

    def __init__(self) -> None:
        self.ends: list[float] = []

    def on_step_end(self, *args, **kwargs) -> None:
        self.ends.append(time.perf_counter())

    def seconds_a_step(self) -> float:
        timed = self.ends[WARM_UP - 1 :]
        return (timed[-1] - timed[0]) / (len(timed) - 1)


def parse_arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("model", help="folder of an encoder")
    parser.add_argument("data", nargs="?", help="folder of Parquet splits; without: --length")
    parser.add_argument("--best", action="store_true", help="bf16, grouped by length, no evaluation after epochs")
    parser.add_argument("--steps", type=int, default=40, help="to be timed; 0: the whole recipe")
    parser.add_argument("--test-rows", type=int, default=1280, help="to be timed, unless --steps 0")
    parser.add_argument("--fraction", type=float, default=0.3, help="of train and validation")
    parser.add_argument("--length", type=int, help="random texts of so many tokens instead of data")
    parser.add_argument("--threads", type=int, default=0)
    parser.add_argument("--name", help="of the keys; peer.fp32 or peer.best")
    return parser.parse_args()


def load_recipe(options: argparse.Namespace, tokenizer) -> dict[str, Dataset]:
    files = {split: f"{options.data}/{split}.parquet" for split in ("train", "validation", "test")}
    splits = load_dataset("parquet", data_files=files)
    for split in ("train", "validation"):
        rows = max(30, int(len(splits[split]) * options.fraction))
        splits[split] = splits[split].shuffle(seed=42).select(range(rows))
    return splits.map(lambda rows: tokenizer(rows["text"], truncation=True, max_length=MAX_LENGTH), batched=True)


def random_texts(options: argparse.Namespace, tokenizer) -> Dataset:
    generator = torch.Generator().manual_seed(1)
    rows = (WARM_UP + options.steps) * BATCH
    ids = torch.randint(1000, tokenizer.vocab_size, (rows, options.length), generator=generator)
    ids[:, 0], ids[:, -1] = tokenizer.cls_token_id, tokenizer.sep_token_id
    return Dataset.from_dict(
        {"input_ids": ids.tolist(), "attention_mask": [[1] * options.length] * rows, "label": [i % 3 for i in range(rows)]}
    )


def representative_batches(dataset: Dataset, steps: int, grouped: bool) -> Dataset:
    """Rows of `steps` of an epoch's batches, evenly spaced by padded length, after a warm-up."""
    lengths = [len(ids) for ids in dataset["input_ids"]]
    generator = torch.Generator().manual_seed(42)
    if grouped:
        order = list(LengthGroupedSampler(BATCH, lengths=lengths, generator=generator))
    else:
        order = torch.randperm(len(dataset), generator=generator).tolist()
    batches = [order[i : i + BATCH] for i in range(0, len(order) - BATCH + 1, BATCH)]
    batches.sort(key=lambda rows: max(lengths[row] for row in rows))
    steps = min(steps, len(batches))
    chosen = [batches[int((i + 0.5) * len(batches) / steps)] for i in range(steps)]
    shuffled = [chosen[i] for i in torch.randperm(steps, generator=generator).tolist()]
    warm_up = [shuffled[i % steps] for i in range(WARM_UP)]
    return dataset.select([row for rows in warm_up + shuffled for row in rows])


def make_trainer(model, options, stage: str, train, validation, collator, folder: str, sampled: bool):
    after_epochs = "no" if sampled or options.best else "epoch"
    sampling = "sequential" if sampled else "group_by_length" if options.best else "random"
    settings = transformers.TrainingArguments(
        f"{folder}/{stage}",
        num_train_epochs=1 if sampled else EPOCHS[stage],
        per_device_train_batch_size=BATCH,
        per_device_eval_batch_size=EVAL_BATCH,
        learning_rate=LEARNING_RATES[stage],
        weight_decay=0.01,
        warmup_steps=0.06,
        logging_steps=50,
        eval_strategy=after_epochs,
        save_strategy=after_epochs,
        load_best_model_at_end=after_epochs == "epoch",
        train_sampling_strategy=sampling,
        bf16=options.best,
        use_cpu=True,
        seed=42,
        report_to="none",
        disable_tqdm=True,
    )
    clock = StepClock()
    trainer = transformers.Trainer(
        model=model, args=settings, train_dataset=train, eval_dataset=validation, data_collator=collator, callbacks=[clock]
    )
    trainer.remove_callback(transformers.PrinterCallback)
    return trainer, clock


def freeze(model, stage: str) -> None:
    for name, parameter in model.named_parameters():
        parameter.requires_grad = stage == "full" or name.startswith(("classifier", "pre_classifier"))


def peak_mb() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024 / 1e6


def macro_f1(predicted: list[int], gold: list[int]) -> float:
    def f1(label: int) -> float:
        hits = sum(p == g == label for p, g in zip(predicted, gold))
        return 2 * hits / max(1, predicted.count(label) + gold.count(label))

    return statistics.mean(f1(label) for label in set(gold))


def run_recipe(options: argparse.Namespace, name: str, model, tokenizer, folder: str) -> dict[str, float]:
    splits = load_recipe(options, tokenizer)
    collator = transformers.DataCollatorWithPadding(tokenizer)
    figures = {f"{name}.start_seconds": time.time() - START}
    sampled = options.steps > 0
    total = figures[f"{name}.start_seconds"]
    test = splits["test"]
    if sampled:
        rows = min(options.test_rows, len(test))
        test = test.select([i * len(test) // rows for i in range(rows)])
        if options.best:  # the Trainer groups evaluation by length as well
            lengths = [len(ids) for ids in test["input_ids"]]
            test = test.select(sorted(range(rows), key=lambda row: lengths[row]))
    rows_a_second = 0.0
    for stage, epochs in EPOCHS.items():
        freeze(model, stage)
        train = splits["train"]
        if sampled:
            train = representative_batches(train, options.steps, options.best)
        trainer, clock = make_trainer(
            model, options, stage, train, splits["validation"], collator, folder, sampled
        )
        start = time.perf_counter()
        trainer.train()
        train_seconds = time.perf_counter() - start
        if sampled and stage == "full":
            test_seconds = len(splits["test"]) / rows_a_second  # the same forward pass
        else:
            start = time.perf_counter()
            prediction = trainer.predict(test)
            test_seconds = (time.perf_counter() - start) * len(splits["test"]) / len(test)
            rows_a_second = len(splits["test"]) / test_seconds
        if sampled:
            steps = -(-len(splits["train"]) // BATCH)
            validation_seconds = 0 if options.best else len(splits["validation"]) / rows_a_second
            epoch_seconds = clock.seconds_a_step() * steps + validation_seconds
            train_seconds = epoch_seconds * epochs
        else:
            epoch_seconds = train_seconds / epochs
            figures[f"{name}.{stage}.macro_f1"] = macro_f1(
                prediction.predictions.argmax(-1).tolist(), prediction.label_ids.tolist()
            )
        figures[f"{name}.{stage}.epoch_seconds"] = epoch_seconds
        figures[f"{name}.{stage}.train_seconds"] = train_seconds
        figures[f"{name}.{stage}.test_seconds"] = test_seconds
        total += train_seconds + test_seconds
        model = trainer.model
    figures[f"{name}.total_seconds"] = total if sampled else time.time() - START
    figures[f"{name}.peak_mb"] = peak_mb()
    figures[f"{name}.sampled_steps"] = options.steps
    return figures


def run_random(options: argparse.Namespace, name: str, model, tokenizer, folder: str) -> dict[str, float]:
    freeze(model, "full")
    collator = transformers.DataCollatorWithPadding(tokenizer)
    trainer, clock = make_trainer(model, options, "full", random_texts(options, tokenizer), None, collator, folder, True)
    trainer.train()
    return {f"{name}.step_seconds": clock.seconds_a_step(), f"{name}.peak_mb": peak_mb()}


def main() -> None:
    options = parse_arguments()
    transformers.logging.set_verbosity_error()
    transformers.utils.logging.disable_progress_bar()
    disable_progress_bars()
    if options.threads > 0:
        torch.set_num_threads(options.threads)
    tokenizer = transformers.AutoTokenizer.from_pretrained(options.model)
    model = transformers.AutoModelForSequenceClassification.from_pretrained(options.model, num_labels=3)
    name = options.name or ("peer.best" if options.best else "peer.fp32")
    with tempfile.TemporaryDirectory() as folder:
        run = run_recipe if options.data else run_random
        print(json.dumps(run(options, name, model, tokenizer, folder)))


if __name__ == "__main__":
    main()
