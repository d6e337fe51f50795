"""Bootstraps of 20 fixed models for 20 subjects and 92 conditions, N = 1000.

The peer's time grows with the number of samples; it draws a few and its time is scaled to 1000.
"""

import contextlib
import io

import numpy as np
from rsatoolbox.inference import bootstrap_crossval, eval_bootstrap, eval_dual_bootstrap
from rsatoolbox.model import ModelFixed
from rsatoolbox.rdm import RDMs

N_PAIRS = 92 * 91 // 2
N_SAMPLES = 1000


def arrays(random):
    return {"rdms": random.gamma(3.0, size=(20, N_PAIRS)), "models": random.gamma(3.0, size=(20, N_PAIRS))}


def quiet(call):
    with contextlib.redirect_stderr(io.StringIO()):
        return call()


def peer_tasks(found):
    data = RDMs(found["rdms"])
    models = [ModelFixed(str(i), RDMs(row[None])) for i, row in enumerate(found["models"])]

    def task(name, run, method, n, **options):
        return name, lambda: quiet(lambda: run(models, data, method=method, N=n, **options)), N_SAMPLES / n

    yield task("bootstrap cosine", eval_bootstrap, "cosine", 20)
    yield task("bootstrap corr", eval_bootstrap, "corr", 20)
    yield task("bootstrap rho_a", eval_bootstrap, "rho-a", 5)
    yield task("bootstrap cosine_cov", eval_bootstrap, "cosine_cov", 3)
    yield task("dual bootstrap corr", eval_dual_bootstrap, "corr", 5)
    yield task("bootstrap crossval corr", bootstrap_crossval, "corr", 5, k_rdm=4, k_pattern=5)
