"""Dissimilarities from responses `[folds, conditions, channels]`."""

import numpy as np
from rsatoolbox.data import Dataset
from rsatoolbox.rdm import calc_rdm


def arrays(random):
    root = random.normal(size=(1000, 2000))
    return {
        "92x4x1000": random.normal(size=(4, 92, 1000)),
        "1000x2x5000": random.normal(size=(2, 1000, 5000)),
        "precision": np.linalg.inv(root @ root.T / 2000),
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
