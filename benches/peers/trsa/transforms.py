"""Transforms of `[RDMs, pairs]` dissimilarities.

Where the peer's result is wrong (geotop, geodesic) the time of a wrong result is compared with that of a right one.
"""

from rsatoolbox.rdm import RDMs
from rsatoolbox.rdm.transform import (
    geodesic_transform,
    geotopological_transform,
    minmax_transform,
    rank_transform,
)


def arrays(random):
    return {"rdms": random.gamma(3.0, size=(100, 92 * 91 // 2)), "large": random.gamma(3.0, size=500 * 499 // 2)}


def peer_tasks(found):
    data, large = RDMs(found["rdms"]), found["large"][None]
    yield "rank 100x92", lambda: rank_transform(data)
    # The peer writes into its argument, so it gets a copy.
    copy = lambda: RDMs(found["rdms"].copy())
    yield "geotop raw 100x92", lambda: geotopological_transform(copy(), 0.2, 0.8)
    ranked = lambda rdms: minmax_transform(rank_transform(rdms))
    yield "geotop ranked 100x92", lambda: geotopological_transform(ranked(copy()), 0.2, 0.8)
    geodesic = lambda rdms: rank_transform(geodesic_transform(geotopological_transform(ranked(rdms), 0.2, 0.8)))
    yield "geodesic 100x92", lambda: geodesic(copy())
    yield "geodesic 1x500", lambda: geodesic(RDMs(large.copy()))
