"""The C. elegans homogenisation, written from its equations with plain loops: an independent check of the Rust.

    python celegans_twin.py            writes the seeded synthetic fixture of crates/celegans/tests
    python celegans_twin.py FILE.npz   prints the homogenised activity of one recording (times_s, traces [T, N])
"""

import math
import sys
from pathlib import Path

import numpy as np

AGGREGATE = 6
DEFAULTS = dict(dt=0.333, smooth="moving", window=15, sigma=5.0, alpha=0.5, normalise="standard", profile="exact",
                stamp="start")


def clock(times_s, profile):
    if profile == "compat":
        t = np.asarray(times_s, np.float32)
        return (t - t[0]).astype(np.float64)
    t = np.asarray(times_s, np.float64)
    return t - t[0]


def residual(x, t):
    n = len(x)
    r = np.empty(n)
    r[0] = (x[1] - x[0]) / (t[1] - t[0])
    r[n - 1] = (x[n - 1] - x[n - 2]) / (t[n - 1] - t[n - 2])
    for i in range(1, n - 1):
        a, b = t[i] - t[i - 1], t[i + 1] - t[i]
        r[i] = (a * a * x[i + 1] + (b * b - a * a) * x[i] - b * b * x[i - 1]) / (a * b * (a + b))
    return r


def smooth(x, o):
    s = np.empty(len(x))
    if o["smooth"] == "moving":
        width = o["window"] if o["window"] % 2 else o["window"] + 1
        for j in range(len(x)):
            window = x[max(0, j - width // 2) : j + 1]
            s[j] = math.fsum(window) / len(window)
    elif o["smooth"] == "gaussian":
        for j in range(len(x)):
            weights = [math.exp(-d * d / (2 * o["sigma"] ** 2)) for d in range(j + 1)]
            s[j] = math.fsum(w * x[j - d] for d, w in enumerate(weights)) / math.fsum(weights)
    elif o["smooth"] == "exponential":
        s[0] = x[0]
        for j in range(1, len(x)):
            s[j] = o["alpha"] * x[j] + (1 - o["alpha"]) * s[j - 1]
    else:
        s[:] = x
    return s


def resample(x, t, o):
    """Values and stamps on the common clock."""
    dt, end = o["dt"], t[-1]
    if dt < np.median(np.diff(t)):
        grid = [k * dt for k in range(math.ceil(end / dt))]
        return np.interp(grid, t, x), np.array(grid)
    fine = [k * dt / AGGREGATE for k in range(math.ceil(end / (dt / AGGREGATE)))]
    values = np.interp(fine, t, x)
    n = len(fine) // AGGREGATE
    means = [math.fsum(values[k * AGGREGATE : (k + 1) * AGGREGATE]) / AGGREGATE for k in range(n)]
    offset = 0.0 if o["stamp"] == "start" else (AGGREGATE - 1) / 2 * dt / AGGREGATE
    return np.array(means), np.array([k * dt + offset for k in range(n)])


def normalise(y, o):
    if o["normalise"] == "standard":
        there = y[~np.isnan(y)]
        mean = math.fsum(there) / len(there)
        sd = math.sqrt(math.fsum((v - mean) ** 2 for v in there) / len(there))
        # A constant trace comes out of the smoothers with rounding noise, which must not be blown up to sd 1.
        if np.ptp(there) <= 1e-12 * abs(mean):
            return y * 0.0
        return (y - mean) / sd
    z, seen = np.empty(len(y)), []
    for n, value in enumerate(y):
        seen.append(value)
        mean = math.fsum(seen) / len(seen)
        variance = max(math.fsum((v - mean) ** 2 for v in seen) / len(seen), 1e-8)
        z[n] = (value - mean) / math.sqrt(variance)
    return z


def homogenise(times_s, traces, **options):
    """Signals [N, n] of traces [T, N] on the common clock, and that clock."""
    o = {**DEFAULTS, **options}
    t = clock(times_s, o["profile"])
    rows, stamps = [], None
    for x in np.asarray(traces, np.float64).T:
        r = residual(x, t)
        signals = [resample(signal, t, o) for signal in (x, smooth(x, o), r, smooth(r, o))]
        stamps = signals[0][1]
        raw, smoothed, slope, smooth_slope = (values for values, _ in signals)
        rows.append([normalise(smoothed, o), raw, smoothed, slope, smooth_slope])
    return np.array(rows).transpose(1, 0, 2), stamps


CASES = [
    dict(),
    dict(dt=1.4),
    dict(dt=0.9, stamp="centroid", smooth="gaussian", sigma=3.0),
    dict(smooth="exponential", alpha=0.3, normalise="causal"),
    dict(smooth="none", window=4),
    dict(smooth="moving", window=4, profile="compat"),
]


def fixture():
    """A jittered clock far from 0 and four neurons: waves, a drift on a large offset, a constant, noise."""
    rng = np.random.default_rng(20241119)
    n = 620
    times_s = 1.2e6 + np.cumsum(0.6 + 0.05 * rng.uniform(-1, 1, n))
    t = times_s - times_s[0]
    traces = np.stack([np.sin(t / 9) + 0.3 * np.cos(t / 2.3), 1000 + 1e-3 * t + 0.01 * np.sin(t / 5),
                       np.full(n, 0.1), rng.normal(size=n)], axis=1)
    arrays = {"times_s": times_s, "traces": traces}
    for number, case in enumerate(CASES):
        signals, stamps = homogenise(times_s, traces, **case)
        # every 11th sample says enough and keeps the file small
        arrays[f"signals_{number}"] = np.ascontiguousarray(signals[:, :, ::11])
        arrays[f"stamps_{number}"] = stamps
    path = Path(__file__).resolve().parents[2] / "crates/celegans/tests/fixtures/homogenise_twin.npz"
    path.parent.mkdir(parents=True, exist_ok=True)
    np.savez(path, **arrays)
    print(path.name, path.stat().st_size, "bytes")


if __name__ == "__main__":
    if len(sys.argv) == 1:
        fixture()
    else:
        with np.load(sys.argv[1]) as file:
            signals, stamps = homogenise(file["times_s"], file["traces"])
        print(len(stamps), "samples;", "mean |calcium_data|", np.abs(signals[0]).mean(axis=1))
