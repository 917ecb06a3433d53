#!/usr/bin/env python3
"""Makes the golden files of the encoder, the heads, the loss and the optimizer.

    python make_encoder_golden.py [MINILM_FOLDER]

Writes bert/, distilbert/, tiny/ and (where MINILM_FOLDER is given) minilm_sentences.json beside
this script; README.md describes what is in them, encoder_golden.json says with which versions they
were made and how far PyTorch's own fp32 is from the fp64 that is stored.

Everything but minilm_sentences.json is computed in float64 on float32 weights, without dropout, with
eager attention, and stored rounded to float32.
"""

import copy
import json
import pathlib
import shutil
import sys

import safetensors
import safetensors.torch
import torch
import transformers
from transformers import (AutoModel, AutoModelForSequenceClassification, AutoTokenizer, BertConfig,
                          DistilBertConfig, get_linear_schedule_with_warmup)

HERE = pathlib.Path(__file__).resolve().parent
STEPS, WARMUP, LEARNING_RATE, WEIGHT_DECAY, MAX_NORM = 10, 3, 1e-3, 0.01, 1.0
WORDS = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", "the", "a", "film", "was", "good", "bad",
         "not", "very", ".", ",", "!", "##s", "##ing", "##ed", "i", "like"]


def vocabulary(size):
    letters = [chr(ord("a") + i) for i in range(26) if chr(ord("a") + i) not in WORDS]
    words = WORDS + letters + [f"##{letter}" for letter in "abcdefghijklmnopqrstuvwxyz"]
    return (words + [f"word{i}" for i in range(size)])[:size]


def write_tokenizer(folder, size, positions):
    (folder / "vocab.txt").write_text("\n".join(vocabulary(size)) + "\n")
    (folder / "tokenizer_config.json").write_text(json.dumps(
        {"do_lower_case": True, "model_max_length": positions, "tokenizer_class": "BertTokenizer"},
        indent=2) + "\n")


def random_model(config, seed):
    """All values random and large enough that no gradient is trivial, LayerNorms included."""
    torch.manual_seed(seed)
    config._attn_implementation = "eager"
    model = AutoModelForSequenceClassification.from_config(config, attn_implementation="eager")
    with torch.no_grad():
        for name, value in model.named_parameters():
            if "layer_norm.weight" in name or "LayerNorm.weight" in name:
                value.normal_(1.0, 0.25)
            else:
                value.normal_(0.0, 0.15)
            if name.startswith("classifier"):
                value.mul_(3.0)  # losses far from ln(labels), so that clipping has something to do
    return model.eval()


def make_batch(lengths, vocab, seed, pad_token_inside):
    generator = torch.Generator().manual_seed(seed)
    rows = []
    for length in lengths:
        ids = torch.randint(1, vocab, (length,), generator=generator)
        ids[0] = 2  # [CLS]
        if length > 1:
            ids[-1] = 3  # [SEP]
        rows.append(ids)
    if pad_token_inside:
        # A text may hold the word "[PAD]": it is attended to, but its embedding has no gradient.
        longest = max(range(len(lengths)), key=lambda row: lengths[row])
        rows[longest][lengths[longest] // 2] = 0
    offsets = torch.tensor([0] + list(torch.tensor(lengths).cumsum(0)))
    width = max(lengths)
    padded = torch.zeros(len(rows), width, dtype=torch.long)
    mask = torch.zeros(len(rows), width, dtype=torch.long)
    for row, ids in enumerate(rows):
        padded[row, :len(ids)] = ids
        mask[row, :len(ids)] = 1
    return {"flat": torch.cat(rows), "offsets": offsets, "input_ids": padded,
            "attention_mask": mask}


def choose_labels(model, batch, labels, seed):
    """Half of the labels are what the model finds least likely: the gradients' norm exceeds 1."""
    with torch.no_grad():
        logits = model(input_ids=batch["input_ids"], attention_mask=batch["attention_mask"]).logits
    generator = torch.Generator().manual_seed(seed)
    chosen = torch.randint(0, labels, (len(logits),), generator=generator)
    worst = logits.argmin(dim=1)
    chosen[::2] = worst[::2]
    batch["labels"] = chosen


def run(model, batch, with_labels=True):
    return model(input_ids=batch["input_ids"], attention_mask=batch["attention_mask"],
                 labels=batch["labels"] if with_labels else None, output_hidden_states=True)


def flat(hidden, batch):
    return hidden[batch["attention_mask"].bool()]


def gradients(model):
    return {name: value.grad.detach().clone() for name, value in model.named_parameters()
            if value.grad is not None}


def freeze(model, strategy):
    base = model.base_model
    if strategy != "full":
        for value in base.parameters():
            value.requires_grad = False
    if strategy == "last-1":
        layers = base.encoder.layer if hasattr(base, "encoder") else base.transformer.layer
        for value in layers[-1].parameters():
            value.requires_grad = True
        if getattr(base, "pooler", None) is not None:
            for value in base.pooler.parameters():
                value.requires_grad = True


def decays(name):
    return not (name.endswith(".bias") or "LayerNorm" in name or "layer_norm" in name)


def train(model, batches, strategy):
    """Ten steps of AdamW as Transformers' Trainer takes them. Dropout is 0 in the configuration."""
    model = copy.deepcopy(model)
    freeze(model, strategy)
    trained = [(name, value) for name, value in model.named_parameters() if value.requires_grad]
    optimizer = torch.optim.AdamW(
        [{"params": [v for n, v in trained if decays(n)], "weight_decay": WEIGHT_DECAY},
         {"params": [v for n, v in trained if not decays(n)], "weight_decay": 0.0}],
        lr=LEARNING_RATE, betas=(0.9, 0.999), eps=1e-8, foreach=False)
    schedule = get_linear_schedule_with_warmup(optimizer, WARMUP, STEPS)
    losses, norms, rates = [], [], []
    for step in range(STEPS):
        batch = batches[step % len(batches)]
        loss = run(model, batch).loss
        optimizer.zero_grad()
        loss.backward()
        norms.append(float(torch.nn.utils.clip_grad_norm_([v for _, v in trained], MAX_NORM)))
        rates.append(optimizer.param_groups[0]["lr"])
        losses.append(loss.item())
        optimizer.step()
        schedule.step()
    return {"losses": torch.tensor(losses, dtype=torch.float64),
            "grad_norms": torch.tensor(norms, dtype=torch.float64),
            "learning_rates": torch.tensor(rates, dtype=torch.float64),
            **{f"final.{name}": value.detach().clone() for name, value in trained}}


def classifier_tensors(model, batches):
    tensors = {}
    for number, batch in enumerate(batches):
        out = run(model, batch)
        tensors[f"batch.{number}.input_ids"] = batch["flat"]
        tensors[f"batch.{number}.offsets"] = batch["offsets"]
        tensors[f"batch.{number}.labels"] = batch["labels"]
        tensors[f"batch.{number}.logits"] = out.logits
        tensors[f"batch.{number}.loss"] = out.loss
        if number == 0:
            states = out.hidden_states
            for layer, state in enumerate(states):
                if layer in (0, 1, len(states) - 1):
                    tensors[f"batch.0.hidden.{layer}"] = flat(state, batch)
            pooler = getattr(model.base_model, "pooler", None)
            if pooler is not None:
                tensors["batch.0.pooled"] = pooler(states[-1])
            model.zero_grad()
            out.loss.backward()
            tensors.update({f"grad.{name}": g for name, g in gradients(model).items()})
    for strategy in ("full", "last-1", "probe"):
        steps = train(model, batches, strategy)
        tensors.update({f"steps.{strategy}.{name}": value for name, value in steps.items()})
    return {name: value.detach() for name, value in tensors.items()}


def mean_pooling_tensors(model, batch, head):
    """The layout of a sentence encoder: the mean of the last layer, then one linear layer."""
    encoder = copy.deepcopy(model.base_model)
    encoder.zero_grad()
    for value in head.values():
        value.grad = None
    hidden = encoder(input_ids=batch["input_ids"],
                     attention_mask=batch["attention_mask"]).last_hidden_state
    mask = batch["attention_mask"].unsqueeze(-1).to(hidden.dtype)
    pooled = (hidden * mask).sum(1) / mask.sum(1)
    logits = torch.nn.functional.linear(pooled, head["weight"], head["bias"])
    loss = torch.nn.functional.cross_entropy(logits, batch["labels"])
    loss.backward()
    tensors = {"mean.head.weight": head["weight"], "mean.head.bias": head["bias"],
               "mean.pooled": pooled, "mean.logits": logits, "mean.loss": loss,
               "mean.grad.head.weight": head["weight"].grad,
               "mean.grad.head.bias": head["bias"].grad}
    tensors.update({f"mean.grad.{name}": g for name, g in gradients(encoder).items()})
    return {name: value.detach() for name, value in tensors.items()}


def stored(tensors):
    """F32 and I32, the types that thaw's reader and tests use."""
    return {name: (value.to(torch.float32) if value.is_floating_point() else value.to(torch.int32))
            .contiguous().clone() for name, value in tensors.items()}


def deviation(exact, rough):
    """The largest |fp32 − fp64| of PyTorch itself in each group of tensors, as a scale for
    tolerances. Gradients are relative to the largest value of their tensor; the key's bias has a
    gradient of zero, so Adam follows its rounding errors, and it is listed apart."""
    found = {}
    for name, value in exact.items():
        if not value.is_floating_point() or name.startswith("mean.head") or "rates" in name:
            continue
        error = (value - rough[name].double()).abs().max().item()
        if ".key.bias" in name or ".k_lin.bias" in name:
            group = "key bias, " + ("after ten steps" if "final" in name else "gradient")
        elif "grad." in name:
            group = "gradient, relative to the tensor's largest"
            error /= max(value.abs().max().item(), 1e-30)
        elif ".final." in name:
            group = f"{name.split('.final.')[0]}.final"
        elif "loss" in name or "grad_norms" in name:
            group = "loss and gradient norm, relative"
            error = ((value - rough[name].double()).abs() / value.abs()).max().item()
        else:
            group = name.split(".")[-1] if "hidden" not in name else "hidden"
        found[group] = max(found.get(group, 0.0), error)
    return {group: float(f"{error:.2g}") for group, error in sorted(found.items())}


def fresh(folder):
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir()
    return folder


def make_classifier(name, config, vocab, positions, labels, lengths, seed, mean_pooling):
    folder = fresh(HERE / name)
    model = random_model(config, seed)
    model.save_pretrained(folder)
    write_tokenizer(folder, vocab, positions)
    exact_model = copy.deepcopy(model).double()
    batches = []
    for number, batch_lengths in enumerate(lengths):
        batch = make_batch(batch_lengths, vocab, seed + number, pad_token_inside=number == 0)
        choose_labels(exact_model, batch, labels, seed + number)
        batches.append(batch)
    exact, rough = classifier_tensors(exact_model, batches), classifier_tensors(model, batches)
    if mean_pooling:
        weight = torch.empty(labels, config.hidden_size).normal_(0, 0.3)
        bias = torch.empty(labels).normal_(0, 0.3)
        for tensors, kind, dtype in ((exact, exact_model, torch.float64),
                                     (rough, model, torch.float32)):
            head = {"weight": weight.to(dtype).clone().requires_grad_(),
                    "bias": bias.to(dtype).clone().requires_grad_()}
            tensors.update(mean_pooling_tensors(kind, batches[0], head))
    for strategy in ("full", "last-1", "probe"):
        norms = exact[f"steps.{strategy}.grad_norms"]
        print(name, strategy, "gradient norms", [round(norm, 3) for norm in norms.tolist()])
        assert (norms > MAX_NORM).sum() >= 3, f"{name} {strategy}: clipping is hardly active"
    safetensors.torch.save_file(stored(exact), folder / "golden.safetensors")
    return {"float32_deviation": deviation(exact, rough)}


def make_tiny():
    """One small BERT in every form of weight file that thaw reads."""
    root = fresh(HERE / "tiny")
    config = BertConfig(vocab_size=31, hidden_size=12, num_hidden_layers=2, num_attention_heads=2,
                        intermediate_size=20, max_position_embeddings=16, num_labels=3,
                        hidden_dropout_prob=0.0, attention_probs_dropout_prob=0.0,
                        id2label={0: "negative", 1: "neutral", 2: "positive"},
                        label2id={"negative": 0, "neutral": 1, "positive": 2})
    model = random_model(config, 3)
    batch = make_batch([1, 16, 5], 31, 5, pad_token_inside=False)
    batch["labels"] = torch.tensor([0, 2, 1])
    golden = {"input_ids": batch["flat"], "offsets": batch["offsets"]}

    def save(name, kind, **options):
        kind.save_pretrained(root / name, **options)
        write_tokenizer(root / name, 31, 16)
        exact = copy.deepcopy(kind).double()
        golden[f"logits.{name}"] = run(exact, batch).logits.detach()

    save("f32", model)
    save("sharded", copy.deepcopy(model), max_shard_size="9KB")
    save("bf16", copy.deepcopy(model).to(torch.bfloat16))
    save("f16", copy.deepcopy(model).to(torch.float16))

    # What checkpoints converted from TensorFlow look like: no prefix, gamma and beta, a list of
    # positions, and the heads of pretraining; the classifier is missing.
    old = fresh(root / "old_names")
    tensors = {}
    for name, value in model.base_model.state_dict().items():
        name = name.replace("LayerNorm.weight", "LayerNorm.gamma")
        tensors[name.replace("LayerNorm.bias", "LayerNorm.beta")] = value.clone()
    tensors["embeddings.position_ids"] = torch.arange(16).unsqueeze(0)
    tensors["cls.seq_relationship.weight"] = torch.ones(2, 12)
    tensors["cls.seq_relationship.bias"] = torch.ones(2)
    safetensors.torch.save_file(tensors, old / "model.safetensors", metadata={"format": "pt"})
    plain = config.to_dict()
    for key in ("id2label", "label2id", "problem_type"):
        plain.pop(key, None)
    plain["architectures"] = ["BertModel"]
    (old / "config.json").write_text(json.dumps(plain, indent=2, sort_keys=True) + "\n")
    write_tokenizer(old, 31, 16)
    golden["hidden.old_names"] = flat(run(copy.deepcopy(model).double(), batch).hidden_states[-1],
                                      batch).detach()
    safetensors.torch.save_file(stored(golden), root / "golden.safetensors")


TEXTS = [
    "This is amazing and very helpful.",
    "This is disappointing and buggy.",
    "",
    "Ünïcödé café 北京 🎉 #hashtag @user http://example.com/x?y=1 — “quoted” [MASK]",
    "a",
    "The plot, which unfolds over three generations, takes its time; but when the threads finally "
    "meet in the last act, every small gesture of the first hour turns out to have mattered. " * 4,
]


def make_sentences(folder):
    """Mean-pooled vectors, not normalised, in fp32 as anybody gets them from Transformers."""
    tokenizer = AutoTokenizer.from_pretrained(folder)
    model = AutoModel.from_pretrained(folder, attn_implementation="eager",
                                      dtype=torch.float32).eval()
    exact = copy.deepcopy(model).double()
    sentences, furthest = [], 0.0
    with torch.no_grad():
        for text in TEXTS:
            ids = tokenizer(text, truncation=True, max_length=256, return_tensors="pt")
            vector = model(**ids).last_hidden_state[0].mean(0)
            furthest = max(furthest, (exact(**ids).last_hidden_state[0].mean(0) -
                                      vector.double()).abs().max().item())
            # float32's shortest decimal that reads back to the same bits
            sentences.append({"text": text, "ids": ids["input_ids"][0].tolist(),
                              "vector": [float(str(x)) for x in vector.numpy()]})
    lines = ",\n".join(json.dumps(sentence, ensure_ascii=False) for sentence in sentences)
    (HERE / "minilm_sentences.json").write_text(
        '{"model": "all-MiniLM-L6-v2", "pooling": "mean", "normalized": false, "max_length": 256,\n'
        f'"sentences": [\n{lines}\n]}}\n')
    return {"float32_deviation": float(f"{furthest:.2g}")}


def main():
    torch.set_num_threads(1)
    torch.use_deterministic_algorithms(True)
    transformers.logging.set_verbosity_error()
    facts = {"versions": {"python": sys.version.split()[0], "torch": torch.__version__,
                          "transformers": transformers.__version__,
                          "safetensors": safetensors.__version__}}
    facts["bert"] = make_classifier(
        "bert",
        BertConfig(vocab_size=97, hidden_size=36, num_hidden_layers=3, num_attention_heads=3,
                   intermediate_size=50, max_position_embeddings=40, type_vocab_size=2,
                   num_labels=3, hidden_dropout_prob=0.0, attention_probs_dropout_prob=0.0,
                   classifier_dropout=0.0),
        97, 40, 3, [[7, 1, 40, 13, 2], [5, 22, 9], [1, 3, 17, 33]], 11, mean_pooling=True)
    facts["distilbert"] = make_classifier(
        "distilbert",
        DistilBertConfig(vocab_size=89, dim=40, hidden_dim=58, n_layers=2, n_heads=4,
                         max_position_embeddings=33, num_labels=4, dropout=0.0,
                         attention_dropout=0.0, seq_classif_dropout=0.0),
        89, 33, 4, [[6, 33, 1, 12], [2, 19, 8, 8, 3], [27, 1, 4]], 23, mean_pooling=False)
    make_tiny()
    if len(sys.argv) > 1:
        facts["minilm_sentences"] = make_sentences(sys.argv[1])
    path = HERE / "encoder_golden.json"
    if "minilm_sentences" not in facts and path.exists():
        facts["minilm_sentences"] = json.loads(path.read_text()).get("minilm_sentences")
    path.write_text(json.dumps(facts, indent=2) + "\n")


if __name__ == "__main__":
    main()
