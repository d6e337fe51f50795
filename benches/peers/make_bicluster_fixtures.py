#!/usr/bin/env python3
"""Convergence diagnostics by ArviZ, for the tests of bi-clustering.

    "$(benches/peers/setup.sh)" benches/peers/make_bicluster_fixtures.py

Writes crates/bicluster/tests/fixtures/arviz_convergence.json: chains of several sorts, their rank-normalised split R-hat and their bulk and
tail effective sample sizes.
"""

import json
import warnings
from pathlib import Path

import numpy as np

warnings.simplefilter("ignore")
import arviz  # noqa: E402  (it warns of its own future when it is imported)

TARGET = Path(__file__).parents[2] / "crates/bicluster/tests/fixtures/arviz_convergence.json"


def autoregression(rng, coefficient, chains, draws):
    x, noise = np.zeros((chains, draws)), rng.normal(size=(chains, draws))
    x[:, 0] = noise[:, 0]
    for t in range(1, draws):
        x[:, t] = coefficient * x[:, t - 1] + noise[:, t]
    return x


def cases():
    rng = np.random.default_rng(1)
    yield "independent", rng.normal(size=(4, 80))
    yield "slow", autoregression(rng, 0.9, 4, 120)
    yield "apart", rng.normal(size=(3, 51)) + np.array([[0], [0], [2.0]])
    yield "counts", rng.poisson(1.2, size=(4, 60)).astype(float)
    yield "wide", rng.normal(size=(2, 70)) * np.array([[1], [4.0]])
    yield "alternating", autoregression(rng, -0.9, 2, 60)
    yield "cauchy", rng.standard_cauchy(size=(4, 75))


def main():
    rows = []
    for name, chains in cases():
        chains = np.round(chains, 5)
        rows.append(
            {
                "name": name,
                "chains": chains.tolist(),
                "r_hat": float(arviz.rhat(chains, method="rank")),
                "ess_bulk": float(arviz.ess(chains, method="bulk")),
                "ess_tail": float(arviz.ess(chains, method="tail")),
            }
        )
    TARGET.write_text(json.dumps({"source": f"arviz {arviz.__version__}", "cases": rows}))


if __name__ == "__main__":
    main()
