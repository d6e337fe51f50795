"""Tensor factorisation beside tensortools 0.4 (HALS): CPU seconds of one thread, from the same start factors, in one run.

    "$(benches/peers/setup.sh)" benches/peers/compare_ntf.py                    # seconds per sweep, all cases
    "$(benches/peers/setup.sh)" benches/peers/compare_ntf.py --case "100x100x1000 R5" --sweeps 5
    "$(benches/peers/setup.sh)" benches/peers/compare_ntf.py --solution         # to the same stopping rule (1e-6)
    "$(benches/peers/setup.sh)" benches/peers/compare_ntf.py --ranks            # 30 starts of several ranks (1e-5)
    "$(benches/peers/setup.sh)" benches/peers/compare_ntf.py --recovery         # planted factors, the best of 10 starts of each
    "$(benches/peers/setup.sh)" benches/peers/compare_ntf.py --threads          # ours on two threads against one, wall time

The peer works on 64 bits; ours stores the tensor in 32. Tensors of affinities are given to ours in all forms that it has: as they
are, by their symmetric half, and as signed roots (implicit). In times to solution and over ranks ours works on a compressed tensor
first, as the steps do, and finishes on the tensor itself; its errors are those on the tensor.
"""

import os

THREADS = {
    name: "1"
    for name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "NUMBA_NUM_THREADS", "RAYON_NUM_THREADS")
}
os.environ.update(THREADS)  # before numpy is imported

import argparse
import json
import subprocess
import tempfile
import time
import tracemalloc
import warnings
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from scipy.optimize import linear_sum_assignment
from tensortools.optimize import ncp_hals
from tensortools.tensors import KTensor

WORKSPACE = Path(__file__).resolve().parents[2]
SEED = 11
MB = 1e6


# ---- synthetic calcium and its affinity ----------------------------------------------------------------------------


def calcium(random, n_neurons, n_frames):
    """Traces [neurons, frames]: events that rise over 8 to 40 frames and decay in 25, in groups that overlap, and noise 0.05."""
    traces = 0.05 * random.normal(size=(n_neurons, n_frames))
    for _ in range(10):
        members = random.random(n_neurons) < 0.2
        weights = random.uniform(0.5, 1.0, n_neurons) * members
        for onset in random.choice(n_frames, size=max(2, n_frames // 200), replace=False):
            traces += weights[:, None] * event(random, onset, n_frames)
    return traces


def event(random, onset, n_frames):
    rise = random.uniform(8, 40)
    since = np.arange(n_frames) - onset
    shape = np.where(since < rise, since / rise, np.exp(-(since - rise) / 25))
    return np.where(since > 0, shape, 0.0)


def signed_roots(traces, sigma=2.0):
    """sign(g) sqrt |g| of the derivative g of every trace on [0, 1], as ntf.affinity defines it."""
    low, high = traces.min(axis=1, keepdims=True), traces.max(axis=1, keepdims=True)
    half = int(np.floor(4 * sigma + 0.5))
    lags = np.arange(-half, half + 1)
    weights = lags * np.exp(-(lags**2) / (2 * sigma**2))
    weights /= np.sum(lags * weights)
    mirrored = np.pad((traces - low) / (high - low), ((0, 0), (half, half)), mode="symmetric")
    g = np.array([np.correlate(row, weights, mode="valid") for row in mirrored])
    return np.sign(g) * np.sqrt(np.abs(g))


def affinity_square(roots):
    """[neurons, neurons, frames] of one animal."""
    tensor = np.zeros((len(roots), len(roots), roots.shape[1]))
    for part in (np.maximum(roots, 0), np.maximum(-roots, 0)):
        tensor += part[:, None, :] * part[None, :, :]
    tensor[np.arange(len(roots)), np.arange(len(roots))] = 0.0
    return tensor


def affinity_pairs(roots):
    """[frames, animals, pairs] of several animals."""
    rows, columns = np.triu_indices(roots.shape[1], 1)
    return np.stack([np.maximum(h[rows] * h[columns], 0).T for h in roots], axis=1)


# ---- cases ---------------------------------------------------------------------------------------------------------


def planted(random, shape, rank):
    """Overlapping groups with half the root mean square as noise, clipped at 0."""
    columns = [random.binomial(1, 0.15, (size, rank)) * random.exponential(size=(size, rank)) + 0.01 for size in shape]
    model = KTensor(columns).full()
    return np.maximum(model + 0.5 * np.sqrt(np.mean(model**2)) * random.normal(size=shape), 0.0)


@dataclass
class Case:
    """A tensor and the forms in which ours takes it."""

    tensor: np.ndarray
    rank: int
    roots: np.ndarray | None = None
    forms: tuple = ("dense",)


def dense(shape, rank):
    return lambda random: Case(planted(random, shape, rank), rank)


def square(n_neurons, n_frames, rank):
    def make(random):
        roots = signed_roots(calcium(random, n_neurons, n_frames))
        return Case(affinity_square(roots), rank, roots[None], ("dense", "symmetric", "square"))

    return make


def pairs(n_worms, n_neurons, n_frames, rank):
    def make(random):
        roots = np.array([signed_roots(calcium(random, n_neurons, n_frames)) for _ in range(n_worms)])
        return Case(affinity_pairs(roots), rank, roots, ("dense", "pairs"))

    return make


CASES = {
    "100x100x1000 R5": dense((100, 100, 1000), 5),
    "100x100x1000 R10": dense((100, 100, 1000), 10),
    "100x100x1000 R8, affinity": square(100, 1000, 8),
    "189x189x1600 R15, affinity": square(189, 1600, 15),
    "240x12x17766 R12, affinity": pairs(12, 189, 240, 12),
    "60x60x500x12 R10": dense((60, 60, 500, 12), 10),
}


# ---- both programs -------------------------------------------------------------------------------------------------


def start_factors(random, case):
    """Uniform factors, scaled such that the model has the norm of the tensor."""
    factors = [random.uniform(size=(size, case.rank)) for size in case.tensor.shape]
    model = np.sqrt(np.sum(np.prod([factor.T @ factor for factor in factors], axis=0)))
    scale = (np.linalg.norm(case.tensor) / model) ** (1 / len(factors))
    return [factor * scale for factor in factors]


def peer(case, factors, sweeps):
    """CPU seconds per sweep, errors, and bytes beside the tensor."""
    run = lambda n: ncp_hals(
        case.tensor,
        case.rank,
        init=KTensor([factor.copy() for factor in factors]),
        tol=-1.0,  # no improvement is below it
        max_iter=n - 1,  # one more is made
        verbose=False,
    )
    run(1)  # compiles
    before = time.process_time()
    result = run(sweeps)
    seconds = (time.process_time() - before) / sweeps
    tracemalloc.start()
    run(1)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    return seconds, result.obj_hist, peak


def build():
    command = ["cargo", "build", "--release", "--quiet", "--package", "neuroloom-ntf", "--example", "bench_ntf"]
    subprocess.run(command, cwd=WORKSPACE, check=True)
    target = os.environ.get("CARGO_TARGET_DIR", WORKSPACE / "target")
    return Path(target) / "release/examples/bench_ntf"


def ours(program, folder, form, *options):
    done = subprocess.run([program, folder, "--form", form, *map(str, options)], check=True, capture_output=True, text=True)
    return json.loads(done.stdout)


def write(folder, case, factors):
    np.save(folder / "X.npy", case.tensor.astype(np.float32))
    if case.roots is not None:
        np.save(folder / "H.npy", case.roots)
    for mode, factor in enumerate(factors):
        np.save(folder / f"U{mode}.npy", factor)


def prepared(name):
    random = np.random.default_rng(SEED)
    case = CASES[name](random)
    return case, start_factors(random, case)


def row(*cells):
    print("| " + " | ".join(cells) + " |", flush=True)


def sweeps(program, names, n):
    row("case", "form", "tensortools, ms per sweep", "neuroloom, ms per sweep", "ratio", "error of tensortools", "ours less theirs", "MB of tensortools beside the tensor", "MB of neuroloom, all in all")
    row(*["---"] * 9)
    for name in names:
        case, factors = prepared(name)
        with tempfile.TemporaryDirectory() as folder:
            write(Path(folder), case, factors)
            found = {form: ours(program, folder, form, "--sweeps", n, "--tolerance", "-1") for form in case.forms}
        seconds, errors, peak = peer(case, factors, n)
        for form, our in found.items():
            ms = 1e3 * our["cpu_s"] / our["iterations"]
            row(name, form, f"{1e3 * seconds:.1f}", f"{ms:.2f}", f"{1e3 * seconds / ms:.1f}", f"{errors[-1]:.6f}", f"{our['error'] - errors[-1]:+.1e}", f"{peak / MB:.0f}", f"{our['peak_bytes'] / MB:.0f}")


def solution(program, names):
    row("case", "form", "tensortools: sweeps, CPU s, error", "neuroloom: sweeps, CPU s", "ratio", "ours less theirs")
    row(*["---"] * 6)
    for name in names:
        case, factors = prepared(name)
        with tempfile.TemporaryDirectory() as folder:
            write(Path(folder), case, factors)
            rule = ["--sweeps", 500, "--tolerance", 1e-6]
            found = {}
            for form in case.forms:
                found[form] = ours(program, folder, form, *rule)
                if form in ("dense", "symmetric") and case.tensor.shape[-1] >= 4 * (2 * case.rank + 10) and case.tensor.ndim == 3:
                    found[form + ", compressed"] = ours(program, folder, form, *rule, "--compress")
        ncp_hals(case.tensor[:20, :20, :20], 2, max_iter=1, verbose=False)  # compiles
        before = time.process_time()
        result = ncp_hals(case.tensor, case.rank, init=KTensor([factor.copy() for factor in factors]), tol=1e-6, max_iter=500, verbose=False)
        seconds = time.process_time() - before
        for form, our in found.items():
            row(name, form, f"{len(result.obj_hist)}, {seconds:.2f}, {result.obj:.6f}", f"{our['iterations']}, {our['cpu_s']:.3f}", f"{seconds / our['cpu_s']:.1f}", f"{our['error'] - result.obj:+.1e}")


def ranks(program, names):
    row("case", "ranks x starts", "tensortools, CPU s", "neuroloom, CPU s", "ratio", "best errors of tensortools", "best errors of neuroloom")
    row(*["---"] * 7)
    chosen, starts = [4, 8, 12], 30
    for name in names:
        case, factors = prepared(name)
        with tempfile.TemporaryDirectory() as folder:
            write(Path(folder), case, factors)
            form = case.forms[1] if len(case.forms) > 2 else case.forms[0]
            our = ours(program, folder, form, "--ranks", ",".join(map(str, chosen)), "--starts", starts, "--tolerance", 1e-5, "--sweeps", 500, "--compress")
        ncp_hals(case.tensor[:20, :20, :20], 2, max_iter=1, verbose=False)  # compiles
        before = time.process_time()
        best = [min(ncp_hals(case.tensor, rank, random_state=start, tol=1e-5, max_iter=500, verbose=False).obj for start in range(starts)) for rank in chosen]
        seconds = time.process_time() - before
        errors = " ".join(f"{each['error']:.4f}" for each in our["ranks"])
        row(f"{name.split(' R')[0]} ({form})", f"{chosen} x {starts}", f"{seconds:.1f}", f"{our['cpu_s']:.2f}", f"{seconds / our['cpu_s']:.0f}", " ".join(f"{error:.4f}" for error in best), errors)


def near_collinear(random, shape, rank):
    """Columns of which three fifths are their common mean."""
    columns = [random.exponential(size=(size, rank)) for size in shape]
    return [0.4 * own + 0.6 * own.mean(axis=1, keepdims=True) for own in columns]


def overlapping(random, shape, rank):
    return [random.binomial(1, 0.15, (size, rank)) * random.exponential(size=(size, rank)) + 0.01 for size in shape]


def match_score(truth, found):
    """Cosines of matched columns, mean over modes and components."""
    unit = lambda factor: factor / np.maximum(np.linalg.norm(factor, axis=0), 1e-300)
    cosines = np.mean([unit(a).T @ unit(b) for a, b in zip(truth, found)], axis=0)
    return cosines[linear_sum_assignment(-cosines)].mean()


def recovery(program):
    """Planted tensors with noise; both programs from starts of their own, the best by its error."""
    row("planted", "noise", "match score of tensortools", "match score of neuroloom", "errors")
    row(*["---"] * 5)
    for name, plant in {"overlapping groups": overlapping, "near-collinear": near_collinear}.items():
        for noise in (0.1, 0.5):
            scores, errors = [], []
            for seed in range(5):
                random = np.random.default_rng(seed)
                truth = plant(random, (60, 12, 200), 6)
                model = KTensor(truth).full()
                tensor = np.maximum(model + noise * np.sqrt(np.mean(model**2)) * random.normal(size=model.shape), 0.0)
                case = Case(tensor, 6)
                theirs = min((ncp_hals(tensor, 6, random_state=start, tol=1e-6, max_iter=500, verbose=False) for start in range(10)), key=lambda result: result.obj)
                with tempfile.TemporaryDirectory() as folder:
                    runs = []
                    for start in range(10):
                        write(Path(folder), case, start_factors(np.random.default_rng(100 + start), case))
                        run = ours(program, folder, "dense", "--sweeps", 500, "--tolerance", 1e-6)
                        runs.append((run["error"], [np.load(Path(folder) / f"out_U{mode}.npy") for mode in range(3)]))
                error, factors = min(runs, key=lambda run: run[0])
                scores.append((match_score(truth, theirs.factors.factors), match_score(truth, factors)))
                errors.append((theirs.obj, error))
            (peer_score, our_score), (peer_error, our_error) = np.mean(scores, axis=0), np.mean(errors, axis=0)
            row(name, str(noise), f"{peer_score:.4f}", f"{our_score:.4f}", f"{peer_error:.5f}, {our_error:.5f}")


def threads(program, names):
    row("case", "form", "one thread, wall s", "two threads, wall s", "ratio")
    row(*["---"] * 5)
    for name in names:
        case, factors = prepared(name)
        with tempfile.TemporaryDirectory() as folder:
            write(Path(folder), case, factors)
            for form in case.forms:
                walls = []
                for n in (1, 2):
                    runs = [ours(program, folder, form, "--sweeps", 20, "--tolerance", "-1", "--threads", n)["wall_s"] for _ in range(5)]
                    walls.append(sorted(runs)[2])
                row(name, form, f"{walls[0]:.3f}", f"{walls[1]:.3f}", f"{walls[0] / walls[1]:.2f}")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--case", action="append", choices=CASES, help="a case, several times for several; by default all")
    parser.add_argument("--sweeps", type=int, default=20)
    for what in ("solution", "ranks", "recovery", "threads"):
        parser.add_argument(f"--{what}", action="store_true")
    chosen = parser.parse_args()
    warnings.simplefilter("ignore")  # of the peer, on strided arrays
    program, names = build(), chosen.case or list(CASES)
    if chosen.solution:
        solution(program, names)
    elif chosen.ranks:
        ranks(program, names)
    elif chosen.recovery:
        recovery(program)
    elif chosen.threads:
        threads(program, names)
    else:
        sweeps(program, names, chosen.sweeps)


if __name__ == "__main__":
    main()
