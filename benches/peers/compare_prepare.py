"""Values and CPU time of the preparation kernels beside those of public peers, on the same arrays.

    python compare_prepare.py EXAMPLE

EXAMPLE is the built example `compare_prepare` of crates/prepare (cargo build --release -p neuroloom-prepare --example
compare_prepare). Both sides run on one thread; each time is the median of five CPU times of the kernel alone, without
process start and files; just-in-time compilation of a peer is done before. Differences are the largest absolute
ones, relative to the largest absolute value.
"""

import os
import resource

for name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "NUMBA_NUM_THREADS", "RAYON_NUM_THREADS"):
    os.environ[name] = "1"

import statistics
import subprocess
import sys
import tempfile
import time
import warnings
from pathlib import Path

import numpy as np
import scipy.ndimage
import scipy.signal
import scipy.stats

warnings.filterwarnings("ignore")
RUNS = 5


def ours(example, folder, kernel, values, *numbers):
    """What the kernel gives, and its CPU seconds: the difference of a call that repeats it and one that does not."""
    source, result = folder / "in.f64", folder / "out.f64"
    np.asarray(values, "<f8").tofile(source)

    def call(repeats):
        before = resource.getrusage(resource.RUSAGE_CHILDREN)
        command = [example, kernel, source, result, str(repeats), *(repr(float(number)) for number in numbers)]
        subprocess.run(command, check=True)
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime

    once = call(6) - call(1)
    more = int(np.clip(0.1 / max(once / 5, 1e-6), 2, 300))
    seconds = [(call(1 + more) - call(1)) / more for _ in range(RUNS)]
    return np.fromfile(result, "<f8"), statistics.median(seconds)


def timed(function):
    """What the peer gives, and its CPU seconds."""
    result, seconds = function(), []
    for _ in range(RUNS):
        begun = time.process_time()
        function()
        seconds.append(time.process_time() - begun)
    return result, statistics.median(seconds)


def simulated(samples, decay, rise, sigma, rng):
    """Calcium on a level of 0.5 under noise."""
    events = (rng.random(samples) < 0.02) * rng.uniform(0.5, 1.5, samples)
    calcium = scipy.signal.lfilter([1], [1, -(decay + rise), decay * rise], events)
    return 0.5 + calcium + sigma * rng.normal(size=samples)


def welch_noise(y):
    frequency, density = scipy.signal.welch(y, nperseg=256, noverlap=128, detrend="constant")
    density[1:-1] /= 2  # one-sided: all but the ends stand for two frequencies
    return np.sqrt(density[frequency >= 0.25].mean())


def yule_walker(y, sigma, lags=11):
    z = y - y.mean()
    covariance = np.array([(z[: len(z) - k] * z[k:]).mean() for k in range(lags + 1)])
    covariance[0] -= sigma**2
    return covariance[:-1] @ covariance[1:] / (covariance[:-1] @ covariance[:-1])


def cases(rng):
    """Kernel, its input, its numbers, the peer's name, the peer, and the part of the result to compare."""
    from oasis.functions import constrained_oasisAR1, constrained_onnlsAR2, oasisAR1, onnls

    whole = slice(None)
    decay, rise, sigma = 0.95, 0.6, 0.2
    y1, y2 = simulated(30_000, decay, 0, sigma, rng), simulated(30_000, decay, rise, sigma, rng)
    short = simulated(3_000, decay, rise, sigma, rng)
    g2 = (decay + rise, -decay * rise)
    yield ("penalty", y1 - 0.5, (decay, 0, 0.3), "oasis oasisAR1", lambda: oasisAR1(y1 - 0.5, decay, 0.3)[0], whole)
    yield ("penalty", y2 - 0.5, (decay, rise, 0.3), "oasis onnls, AR(2)", lambda: onnls(y2 - 0.5, g2, 0.3)[0], whole)

    def constrained():
        c, _, b, _, lam = constrained_oasisAR1(y1, decay, sigma, optimize_b=True, b_nonneg=False, max_iter=50)
        return np.append(c, [b, lam])

    yield ("noise", y1, (decay, 0, sigma), "oasis constrained_oasisAR1", constrained, whole)

    def constrained2():
        c, _, b, _, lam = constrained_onnlsAR2(short, g2, sigma, optimize_b=True, b_nonneg=False, decimate=1, max_iter=20)
        return np.append(c, [b, lam])

    yield ("noise", short, (decay, rise, sigma), "oasis constrained_onnlsAR2, 3 000 samples", constrained2, whole)

    def estimated():
        noise = welch_noise(y1)
        return np.array([noise, yule_walker(y1, noise)])

    yield ("estimate", y1, (), "scipy welch + numpy autocovariance", estimated, whole)

    x = np.cumsum(rng.normal(size=100_000)) * 0.02 + rng.normal(size=100_000)
    inner = slice(900, -900)
    yield ("percentile", x, (900, 10), "scipy percentile_filter, 1 801 samples",
           lambda: scipy.ndimage.percentile_filter(x, 10, size=1801), inner)
    yield ("percentile", x, (50, 50), "scipy median_filter, 101 samples",
           lambda: scipy.ndimage.median_filter(x, size=101), slice(50, -50))
    n = len(x)
    grid = np.arange(int((n - 1) / 30 * 10 + 1e-6) + 1) / 10
    yield ("linear", x, (30, 10), "numpy interp", lambda: np.interp(grid, np.arange(n) / 30, x), whole)
    # resample_poly's own filter, scaled as ours: 10 zero crossings, Kaiser window of shape 5.
    taps = scipy.signal.firwin(2 * 10 * 3 + 1, 1 / 3, window=("kaiser", 5.0))
    yield ("fir", x, (30, 10), "scipy resample_poly", lambda: scipy.signal.resample_poly(x, 1, 3, window=taps), slice(30, -30))
    yield ("zscore", x, (), "scipy zscore", lambda: scipy.stats.zscore(x), whole)
    yield ("robust", x, (), "scipy median_abs_deviation",
           lambda: (x - np.median(x)) / scipy.stats.median_abs_deviation(x, scale="normal"), whole)
    yield ("detrend", x, (1,), "scipy detrend", lambda: scipy.signal.detrend(x), whole)
    t = np.arange(n) - (n - 1) / 2
    yield ("detrend", x, (3,), "numpy Polynomial.fit, order 3", lambda: x - np.polynomial.Polynomial.fit(t, x, 3)(t), whole)

    import pynapple as nap

    spikes = np.sort(rng.uniform(0, 3600, 100_000))
    train = nap.Ts(spikes)
    yield ("count", spikes, (0.02, 180_000), "numpy histogram", lambda: np.histogram(spikes, np.arange(180_001) * 0.02)[0], whole)
    hour = nap.IntervalSet(0, 3600)
    yield ("count", spikes, (0.02, 180_000), "pynapple count", lambda: train.count(0.02, ep=hour).values, whole)
    events = nap.Ts(np.arange(1, 701) * 5.0)

    def perievent():
        trials = nap.compute_perievent(train, events, window=(0.5, 2.0))
        return np.concatenate([trials[k].t for k in trials.index])

    yield ("align", spikes, (0.5, 2.0, 5.0, 700), "pynapple compute_perievent", perievent, whole)
    yield ("presence", spikes, (60, 3600), "numpy histogram > 0",
           lambda: np.array([(np.histogram(spikes, np.arange(61) * 60.0)[0] > 0).mean()]), whole)


def main():
    example = sys.argv[1]
    print("| kernel | peer | largest relative difference | CPU of the peer (ms) | neuroloom (ms) | ratio |")
    print("| --- | --- | --- | --- | --- | --- |")
    with tempfile.TemporaryDirectory() as folder:
        for kernel, values, numbers, name, peer, part in cases(np.random.default_rng(7)):
            found, own_s = ours(example, Path(folder), kernel, values, *numbers)
            expected, peer_s = timed(peer)
            if len(found) == len(expected):
                difference = np.abs(found - expected)[part].max() / np.abs(expected[part]).max()
                said = f"{difference:.1e}"
            else:
                said = f"{len(found)} and {len(expected)} values"
            print(f"| `{kernel}` | {name} | {said} | {peer_s * 1e3:.2f} | {own_s * 1e3:.2f} | {peer_s / own_s:.1f} |", flush=True)


if __name__ == "__main__":
    main()
