"""Makes cross_entropy_golden.json: PyTorch's weighted and smoothed cross-entropy, with gradients.

Run with PyTorch 2.15:
    python tests/golden/make_cross_entropy_golden.py
"""

import json
from pathlib import Path

import torch

torch.manual_seed(5)
cases = []
for labels, rows in ((2, 6), (4, 9)):
    for smoothing in (0.0, 0.1, 0.5):
        weights = [] if (labels, smoothing) == (2, 0.1) else (torch.rand(labels) + 0.2).tolist()
        logits = (torch.randn(rows, labels) * 2).double().requires_grad_()
        gold = torch.randint(labels, (rows,))
        # As thaw reads them: logits are floats.
        logits.data = logits.data.float().double()
        loss = torch.nn.CrossEntropyLoss(
            weight=torch.tensor(weights, dtype=torch.float64) if weights else None,
            label_smoothing=smoothing)(logits, gold)
        loss.backward()
        cases.append({"labels": labels, "smoothing": smoothing, "weights": weights,
                      "logits": logits.detach().ravel().tolist(), "gold": gold.tolist(),
                      "loss": loss.item(), "gradient": logits.grad.ravel().tolist()})
Path(__file__).with_name("cross_entropy_golden.json").write_text(json.dumps(cases) + "\n")
