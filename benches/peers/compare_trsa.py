"""RSA beside rsatoolbox: CPU seconds on the same arrays, one thread, in one run, as tables with ratios.

    "$(benches/peers/setup.sh)" benches/peers/compare_trsa.py [AREA ...]

Areas are the modules of `benches/peers/trsa`; by default all. A number is the median of nine batches. A task may say
that the peer was given a part of the work: its time is multiplied by the third item.
"""

import os

THREADS = {name: "1" for name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS")}
os.environ.update(THREADS)  # before numpy is imported

import sys
import tempfile
from importlib import import_module
from pathlib import Path

import numpy as np

from harness import cpu_seconds, our_seconds

AREAS = ["estimators", "comparisons", "transforms", "inference", "identify", "searchlights"]


def compare(name):
    area = import_module(f"trsa.{name}")
    found = area.arrays(np.random.default_rng(7))
    with tempfile.TemporaryDirectory() as folder:
        for array, values in found.items():
            np.save(Path(folder) / f"{array}.npy", values)
        ours = our_seconds("neuroloom-trsa", "bench_rsa", folder, name)
    peer = getattr(area, "PEER", "rsatoolbox 0.3.2")
    print(f"\n| {name} | {peer}, ms | neuroloom, ms | ratio |\n|---|---|---|---|")
    for task, call, *part in area.peer_tasks(found):
        theirs = cpu_seconds(call) * (part[0] if part else 1)
        print(f"| {task} | {1e3 * theirs:.2f} | {1e3 * ours[task]:.3f} | {theirs / ours[task]:.1f} |", flush=True)


if __name__ == "__main__":
    for name in sys.argv[1:] or AREAS:
        compare(name)
