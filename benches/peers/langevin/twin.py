"""LangevinFlow in PyTorch, written from the method's equations (docs/methods/langevin.md), for comparison.

Parameters have the names of the tensors of neuroloom-langevin, so that weights can be exchanged. Random numbers are given by a
`Draws`: those of neuroloom (Philox counters, for equal results), or PyTorch's own (for timing).
"""

import math
from dataclasses import dataclass

import torch
from torch import nn
from torch.nn import functional as F


@dataclass(frozen=True)
class Options:
    """As `ModelOptions` of neuroloom-langevin; `released` chooses the loss and the arithmetic of the released program."""

    hidden: int = 64
    feed_forward: int = 512
    heads: int = 2
    n_in: int = 29
    n_out: int = 29
    n_observed: int = 50
    n_bins: int = 50
    step: float = 0.01
    gamma: float = 0.55
    kernel_epsilon: float = 1e-3
    logvar_clamp: tuple[float, float] | None = (math.log(1e-4), 5.0)
    lograte_clamp: float | None = 8.0
    prior_var: float = 0.1
    released: bool = False
    drive: bool = False
    input_lag: int = 1
    euler_maruyama: bool = False
    flow_prior: bool = False
    positions: float = 0.0

    def transition(self):
        """What is left of a velocity, what a force takes from it, and the variance of its noise."""
        if self.euler_maruyama:
            return 1 - self.gamma * self.step, self.step, 2 * self.gamma * self.step
        return 1 - self.gamma, (1 - self.gamma) * self.step, 2 * self.gamma


class Potential(nn.Module):
    """Coupled oscillators: U = sum(conv(Z, Khat) summed over outputs o Z)."""

    def __init__(self, options):
        super().__init__()
        self.epsilon = options.kernel_epsilon
        self.kernel = nn.Parameter(0.1 * torch.randn(4, 4, 3))

    def normalised(self):
        return self.kernel / self.kernel.norm(dim=2, keepdim=True).clamp_min(self.epsilon)

    def energy(self, z, kernel):
        rows = z.reshape(z.shape[0], 4, -1)
        outputs = F.conv1d(rows, kernel, padding=1)
        return (outputs.sum(1, keepdim=True) * rows).sum((1, 2))

    def force_by_autograd(self, z):
        """dU/dz as the released program computes it."""
        with torch.enable_grad():
            leaf = z if z.requires_grad else z.detach().requires_grad_()
            energy = self.energy(leaf, self.normalised()).sum()
            return torch.autograd.grad(energy, leaf, create_graph=self.training)[0]

    def matrix(self, dim):
        """G of f = z G: the force is linear."""
        eye = torch.eye(dim, dtype=self.kernel.dtype, device=self.kernel.device)
        rows = eye.reshape(dim, 4, -1)
        outputs = F.conv1d(rows, self.normalised(), padding=1).sum(1, keepdim=True)
        half = outputs.expand(-1, 4, -1).reshape(dim, dim)
        return half + half.T


def waves(options):
    """What tells the decoder's bins apart [bins, 3 hidden]: sine and cosine side by side, from 1 to 1/100 per bin."""
    frequencies = 100 ** (-torch.arange(0, options.hidden, 2, dtype=torch.float64) / options.hidden)
    angles = torch.arange(options.n_bins, dtype=torch.float64)[:, None] * frequencies
    part = torch.stack([angles.sin(), angles.cos()], -1).flatten(1)
    return options.positions * part.repeat(1, 3)


class Twin(nn.Module):
    """The model. `tuned` uses the closed-form force and one product for all inputs of the encoder."""

    def __init__(self, options, tuned=True):
        super().__init__()
        self.o, self.tuned = options, tuned
        dim = options.hidden
        self.encoder = nn.GRUCell(options.n_in, dim)
        self.z_mu, self.z_logvar = nn.Linear(dim, dim), nn.Linear(dim, dim)
        self.v_mu, self.v_logvar = nn.Linear(dim, dim), nn.Linear(dim, dim)
        if options.drive:
            self.drive = nn.Linear(dim, dim)
        self.potential = Potential(options)
        self.decoder = nn.TransformerEncoderLayer(3 * dim, options.heads, options.feed_forward, 0.0, batch_first=True)
        self.readout = nn.Linear(3 * dim, options.n_out)
        self.register_buffer("waves", waves(options), persistent=False)

    def forward(self, x, draws):
        """Log rates [trials, bins, units] and the divergence, of counts that are seen [trials, observed, units]."""
        h = self.encode(x, draws)
        z, v, divergence = self.flow(h, draws)
        decoded = self.decode(torch.cat([z, v, h], -1) + self.waves.to(h.dtype), draws)
        rates = self.readout(decoded)
        if self.o.lograte_clamp is not None:
            rates = rates.clamp(-self.o.lograte_clamp, self.o.lograte_clamp)
        return rates, divergence

    def encode(self, x, draws):
        o = self.o
        sources = [min(max(t - o.input_lag, 0), o.n_observed - 1) for t in range(o.n_bins)]
        inputs = x[:, sources]
        h, states = x.new_zeros(x.shape[0], o.hidden), []
        if not self.tuned:
            for t in range(o.n_bins):
                h = self.encoder(inputs[:, t], h) * draws.encoder(t)
                states.append(h)
            return torch.stack(states, 1)
        cell = self.encoder
        projected = F.linear(inputs.transpose(0, 1), cell.weight_ih, cell.bias_ih).unbind(0)
        for t in range(o.n_bins):
            gates = F.linear(h, cell.weight_hh, cell.bias_hh)
            i_r, i_g, i_n = projected[t].chunk(3, 1)
            h_r, h_g, h_n = gates.chunk(3, 1)
            r, g = torch.sigmoid(i_r + h_r), torch.sigmoid(i_g + h_g)
            h = torch.lerp(torch.tanh(i_n + r * h_n), h, g) * draws.encoder(t)
            states.append(h)
        return torch.stack(states, 1)

    def start(self, h, draws):
        clamp = self.o.logvar_clamp
        logvars = [self.z_logvar(h), self.v_logvar(h)]
        if clamp is not None:
            logvars = [logvar.clamp(*clamp) for logvar in logvars]
        means = [self.z_mu(h), self.v_mu(h)]
        samples = [m + (lv / 2).exp() * draws.start(i) for i, (m, lv) in enumerate(zip(means, logvars))]
        divergence = sum((m**2 + lv.exp() - 1 - lv).sum() for m, lv in zip(means, logvars)) / 2
        return samples, divergence

    def flow(self, h, draws):
        o = self.o
        (z, v), divergence = self.start(h[:, 0], draws)
        zs, vs, means = [z], [v], []
        matrix = self.potential.matrix(o.hidden) if self.tuned else None
        drive = self.drive(h) if o.drive else None
        keep, pull, s = o.transition()
        for t in range(1, o.n_bins):
            force = z @ matrix if self.tuned else self.potential.force_by_autograd(z)
            mean = keep * v - pull * force
            if drive is not None:
                mean = mean + drive[:, t]
            z = z + o.step * v
            v = mean + math.sqrt(s) * draws.noise(t)
            zs.append(z), vs.append(v), means.append(mean)
        z, v = torch.stack(zs, 1), torch.stack(vs, 1)
        prior = o.prior_var
        if o.flow_prior:
            terms = drive[:, 1:] ** 2 / s
        elif o.released:
            terms = math.log(prior) - s - 1 + (v[:, 1:] ** 2 + math.exp(s)) / prior
        else:
            terms = math.log(prior / s) - 1 + (torch.stack(means, 1) ** 2 + s) / prior
        return z, v, divergence + terms.sum() / 2

    def decode(self, tokens, draws):
        """The encoder layer of the transformer, with the masks of `draws`."""
        layer = self.decoder
        attention = layer.self_attn
        b, t, width = tokens.shape
        qkv = F.linear(tokens, attention.in_proj_weight, attention.in_proj_bias)
        q, k, v = qkv.reshape(b, t, 3, self.o.heads, -1).permute(2, 0, 3, 1, 4)
        heads = draws.attend(q, k, v)
        heads = heads.transpose(1, 2).reshape(b, t, width)
        y = layer.norm1(tokens + draws.attention(attention.out_proj(heads)))
        hidden = draws.hidden(F.relu(layer.linear1(y)))
        return layer.norm2(y + draws.feed_forward(layer.linear2(hidden)))


class OwnDraws:
    """PyTorch's random numbers, for timing."""

    def __init__(self, options, trials, dropout, device="cpu"):
        self.o, self.trials, self.p = options, trials, dropout
        self.masks = F.dropout(torch.ones(options.n_bins, trials, options.hidden, device=device), dropout).unbind(0)
        self.normals = torch.randn(options.n_bins + 1, trials, options.hidden, device=device).unbind(0)

    def encoder(self, t):
        return self.masks[t]

    def start(self, which):
        return self.normals[0] if which == 0 else self.normals[-1]

    def noise(self, t):
        return self.normals[t]

    def attend(self, q, k, v):
        return F.scaled_dot_product_attention(q, k, v, dropout_p=self.p)

    def _drop(self, x):
        return F.dropout(x, self.p)

    attention = hidden = feed_forward = _drop


def objective(rates, counts, passes, divergence, beta):
    """Likelihood per entry of what passes a gradient, plus the weighted divergence per trial."""
    terms = rates.exp() - counts * rates
    terms = torch.where(passes, terms, terms.detach())
    return terms.mean() + beta * divergence / counts.shape[0]
