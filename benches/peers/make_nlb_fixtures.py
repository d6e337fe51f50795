"""Inputs and scores of nlb_tools 0.0.4, and factor analyses of scikit-learn, as small npz files.

Usage: python make_nlb_fixtures.py FOLDER

The folder is crates/nlb/tests/fixtures. nlb_tools asks for old versions of pandas and hdmf; its metrics need none of
them: `pip install --no-deps nlb-tools==0.0.4`.
"""

import sys
from pathlib import Path

import numpy as np
from nlb_tools.evaluation import (
    bits_per_spike,
    eval_psth,
    evaluate,
    neg_log_likelihood,
    speed_tp_correlation,
    velocity_decoding,
)
from scipy import signal
from sklearn.decomposition import FactorAnalysis
from sklearn.linear_model import PoissonRegressor, Ridge
from sklearn.model_selection import GridSearchCV


def likelihoods(rng):
    spikes = rng.poisson(0.6, (7, 11, 5)).astype(float)
    spikes[rng.random(spikes.shape) < 0.1] = np.nan
    spikes[0, 0, 0] = 300.0
    rates = rng.gamma(2.0, 0.3, spikes.shape)
    spikes[2, 3, 1], rates[2, 3, 1] = 1.0, 0.0
    return {
        "spikes": spikes,
        "rates": rates.copy(),
        "nll": neg_log_likelihood(rates.copy(), spikes.copy()),
        "bps": bits_per_spike(rates.copy(), spikes.copy()),
        "bps_units": np.array(
            [bits_per_spike(rates[..., [u]].copy(), spikes[..., [u]].copy()) for u in range(5)]
        ),
    }


def decoding(rng):
    def trials(n):
        rates = rng.gamma(2.0, 0.2, (n, 9, 6))
        behaviour = rates @ np.arange(12).reshape(6, 2) + rng.normal(0, 2.0, (n, 9, 2))
        behaviour[rng.random((n, 9)) < 0.1] = np.nan
        return rates, behaviour

    train, evaluated = trials(33), trials(14)
    train_mask = np.stack([np.arange(33) % 3 > 0, np.arange(33) % 3 == 0]).T
    eval_mask = np.stack([np.arange(14) % 2 > 0, np.arange(14) % 2 == 0]).T
    every_train, every_eval = np.ones((33, 1), bool), np.ones((14, 1), bool)
    x, y = train[0].reshape(-1, 6), train[1].reshape(-1, 2)
    x, y = x[~np.isnan(y[:, 0])], y[~np.isnan(y[:, 0])]
    search = GridSearchCV(Ridge(), {"alpha": np.logspace(-4, 0, 9)}).fit(x, y)
    return {
        "train_rates": train[0],
        "train_behaviour": train[1],
        "eval_rates": evaluated[0],
        "eval_behaviour": evaluated[1],
        "train_mask": train_mask.astype(float),
        "eval_mask": eval_mask.astype(float),
        "vel_r2": velocity_decoding(*train, train_mask, *evaluated, eval_mask),
        "vel_r2_together": velocity_decoding(*train, every_train, *evaluated, every_eval),
        "alpha": search.best_params_["alpha"],
        "coef": search.best_estimator_.coef_,
        "intercept": search.best_estimator_.intercept_,
    }


def histograms(rng):
    rates = rng.gamma(2.0, 0.2, (10, 8, 4))
    psth = rng.gamma(2.0, 0.2, (3, 8, 4))
    psth[1, :2] = np.nan
    jitter = np.array([0, 0, 1, 2, 0, 1, 0, 0, 0, 0])
    trials = [np.array([0, 1, 4, 8]), np.array([2, 3, 5]), np.array([], int)]
    no_jitter = [np.array([0, 1, 4]), np.array([2, 3, 5]), np.array([6, 7, 9])]
    return {
        "psth_rates": rates,
        "psth": psth,
        "psth_jitter": jitter.astype(float),
        "psth_r2_jitter": eval_psth(psth.copy(), rates, trials, jitter=jitter),
        "psth_r2": eval_psth(psth.copy(), rates, no_jitter),
    }


def timing(rng):
    n, bins = 24, 12
    rates = rng.gamma(2.0, 0.2, (n, bins, 4))
    spikes = rng.poisson(0.5, (n, bins, 3)).astype(float)
    for trial in range(n):
        spikes[trial, : rng.integers(0, 6)] = np.nan
    behaviour = np.stack(
        [np.arange(n) % 2, np.arange(n) // 2 % 2, np.zeros(n), np.full(n, 0.6), rng.normal(0.8, 0.1, n)]
    ).T.astype(float)
    behaviour[5] = np.nan
    return {
        "tp_rates": rates,
        "tp_spikes": spikes,
        "tp_behaviour": behaviour,
        "tp_corr": speed_tp_correlation(spikes, rates, behaviour),
    }


def a_whole_submission(rng):
    """All keys of one data set, scored as the benchmark's server does."""
    sizes = {"train": 30, "eval": 12}
    units = {"heldin": 6, "heldout": 3}
    out = {}
    submission, target = {}, {}
    for split, n in sizes.items():
        for held, count in units.items():
            for suffix, bins in (("", 10), ("_forward", 4)):
                rates = rng.gamma(2.0, 0.2, (n, bins, count)).astype("f4")
                spikes = rng.poisson(rates).astype("f4")
                submission[f"{split}_rates_{held}{suffix}"] = rates
                target[f"{split}_spikes_{held}{suffix}"] = spikes
        flat = np.concatenate([submission[f"{split}_rates_{h}"] for h in units], -1)
        target[f"{split}_behavior"] = (
            flat @ np.arange(18).reshape(9, 2) + rng.normal(0, 3, (n, 10, 2))
        ).astype("f4")
    scores = evaluate({"mc_maze_20": target}, {"mc_maze_20": {k: v.copy() for k, v in submission.items()}})
    for name, value in {**submission, **target}.items():
        out[f"set_{name}"] = value
    for name, value in scores[0]["mc_maze_20_split"].items():
        out["score_" + name.lower().replace(" ", "_").replace("-", "_")] = value
    return out


def factors(rng):
    loadings = rng.normal(size=(7, 2))
    x = rng.normal(size=(200, 2)) @ loadings.T + rng.normal(size=(200, 7)) * np.linspace(0.5, 1.5, 7)
    fit = FactorAnalysis(2, tol=1e-13, max_iter=100_000, svd_method="lapack").fit(x)
    return {
        "fa_x": x,
        "fa_log_likelihood": fit.score(x),
        "fa_noise": fit.noise_variance_,
        "fa_covariance": fit.get_covariance(),
        "fa_latents": fit.transform(x) @ fit.components_,
    }


def poisson(rng):
    x = rng.normal(size=(300, 4)) * np.array([1.0, 2.0, 0.5, 1.0]) + 3.0
    z = (x - x.mean(0)) / x.std(0)
    y = rng.poisson(np.exp(z @ np.array([0.3, -0.4, 0.2, 0.0]) - 0.5)).astype(float)
    fit = PoissonRegressor(alpha=0.01, tol=1e-12, max_iter=10_000, solver="newton-cholesky").fit(z, y)
    return {"glm_x": x, "glm_y": y, "glm_prediction": fit.predict(z)}


def session(rng):
    """A session on a grid of 1 ms, cut as nlb_tools cuts it: bins of 20 ms from the start of the session."""
    step, n_ms, bin_ms = 0.001, 12_000, 20
    times = np.sort(np.round(rng.uniform(0, 12, 300), 4))
    events = np.array([2.0134, 4.5, 7.7777, 9.02])
    ms = np.zeros(n_ms)
    np.add.at(ms, (times / step).round(6).astype(int), 1)
    binned = ms.reshape(-1, bin_ms).sum(1)
    first = [int(np.ceil(np.round((event - 0.1) * 1000 / bin_ms, 6))) for event in events]
    counts = np.stack([binned[k : k + 20] for k in first])
    sigma = 40
    window = signal.windows.gaussian(int(6 * sigma), sigma, sym=True)
    smooth = signal.convolve(ms, window / window.sum(), "same")
    smooth[smooth < 0] = 0
    smooth = smooth.reshape(-1, bin_ms).sum(1)
    psth = np.stack([smooth[k : k + 15] for k in first])
    velocity = np.cumsum(rng.normal(size=n_ms)) / 10
    velocity[3000:3050] = np.nan
    velocity[:7] = np.nan
    filled = velocity.copy()
    known = ~np.isnan(velocity)
    filled[~known] = np.interp(np.flatnonzero(~known), np.flatnonzero(known), velocity[known])
    decimated = signal.decimate(filled, bin_ms, n=500, ftype="fir")
    decimated[np.isnan(velocity[::bin_ms])] = np.nan
    lagged = [int(np.ceil(np.round((event - 0.1 + 0.06) * 1000 / bin_ms, 6))) for event in events]
    return {
        "cut_times": times,
        "cut_events": events,
        "cut_counts": counts,
        "cut_psth": psth,
        "cut_velocity": velocity,
        "cut_decimated": decimated,
        "cut_behaviour": np.stack([decimated[k : k + 15] for k in lagged]),
    }


def main():
    folder = Path(sys.argv[1])
    folder.mkdir(parents=True, exist_ok=True)
    parts = {
        "metrics": [likelihoods, decoding, histograms, timing],
        "submission": [a_whole_submission],
        "models": [factors, poisson],
        "session": [session],
    }
    for name, makers in parts.items():
        rng = np.random.default_rng(8)
        arrays = {key: value for maker in makers for key, value in maker(rng).items()}
        np.savez_compressed(folder / f"{name}.npz", **{k: np.asarray(v) for k, v in arrays.items()})


main()
