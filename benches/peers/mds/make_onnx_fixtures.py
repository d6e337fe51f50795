"""Makes crates/mds/tests/fixtures/{movie,image}.onnx and onnx_responses.safetensors: cores that PyTorch exports, with a readout.

The tests of neuroloom-mds read them. Run with the Python of setup.sh:

    "$(benches/peers/setup.sh torch)" benches/peers/mds/make_onnx_fixtures.py

Weights are exported in 32 bits; responses and gradients are computed from those weights in 64. `CASE/responses` are the mean rates of the
last 4 frames with all neurons in the middle, `CASE/d_stimulus` the gradient of their product with `cotangent`.
"""

import sys
from pathlib import Path

import numpy as np
import torch
from torch import nn

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
from mds.make_fixtures import TARGET, save

CHANNELS, FRAMES, HEIGHT, WIDTH, WINDOW, N = 2, 14, 7, 6, 4, 3
CASES = {
    "movie": lambda: nn.Sequential(
        nn.Conv3d(CHANNELS, 4, (1, 3, 3), padding=(0, 1, 1)),
        nn.Conv3d(4, 3, (4, 1, 1)),
        nn.BatchNorm3d(3),
        nn.ELU(),
        nn.Conv3d(3, 3, (2, 3, 3), padding=(0, 1, 1), bias=False),
        nn.BatchNorm3d(3, eps=1e-3),
        nn.Softplus(),
        nn.Conv3d(3, 2, (3, 1, 1)),
    ),
    "image": lambda: nn.Sequential(
        nn.Conv2d(CHANNELS, 4, 3, padding=1, bias=False),
        nn.BatchNorm2d(4),
        nn.ReLU(),
        nn.Conv2d(4, 2, 3),
        nn.Softplus(),
    ),
}


def core(name):
    """With statistics that normalise nothing by chance."""
    torch.manual_seed(len(name))
    model = CASES[name]().eval()
    for layer in model:
        if isinstance(layer, (nn.BatchNorm2d, nn.BatchNorm3d)):
            nn.init.uniform_(layer.weight, 0.5, 1.5)
            nn.init.normal_(layer.bias, std=0.3)
            nn.init.normal_(layer.running_mean, std=0.3)
            nn.init.uniform_(layer.running_var, 0.3, 2.0)
    return model


def features(name, model, movie):
    """`[frame, channel, place]`, and rows and columns."""
    if name == "movie":
        found = model(movie[None])[0].permute(1, 0, 2, 3)
    else:
        found = model(movie.permute(1, 0, 2, 3))
    return found.flatten(2), found.shape[2:]


def case(name, movie, cotangent, random):
    model = core(name)
    stimulus = torch.zeros(1, CHANNELS, *([FRAMES] if name == "movie" else []), HEIGHT, WIDTH)
    # Not folded by the export: that is what is tested.
    torch.onnx.export(
        model,
        stimulus,
        TARGET.parent / f"{name}.onnx",
        dynamo=False,
        training=torch.onnx.TrainingMode.PRESERVE,
        do_constant_folding=False,
    )
    model = model.double()
    movie = movie.clone().requires_grad_()
    phi, (height, width) = features(name, model, movie)
    n_channels = phi.shape[1]
    readout = {
        "features": torch.as_tensor(random.uniform(0, 1, (N, n_channels))),
        "bias": torch.as_tensor(random.normal(0, 0.1, N)),
        "log_gain": torch.as_tensor(random.normal(0, 0.1, N)),
        "place": torch.zeros(N, 2, dtype=torch.float64),
        "log_sigma": torch.as_tensor(random.normal(-0.2, 0.1, N)),
    }
    readout = {key: value.float().double() for key, value in readout.items()}
    y = torch.arange(height, dtype=torch.float64) - (height - 1) / 2
    x = torch.arange(width, dtype=torch.float64) - (width - 1) / 2
    squared = (y[:, None] ** 2 + x[None, :] ** 2).flatten()
    masks = torch.softmax(-squared / (2 * torch.exp(2 * readout["log_sigma"]))[:, None], dim=1)
    drive = torch.einsum("fcp,np,nc->fn", phi, masks, readout["features"]) + readout["bias"]
    rates = torch.exp(readout["log_gain"]) * nn.functional.softplus(drive, threshold=1000)
    responses = rates[-WINDOW:].mean(dim=0)
    (responses * cotangent).sum().backward()
    found = {f"readout.{key}": value for key, value in readout.items()}
    found |= {"responses": responses.detach(), "d_stimulus": movie.grad}
    return {f"{name}/{key}": value for key, value in found.items()}


def main():
    random = np.random.default_rng(6)
    movie = torch.as_tensor(random.normal(size=(CHANNELS, FRAMES, HEIGHT, WIDTH)))
    cotangent = torch.as_tensor(random.normal(size=N))
    tensors = {"movie": movie, "cotangent": cotangent}
    for name in CASES:
        tensors |= case(name, movie, cotangent, random)
    save({name: value.numpy() for name, value in tensors.items()}, TARGET.parent / "onnx_responses.safetensors")


if __name__ == "__main__":
    main()
