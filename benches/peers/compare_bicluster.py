"""Parts of Bayesian bi-clustering beside public peers: CPU seconds on the same arrays, one thread, in one run.

    "$(benches/peers/setup.sh)" benches/peers/compare_bicluster.py [AREA ...]

Areas are the modules of `benches/peers/bicluster`; by default all. A number is the median of nine batches. Tasks name
their peer; those without one print our time alone. The fourth item of a task, where it has one, is the number of things
that a call does: times are then for each. An area may print more than times.
"""

import os

THREADS = {name: "1" for name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS")}
XLA = {"XLA_FLAGS": "--xla_cpu_multi_thread_eigen=false intra_op_parallelism_threads=1", "JAX_ENABLE_X64": "1"}
os.environ.update(THREADS | XLA)  # before numpy and jax are imported

import sys
import tempfile
from importlib import import_module
from pathlib import Path

import numpy as np

from harness import cpu_seconds, our_seconds

AREAS = ["filter", "laplace", "polya_gamma", "sweep"]


def compare(name):
    area = import_module(f"bicluster.{name}")
    found = area.arrays(np.random.default_rng(7))
    with tempfile.TemporaryDirectory() as folder:
        for array, values in found.items():
            np.save(Path(folder) / f"{array}.npy", values)
        ours = our_seconds("neuroloom-bicluster", "bench_bicluster", folder, name)
    print(f"\n| {name} | peer | peer | neuroloom | ratio |\n|---|---|---|---|---|")
    compared = set()
    for task, peer, call, *each in area.peer_tasks(found):
        theirs = cpu_seconds(call)
        compared.add(task)
        row = [task, peer, shown(theirs, each), shown(ours[task], each), f"{theirs / ours[task]:.1f}"]
        print(f"| {' | '.join(row)} |", flush=True)
    if hasattr(area, "extra"):
        area.extra(ours)
    else:
        for task in (task for task in ours if task not in compared):
            print(f"| {task} | | | {shown(ours[task], [])} | |")


def shown(seconds, each):
    return f"{1e9 * seconds / each[0]:.0f} ns" if each else f"{1e3 * seconds:.4f} ms"


if __name__ == "__main__":
    for name in sys.argv[1:] or AREAS:
        compare(name)
