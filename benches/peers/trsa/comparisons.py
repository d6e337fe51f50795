"""Transforms and comparisons of `[RDMs, pairs]` dissimilarities.

Where the peer's result is wrong (geotop) the time of a wrong result is compared with that of a right one.
"""

from rsatoolbox.rdm import RDMs, compare
from rsatoolbox.rdm.transform import geotopological_transform, minmax_transform, rank_transform

N_PAIRS = 92 * 91 // 2


def arrays(random):
    return {"rdms": random.gamma(3.0, size=(100, N_PAIRS)), "models": random.gamma(3.0, size=(20, N_PAIRS))}


def peer_tasks(found):
    data, models = RDMs(found["rdms"]), RDMs(found["models"])
    for ours, theirs in {"cosine": "cosine", "corr": "corr", "spearman": "spearman", "rho_a": "rho-a"}.items():
        yield f"{ours} 100x20x92", lambda theirs=theirs: compare(data, models, method=theirs)
    yield "rank 100x92", lambda: rank_transform(data)
    # The peer writes into its argument, so it gets a copy.
    copy = lambda: RDMs(found["rdms"].copy())
    yield "geotop raw 100x92", lambda: geotopological_transform(copy(), 0.2, 0.8)
    ranked = lambda: minmax_transform(rank_transform(copy()))
    yield "geotop ranked 100x92", lambda: geotopological_transform(ranked(), 0.2, 0.8)
