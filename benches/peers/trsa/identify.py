"""Identification of regions by nearest means. There is no public peer: the same in plain numpy, means and samples written out."""

import numpy as np
from scipy.stats import rankdata

PEER = "numpy"
N_SUBJECTS, N_REGIONS, N_STIMULI = 7, 9, 92
N_PAIRS = N_STIMULI * (N_STIMULI - 1) // 2
SUBJECTS, REGIONS = np.divmod(np.arange(N_SUBJECTS * N_REGIONS), N_REGIONS)


def arrays(random):
    signatures = random.gamma(3.0, size=(N_REGIONS, N_PAIRS))
    return {"identify": signatures[REGIONS] + random.gamma(3.0, size=(len(REGIONS), N_PAIRS))}


def scaled_ranks(rdms):
    x = rankdata(rdms, axis=1)
    low, high = x.min(axis=1, keepdims=True), x.max(axis=1, keepdims=True)
    return (x - low) / (high - low)


def geotop(x, l, u):
    low, high = np.quantile(x, [l, u], axis=1)[..., None]
    return np.clip((x - low) / (high - low), 0, 1)


def correct(rows, subjects, regions):
    """Rows whose nearest mean over other subjects is that of their region."""
    found = np.zeros(len(rows), bool)
    for subject in np.unique(subjects):
        test, train = subjects == subject, subjects != subject
        known = np.unique(regions[train])
        means = np.stack([rows[train & (regions == region)].mean(axis=0) for region in known])
        distances = ((rows[test][:, None] - means) ** 2).sum(axis=2)
        found[test] = known[distances.argmin(axis=1)] == regions[test]
    return found


def mean_distances(rows, subjects, regions):
    """Mean distance of every row to rows of other subjects, of its own region and of others."""
    gram = rows @ rows.T
    squares = np.diag(gram)
    distances = np.sqrt(np.maximum(squares[:, None] + squares - 2 * gram, 0))
    other, same = subjects[:, None] != subjects, regions[:, None] == regions
    return [(distances * mask).sum(axis=1) / mask.sum(axis=1) for mask in (other & same, other & ~same)]


def grid(rdms):
    x = scaled_ranks(rdms)
    cells = [(l / 20, u / 20) for l in range(20) for u in range(l + 1, 21)]
    for l, u in cells:
        rows = geotop(x, l, u)
        correct(rows, SUBJECTS, REGIONS)
        mean_distances(rows, SUBJECTS, REGIONS)


def bootstrap(rdms, n_samples=20):
    random = np.random.default_rng(1)
    place = np.full((N_STIMULI, N_STIMULI), -1)
    place[np.triu_indices(N_STIMULI, 1)] = np.arange(N_PAIRS)
    place = np.maximum(place, place.T)
    first, second = np.triu_indices(N_STIMULI, 1)
    for _ in range(n_samples):
        rows = random.integers(len(rdms), size=len(rdms))
        stimuli = random.integers(N_STIMULI, size=N_STIMULI)
        columns = place[stimuli[first], stimuli[second]]
        x = scaled_ranks(rdms[np.ix_(rows, columns[columns >= 0])])
        for i in range(12):
            correct(geotop(x, i / 20, 0.4 + i / 20), SUBJECTS[rows], REGIONS[rows])


def peer_tasks(found):
    yield "grid 63x92, 210 cells", lambda: grid(found["identify"])
    yield "bootstrap 63x92, 20 samples, 12 cells", lambda: bootstrap(found["identify"])
