"""Dissimilarities around 10,000 centres of 100 voxels each, 92 conditions.

The peer needs most of a minute for them all: it is given a twentieth of the centres, and its time is scaled.
"""

import numpy as np
from rsatoolbox.util.searchlight import get_searchlight_RDMs

N_CENTRES, N_CONDITIONS, N_MEMBERS, SHARE = 10_000, 92, 100, 20


def arrays(random):
    return {
        "voxels": random.normal(size=(N_CONDITIONS, N_CENTRES)),
        "members": np.stack([random.choice(N_CENTRES, N_MEMBERS, replace=False) for _ in range(N_CENTRES)]),
    }


def peer_tasks(found):
    centres, members = np.arange(N_CENTRES // SHARE), found["members"][: N_CENTRES // SHARE]
    events = np.arange(N_CONDITIONS)
    for method in ("correlation", "euclidean"):
        yield (
            f"searchlight {method} 10000x92x100",
            lambda method=method: get_searchlight_RDMs(
                found["voxels"], centres, members, events, method=method, verbose=False
            ),
            SHARE,
        )
