"""Makes crates/trsa/tests/fixtures/rsatoolbox.npz: inputs and what rsatoolbox 0.3.2 makes of them.

The tests of neuroloom-trsa read it. Run with the Python of setup.sh, from anywhere:

    "$(benches/peers/setup.sh)" benches/peers/make_rsa_fixtures.py
"""

from pathlib import Path

import numpy as np
from rsatoolbox.data import Dataset
from rsatoolbox.rdm import RDMs, calc_rdm, compare
from rsatoolbox.rdm.transform import geotopological_transform

TARGET = Path(__file__).resolve().parents[2] / "crates/trsa/tests/fixtures/rsatoolbox.npz"
N_FOLDS, N_CONDITIONS, N_CHANNELS = 3, 7, 11


def patterns(random):
    """Folds x conditions x channels: a common pattern per condition, an offset per channel, noise."""
    signal = random.normal(size=(N_CONDITIONS, N_CHANNELS))
    offset = 3 * random.normal(size=N_CHANNELS)
    return signal + offset + 0.7 * random.normal(size=(N_FOLDS, N_CONDITIONS, N_CHANNELS))


def precision_matrix(random):
    root = random.normal(size=(N_CHANNELS, 2 * N_CHANNELS))
    return np.linalg.inv(root @ root.T / (2 * N_CHANNELS))


def dataset(folds):
    rows = folds.reshape(-1, folds.shape[-1])
    fold, condition = np.divmod(np.arange(len(rows)), folds.shape[1])
    return Dataset(rows, obs_descriptors={"condition": condition, "fold": fold})


def rdm(data, method, **options):
    return calc_rdm(data, method=method, descriptor="condition", **options).dissimilarities[0]


def comparison_sets(random):
    """Data RDMs, and model RDMs of which some have ties."""
    pairs = N_CONDITIONS * (N_CONDITIONS - 1) // 2
    data = random.gamma(3.0, size=(4, pairs))
    models = random.gamma(3.0, size=(3, pairs))
    models[1] = np.round(models[1])
    models[2] = models[2] > np.median(models[2])
    return data, models


def main():
    random = np.random.default_rng(20240229)
    folds, precision = patterns(random), precision_matrix(random)
    diagonal = random.gamma(4.0, size=N_CHANNELS)
    data, models = comparison_sets(random)
    measurements = dataset(folds)
    crossnobis = {"cv_descriptor": "fold"}
    found = {
        "folds": folds,
        "precision": precision,
        "diagonal": diagonal,
        "euclidean": rdm(measurements, "euclidean"),
        "correlation": rdm(measurements, "correlation"),
        "crossnobis_identity": rdm(measurements, "crossnobis", **crossnobis),
        "crossnobis_diagonal": rdm(measurements, "crossnobis", noise=np.diag(diagonal), **crossnobis),
        "crossnobis_full": rdm(measurements, "crossnobis", noise=precision, **crossnobis),
        "data": data,
        "models": models,
    }
    for ours, theirs in {"cosine": "cosine", "corr": "corr", "spearman": "spearman", "rho_a": "rho-a"}.items():
        found[f"compare_{ours}"] = compare(RDMs(data.copy()), RDMs(models.copy()), method=theirs)
    # The peer rescales the middle and then sets what is above the upper threshold to 1 a second time. Between 0
    # and 1, where rescaled values reach above the threshold, that shows. One RDM at a time: the peer pools the
    # quantiles over the RDMs of a set.
    scaled = data / (1.1 * data.max(axis=1, keepdims=True))
    found["geotop_input"] = scaled
    for low, up in [(0.2, 0.8), (0.0, 0.2)]:
        peer = [geotopological_transform(RDMs(row[None].copy()), low, up).dissimilarities[0] for row in scaled]
        found[f"peer_geotop_{low:g}_{up:g}"] = np.array(peer)
    TARGET.parent.mkdir(parents=True, exist_ok=True)
    np.savez(TARGET, **{name: np.ascontiguousarray(array, dtype=float) for name, array in found.items()})
    print(f"{TARGET.name}: {TARGET.stat().st_size} bytes, {len(found)} arrays")


if __name__ == "__main__":
    main()
