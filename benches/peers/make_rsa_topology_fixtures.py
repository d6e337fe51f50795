"""Makes crates/trsa/tests/fixtures/topology.npz: RDMs and what rsatoolbox 0.3.2 and scipy make of them.

The tests of neuroloom-trsa read it. Run with the Python of setup.sh, from anywhere:

    "$(benches/peers/setup.sh)" benches/peers/make_rsa_topology_fixtures.py
"""

from pathlib import Path

import numpy as np
from rsatoolbox.rdm import RDMs, compare
from rsatoolbox.rdm.transform import geodesic_transform, geotopological_transform
from scipy.sparse.csgraph import csgraph_from_dense, floyd_warshall
from scipy.spatial.distance import pdist, squareform
from scipy.stats import rankdata

TARGET = Path(__file__).resolve().parents[2] / "crates/trsa/tests/fixtures/topology.npz"
N_CONDITIONS = 10
LOW, UP = 0.2, 0.6


def comparison_sets(random):
    """Data RDMs, and model RDMs of which some have ties."""
    pairs = N_CONDITIONS * (N_CONDITIONS - 1) // 2
    data, models = random.gamma(3.0, size=(4, pairs)), random.gamma(3.0, size=(3, pairs))
    models[1] = np.round(models[1])
    models[2] = models[2] > np.median(models[2])
    return data, models


def euclidean_sets(random):
    """Squared distances of patterns, so that second moments are positive definite."""
    rdm = lambda: pdist(random.normal(size=(N_CONDITIONS, 25)), "sqeuclidean") / 25
    return np.array([rdm() for _ in range(3)]), np.array([rdm() for _ in range(2)])


def sigmas(random):
    root = random.normal(size=(N_CONDITIONS, 2 * N_CONDITIONS))
    return root @ root.T / (2 * N_CONDITIONS), random.gamma(4.0, size=N_CONDITIONS)


def comparisons(data, models, method, sigma=None):
    return compare(RDMs(data.copy()), RDMs(models.copy()), method=method, sigma_k=sigma)


def scaled_ranks(d):
    ranks = rankdata(d)
    return (ranks - ranks.min()) / (ranks.max() - ranks.min())


def geotop(d):
    x = scaled_ranks(d)
    low, up = np.quantile(x, [LOW, UP])
    return np.clip((x - low) / (up - low), 0, 1)


def path_lengths(weights):
    """scipy on explicit edges: those of weight 1 are none, those of weight 0 are edges."""
    dense = squareform(np.where(weights == 1, np.inf, weights))
    lengths = floyd_warshall(csgraph_from_dense(dense, null_value=np.inf, nan_null=False, infinity_null=True), directed=False)
    return squareform(lengths, checks=False)


def main():
    random = np.random.default_rng(20240917)
    data, models = comparison_sets(random)
    euclidean, euclidean_models = euclidean_sets(random)
    sigma, variances = sigmas(random)
    found = {
        "data": data,
        "models": models,
        "euclidean": euclidean,
        "euclidean_models": euclidean_models,
        "sigma": sigma,
        "variances": variances,
        "tau_a": comparisons(data, models, "tau-a"),
        "tau_b": comparisons(data, models, "tau-b"),
        "cosine_cov": comparisons(data, models, "cosine_cov"),
        "corr_cov": comparisons(data, models, "corr_cov"),
        "cosine_cov_full": comparisons(data, models, "cosine_cov", sigma),
        "corr_cov_full": comparisons(data, models, "corr_cov", sigma),
        # The peer divides by the variances after it centred without them.
        "peer_cosine_cov_vector": comparisons(data, models, "cosine_cov", variances),
        "bures": comparisons(euclidean, euclidean_models, "bures"),
        "bures_metric": comparisons(euclidean, euclidean_models, "bures_metric"),
        "neg_riem_dist": comparisons(euclidean, euclidean_models, "neg_riem_dist"),
        "neg_riem_dist_full": comparisons(euclidean, euclidean_models, "neg_riem_dist", sigma),
        "path_lengths": np.array([path_lengths(geotop(row)) for row in data]),
    }
    # The peer drops edges of weight 0, and its geotop is wrong too.
    ranked = np.array([scaled_ranks(row) for row in data])
    peer = [geodesic_transform(geotopological_transform(RDMs(row[None].copy()), LOW, UP)) for row in ranked]
    found["peer_geodesic"] = np.array([rdm.dissimilarities[0] for rdm in peer])
    np.savez_compressed(TARGET, **{name: np.ascontiguousarray(array, dtype=float) for name, array in found.items()})
    print(f"{TARGET.name}: {TARGET.stat().st_size} bytes, {len(found)} arrays")


if __name__ == "__main__":
    main()
