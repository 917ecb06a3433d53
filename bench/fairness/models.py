"""Folders shaped as DistilBERT and RoBERTa are, with MiniLM's weights under their names.

They compute MiniLM's own hidden states: its embedding of the first segment, which these families do
not have, is added to that of every position. Their heads (a dense layer on the first token) are new.
"""

import array
import json
import os
import pathlib
import shutil
import struct
import sys

import sources

PAD = 1  # [unused0] in MiniLM's vocabulary, so that no text has it; RoBERTa counts positions behind it

DISTILBERT = {
    "attention.self.query": "attention.q_lin",
    "attention.self.key": "attention.k_lin",
    "attention.self.value": "attention.v_lin",
    "attention.output.dense": "attention.out_lin",
    "attention.output.LayerNorm": "sa_layer_norm",
    "intermediate.dense": "ffn.lin1",
    "output.dense": "ffn.lin2",
    "output.LayerNorm": "output_layer_norm",
}


def read_tensors(path: pathlib.Path) -> dict[str, tuple[list[int], bytes]]:
    content = path.read_bytes()
    size = struct.unpack("<Q", content[:8])[0]
    header = json.loads(content[8:8 + size])
    tensors = {}
    for name, entry in header.items():
        if name != "__metadata__" and entry["dtype"] == "F32":
            begin, end = entry["data_offsets"]
            tensors[name] = (entry["shape"], content[8 + size + begin:8 + size + end])
    return tensors


def write_tensors(path: pathlib.Path, tensors: dict[str, tuple[list[int], bytes]]) -> None:
    header, offset = {"__metadata__": {"format": "pt"}}, 0
    for name, (shape, values) in tensors.items():
        header[name] = {"dtype": "F32", "shape": shape, "data_offsets": [offset, offset + len(values)]}
        offset += len(values)
    text = json.dumps(header).encode()
    text += b" " * (-len(text) % 8)
    with open(path, "wb") as file:
        file.write(struct.pack("<Q", len(text)) + text)
        for _, values in tensors.values():
            file.write(values)


def floats(values: bytes) -> array.array:
    numbers = array.array("f", values)
    if sys.byteorder == "big":
        numbers.byteswap()
    return numbers


def positions_with_segment(tensors) -> tuple[list[int], bytes]:
    shape, values = tensors["embeddings.position_embeddings.weight"]
    positions = floats(values)
    segment = floats(tensors["embeddings.token_type_embeddings.weight"][1])[:shape[1]]
    for at in range(len(positions)):
        positions[at] += segment[at % shape[1]]
    if sys.byteorder == "big":
        positions.byteswap()
    return shape, positions.tobytes()


def distilbert(tensors, config):
    named = {}
    for name, tensor in tensors.items():
        if name.startswith("encoder.layer."):
            _, _, layer, rest = name.split(".", 3)
            part, _, kind = rest.rpartition(".")
            named[f"distilbert.transformer.layer.{layer}.{DISTILBERT[part]}.{kind}"] = tensor
        elif name.startswith("embeddings.") and "token_type" not in name:
            named[f"distilbert.{name}"] = tensor
    named["distilbert.embeddings.position_embeddings.weight"] = positions_with_segment(tensors)
    return named, {
        "architectures": ["DistilBertModel"], "model_type": "distilbert", "activation": config["hidden_act"],
        "dim": config["hidden_size"], "hidden_dim": config["intermediate_size"],
        "n_layers": config["num_hidden_layers"], "n_heads": config["num_attention_heads"],
        "max_position_embeddings": config["max_position_embeddings"], "vocab_size": config["vocab_size"],
        "dropout": 0.1, "attention_dropout": 0.1, "seq_classif_dropout": 0.2,
        "sinusoidal_pos_embds": False, "pad_token_id": 0,
    }


def roberta(tensors, config):
    named = {f"roberta.{name}": tensor for name, tensor in tensors.items() if not name.startswith("pooler.")}
    (count, width), values = positions_with_segment(tensors)
    none = bytes(4 * width)
    named["roberta.embeddings.position_embeddings.weight"] = ([count + PAD + 1, width], none * (PAD + 1) + values)
    named["roberta.embeddings.token_type_embeddings.weight"] = ([1, width], none)
    kept = ("hidden_act", "hidden_size", "intermediate_size", "num_hidden_layers", "num_attention_heads",
            "layer_norm_eps", "vocab_size", "attention_probs_dropout_prob", "hidden_dropout_prob")
    return named, {
        "architectures": ["RobertaModel"], "model_type": "roberta", "type_vocab_size": 1, "pad_token_id": PAD,
        "max_position_embeddings": count + PAD + 1, **{key: config[key] for key in kept},
    }


def folder_of(shape: str, work: pathlib.Path) -> str:
    """The model's name for thaw: minilm, or a folder that is made where it is missing."""
    minilm = sources.cache_folder() / "models" / "minilm"
    if not (minilm / "model.safetensors").exists():
        raise sources.Absent("MiniLM is not in the cache: scripts/fetch-minilm.sh fetches it")
    if shape == "minilm":
        return shape
    folder = work / "models" / shape
    if folder.exists():
        return str(folder)
    partial = work / "models" / f".{shape}.partial"
    shutil.rmtree(partial, ignore_errors=True)
    partial.mkdir(parents=True)
    make = {"distilbert": distilbert, "roberta": roberta}[shape]
    tensors, config = make(read_tensors(minilm / "model.safetensors"), json.loads((minilm / "config.json").read_text()))
    write_tensors(partial / "model.safetensors", tensors)
    (partial / "config.json").write_text(json.dumps(config, indent=2) + "\n")
    shutil.copyfile(minilm / "vocab.txt", partial / "vocab.txt")
    tokenizer = {"do_lower_case": True, "model_max_length": 256, "tokenizer_class": "BertTokenizer",
                 "model_input_names": ["input_ids", "attention_mask"]}
    (partial / "tokenizer_config.json").write_text(json.dumps(tokenizer, indent=2) + "\n")
    os.replace(partial, folder)
    return str(folder)
