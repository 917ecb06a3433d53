"""Twenty steps of torch.optim.AdamW on seven numbers -> adamw.json. Run with PyTorch."""

import json
import pathlib

import torch

torch.manual_seed(7)
steps, count = 20, 7
weight = torch.nn.Parameter(torch.randn(count))
gradients = torch.randn(steps, count) * torch.logspace(-6, 2, count)
settings = dict(lr=2e-3, betas=(0.9, 0.999), eps=1e-8, weight_decay=0.01)
optimizer = torch.optim.AdamW([weight], **settings)
golden = {
    "made_with": f"torch {torch.__version__}",
    "settings": settings,
    "initial": weight.tolist(),
    "gradients": gradients.tolist(),
    "after": [],
}
for gradient in gradients:
    weight.grad = gradient.clone()
    optimizer.step()
    state = optimizer.state[weight]
    golden["after"].append(
        {
            "weight": weight.tolist(),
            "m": state["exp_avg"].tolist(),
            "v": state["exp_avg_sq"].tolist(),
        }
    )
pathlib.Path(__file__).with_name("adamw.json").write_text(json.dumps(golden) + "\n")
