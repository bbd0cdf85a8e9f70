"""Writes the golden loss curves of head training. Made with PyTorch 2.15.0 on the CPU:

    python3 tests/golden/make_head_training.py tests/golden/head_training.json

Double precision throughout; initial weights and orders of the rows are written down, so that both
sides start from the same numbers and see the same batches.
"""

import json
import math
import random
import sys

import torch

torch.set_default_dtype(torch.float64)


def make(rng, rows, dense, sparse):
    x, y = [], []
    for _ in range(rows):
        label = int(rng.random() < 0.35)
        row = [rng.gauss(0.7 * label * (-1) ** j, 1) for j in range(dense)]
        row += [rng.gauss(0.4 * label, 1) if rng.random() < 0.25 else 0 for _ in range(sparse)]
        x.append([round(v, 4) for v in row])
        y.append(label)
    return x, y


def factor(kind, warmup, total, step):
    if step < warmup:
        return step / max(1, warmup)
    done = (step - warmup) / max(1, total - warmup)
    if kind == "constant":
        return 1.0
    return max(0.0, 1 - done if kind == "linear" else 0.5 * (1 + math.cos(math.pi * done)))


CASES = [
    # name, dense, sparse, hidden, activation, lr, batch, acc, epochs, wd, warm-up, schedule, weights, clip
    ("linear, dense", 6, 0, 0, "relu", 0.05, 8, 1, 6, 0.01, 5, "linear", "none", 1.0),
    ("linear, dense and sparse, balanced", 4, 12, 0, "relu", 0.05, 8, 2, 6, 0.1, 4, "cosine", "balanced", 0.0),
    ("hidden relu, cosine", 6, 0, 5, "relu", 0.02, 8, 1, 8, 0.01, 10, "cosine", "none", 1.0),
    ("hidden tanh, sparse, accumulation", 0, 16, 4, "tanh", 0.03, 4, 3, 8, 0.05, 0, "linear", "balanced", 0.5),
    ("linear, constant rate, no decay", 6, 0, 0, "relu", 0.1, 16, 1, 5, 0.0, 0, "constant", "none", 0.0),
]

out = []
for n, (name, dense, sparse, hidden, act, lr, batch, acc, epochs, wd, warm, kind, cw, clip) in enumerate(CASES):
    rng = random.Random(n + 1)
    x, y = make(rng, 61, dense, sparse)
    vx, vy = make(rng, 30, dense, sparse)
    inputs, classes = dense + sparse, 2
    width = hidden or classes
    # PyTorch reads single-precision features too: the same numbers as ours.
    tx = torch.tensor(x, dtype=torch.float32).double()
    tvx = torch.tensor(vx, dtype=torch.float32).double()
    ty, tvy = torch.tensor(y), torch.tensor(vy)
    first = torch.nn.Linear(inputs, width)
    layers = [first]
    if hidden:
        layers += [torch.nn.ReLU() if act == "relu" else torch.nn.Tanh(), torch.nn.Linear(hidden, classes)]
    with torch.no_grad():
        for layer in layers:
            for p in layer.parameters():
                p.copy_(torch.tensor([round(rng.uniform(-0.4, 0.4), 4) for _ in range(p.numel())]).view_as(p))
    model = torch.nn.Sequential(*layers)
    linear = [layer for layer in layers if isinstance(layer, torch.nn.Linear)]
    initial = [v for layer in linear for p in (layer.weight.T.contiguous(), layer.bias) for v in p.flatten().tolist()]
    counts = [y.count(k) for k in range(classes)]
    weights = torch.tensor([len(y) / (classes * c) if cw == "balanced" else 1.0 for c in counts])
    orders = []
    for _ in range(epochs):
        order = list(range(len(y)))
        rng.shuffle(order)
        orders.append(order)
    optimiser = torch.optim.AdamW(
        [
            {"params": [layer.weight for layer in linear], "weight_decay": wd},
            {"params": [layer.bias for layer in linear], "weight_decay": 0.0},
        ],
        lr=lr,
    )
    size = batch * acc
    total = math.ceil(len(y) / size) * epochs
    scheduler = torch.optim.lr_scheduler.LambdaLR(optimiser, lambda s: factor(kind, warm, total, s))
    losses, rates, validation = [], [], []
    for order in orders:
        for at in range(0, len(y), size):
            group = order[at : at + size]
            weight = weights[ty[group]].sum()
            optimiser.zero_grad()
            loss = 0.0
            for start in range(0, len(group), batch):
                rows = group[start : start + batch]
                part = torch.nn.functional.cross_entropy(
                    model(tx[rows]), ty[rows], weight=weights, reduction="sum"
                ) / weight
                part.backward()
                loss += part.item()
            if clip:
                torch.nn.utils.clip_grad_norm_(model.parameters(), clip)
            rates.append(optimiser.param_groups[0]["lr"])
            optimiser.step()
            scheduler.step()
            losses.append(loss)
            with torch.no_grad():
                validation.append(torch.nn.functional.cross_entropy(model(tvx), tvy).item())
    final = [v for layer in linear for p in (layer.weight.T.contiguous(), layer.bias) for v in p.flatten().tolist()]
    out.append({
        "name": name, "dense": dense, "sparse": sparse, "hidden": hidden, "activation": act,
        "learning_rate": lr, "batch_size": batch, "accumulation": acc, "epochs": epochs,
        "weight_decay": wd, "warmup": warm, "schedule": kind, "class_weight": cw, "max_grad_norm": clip,
        "x": x, "y": y, "validation_x": vx, "validation_y": vy, "orders": orders, "initial": initial,
        "losses": [float(f"{v:.10g}") for v in losses],
        "rates": [float(f"{v:.10g}") for v in rates],
        "validation_losses": [float(f"{v:.10g}") for v in validation],
        "final": [float(f"{v:.10g}") for v in final],
    })

with open(sys.argv[1], "w", encoding="utf-8") as file:
    json.dump(out, file, separators=(",", ":"))
    file.write("\n")
