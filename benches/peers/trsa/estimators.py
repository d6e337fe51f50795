"""Dissimilarities from responses `[folds, conditions, channels]`, and covariances of their noise."""

import numpy as np
from rsatoolbox.data import Dataset, TemporalDataset
from rsatoolbox.data.noise import cov_from_residuals
from rsatoolbox.rdm import calc_rdm, calc_rdm_movie
from rsatoolbox.util.searchlight import get_searchlight_RDMs

CENTRES = 1000


def arrays(random):
    root = random.normal(size=(1000, 2000))
    return {
        "92x4x1000": random.normal(size=(4, 92, 1000)),
        "1000x2x5000": random.normal(size=(2, 1000, 5000)),
        "precision": np.linalg.inv(root @ root.T / 2000),
        "368x1000": random.normal(size=(368, 1000)),
        "200x3000": random.normal(size=(200, 3000)),
        "movie": random.normal(size=(92, 300, 100)),
        "searchlight": random.normal(size=(92, 1000)),
    }


def dataset(folds):
    rows = folds.reshape(-1, folds.shape[-1])
    fold, condition = np.divmod(np.arange(len(rows)), folds.shape[1])
    return Dataset(rows, obs_descriptors={"condition": condition, "fold": fold})


def rdm(data, method, noise=None):
    options = {"cv_descriptor": "fold", "noise": noise} if method == "crossnobis" else {}
    return lambda: calc_rdm(data, method=method, descriptor="condition", **options)


def peer_tasks(found):
    for size in ("92x4x1000", "1000x2x5000"):
        data = dataset(found[size])
        yield f"euclidean {size}", rdm(data, "euclidean")
        yield f"correlation {size}", rdm(data, "correlation")
        yield f"crossnobis I {size}", rdm(data, "crossnobis")
    yield "crossnobis P 92x4x1000", rdm(dataset(found["92x4x1000"]), "crossnobis", found["precision"])
    for size in ("368x1000", "200x3000"):
        for method in ("shrinkage_diag", "shrinkage_eye"):
            yield f"{method} {size}", lambda size=size, method=method: cov_from_residuals(found[size], method=method)
    signals = TemporalDataset(
        found["movie"],
        obs_descriptors={"condition": np.arange(92)},
        time_descriptors={"time": np.arange(100)},
    )
    yield "movie 92x300x100", lambda: calc_rdm_movie(signals, method="euclidean", descriptor="condition")
    centres = np.arange(CENTRES)
    neighbours = [(centre + 7 * np.arange(100)) % 1000 for centre in centres]
    for method in ("euclidean", "correlation"):
        yield f"searchlight {method} {CENTRES}x92x100", lambda method=method: get_searchlight_RDMs(
            found["searchlight"], centres, neighbours, np.arange(92), method=method, verbose=False
        )
