"""Comparisons of `[RDMs, pairs]` dissimilarities."""

import numpy as np
from rsatoolbox.rdm import RDMs, compare

N_CONDITIONS = 92
N_PAIRS = N_CONDITIONS * (N_CONDITIONS - 1) // 2
METHODS = {
    "cosine": "cosine",
    "corr": "corr",
    "spearman": "spearman",
    "rho_a": "rho-a",
    "tau_a": "tau-a",
    "tau_b": "tau-b",
    "cosine_cov": "cosine_cov",
    "corr_cov": "corr_cov",
    "bures": "bures",
}


def arrays(random):
    root = random.normal(size=(N_CONDITIONS, 3 * N_CONDITIONS))
    return {
        "rdms": random.gamma(3.0, size=(100, N_PAIRS)),
        "models": random.gamma(3.0, size=(20, N_PAIRS)),
        "sigma": root @ root.T / (3 * N_CONDITIONS),
    }


def peer_tasks(found):
    data, models = RDMs(found["rdms"]), RDMs(found["models"])
    for ours, theirs in METHODS.items():
        yield f"{ours} 100x20x92", lambda theirs=theirs: compare(data, models, method=theirs)
    few_data, few_models = RDMs(found["rdms"][:8]), RDMs(found["models"][:2])
    full = lambda: compare(few_data, few_models, method="cosine_cov", sigma_k=found["sigma"])
    yield "cosine_cov full S 8x2x92", full
