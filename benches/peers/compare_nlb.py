"""Bits per spike and velocity decoding beside nlb_tools 0.0.4, on one thread.

Usage: RAYON_NUM_THREADS=1 python compare_nlb.py TIME_NLB

TIME_NLB is target/release/examples/time_nlb (`cargo build --release -p neuroloom-nlb --example time_nlb`). Needs `pip
install --no-deps nlb-tools==0.0.4`. Arrays are random, of the sizes of MC_Maze at 20 ms; both sides take turns three times, and
medians are printed.
"""

import os

for name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "RAYON_NUM_THREADS"):
    os.environ[name] = "1"

import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np
from nlb_tools.evaluation import bits_per_spike, velocity_decoding

TRAIN, EVAL, BINS, UNITS, CHANNELS, ROUNDS = 1721, 574, 35, 182, 2, 3


def arrays():
    rng = np.random.default_rng(8)
    rates = {s: rng.gamma(2.0, 0.1, (n, BINS, UNITS)).astype("f4") for s, n in (("train", TRAIN), ("eval", EVAL))}
    weights = rng.normal(size=(UNITS, CHANNELS))
    out = {f"{split}_rates": own for split, own in rates.items()}
    for split, own in rates.items():
        noise = rng.normal(0, 3, (*own.shape[:2], CHANNELS))
        out[f"{split}_behaviour"] = (own @ weights + noise).astype("f4")
    out["eval_spikes"] = rng.poisson(rates["eval"]).astype("f4")
    return out


def ours(program, folder):
    lines = subprocess.run([program, folder], check=True, capture_output=True, text=True).stdout.splitlines()
    return {name: (float(seconds), float(score)) for name, seconds, score in (line.split() for line in lines)}


def timed(function, *arguments):
    start = time.process_time()
    score = function(*arguments)
    return time.process_time() - start, float(score)


def theirs(data):
    data = {name: values.astype(float) for name, values in data.items()}
    every = {split: np.ones((len(data[f"{split}_rates"]), 1), bool) for split in ("train", "eval")}
    decoding = [data[f"{s}_{what}"] if what else every[s] for s in ("train", "eval") for what in ("rates", "behaviour", "")]
    return {
        "bits_per_spike": timed(bits_per_spike, data["eval_rates"], data["eval_spikes"]),
        "velocity_r2": timed(velocity_decoding, *decoding),
    }


def main():
    data = arrays()
    with tempfile.TemporaryDirectory() as folder:
        Path(folder, "shapes.txt").write_text(f"{TRAIN} {EVAL} {BINS} {UNITS} {CHANNELS}\n")
        for name, values in data.items():
            values.tofile(Path(folder, name))
        rounds = [(ours(sys.argv[1], folder), theirs(data)) for _ in range(ROUNDS)]
    print("| score | neuroloom | nlb_tools | ratio | difference |\n| --- | --- | --- | --- | --- |")
    for name in ("bits_per_spike", "velocity_r2"):
        own, peer = (statistics.median(each[side][name][0] for each in rounds) for side in (0, 1))
        difference = abs(rounds[0][0][name][1] - rounds[0][1][name][1])
        print(f"| {name} | {own:.3f} s | {peer:.3f} s | {peer / own:.1f} | {difference:.1e} |")


main()
