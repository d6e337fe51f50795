"""Loss and gradient of a chunk of a movie, for 400 neurons."""

import json

import numpy as np
import torch

from mds.twin import Encoder, low_pass, random_parameters

N_UNITS, LEN, SETTLE, TAU = 400, 150, 30, 12.0
SPEC = {
    "channels": 1,
    "height": 18,
    "width": 16,
    "layers": [
        {"kind": "spatial", "channels": 16, "size": 11, "padding": 2},
        {"kind": "temporal", "channels": 16, "taps": 15},
        {"kind": "elu"},
        {"kind": "spatial", "channels": 16, "size": 3, "padding": 1},
        {"kind": "temporal", "channels": 16, "taps": 8},
        {"kind": "elu"},
    ],
    "n_units": N_UNITS,
}
MEMORY = 14 + 7


def arrays(random):
    frames = LEN + SETTLE + MEMORY
    return {
        "spec": np.frombuffer(json.dumps(SPEC).encode(), dtype=np.uint8),
        "parameters": random_parameters(SPEC, random).astype(np.float32),
        "movie": random.normal(size=(1, frames, 18, 16)).astype(np.float32),
        "traces": random.normal(1.0, 1.0, size=(frames, N_UNITS)).astype(np.float32),
    }


def peer_tasks(found):
    torch.set_num_threads(1)
    movie = torch.as_tensor(found["movie"])[None]
    traces = torch.as_tensor(found["traces"])[None, SETTLE + MEMORY :]
    flat = torch.as_tensor(found["parameters"]).requires_grad_()

    def call():
        flat.grad = None
        signal = low_pass(Encoder(SPEC, flat, centred=False).rates(movie), TAU)
        loss = ((signal[:, SETTLE:] - traces) ** 2).mean()
        loss.backward()
        return loss

    yield "loss and gradient of a chunk", "PyTorch", call
