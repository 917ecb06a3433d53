#!/usr/bin/env python3
"""Makes the golden files of the encoder, the heads, the loss and the optimizer.

    python make_encoder_golden.py [MINILM_FOLDER]

Writes a folder for each family, tiny/, variants/ and (where MINILM_FOLDER is given)
minilm_sentences.json beside this script; README.md describes what is in them, encoder_golden.json says with which versions they
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
from transformers import (AutoModel, AutoModelForMaskedLM, AutoModelForPreTraining,
                          AutoModelForSequenceClassification, AutoTokenizer, BertConfig,
                          CamembertConfig, DistilBertConfig, ElectraConfig, MPNetConfig,
                          RobertaConfig, XLMRobertaConfig, get_linear_schedule_with_warmup)

HERE = pathlib.Path(__file__).resolve().parent
STEPS, WARMUP, LEARNING_RATE, WEIGHT_DECAY, MAX_NORM = 10, 3, 1e-3, 0.01, 1.0
WORDS = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", "the", "a", "film", "was", "good", "bad",
         "not", "very", ".", ",", "!", "##s", "##ing", "##ed", "i", "like"]


def vocabulary(size, padding):
    words = list(WORDS)
    if padding == 1:  # the order of RoBERTa's special tokens
        words[:4] = ["[CLS]", "[PAD]", "[SEP]", "[UNK]"]
    letters = [chr(ord("a") + i) for i in range(26) if chr(ord("a") + i) not in WORDS]
    words = words + letters + [f"##{letter}" for letter in "abcdefghijklmnopqrstuvwxyz"]
    return (words + [f"word{i}" for i in range(size)])[:size]


def write_tokenizer(folder, size, length, padding=0, types=True):
    (folder / "vocab.txt").write_text("\n".join(vocabulary(size, padding)) + "\n")
    config = {"do_lower_case": True, "model_max_length": length, "tokenizer_class": "BertTokenizer"}
    if not types:
        config["model_input_names"] = ["input_ids", "attention_mask"]
    (folder / "tokenizer_config.json").write_text(json.dumps(config, indent=2) + "\n")


def random_model(config, seed):
    """All values random and large enough that no gradient is trivial, LayerNorms included."""
    torch.manual_seed(seed)
    config._attn_implementation = "eager"
    return randomize(AutoModelForSequenceClassification.from_config(
        config, attn_implementation="eager"))


def randomize(model):
    with torch.no_grad():
        for name, value in model.named_parameters():
            if "layer_norm.weight" in name or "LayerNorm.weight" in name:
                value.normal_(1.0, 0.25)
            else:
                value.normal_(0.0, 0.15)
            if name.startswith("classifier"):
                value.mul_(3.0)  # losses far from ln(labels), so that clipping has something to do
    return model.eval()


def make_batch(lengths, vocab, seed, pad_token_inside, padding=0):
    cls, sep = (0, 2) if padding == 1 else (2, 3)
    generator = torch.Generator().manual_seed(seed)
    rows = []
    for length in lengths:
        ids = torch.randint(1 + padding, vocab, (length,), generator=generator)
        ids[0] = cls
        if length > 1:
            ids[-1] = sep
        rows.append(ids)
    if pad_token_inside:
        # A text may hold the word "[PAD]": it is attended to, but its embedding has no gradient.
        longest = max(range(len(lengths)), key=lambda row: lengths[row])
        rows[longest][lengths[longest] // 2] = padding
    offsets = torch.tensor([0] + list(torch.tensor(lengths).cumsum(0)))
    width = max(lengths)
    padded = torch.full((len(rows), width), padding, dtype=torch.long)
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


def run(model, batch, **more):
    return model(input_ids=batch["input_ids"], attention_mask=batch["attention_mask"],
                 output_hidden_states=True, **more)


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


def decays(name):  # as Trainer.get_decay_parameter_names: MPNet's relative_attention_bias does not
    return not ("bias" in name or "LayerNorm" in name or "layer_norm" in name)


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
        loss = run(model, batch, labels=batch["labels"]).loss
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
        out = run(model, batch, labels=batch["labels"])
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
            states[0].retain_grad()
            out.loss.backward()
            tensors.update({f"grad.{name}": g for name, g in gradients(model).items()})
            # Of each row's own loss, not of their mean, by what the first layer reads.
            tensors["batch.0.input_gradients"] = len(batch["labels"]) * flat(states[0].grad, batch)
    for strategy in ("full", "last-1", "probe"):
        steps = train(model, batches, strategy)
        tensors.update({f"steps.{strategy}.{name}": value for name, value in steps.items()})
    return {name: value.detach() for name, value in tensors.items()}


def pool(hidden, mask, pooling):
    mask = mask.unsqueeze(-1).to(hidden.dtype)
    if pooling == "mean":
        return (hidden * mask).sum(1) / mask.sum(1)
    if pooling == "max":
        return hidden.masked_fill(mask == 0, -1e9).max(1).values
    return hidden[:, 0]


def pooling_tensors(model, batch, head, pooling):
    """The layout of a sentence encoder: the last layer pooled, then one linear layer."""
    encoder = copy.deepcopy(model.base_model)
    encoder.zero_grad()
    for value in head.values():
        value.grad = None
    hidden = encoder(input_ids=batch["input_ids"],
                     attention_mask=batch["attention_mask"]).last_hidden_state
    pooled = pool(hidden, batch["attention_mask"], pooling)
    logits = torch.nn.functional.linear(pooled, head["weight"], head["bias"])
    loss = torch.nn.functional.cross_entropy(logits, batch["labels"])
    loss.backward()
    tensors = {"head.weight": head["weight"], "head.bias": head["bias"],
               "pooled": pooled, "logits": logits, "loss": loss,
               "grad.head.weight": head["weight"].grad,
               "grad.head.bias": head["bias"].grad}
    tensors.update({f"grad.{name}": g for name, g in gradients(encoder).items()})
    return {f"{pooling}.{name}": value.detach() for name, value in tensors.items()}


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
        if not value.is_floating_point() or ".head." in name or "rates" in name:
            continue
        error = (value - rough[name].double()).abs().max().item()
        if any(key in name for key in (".key.bias", ".k_lin.bias", ".attn.k.bias")):
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


def make_classifier(name, config, lengths, seed, pooling=None):
    folder = fresh(HERE / name)
    model = random_model(config, seed)
    model.save_pretrained(folder)
    vocab, labels, padding = config.vocab_size, config.num_labels, config.pad_token_id
    types = config.model_type in ("bert", "distilbert", "electra")
    write_tokenizer(folder, vocab, max(map(max, lengths)), padding, types)
    exact_model = copy.deepcopy(model).double()
    batches = []
    for number, batch_lengths in enumerate(lengths):
        batch = make_batch(batch_lengths, vocab, seed + number, pad_token_inside=number == 0,
                           padding=padding)
        choose_labels(exact_model, batch, labels, seed + number)
        batches.append(batch)
    exact, rough = classifier_tensors(exact_model, batches), classifier_tensors(model, batches)
    if pooling:
        weight = torch.empty(labels, config.hidden_size).normal_(0, 0.3)
        bias = torch.empty(labels).normal_(0, 0.3)
        for tensors, kind, dtype in ((exact, exact_model, torch.float64),
                                     (rough, model, torch.float32)):
            head = {"weight": weight.to(dtype).clone().requires_grad_(),
                    "bias": bias.to(dtype).clone().requires_grad_()}
            tensors.update(pooling_tensors(kind, batches[0], head, pooling))
    for strategy in ("full", "last-1", "probe"):
        norms = exact[f"steps.{strategy}.grad_norms"]
        print(name, strategy, "gradient norms", [round(norm, 3) for norm in norms.tolist()])
        assert (norms > MAX_NORM).sum() >= 3, f"{name} {strategy}: clipping is hardly active"
    safetensors.torch.save_file(stored(exact), folder / "golden.safetensors")
    return {"float32_deviation": deviation(exact, rough)}


def pair_tensors(model, batch):
    """Texts of two parts: the later half of each has token type 1."""
    lengths = batch["attention_mask"].sum(1, keepdim=True)
    types = (torch.arange(batch["input_ids"].shape[1]) >= (lengths + 1) // 2).long()
    out = run(model, batch, labels=batch["labels"], token_type_ids=types)
    out.loss.backward()
    tensors = {"types": flat(types, batch), "labels": batch["labels"], "logits": out.logits,
               "loss": out.loss, **{f"grad.{name}": g for name, g in gradients(model).items()}}
    return {f"pairs.{name}": value.detach() for name, value in tensors.items()}


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
        return exact

    exact = save("f32", model)
    golden.update(pair_tensors(exact, batch))
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


def make_variants():
    """Small models as checkpoints of other tasks hold them: prefixes, heads of pretraining, poolers,
    lists of positions and half precision."""
    root = fresh(HERE / "variants")
    size = {"hidden_size": 12, "num_hidden_layers": 1, "num_attention_heads": 2,
            "intermediate_size": 10, "hidden_dropout_prob": 0.0,
            "attention_probs_dropout_prob": 0.0, "vocab_size": 19}
    like_roberta = {**size, "max_position_embeddings": 14, "type_vocab_size": 1}
    golden = {}

    def save(name, auto, config, dtype=torch.float32, drop=(), extra=()):
        torch.manual_seed(len(name))
        config._attn_implementation = "eager"
        model = randomize(auto.from_config(config, attn_implementation="eager")).to(dtype)
        folder = root / name
        model.save_pretrained(folder)
        for leftover in folder.glob("generation_config.json"):
            leftover.unlink()
        tensors = safetensors.torch.load_file(folder / "model.safetensors")
        tensors = {key: value for key, value in tensors.items()
                   if not any(part in key for part in drop)}
        tensors.update(extra)
        safetensors.torch.save_file(tensors, folder / "model.safetensors",
                                    metadata={"format": "pt"})
        batch = make_batch([1, 11, 5], 19, 5, pad_token_inside=True, padding=config.pad_token_id)
        golden[f"{name}.input_ids"], golden[f"{name}.offsets"] = batch["flat"], batch["offsets"]
        out = run(model.double(), batch)
        if auto is AutoModelForSequenceClassification:
            golden[f"{name}.logits"] = out.logits.detach()
        golden[f"{name}.hidden"] = flat(out.hidden_states[-1], batch).detach()

    positions = {"roberta.embeddings.position_ids": torch.arange(14).unsqueeze(0)}
    save("roberta_masked_lm", AutoModelForMaskedLM, RobertaConfig(**like_roberta), extra=positions)
    save("roberta_plain_without_pooler", AutoModel, RobertaConfig(**like_roberta), drop=["pooler"])
    save("xlm_roberta_plain_bf16", AutoModel, XLMRobertaConfig(**like_roberta), torch.bfloat16)
    save("xlm_roberta_classifier", AutoModelForSequenceClassification,
         XLMRobertaConfig(**like_roberta, num_labels=3))
    save("camembert_classifier_f16", AutoModelForSequenceClassification,
         CamembertConfig(**like_roberta, num_labels=3), torch.float16)
    save("mpnet_plain", AutoModel, MPNetConfig(**size, max_position_embeddings=14))
    save("mpnet_masked_lm_f16", AutoModelForMaskedLM,
         MPNetConfig(**size, max_position_embeddings=14), torch.float16)
    electra = ElectraConfig(**size, embedding_size=8, max_position_embeddings=14)
    save("electra_discriminator_bf16", AutoModelForPreTraining, electra, torch.bfloat16)
    save("electra_generator", AutoModelForMaskedLM, electra)
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
    no_dropout = {"hidden_dropout_prob": 0.0, "attention_probs_dropout_prob": 0.0}
    facts["bert"] = make_classifier(
        "bert",
        BertConfig(vocab_size=97, hidden_size=36, num_hidden_layers=3, num_attention_heads=3,
                   intermediate_size=50, max_position_embeddings=40, type_vocab_size=2,
                   num_labels=3, classifier_dropout=0.0, **no_dropout),
        [[7, 1, 40, 13, 2], [5, 22, 9], [1, 3, 17, 33]], 11, "mean")
    facts["distilbert"] = make_classifier(
        "distilbert",
        DistilBertConfig(vocab_size=89, dim=40, hidden_dim=58, n_layers=2, n_heads=4,
                         max_position_embeddings=33, num_labels=4, dropout=0.0,
                         attention_dropout=0.0, seq_classif_dropout=0.0),
        [[6, 33, 1, 12], [2, 19, 8, 8, 3], [27, 1, 4]], 23)
    facts["roberta"] = make_classifier(
        "roberta",
        RobertaConfig(vocab_size=53, hidden_size=20, num_hidden_layers=2, num_attention_heads=4,
                      intermediate_size=27, max_position_embeddings=35, type_vocab_size=1,
                      num_labels=3, layer_norm_eps=1e-5, **no_dropout),
        [[7, 1, 33, 12], [2, 19, 8, 3], [27, 1, 4]], 31, "cls")
    # Lengths beyond the last bucket of distances, which begins at 91 and holds all from there on.
    facts["mpnet"] = make_classifier(
        "mpnet",
        MPNetConfig(vocab_size=43, hidden_size=18, num_hidden_layers=2, num_attention_heads=3,
                    intermediate_size=22, max_position_embeddings=140, num_labels=3, **no_dropout),
        [[9, 1, 138, 24], [2, 30, 8, 3], [27, 1, 64]], 41, "mean")
    for name, embedding_size, pooling in (("electra", 14, "max"), ("electra_square", 20, None)):
        facts[name] = make_classifier(
            name,
            ElectraConfig(vocab_size=47, embedding_size=embedding_size, hidden_size=20,
                          num_hidden_layers=2, num_attention_heads=4, intermediate_size=26,
                          max_position_embeddings=30, num_labels=3, **no_dropout),
            [[6, 30, 1, 12], [2, 19, 8, 8, 3], [27, 1, 4]], 53, pooling)
    make_tiny()
    make_variants()
    if len(sys.argv) > 1:
        facts["minilm_sentences"] = make_sentences(sys.argv[1])
    path = HERE / "encoder_golden.json"
    if "minilm_sentences" not in facts and path.exists():
        facts["minilm_sentences"] = json.loads(path.read_text()).get("minilm_sentences")
    path.write_text(json.dumps(facts, indent=2) + "\n")


if __name__ == "__main__":
    main()
