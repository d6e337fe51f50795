"""Makes crates/trsa/tests/fixtures/rsatoolbox*.npz: inputs and what rsatoolbox 0.3.2 makes of them. For the shrinkage of
Ledoit and Wolf also what scikit-learn makes of it.

The tests of neuroloom-trsa read it. Run with the Python of setup.sh, from anywhere:

    "$(benches/peers/setup.sh)" benches/peers/make_rsa_fixtures.py
"""

from pathlib import Path

import numpy as np
from rsatoolbox.data import Dataset
from rsatoolbox.data.noise import cov_from_measurements, cov_from_residuals, cov_from_unbalanced
from rsatoolbox.rdm import RDMs, calc_rdm, compare
from rsatoolbox.rdm.calc_unbalanced import calc_rdm_unbalanced
from rsatoolbox.rdm.transform import geotopological_transform
from sklearn.covariance import ledoit_wolf

FIXTURES = Path(__file__).resolve().parents[2] / "crates/trsa/tests/fixtures"
TARGET = FIXTURES / "rsatoolbox.npz"
ESTIMATORS = FIXTURES / "rsatoolbox_estimators.npz"
NOISE = ("diag", "full", "shrinkage_eye", "shrinkage_diag")
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


def with_gaps(random, folds):
    """Without some conditions in some folds, and with missing channels elsewhere."""
    gaps = folds.copy()
    gaps[0, 2] = gaps[2, 5] = np.nan
    gaps[random.random(size=folds.shape) < 0.1] = np.nan
    return gaps


def unbalanced(gaps, method, **options):
    data = dataset(gaps)
    # The peer orders conditions by their first row.
    order = np.argsort(data.obs_descriptors["condition"], kind="stable")
    kept = order[~np.isnan(data.measurements[order]).all(axis=1)]
    rows = {name: np.asarray(values)[kept] for name, values in data.obs_descriptors.items()}
    data = Dataset(data.measurements[kept], obs_descriptors=rows)
    return calc_rdm_unbalanced(data, method=method, descriptor="condition", **options).dissimilarities[0]


def noise_estimates(random, folds, found):
    for name, size in {"residuals": (20, N_CHANNELS), "few_residuals": (8, N_CHANNELS)}.items():
        residuals = random.normal(size=size) @ random.normal(size=(N_CHANNELS, N_CHANNELS))
        found[name] = residuals
        for method in NOISE:
            found[f"{name}_{method}"] = cov_from_residuals(residuals, method=method)
            found[f"{name}_dof6_{method}"] = cov_from_residuals(residuals, dof=6, method=method)
        found[f"{name}_sklearn"] = ledoit_wolf(residuals)[0]
    measurements = dataset(folds)
    for method in NOISE:
        found[f"unbalanced_{method}"] = cov_from_unbalanced(measurements, "condition", method=method)
        # With degrees of freedom (n_conditions - 1) n_repeats.
        found[f"measurements_{method}"] = cov_from_measurements(measurements, "condition", method=method)


def estimators(random):
    folds = patterns(random)
    counts = random.poisson(3.0, size=folds.shape).astype(float)
    precision, gaps = precision_matrix(random), with_gaps(random, folds)
    roots = random.normal(size=(N_FOLDS, N_CHANNELS, 3 * N_CHANNELS))
    covariances = roots @ roots.transpose(0, 2, 1) / (3 * N_CHANNELS)
    found = {"folds": folds, "counts": counts, "precision": precision, "gaps": gaps, "covariances": covariances}
    found["mahalanobis"] = rdm(dataset(folds), "mahalanobis", noise=precision)
    found["poisson"] = rdm(dataset(counts), "poisson")
    found["poisson_prior"] = rdm(dataset(counts), "poisson", prior_lambda=2.0, prior_weight=0.5)
    # Of the last fold alone.
    found["poisson_cv_last_fold"] = rdm(dataset(counts), "poisson_cv", cv_descriptor="fold")
    inverses = [np.linalg.inv(covariance) for covariance in covariances]
    found["crossnobis_per_fold"] = rdm(dataset(folds), "crossnobis", cv_descriptor="fold", noise=inverses)
    whole = np.where(np.isnan(gaps).all(axis=2, keepdims=True), np.nan, folds)
    found["absent"] = whole
    for weighting in ("number", "equal"):
        options = {"cv_descriptor": "fold", "weighting": weighting}
        found[f"crossnobis_gaps_{weighting}"] = unbalanced(gaps, "crossnobis", **options)
        found[f"crossnobis_absent_{weighting}"] = unbalanced(whole, "crossnobis", noise=precision, **options)
    noise_estimates(random, folds, found)
    save(ESTIMATORS, found)


def save(target, found):
    target.parent.mkdir(parents=True, exist_ok=True)
    np.savez(target, **{name: np.ascontiguousarray(array, dtype=float) for name, array in found.items()})
    print(f"{target.name}: {target.stat().st_size} bytes, {len(found)} arrays")


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
    save(TARGET, found)
    estimators(np.random.default_rng(20050414))


if __name__ == "__main__":
    main()
