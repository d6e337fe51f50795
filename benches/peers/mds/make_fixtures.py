"""Makes crates/mds/tests/fixtures/torch_networks.safetensors: small encoders of PyTorch with outputs and gradients.

The tests of neuroloom-mds read it. Run with the Python of setup.sh:

    "$(benches/peers/setup.sh torch)" benches/peers/mds/make_fixtures.py

All in 64 bits. `CASE/parameters` are the flat parameters; `CASE/responses` the mean rates of the last 4 frames with all
neurons in the middle, `CASE/d_stimulus` the gradient of their product with `cotangent`; `CASE/mse` and `CASE/poisson` losses of
the low-passed rates where the neurons are, and `CASE/d_mse` and `CASE/d_poisson` their gradients by the parameters.
"""

import struct
import sys
from json import dumps
from pathlib import Path

import numpy as np
import torch

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
from mds.twin import Encoder, low_pass, random_parameters

TARGET = Path(__file__).resolve().parents[3] / "crates/mds/tests/fixtures/torch_networks.safetensors"
FRAMES, WINDOW, SETTLE, TAU, N = 14, 4, 2, 3.0, 3
SPATIAL = {"kind": "spatial", "channels": 4, "size": 4, "padding": 0}
TEMPORAL = {"kind": "temporal", "channels": 3, "taps": 4}
MORE = [{"kind": "spatial", "channels": 2, "size": 3, "padding": 1}, {"kind": "temporal", "channels": 3, "taps": 3}]
CASES = {
    "ln": [SPATIAL, TEMPORAL],
    "lnln": [SPATIAL, TEMPORAL, {"kind": "rectify_both"}],
    "sepconv": [SPATIAL, TEMPORAL, {"kind": "elu"}, *MORE, {"kind": "elu"}],
    "rectify": [SPATIAL, TEMPORAL, {"kind": "rectify"}, *MORE],
}


def case(layers, movie, traces, cotangent, random):
    spec = {"channels": 2, "height": 7, "width": 6, "layers": layers, "n_units": N}
    flat = torch.as_tensor(random_parameters(spec, random)).requires_grad_()
    stimulus = movie.clone().requires_grad_()
    responses = Encoder(spec, flat, centred=True).rates(stimulus)[0, -WINDOW:].mean(dim=0)
    (responses * cotangent).sum().backward()
    found = {"parameters": flat.detach(), "responses": responses.detach(), "d_stimulus": stimulus.grad}
    for name in ("mse", "poisson"):
        flat.grad = None
        signal = low_pass(Encoder(spec, flat, centred=False).rates(movie), TAU)[0, SETTLE:]
        y = traces[-len(signal) :]
        loss = ((signal - y) ** 2).mean() if name == "mse" else (signal - y * torch.log(signal + 1e-16)).mean()
        loss.backward()
        found |= {name: loss.detach().reshape(1), f"d_{name}": flat.grad.clone()}
    return found


def save(tensors, target):
    """safetensors of 64-bit floats."""
    header, data = {}, b""
    for name, values in sorted(tensors.items()):
        raw = np.ascontiguousarray(values, dtype="<f8").tobytes()
        header[name] = {"dtype": "F64", "shape": list(values.shape), "data_offsets": [len(data), len(data) + len(raw)]}
        data += raw
    text = dumps(header).encode()
    text += b" " * (-len(text) % 8)
    target.parent.mkdir(exist_ok=True)
    target.write_bytes(struct.pack("<Q", len(text)) + text + data)


def main():
    random = np.random.default_rng(5)
    movie = torch.as_tensor(random.normal(size=(1, 2, FRAMES, 7, 6)))
    traces = torch.as_tensor(random.uniform(0.2, 2.0, size=(FRAMES, N)))
    cotangent = torch.as_tensor(random.normal(size=N))
    tensors = {"movie": movie, "traces": traces, "cotangent": cotangent}
    for name, layers in CASES.items():
        found = case(layers, movie, traces, cotangent, random)
        tensors |= {f"{name}/{key}": value for key, value in found.items()}
    save({name: value.numpy() for name, value in tensors.items()}, TARGET)


if __name__ == "__main__":
    main()
