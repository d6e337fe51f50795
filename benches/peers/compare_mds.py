"""Parts of most discriminative stimuli beside PyTorch: CPU seconds on the same arrays, one thread, in one run.

    "$(benches/peers/setup.sh torch)" benches/peers/compare_mds.py [AREA ...]

Areas are the modules of `benches/peers/mds` with tasks; by default all. A number is the median of nine batches; that
of `step` is for one step of one stimulus.
"""

import os

os.environ.update({name: "1" for name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS")})

import sys
import tempfile
from importlib import import_module
from pathlib import Path

import numpy as np

from harness import cpu_seconds, our_seconds

AREAS = ["step", "training"]


def compare(name):
    area = import_module(f"mds.{name}")
    found = area.arrays(np.random.default_rng(7))
    with tempfile.TemporaryDirectory() as folder:
        for array, values in found.items():
            np.save(Path(folder) / f"{array}.npy", values)
        ours = our_seconds("neuroloom-mds", "bench_mds", folder, name)
    print(f"\n| {name} | peer | peer | neuroloom | ratio |\n|---|---|---|---|---|")
    for task, peer, call, *each in area.peer_tasks(found):
        n = each[0] if each else 1
        theirs = cpu_seconds(call) / n
        print(f"| {task} | {peer} | {1e3 * theirs:.3f} ms | {1e3 * ours[task]:.3f} ms | {theirs / ours[task]:.1f} |", flush=True)


if __name__ == "__main__":
    for name in sys.argv[1:] or AREAS:
        compare(name)
