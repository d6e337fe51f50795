"""A gradient step of a stimulus on an encoder of the size of a mouse retina."""

import json

import numpy as np
import torch

from mds.twin import Encoder, objective, random_parameters

K, N_UNITS, TAU, LR, NORM, WINDOW, STEPS = 17, 2448, 1.6, 100.0, 30.0, 10, 4
CLIP = ((-0.654, 6.269), (-0.913, 6.269))
SPEC = {
    "channels": 2,
    "height": 18,
    "width": 16,
    "layers": [
        {"kind": "spatial", "channels": 16, "size": 11, "padding": 0},
        {"kind": "temporal", "channels": 16, "taps": 21},
        {"kind": "elu"},
        {"kind": "spatial", "channels": 16, "size": 5, "padding": 2},
        {"kind": "temporal", "channels": 16, "taps": 11},
        {"kind": "elu"},
    ],
    "n_units": N_UNITS,
}


def arrays(random):
    return {
        "spec": np.frombuffer(json.dumps(SPEC).encode(), dtype=np.uint8),
        "parameters": random_parameters(SPEC, random).astype(np.float32),
        "labels": (np.arange(N_UNITS) % K).astype(np.int64),
        "starts": random.normal(size=(K, 2, 50, 18, 16)).astype(np.float32),
    }


def projected(stimulus):
    """Of a batch, in place."""
    with torch.no_grad():
        norms = stimulus.flatten(1).norm(dim=1)[:, None, None, None, None]
        stimulus.mul_(NORM / norms)
        for channel, (low, high) in enumerate(CLIP):
            stimulus[:, channel].clamp_(low, high)


def one_after_another(encoder, labels, starts):
    """As the authors' program goes: each cluster by itself, with another forward pass for the rule that stops."""
    for cluster in range(K):
        stimulus = starts[cluster : cluster + 1].clone().requires_grad_()
        optimizer = torch.optim.SGD([stimulus], lr=LR)
        for _ in range(STEPS):
            optimizer.zero_grad()
            responses = encoder.rates(stimulus)[:, -WINDOW:].mean(dim=1)[0]
            loss = -objective(responses, labels, cluster, TAU)
            loss.backward()
            optimizer.step()
            projected(stimulus.data)
            with torch.no_grad():
                encoder.rates(stimulus)


def all_at_once(encoder, labels, starts):
    stimuli = starts.clone().requires_grad_()
    optimizer = torch.optim.SGD([stimuli], lr=LR)
    for _ in range(STEPS):
        optimizer.zero_grad()
        responses = encoder.rates(stimuli)[:, -WINDOW:].mean(dim=1)
        loss = -sum(objective(responses[cluster], labels, cluster, TAU) for cluster in range(K))
        loss.backward()
        optimizer.step()
        projected(stimuli.data)


def peer_tasks(found):
    torch.set_num_threads(1)
    flat = torch.as_tensor(found["parameters"])
    labels, starts = torch.as_tensor(found["labels"]), torch.as_tensor(found["starts"])
    encoder = Encoder(SPEC, flat, centred=True)
    for name, peer in (("one after another", one_after_another), ("all at once", all_at_once)):
        yield "step of a stimulus", f"PyTorch, {name}", lambda peer=peer: peer(encoder, labels, starts), K * STEPS
