"""Makes crates/io/tests/fixtures/rdms/small.h5 with rsatoolbox: a set of three RDMs of four conditions with descriptors of every type.

    "$(benches/peers/setup.sh)" benches/peers/make_rdms_fixtures.py
"""

from pathlib import Path

import numpy as np
from rsatoolbox.rdm import RDMs

TARGET = Path(__file__).resolve().parents[2] / "crates" / "io" / "tests" / "fixtures" / "rdms"

if __name__ == "__main__":
    TARGET.mkdir(exist_ok=True)
    rdms = RDMs(
        np.arange(18.0).reshape(3, 6) / 4,
        dissimilarity_measure="crossnobis",
        descriptors={"session": 1, "task": "viewing"},
        rdm_descriptors={"roi": ["V1", "V1", "IT"], "run": [1, 2, 1], "noise": [0.5, 1.0, 2.25]},
        pattern_descriptors={"image": ["cat", "dog", "hand", "key"], "kind": ["animal", "animal", "body", "thing"]},
    )
    rdms.save(str(TARGET / "small.h5"), file_type="hdf5", overwrite=True)
