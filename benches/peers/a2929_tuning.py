"""Head-direction tuning of A2929 with numpy alone: the fixture that prepare.tuning is tested against.

    python benches/peers/a2929_tuning.py > crates/prepare/tests/fixtures/a2929_tuning.json

Needs h5py and numpy. Written from the definitions in docs/methods/prepare.md, with other means than the crate:
a nearest-sample search and histograms over whole arrays instead of a walk over visits.
"""

import json
import pathlib

import h5py
import numpy as np

N_BINS, N_FOLDS, BLOCK_S = 36, 6, 10.0
FILE = pathlib.Path(__file__).parents[2] / "data" / "a2929" / "A2929-200711.nwb"


def main():
    with h5py.File(FILE) as nwb:
        times = nwb["acquisition/CompassDirection/ry/timestamps"][:]
        angles = nwb["acquisition/CompassDirection/ry/data"][:]
        stops = nwb["units/spike_times_index"][:].astype(int)
        trains = np.split(nwb["units/spike_times"][:], stops[:-1])
        regions = [region.decode() for region in nwb["units/location"][:]]
        epochs = nwb["intervals/epochs"]
        tags = [tag.decode() for tag in epochs["tags"][:]]
        wake = tags.index("wake")
        start, stop = epochs["start_time"][wake], epochs["stop_time"][wake]

    # The stretch of every sample: up to the middle between neighbours, half a median interval beyond the ends.
    half = np.median(np.diff(times)) / 2
    middles = times[:-1] + np.diff(times) / 2
    edges = np.concatenate([[times[0] - half], middles, [times[-1] + half]])
    assert np.diff(times).max() <= 10 * half, "this twin knows no gaps"
    clipped = np.clip(edges, start, stop)
    duration = np.diff(clipped)

    width = 2 * np.pi / N_BINS
    bins = np.digitize(np.mod(angles, 2 * np.pi), np.arange(N_BINS) * width) - 1
    clock = np.concatenate([[0.0], np.cumsum(duration)[:-1]])
    folds = {
        "contiguous": np.minimum((clock / (duration.sum() / N_FOLDS)).astype(int), N_FOLDS - 1),
        "interleaved": (clock / BLOCK_S).astype(int) % N_FOLDS,
    }

    result = {"n_bins": N_BINS, "n_folds": N_FOLDS, "block_s": BLOCK_S, "regions": regions, "designs": {}}
    for name, fold in folds.items():
        cell = fold * N_BINS + bins
        occupancy = np.bincount(cell, weights=duration, minlength=N_FOLDS * N_BINS)
        counts = []
        for spikes in trains:
            spikes = spikes[(spikes >= clipped[0]) & (spikes < clipped[-1])]
            nearest = np.searchsorted(middles, spikes, side="right")
            counts.append(np.bincount(cell[nearest], minlength=N_FOLDS * N_BINS).tolist())
        result["designs"][name] = {"occupancy_s": occupancy.tolist(), "spikes": counts}

    # Skaggs information over all folds, as a check of bits_per_spike.
    occupancy = np.reshape(result["designs"]["contiguous"]["occupancy_s"], (N_FOLDS, N_BINS)).sum(0)
    share = occupancy / occupancy.sum()
    bits = []
    for counts in result["designs"]["contiguous"]["spikes"]:
        rate = np.reshape(counts, (N_FOLDS, N_BINS)).sum(0) / occupancy
        mean = (share * rate).sum()
        with np.errstate(divide="ignore", invalid="ignore"):
            bits.append(float(np.nansum(share * rate / mean * np.log2(rate / mean))))
    result["bits_per_spike"] = bits
    print(json.dumps(result, separators=(",", ":")))


main()
