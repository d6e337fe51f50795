"""Makes crates/nn/tests/fixtures/torch_layers.safetensors: layers of PyTorch with their outputs and gradients.

The tests of neuroloom-nn read it. Run with the Python of setup.sh, after `pip install torch safetensors`:

    "$(benches/peers/setup.sh)" benches/peers/langevin/make_layer_fixtures.py

All in 64 bits, without dropout. `LAYER/x` is the input, `LAYER/c` the cotangent of the output, `LAYER/y` the output,
`LAYER/dx` the gradient of the input, `LAYER/p/NAME` a parameter and `LAYER/g/NAME` its gradient. `adam`, `adamw` and
`plateau` have what 100 steps or epochs give.
"""

from pathlib import Path

import torch
from safetensors.torch import save_file

TARGET = Path(__file__).resolve().parents[3] / "crates/nn/tests/fixtures/torch_layers.safetensors"
TRIALS, STEPS, WIDTH, HEADS, HIDDEN, N_IN = 3, 5, 12, 2, 20, 7


def record(tensors, name, module, x, y):
    """Everything about a layer that mapped x to y."""
    c = torch.randn_like(y)
    (y * c).sum().backward()
    tensors |= {f"{name}/x": x.detach(), f"{name}/y": y.detach(), f"{name}/c": c, f"{name}/dx": x.grad}
    for key, parameter in module.named_parameters():
        tensors |= {f"{name}/p/{key}": parameter.detach(), f"{name}/g/{key}": parameter.grad}


def layers(tensors):
    torch.manual_seed(1)
    double = {"dtype": torch.float64}
    x = torch.randn(TRIALS, STEPS, WIDTH, requires_grad=True, **double)
    layer = torch.nn.TransformerEncoderLayer(WIDTH, HEADS, HIDDEN, 0.0, batch_first=True, **double)
    for parameter in layer.parameters():  # the biases and the norms away from their start
        torch.nn.init.normal_(parameter, std=0.5)
    record(tensors, "encoder", layer, x, layer(x))

    x = torch.randn(TRIALS, STEPS, WIDTH, requires_grad=True, **double)
    causal = torch.nn.Transformer.generate_square_subsequent_mask(STEPS, dtype=torch.float64)
    layer.zero_grad()
    record(tensors, "causal", layer, x, layer(x, src_mask=causal))

    cell = torch.nn.GRUCell(N_IN, WIDTH, **double)
    u = torch.randn(STEPS, TRIALS, N_IN, requires_grad=True, **double)
    h, states = torch.zeros(TRIALS, WIDTH, **double), []
    for step in u:
        h = cell(step, h)
        states.append(h)
    record(tensors, "gru", cell, u, torch.stack(states))


def optimisers(tensors):
    """100 steps with gradients that are given."""
    gradients = torch.randn(100, 6, dtype=torch.float64) * torch.logspace(-3, 3, 6, dtype=torch.float64)
    start = torch.randn(6, dtype=torch.float64)
    tensors |= {"adam/gradients": gradients, "adam/start": start}
    for name, kind in [("adam", torch.optim.Adam), ("adamw", torch.optim.AdamW)]:
        theta = start.clone().requires_grad_()
        optimiser = kind([theta], lr=3e-3, weight_decay=0.1)
        for gradient in gradients:
            theta.grad = gradient.clone()
            optimiser.step()
        tensors[f"{name}/end"] = theta.detach()

    losses = torch.cumsum(torch.randn(100, dtype=torch.float64), 0)
    optimiser = torch.optim.SGD([torch.zeros(1, requires_grad=True)], lr=1e-2)
    rule = torch.optim.lr_scheduler.ReduceLROnPlateau(
        optimiser, factor=0.5, patience=2, threshold=0.0, min_lr=1e-4
    )
    rates = []
    for loss in losses:
        rule.step(loss.item())
        rates.append(optimiser.param_groups[0]["lr"])
    tensors |= {"plateau/losses": losses, "plateau/lr": torch.tensor(rates, dtype=torch.float64)}


def main():
    tensors = {}
    layers(tensors)
    optimisers(tensors)
    TARGET.parent.mkdir(parents=True, exist_ok=True)
    save_file({name: tensor.clone().contiguous() for name, tensor in tensors.items()}, TARGET)


if __name__ == "__main__":
    main()
