"""RSA beside rsatoolbox: CPU seconds on the same arrays, one thread, in one run, as tables with ratios.

    "$(benches/peers/setup.sh)" benches/peers/compare_trsa.py [AREA ...]

Areas are the modules of `benches/peers/trsa`; by default all. A number is the median of nine batches.
"""

import os

THREADS = {name: "1" for name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS")}
os.environ.update(THREADS)  # before numpy is imported

import sys
import tempfile
from pathlib import Path

import numpy as np

from trsa import comparisons, estimators
from trsa.harness import cpu_seconds, our_seconds

AREAS = {"estimators": estimators, "comparisons": comparisons}


def compare(name, area):
    found = area.arrays(np.random.default_rng(7))
    with tempfile.TemporaryDirectory() as folder:
        for array, values in found.items():
            np.save(Path(folder) / f"{array}.npy", values)
        ours = our_seconds(folder, name)
    print(f"\n| {name} | rsatoolbox 0.3.2, ms | neuroloom, ms | ratio |\n|---|---|---|---|")
    for task, call in area.peer_tasks(found):
        theirs = cpu_seconds(call)
        print(f"| {task} | {1e3 * theirs:.2f} | {1e3 * ours[task]:.3f} | {theirs / ours[task]:.1f} |", flush=True)


if __name__ == "__main__":
    for name in sys.argv[1:] or AREAS:
        compare(name, AREAS[name])
