"""RSA beside rsatoolbox: CPU seconds on the same arrays, one thread, in one run, as a table with ratios.

    "$(benches/peers/setup.sh)" benches/peers/compare_trsa.py

A number is the median of nine batches. Where the peer's result is wrong (geotop) the time of a wrong result is
compared with that of a right one.
"""

import os

THREADS = {name: "1" for name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS")}
os.environ.update(THREADS)  # before numpy is imported

import subprocess
import tempfile
import time
from pathlib import Path
from statistics import median

import numpy as np
from rsatoolbox.data import Dataset
from rsatoolbox.rdm import RDMs, calc_rdm, compare
from rsatoolbox.rdm.transform import geotopological_transform, minmax_transform, rank_transform

WORKSPACE = Path(__file__).resolve().parents[2]
BATCHES = 9
BATCH_S = 0.06
N_PAIRS = 92 * 91 // 2


def arrays(random):
    """[folds, conditions, channels] responses and [RDMs, pairs] dissimilarities."""
    root = random.normal(size=(1000, 2000))
    return {
        "92x4x1000": random.normal(size=(4, 92, 1000)),
        "1000x2x5000": random.normal(size=(2, 1000, 5000)),
        "precision": np.linalg.inv(root @ root.T / 2000),
        "rdms": random.gamma(3.0, size=(100, N_PAIRS)),
        "models": random.gamma(3.0, size=(20, N_PAIRS)),
    }


def dataset(folds):
    rows = folds.reshape(-1, folds.shape[-1])
    fold, condition = np.divmod(np.arange(len(rows)), folds.shape[1])
    return Dataset(rows, obs_descriptors={"condition": condition, "fold": fold})


def rdm(data, method, noise=None):
    options = {"cv_descriptor": "fold", "noise": noise} if method == "crossnobis" else {}
    return lambda: calc_rdm(data, method=method, descriptor="condition", **options)


def peer_tasks(found):
    for size in ("92x4x1000", "1000x2x5000"):
        data = dataset(found[size])
        yield f"euclidean {size}", rdm(data, "euclidean")
        yield f"correlation {size}", rdm(data, "correlation")
        yield f"crossnobis I {size}", rdm(data, "crossnobis")
    yield "crossnobis P 92x4x1000", rdm(dataset(found["92x4x1000"]), "crossnobis", found["precision"])
    data, models = RDMs(found["rdms"]), RDMs(found["models"])
    for ours, theirs in {"cosine": "cosine", "corr": "corr", "spearman": "spearman", "rho_a": "rho-a"}.items():
        yield f"{ours} 100x20x92", lambda theirs=theirs: compare(data, models, method=theirs)
    yield "rank 100x92", lambda: rank_transform(data)
    # The peer writes into its argument, so it gets a copy.
    copy = lambda: RDMs(found["rdms"].copy())
    yield "geotop raw 100x92", lambda: geotopological_transform(copy(), 0.2, 0.8)
    ranked = lambda: minmax_transform(rank_transform(copy()))
    yield "geotop ranked 100x92", lambda: geotopological_transform(ranked(), 0.2, 0.8)


def cpu_seconds(call):
    start = time.perf_counter()
    call()
    calls = max(1, int(np.ceil(BATCH_S / (time.perf_counter() - start))))
    seconds = []
    for _ in range(BATCHES):
        before = time.process_time()
        for _ in range(calls):
            call()
        seconds.append((time.process_time() - before) / calls)
    return median(seconds)


def our_seconds(folder):
    build = ["cargo", "run", "--release", "--quiet", "--package", "neuroloom-trsa", "--example", "bench_rdm", "--"]
    done = subprocess.run([*build, folder], cwd=WORKSPACE, check=True, capture_output=True, text=True)
    rows = (line.split("\t") for line in done.stdout.splitlines())
    return {name: float(seconds) for name, seconds in rows}


def main():
    found = arrays(np.random.default_rng(7))
    with tempfile.TemporaryDirectory() as folder:
        for name, array in found.items():
            np.save(Path(folder) / f"{name}.npy", array)
        ours = our_seconds(folder)
    print("| task | rsatoolbox 0.3.2, ms | neuroloom, ms | ratio |\n|---|---|---|---|")
    for name, call in peer_tasks(found):
        theirs = cpu_seconds(call)
        print(f"| {name} | {1e3 * theirs:.2f} | {1e3 * ours[name]:.3f} | {theirs / ours[name]:.1f} |", flush=True)


if __name__ == "__main__":
    main()
