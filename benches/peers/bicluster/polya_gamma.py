"""Pólya-Gamma draws: one per entry of a session's counts, and biases of mean and variance at fractional shapes."""

import numpy as np
from polyagamma import random_polyagamma

PEER = "polyagamma 2.0.2"
N = 15_000
SHAPES = [0.1, 0.5, 1.0, 1.5, 2.0, 2.7, 3.5, 5.5, 8.3, 12.3, 30.5, 100.0]
BIAS_SHAPES = [0.5, 1.0, 1.5, 2.0, 2.7, 3.5, 5.5, 8.0]
BIAS_DRAWS = 3_000_000


def arrays(random):
    psi = random.normal(-1.5, 1.0, N)
    found = {}
    for r in (1.0, 3.3, 10.0):
        counts = random.poisson(random.gamma(r, np.exp(psi + np.log(r)) / r))
        found[f"h = y + {r:g}"] = (counts + r, psi)
    for h in SHAPES:
        found[f"h = {h:g}"] = (np.full(N, h), psi)
    for z in (0.0, 10.0):
        found[f"h = 10.5, z = {z:g}"] = (np.full(N, 10.5), np.full(N, z))
    files = {f"{task}.{name}": values for task, pair in found.items() for name, values in zip("hz", pair)}
    return files | {
        "bias h": np.array(BIAS_SHAPES),
        "bias n": np.full(len(BIAS_SHAPES), float(BIAS_DRAWS)),
    }


def peer_tasks(found):
    generator = np.random.default_rng(1)
    tasks = [name.removesuffix(".h") for name in found if name.endswith(".h")]
    for task in tasks:
        h, z = found[f"{task}.h"], found[f"{task}.z"]
        yield task, PEER, lambda h=h, z=z: random_polyagamma(h, z, random_state=generator), N


def extra(ours):
    generator = np.random.default_rng(2)
    print(f"\n{BIAS_DRAWS:,} draws at z = 0: errors of mean and variance, per cent; standard errors of the peer's in brackets.")
    print(f"\n| h | {PEER}, mean | variance | neuroloom, mean | variance |\n|---|---|---|---|---|")
    for h in BIAS_SHAPES:
        draws = random_polyagamma(h, 0.0, size=BIAS_DRAWS, random_state=generator)
        mean, variance = 100 * (draws.mean() / (h / 4) - 1), 100 * (draws.var() / (h / 24) - 1)
        error = 100 * draws.std() / np.sqrt(BIAS_DRAWS) / (h / 4)
        spread = 100 * ((draws - draws.mean()) ** 2).std() / np.sqrt(BIAS_DRAWS) / (h / 24)
        own = [100 * ours[f"bias {moment} {h:g}"] for moment in ("mean", "variance")]
        print(f"| {h:g} | {mean:+.3f} ({error:.3f}) | {variance:+.2f} ({spread:.2f}) | {own[0]:+.3f} | {own[1]:+.2f} |")
