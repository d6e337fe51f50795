"""Makes crates/bicluster/tests/fixtures/dynamax_filter.npz: a small switching system and its moments by dynamax 1.0.3.

The tests of neuroloom-bicluster read it. Run with the Python of setup.sh, from anywhere:

    "$(benches/peers/setup.sh)" benches/peers/make_bicluster_filter_fixtures.py
"""

import os

os.environ["JAX_ENABLE_X64"] = "1"  # before jax is imported

from pathlib import Path

import jax.numpy as jnp
import numpy as np
from dynamax.linear_gaussian_ssm import inference
from dynamax.utils.utils import psd_solve

from bicluster import filter as area

TARGET = Path(__file__).resolve().parents[2] / "crates/bicluster/tests/fixtures/dynamax_filter.npz"
N_UNITS, N_BINS, D = 7, 40, 9


def inputs(random):
    """Three clusters of two latents, three states that hold for four bins."""
    roots = random.normal(size=(3, D, D)) * 0.1
    return {
        "labels": np.arange(N_UNITS) % 3,
        "loadings": random.normal(size=(N_UNITS, 3)),
        "values": random.normal(size=(N_UNITS, N_BINS)),
        "weights": random.gamma(2.0, size=(N_UNITS, N_BINS)),
        "states": np.arange(N_BINS) // 4 % 3,
        "a": np.eye(D) * 0.8 + random.normal(size=(3, D, D)) * 0.1,
        "b": random.normal(size=(3, D)) * 0.3,
        "q": roots @ roots.transpose(0, 2, 1) + 0.02 * np.eye(D),
    }


def main():
    # Its solutions add 1e-9 to diagonals, which would be seen.
    inference.psd_solve = lambda a, b: psd_solve(a, b, diagonal_boost=0.0)
    one = inputs(np.random.default_rng(3))
    found = inference.lgssm_smoother(area.dynamax_parameters(one, D), jnp.array(one["values"].T))
    moments = {
        "log_likelihood": np.array([found.marginal_loglik]),
        "filtered_means": np.asarray(found.filtered_means),
        "filtered_covariances": np.asarray(found.filtered_covariances),
        "smoothed_means": np.asarray(found.smoothed_means),
    }
    TARGET.parent.mkdir(exist_ok=True)
    integers = {name: one[name].astype(np.int64) for name in ("labels", "states")}
    np.savez_compressed(TARGET, **one | integers | moments)


if __name__ == "__main__":
    main()
