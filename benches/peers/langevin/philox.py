"""The random numbers of neuroloom-nn: Philox4x32-10 and Box-Muller, at the same counters."""

import numpy as np
import torch

MULTIPLIERS, WEYL = (0xD2511F53, 0xCD9E8D57), (0x9E3779B9, 0xBB67AE85)
MASK = np.uint64(0xFFFFFFFF)


def words(key, first, place, n):
    """Four words for each of the n counters that follow `first` [n, 4]."""
    counter = [np.arange(first, first + n, dtype=np.uint64)] + [np.full(n, c, np.uint64) for c in place]
    key = list(key)
    for _ in range(10):
        a, b = counter[0] * np.uint64(MULTIPLIERS[0]), counter[2] * np.uint64(MULTIPLIERS[1])
        counter = [
            (b >> np.uint64(32)) ^ counter[1] ^ np.uint64(key[0]),
            b & MASK,
            (a >> np.uint64(32)) ^ counter[3] ^ np.uint64(key[1]),
            a & MASK,
        ]
        key = [(k + w) & 0xFFFFFFFF for k, w in zip(key, WEYL)]
    return np.stack(counter, 1)


def normals(key, place, n):
    """Standard normal numbers of a place [n]."""
    unit = (words(key, 0, place, -(-n // 4)) + 0.5) / 2**32
    radius, angle = np.sqrt(-2 * np.log(unit[:, ::2])), 2 * np.pi * unit[:, 1::2]
    return np.stack([radius * np.cos(angle), radius * np.sin(angle)], 2).reshape(-1)[:n]


def mask(key, probability, place, n):
    """Factors of dropout of a place [n]: 8 lanes of counters give 16 masks per word."""
    threshold = round(probability * 65536)
    blocks = -(-n // 64)
    all_words = words(key, 0, place, 8 * blocks).reshape(blocks, 8, 4).transpose(0, 2, 1)  # block, word, lane
    halves = np.stack([all_words & np.uint64(0xFFFF), all_words >> np.uint64(16)], 2)
    return np.where(halves.reshape(-1)[:n] < threshold, 0.0, 65536 / (65536 - threshold))


class CounterDraws:
    """The draws of neuroloom-langevin for stream keys [k, 0]: noise 1, encoder 2, shares 3, attention 4, hidden 5, feed-forward 6."""

    def __init__(self, options, trials, dropout):
        self.o, self.trials, self.p = options, trials, dropout

    def _rows(self, make):
        return torch.tensor(np.stack([make(trial) for trial in self.trials]))

    def encoder(self, t):
        return self._rows(lambda trial: mask((2, 0), self.p, (t, trial, 0), self.o.hidden))

    def start(self, which):
        return self._rows(lambda trial: normals((1, 0), (0, trial, 1 + which), self.o.hidden))

    def noise(self, t):
        return self._rows(lambda trial: normals((1, 0), (t, trial, 0), self.o.hidden))

    def attend(self, q, k, v):
        shares = torch.softmax(q @ k.transpose(-1, -2) / q.shape[-1] ** 0.5, -1)
        n = self.o.n_bins
        rows = lambda trial, head: np.stack([mask((3, 0), self.p, (t, trial, head), n) for t in range(n)])
        masks = self._rows(lambda trial: np.stack([rows(trial, head) for head in range(self.o.heads)]))
        return (shares * masks) @ v

    def _drop(self, key, x):
        rows = lambda trial: np.stack([mask((key, 0), self.p, (t, trial, 0), x.shape[-1]) for t in range(self.o.n_bins)])
        return x * self._rows(rows)

    def attention(self, x):
        return self._drop(4, x)

    def hidden(self, x):
        return self._drop(5, x)

    def feed_forward(self, x):
        return self._drop(6, x)

    def coordinated(self, keep):
        """What the encoder sees of a count, and what passes a gradient although it is seen: nothing."""
        n = self.o.n_observed
        rows = lambda trial: np.stack([mask((7, 0), 1 - keep, (t, trial, 0), self.o.n_in) for t in range(n)])
        return self._rows(rows)
