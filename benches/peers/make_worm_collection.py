"""A synthetic collection of the size of the published one: 912 worms with 41,955 neurons, 1600 samples of 0.6 s each.

    python make_worm_collection.py FOLDER

Worms and neurons per worm are those of the twelve sources of Simeon et al. (arXiv 2411.12091); all files are in the layout of
Dag2023 (HDF5 and a label dictionary), so that one reader is timed. About 0.5 GB.
"""

import json
import sys
from pathlib import Path

import h5py
import numpy as np

SAMPLES, DT_S = 1600, 0.6
# worms, labelled and recorded neurons per worm
SOURCES = [(12, 42, 127), (44, 34, 108), (12, 46, 129), (19, 36, 114), (21, 173, 175), (49, 110, 110), (6, 50, 138),
           (7, 100, 143), (103, 63, 67), (577, 8, 8), (40, 88, 136), (22, 187, 187)]


def main():
    folder = Path(sys.argv[1]) / "Dag2023"
    folder.mkdir(parents=True, exist_ok=True)
    table = Path(__file__).resolve().parents[2] / "data/connectome/neurons.csv"
    names = sorted(row.split(",")[0] for row in table.read_text().splitlines()[1:])
    rng, dictionary, worm = np.random.default_rng(3), {}, 0
    for worms, labelled, recorded in SOURCES:
        for _ in range(worms):
            uid = f"worm-{worm:04}"
            times_s = 1.2e6 + np.cumsum(DT_S + 0.01 * rng.normal(size=SAMPLES))
            traces = 1 + 0.02 * np.cumsum(rng.normal(size=(SAMPLES, recorded)), axis=0)
            with h5py.File(folder / f"{uid}-data.h5", "w") as file:
                file["gcamp/traces_array_F_F20"] = traces
                file["timing/timestamp_confocal"] = times_s
            chosen = rng.permutation(names)[:labelled]
            dictionary[uid] = [{str(roi + 1): {"label": name} for roi, name in enumerate(chosen)}, None]
            worm += 1
    (folder / "NeuroPAL_labels_dict.json").write_text(json.dumps(dictionary))


if __name__ == "__main__":
    main()
