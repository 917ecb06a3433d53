"""Rows a second of a forward pass over short texts sorted by length, in batches of 32.

PyTorch in fp32 and bf16, ONNX Runtime and CTranslate2 in fp32 and int8: those of them that are
installed. Tokenization is not counted. Prints one JSON object with keys such as
peer.forward.ctranslate2_int8. Converted models are kept in --cache for the next repetition.
"""

import argparse
import json
import os
import shutil
import sys
import time
import warnings
from collections.abc import Callable
from pathlib import Path

os.environ["HF_HUB_OFFLINE"] = "1"

import numpy as np  # noqa: E402
import pyarrow.parquet as parquet  # noqa: E402
import torch  # noqa: E402
import transformers  # noqa: E402

BATCH, MAX_LENGTH = 32, 128
Batch = dict[str, np.ndarray]


def make_batches(options: argparse.Namespace) -> list[Batch]:
    texts = parquet.read_table(options.texts)["text"].to_pylist()[: options.rows]
    tokenizer = transformers.AutoTokenizer.from_pretrained(options.model)
    ids = sorted(tokenizer(texts, truncation=True, max_length=MAX_LENGTH)["input_ids"], key=len)
    batches = []
    for begin in range(0, len(ids), BATCH):
        rows = ids[begin : begin + BATCH]
        shape = (len(rows), max(map(len, rows)))
        batch = {name: np.zeros(shape, dtype=np.int64) for name in ("input_ids", "attention_mask", "token_type_ids")}
        for i, row in enumerate(rows):
            batch["input_ids"][i, : len(row)] = row
            batch["attention_mask"][i, : len(row)] = 1
        batches.append(batch)
    return batches


def rows_a_second(run: Callable[[Batch], object], batches: list[Batch]) -> float:
    for batch in batches[:: max(1, len(batches) // 4)]:
        run(batch)
    best = float("inf")
    for _ in range(2):
        start = time.perf_counter()
        for batch in batches:
            run(batch)
        best = min(best, time.perf_counter() - start)
    return sum(len(batch["input_ids"]) for batch in batches) / best


def load_model(options: argparse.Namespace):
    return transformers.AutoModel.from_pretrained(options.model).eval()


def pytorch(options: argparse.Namespace, batches: list[Batch], bf16: bool) -> float:
    model = load_model(options)

    def run(batch: Batch) -> None:
        with torch.inference_mode(), torch.autocast("cpu", torch.bfloat16, enabled=bf16):
            model(**{name: torch.from_numpy(values) for name, values in batch.items()})

    return rows_a_second(run, batches)


class Tokens(torch.nn.Module):
    """The encoder with plain tensors in and out, as the exporter wants it."""

    def __init__(self, encoder) -> None:
        super().__init__()
        self.encoder = encoder

    def forward(self, ids, mask, types):
        return self.encoder(input_ids=ids, attention_mask=mask, token_type_ids=types).last_hidden_state


def onnx_runtime(options: argparse.Namespace, batches: list[Batch]) -> float:
    import onnxruntime

    file = options.cache / "model.onnx"
    if not file.exists():
        names = ["input_ids", "attention_mask", "token_type_ids"]
        example = tuple(torch.from_numpy(batches[0][name]) for name in names)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # the old exporter needs no further package
            torch.onnx.export(
                Tokens(transformers.AutoModel.from_pretrained(options.model, attn_implementation="eager").eval()),
                example, str(file), input_names=names, output_names=["tokens"], opset_version=17, dynamo=False,
                dynamic_axes={name: {0: "rows", 1: "tokens"} for name in names},
            )
    settings = onnxruntime.SessionOptions()
    settings.intra_op_num_threads = options.threads
    session = onnxruntime.InferenceSession(str(file), settings, providers=["CPUExecutionProvider"])
    inputs = {entry.name for entry in session.get_inputs()}
    return rows_a_second(
        lambda batch: session.run(None, {name: values for name, values in batch.items() if name in inputs}), batches
    )


def ctranslate2(options: argparse.Namespace, batches: list[Batch], compute_type: str) -> float:
    import ctranslate2 as library
    from ctranslate2.converters import TransformersConverter

    folder = options.cache / "ctranslate2"
    if not folder.exists():
        # The converter takes weights as transformers.BertModel names them.
        plain = options.cache / "plain"
        load_model(options).save_pretrained(plain)
        transformers.AutoTokenizer.from_pretrained(options.model).save_pretrained(plain)
        TransformersConverter(str(plain)).convert(str(folder))
        shutil.rmtree(plain)
    encoder = library.Encoder(str(folder), device="cpu", compute_type=compute_type, intra_threads=options.threads)

    def run(batch: Batch) -> None:
        ids = library.StorageView.from_array(np.ascontiguousarray(batch["input_ids"], dtype=np.int32))
        lengths = library.StorageView.from_array(batch["attention_mask"].sum(1).astype(np.int32))
        encoder.forward_batch(ids, lengths)

    return rows_a_second(run, batches)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("model", help="folder of an encoder")
    parser.add_argument("texts", help="Parquet file with a column text")
    parser.add_argument("--rows", type=int, default=4000)
    parser.add_argument("--threads", type=int, default=len(os.sched_getaffinity(0)))
    parser.add_argument("--cache", type=Path, required=True)
    options = parser.parse_args()
    options.cache.mkdir(parents=True, exist_ok=True)
    transformers.logging.set_verbosity_error()
    transformers.utils.logging.disable_progress_bar()
    torch.set_num_threads(options.threads)
    batches = make_batches(options)
    ways: dict[str, Callable[[], float]] = {
        "pytorch_fp32": lambda: pytorch(options, batches, bf16=False),
        "pytorch_bf16": lambda: pytorch(options, batches, bf16=True),
        "onnxruntime_fp32": lambda: onnx_runtime(options, batches),
        "ctranslate2_fp32": lambda: ctranslate2(options, batches, "float32"),
        "ctranslate2_int8": lambda: ctranslate2(options, batches, "int8"),
    }
    figures = {}
    for name, measure in ways.items():
        try:
            figures[f"peer.forward.{name}"] = measure()
        except Exception as error:  # a peer that cannot run here is left out, and said so
            reason = next(iter(str(error).splitlines()), "")
            print(f"{name} is left out: {type(error).__name__}: {reason}", file=sys.stderr)
    print(json.dumps(figures))


if __name__ == "__main__":
    main()
