"""CPU time of the homogenisation: a straightforward numpy/scipy version beside `bench_homogenise`, same recordings.

    python compare_celegans.py BENCH [FOLDER]

BENCH is the built example `bench_homogenise` of crates/celegans. FOLDER holds recordings as NAME.npz with
times_s [T], traces [T, N] and slots [N] (-1: no name); without it eight synthetic worms are used. Both sides read
these files and run the default method on one thread; results are made and dropped, recording by recording.
"""

import os
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np

DT, WINDOW = 0.333, 15


def synthetic(folder, worms=8, samples=1600, neurons=140):
    rng = np.random.default_rng(5)
    for worm in range(worms):
        times_s = 1.2e6 + np.cumsum(0.6 + 0.01 * rng.normal(size=samples))
        traces = np.cumsum(rng.normal(size=(samples, neurons)), axis=0) * 0.02 + 1
        slots = np.where(np.arange(neurons) < 100, np.arange(neurons), -1)
        np.savez(folder / f"worm{worm}.npz", times_s=times_s, traces=traces, slots=slots)


def moving(x):
    half = WINDOW // 2
    return np.stack([x[max(0, j - half) : j + 1].mean(axis=0) for j in range(len(x))])


def resample(x, t):
    up = DT < np.median(np.diff(t))
    step = DT if up else DT / 6
    grid = np.arange(np.ceil(t[-1] / step)) * step
    fine = np.stack([np.interp(grid, t, column) for column in x.T], axis=1)
    return fine if up else fine[: len(fine) // 6 * 6].reshape(-1, 6, x.shape[1]).mean(axis=1)


def homogenise(path):
    with np.load(path) as file:
        t, x = file["times_s"] - file["times_s"][0], file["traces"]
    r = np.gradient(x, t, axis=0)
    raw, smooth, slope, smooth_slope = (resample(signal, t) for signal in (x, moving(x), r, moving(r)))
    sd = smooth.std(axis=0)
    z = (smooth - smooth.mean(axis=0)) / np.where(sd > 0, sd, 1)
    return [np.ascontiguousarray(signal.T, np.float32) for signal in (x, z, raw, smooth, slope, smooth_slope)]


def child_cpu_s(*command):
    """CPU seconds of a process, start-up included, and what it printed."""
    def used():
        usage = resource.getrusage(resource.RUSAGE_CHILDREN)
        return usage.ru_utime + usage.ru_stime

    before = used()
    one_thread = {name: "1" for name in ("RAYON_NUM_THREADS", "OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS")}
    printed = subprocess.run(command, check=True, env={**os.environ, **one_thread}, capture_output=True, text=True)
    return used() - before, printed.stdout.strip()


def peer(folder):
    begun = time.process_time()
    files = sorted(Path(folder).glob("*.npz"))
    for path in files:
        homogenise(path)
    print(time.process_time() - begun)


def main():
    bench, repeats = sys.argv[1], 5
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(sys.argv[2] if len(sys.argv) > 2 else temporary)
        if len(sys.argv) < 3:
            synthetic(folder)
        # the best of several: other work on the machine only ever adds
        numpy_s, inner = min(child_cpu_s(sys.executable, __file__, "--peer", str(folder)) for _ in range(repeats))
        ours_s, said = min(child_cpu_s(bench, str(folder)) for _ in range(repeats))
    print(said)
    print(f"CPU seconds: numpy {numpy_s:.3f} ({float(inner):.3f} without start-up), neuroloom {ours_s:.3f} with start-up; "
          f"ratio {numpy_s / ours_s:.1f} ({float(inner) / ours_s:.1f})")


if __name__ == "__main__":
    if sys.argv[1] == "--peer":
        peer(sys.argv[2])
    else:
        main()
