"""CPU seconds of the peer's calls and of ours."""

import subprocess
import time
from pathlib import Path
from statistics import median

import numpy as np

WORKSPACE = Path(__file__).resolve().parents[2]
BATCHES = 9
BATCH_S = 0.06


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


def our_seconds(package, example, folder, area):
    build = ["cargo", "run", "--release", "--quiet", "--package", package, "--example", example]
    done = subprocess.run([*build, "--", folder, area], cwd=WORKSPACE, check=True, stdout=subprocess.PIPE, text=True)
    rows = (line.split("\t") for line in done.stdout.splitlines())
    return {name: float(seconds) for name, seconds in rows}
