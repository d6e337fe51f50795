"""Makes data/rsa92/rsa92.h5: the 92-image RDMs that come with rsatoolbox, in one file of rsatoolbox's own layout.

    "$(benches/peers/setup.sh)" benches/peers/make_rsa92.py FOLDER

FOLDER has `rdms.npz` (`vectors` [97, 4186], upper triangles row-major, and per RDM `group`, `subject`, `session`, `name`) and
`stimuli.parquet` (per image `stimulus`, `category`), converted from rsatoolbox's `demos` as data/rsa92/PROVENANCE.md says.
No value is changed; the dissimilarities are compressed (shuffle and gzip, both without loss).
"""

import sys
from pathlib import Path

import h5py
import numpy as np
import pandas as pd
from rsatoolbox.rdm import RDMs

TARGET = Path(__file__).resolve().parents[2] / "data" / "rsa92" / "rsa92.h5"


def descriptors(archive):
    parts = [name.split("|") if "|" in name else ["", ""] for name in archive["name"]]
    layer, measurement = np.array(parts).T
    listed = {name: archive[name] for name in ("group", "subject", "session", "name")}
    return listed | {"layer": layer, "measurement": measurement}


def rdms(folder):
    archive = np.load(folder / "rdms.npz")
    stimuli = pd.read_parquet(folder / "stimuli.parquet")
    # Labels that sort as the images stand.
    labels = [f"{i:02d} {category}" for i, category in enumerate(stimuli.category)]
    return RDMs(
        archive["vectors"],
        rdm_descriptors=descriptors(archive),
        pattern_descriptors={"stimulus": np.array(labels), "category": np.array(stimuli.category, dtype=str)},
    )


def compress(path):
    with h5py.File(path, "r+") as file:
        values = file["dissimilarities"][()]
        assert values.dtype == np.float64 and np.isfinite(values).all()
        del file["dissimilarities"]
        chunks = (8, values.shape[1])
        file.create_dataset("dissimilarities", data=values, chunks=chunks, compression="gzip", compression_opts=9, shuffle=True)


def repack(source, target):
    """Copies to a new file, so that no space is left where the uncompressed data were."""
    with h5py.File(source) as old, h5py.File(target, "w") as new:
        for name, value in old.attrs.items():
            new.attrs[name] = value
        for name in old:
            old.copy(name, new)


if __name__ == "__main__":
    scratch = TARGET.with_suffix(".raw")
    rdms(Path(sys.argv[1])).save(str(scratch), file_type="hdf5", overwrite=True)
    compress(scratch)
    repack(scratch, TARGET)
    scratch.unlink()
    print(TARGET.stat().st_size, "bytes")
