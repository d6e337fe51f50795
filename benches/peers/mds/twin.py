"""The convolutional encoder in PyTorch, from the same flat parameters and the same list of layers."""

import numpy as np
import torch
from torch.nn import functional as F


def sizes(spec):
    """Name and shape of every tensor, in their order."""
    channels, found = spec["channels"], []
    for place, layer in enumerate(spec["layers"]):
        kind = layer["kind"]
        if kind == "spatial":
            found.append((f"layers.{place}.weight", (layer["channels"], layer["size"], layer["size"], channels)))
        elif kind == "temporal":
            found.append((f"layers.{place}.weight", (layer["channels"], layer["taps"], channels)))
            found.append((f"layers.{place}.bias", (layer["channels"],)))
        channels = 2 * channels if kind == "rectify_both" else layer.get("channels", channels)
    n = spec["n_units"]
    shapes = {"features": (n, channels), "bias": (n,), "log_gain": (n,), "place": (n, 2), "log_sigma": (n,)}
    return found + [(f"readout.{name}", shape) for name, shape in shapes.items()]


def random_parameters(spec, random):
    """Filters of unit output to noise of unit variance, masks of different widths."""
    parts = []
    for name, shape in sizes(spec):
        if name.startswith("layers") and name.endswith("weight"):
            parts.append(random.normal(size=shape) / np.sqrt(np.prod(shape[1:])))
        elif name.endswith("features"):
            parts.append(random.uniform(0, 1, size=shape) / shape[1])
        elif name.endswith("log_sigma"):
            parts.append(random.normal(-0.2, 0.1, size=shape))
        else:
            parts.append(0.1 * random.normal(size=shape))
    return np.concatenate([part.ravel() for part in parts])


def unpacked(spec, flat):
    tensors, start = {}, 0
    for name, shape in sizes(spec):
        n = int(np.prod(shape))
        tensors[name] = flat[start : start + n].reshape(shape)
        start += n
    return tensors


class Encoder:
    """Rates `[stimulus, frame, neuron]` of stimuli `[stimulus, channel, frame, row, column]`."""

    def __init__(self, spec, flat, centred):
        self.spec, self.tensors, self.centred = spec, unpacked(spec, flat), centred

    def features(self, x):
        for place, layer in enumerate(self.spec["layers"]):
            kind = layer["kind"]
            if kind == "spatial":
                weight = self.tensors[f"layers.{place}.weight"].permute(0, 3, 1, 2).unsqueeze(2)
                x = F.conv3d(x, weight, padding=(0, layer["padding"], layer["padding"]))
            elif kind == "temporal":
                weight = self.tensors[f"layers.{place}.weight"].permute(0, 2, 1)[..., None, None]
                x = F.conv3d(x, weight, self.tensors[f"layers.{place}.bias"])
            elif kind == "elu":
                x = F.elu(x)
            elif kind == "rectify":
                x = F.relu(x)
            else:
                x = torch.cat([F.relu(x), F.relu(-x)], dim=1)
        return x

    def masks(self, height, width):
        place = self.tensors["readout.place"]
        place = torch.zeros_like(place) if self.centred else place
        y = torch.arange(height, dtype=place.dtype) - (height - 1) / 2
        x = torch.arange(width, dtype=place.dtype) - (width - 1) / 2
        squared = (y[None, :, None] - place[:, :1, None]) ** 2 + (x[None, None, :] - place[:, 1:, None]) ** 2
        exponents = -squared / (2 * torch.exp(2 * self.tensors["readout.log_sigma"]))[:, None, None]
        return torch.softmax(exponents.flatten(1), dim=1)

    def rates(self, x):
        features = self.features(x)
        masks = self.masks(*features.shape[-2:])
        pooled = torch.einsum("bctp,np->btnc", features.flatten(3), masks)
        drive = torch.einsum("btnc,nc->btn", pooled, self.tensors["readout.features"])
        gain = torch.exp(self.tensors["readout.log_gain"])
        return gain * F.softplus(drive + self.tensors["readout.bias"])


def low_pass(rates, tau_frames):
    """`v_t = a v_(t-1) + (1 - a) r_t` from the first rate, as one product."""
    frames = rates.shape[1]
    keep = np.exp(-1 / tau_frames)
    lag = np.arange(frames)[:, None] - np.arange(frames)[None, :]
    weights = np.where(lag >= 0, (1 - keep) * keep ** np.maximum(lag, 0), 0.0)
    weights[:, 0] = keep ** np.arange(frames)
    return torch.einsum("ts,bsn->btn", torch.as_tensor(weights, dtype=rates.dtype), rates)


def objective(responses, labels, target, tau):
    """`J` of one stimulus by the responses `[neuron]` of all neurons."""
    k = int(labels.max()) + 1
    sums = torch.zeros(k, dtype=responses.dtype).index_add(0, labels, responses / (1 + 1e-6))
    means = sums / torch.bincount(labels, minlength=k)
    return means[target] / tau - torch.logsumexp(means / tau, dim=0) + np.log(k)
