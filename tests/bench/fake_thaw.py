#!/usr/bin/env python3
"""Stands in thaw's place in fairness_test.py: answers at once, and writes down how it was called."""

import json
import os
import pathlib
import sys
import time

arguments = sys.argv[1:]
if arguments == ["--version"]:
    print("thaw 9.9.9")
    sys.exit()
if "--help" in arguments:
    print("  --solver NAME  …\n  --batch-size N  …\n  --learning-rate N  …\n  --epochs N  …")
    sys.exit()

value = {name: arguments[at + 1] for at, name in enumerate(arguments[:-1]) if name.startswith("--") and "=" not in name}
out = pathlib.Path(value["--out"])
strategies = value["--strategies"].split(",")
kept = [own for own in arguments if not own.startswith(str(out))]
with open(os.environ["FAKE_THAW_CALLS"], "a") as calls:
    calls.write(json.dumps({"strategies": strategies, "arguments": kept}) + "\n")
time.sleep(float(os.environ.get("FAKE_THAW_SECONDS", "0")))
if os.environ.get("FAKE_THAW_FAILS"):
    print("made-up trouble", file=sys.stderr)
    sys.exit(3)

results = {
    "findings": {"conclusion": [f"Take {strategies[0]}: it is the cheapest."]},
    "precision": "fp32 (auto)", "machine": {"cpu": "made up", "threads": "2"},
    "strategies": [{
        "approach": name, "failure": "", "best_epoch": 1, "train_seconds": 1.0,
        "settings": {"learning_rate": "5e-05", "epochs": "3"},
        "epochs": [{"epoch": 1, "validation_macro_f1": 0.5, "validation_loss": 1.0}],
        "test": {"macro_f1": 0.5, "confusion": [[1, 0], [0, 1]]},
    } for name in strategies],
}
out.mkdir()
(out / "results.json").write_text(json.dumps(results))
