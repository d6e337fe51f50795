"""Makes crates/trsa/tests/fixtures/rsatoolbox_inference.npz: inputs and what rsatoolbox 0.3.2 infers from them.

The tests of neuroloom-trsa read it. Run with the Python of setup.sh, from anywhere:

    "$(benches/peers/setup.sh)" benches/peers/make_rsa_inference_fixtures.py
"""

import contextlib
import io
import warnings
from pathlib import Path

import numpy as np
import rsatoolbox.inference.evaluate as evaluate
from rsatoolbox.inference import eval_bootstrap, eval_bootstrap_pattern, eval_bootstrap_rdm, eval_dual_bootstrap
from rsatoolbox.inference import eval_fixed
from rsatoolbox.inference.noise_ceiling import boot_noise_ceiling, cv_noise_ceiling
from rsatoolbox.model import ModelFixed, ModelInterpolate, ModelSelect, ModelWeighted
from rsatoolbox.model.fitter import fit_interpolate, fit_regress, fit_regress_nn, fit_select
from rsatoolbox.rdm import RDMs, compare
from rsatoolbox.util.inference_util import default_k_pattern, default_k_rdm

TARGET = Path(__file__).resolve().parents[2] / "crates/trsa/tests/fixtures/rsatoolbox_inference.npz"
N_CONDITIONS, N_RDMS, N_MODELS, N_DRAWS, N_SAMPLES = 10, 6, 3, 6, 3000
PAIRS = N_CONDITIONS * (N_CONDITIONS - 1) // 2
SUBJECTS = np.array([0, 1, 0, 2, 3, 2])
MEASURES = {
    "cosine": "cosine",
    "corr": "corr",
    "spearman": "spearman",
    "rho_a": "rho-a",
    "tau_a": "tau-a",
    "tau_b": "tau-b",
    "cosine_cov": "cosine_cov",
    "corr_cov": "corr_cov",
}


def inputs(random):
    """RDMs around a truth, one of them rounded so that it has ties; models nearer and farther from it."""
    truth = random.gamma(3.0, size=PAIRS)
    data = truth + random.gamma(2.0, size=(N_RDMS, PAIRS))
    data[3] = np.round(data[3])
    models = np.array([truth, truth + 2 * random.gamma(3.0, size=PAIRS), random.gamma(3.0, size=PAIRS)])
    models[1] = np.round(models[1])
    return data, models


def rdms(data):
    index = np.arange(len(data))
    subjects = SUBJECTS[: len(data)]
    return RDMs(data.copy(), rdm_descriptors={"index": index, "subject": subjects},
                pattern_descriptors={"index": np.arange(N_CONDITIONS)})


def fixed_models(models):
    return [ModelFixed(str(i), rdms(row[None])) for i, row in enumerate(models)]


def evaluated_draw(data, models, method, rdm_descriptor, drawn, conditions):
    sample = rdms(data).subsample(rdm_descriptor, drawn).subsample_pattern("index", conditions)
    values = [np.mean(compare(model.predict_rdm().subsample_pattern("index", conditions), sample, method))
              for model in models]
    return [*values, *boot_noise_ceiling(sample, method=method, rdm_descriptor=rdm_descriptor)]


def folds():
    """Two folds of subjects (RDMs) by two of conditions: test, train."""
    all_rdms, all_conditions = np.arange(N_RDMS), np.arange(N_CONDITIONS)
    for test_rdms in (all_rdms[:3], all_rdms[3:]):
        for test in (all_conditions[:4], all_conditions[4:]):
            yield test_rdms, np.setdiff1d(all_rdms, test_rdms), test, np.setdiff1d(all_conditions, test)


def crossvalidated(data, models, method, fitter):
    whole = rdms(data)
    train, test, ceil = [], [], []
    for test_rdms, train_rdms, test_conditions, train_conditions in folds():
        part = lambda which, conditions: whole.subset("index", which).subset_pattern("index", conditions)
        train.append([part(train_rdms, train_conditions), train_conditions])
        test.append([part(test_rdms, test_conditions), test_conditions])
        ceil.append([part(train_rdms, test_conditions), test_conditions])
    result = evaluate.crossval(models, whole, train, test, method=method, fitter=fitter, calc_noise_ceil=False)
    return [*result.evaluations[0].mean(axis=-1), *cv_noise_ceiling(whole, ceil, test, method=method)]


def variances(result):
    return {"model": result.model_var, "pairs": result.diff_var, "ceiling": result.noise_ceil_var,
            "means": result.get_means(), "df": np.array([result.dof])}


def scripted(records, run):
    """The variances that the peer makes of given evaluations of its samples."""
    script = iter(records)

    def given(models, *_):
        record = next(script)
        return record[None, : len(models), None], record[len(models):]

    original, evaluate._internal_cv = evaluate._internal_cv, given
    try:
        return variances(run())
    finally:
        evaluate._internal_cv = original


def main():
    random = np.random.default_rng(20230823)
    data, models = inputs(random)
    fixed = fixed_models(models)
    found = {"data": data, "models": models, "subjects": SUBJECTS}
    found["draws_rdms"] = random.integers(0, N_RDMS, size=(N_DRAWS, N_RDMS))
    found["draws_subjects"] = random.integers(0, 4, size=(N_DRAWS, 4))
    found["draws_conditions"] = random.integers(0, N_CONDITIONS, size=(N_DRAWS, N_CONDITIONS))
    for ours, theirs in MEASURES.items():
        result = eval_fixed(fixed, rdms(data), method=theirs)
        found[f"fixed_{ours}"] = result.evaluations[0]
        found[f"fixed_ends_{ours}"] = result.noise_ceiling
        found |= {f"fixed_{name}_{ours}": value for name, value in variances(result).items()}
        found[f"fixed_p_zero_{ours}"] = result.test_zero()
        found[f"fixed_p_pairs_{ours}"] = result.test_pairwise()
        found[f"fixed_p_ceiling_{ours}"] = result.test_noise()
        for name, draws in {"index": "rdms", "subject": "subjects"}.items():
            found[f"boot_{draws}_{ours}"] = [
                evaluated_draw(data, fixed, theirs, name, drawn, conditions)
                for drawn, conditions in zip(found[f"draws_{draws}"], found["draws_conditions"])
            ]
        found[f"crossval_{ours}"] = crossvalidated(data, fixed, theirs, None)
    for method in ("cosine", "corr"):
        regress = lambda *args, **options: fit_regress(*args, ridge_weight=0.5, **options)
        components = rdms(models)
        flexible = {
            "select": (ModelSelect("select", components), fit_select),
            "ridge": (ModelWeighted("ridge", components), regress),
            "interpolate": (ModelInterpolate("interpolate", components), fit_interpolate),
        }
        for name, (model, fitter) in flexible.items():
            found[f"crossval_{name}_{method}"] = crossvalidated(data, [model], method, [fitter])[:1]
        # The peer's non-negative fit ends on this problem.
        found[f"nnls_{method}"] = fit_regress_nn(ModelWeighted("nnls", components), rdms(data), method=method)
        for name, run in {"both": eval_bootstrap, "rdms": eval_bootstrap_rdm, "conditions": eval_bootstrap_pattern,
                          "dual": eval_dual_bootstrap}.items():
            np.random.seed(3)
            result = run(fixed, rdms(data), method=method, N=N_SAMPLES)
            found |= {f"{name}_{part}_{method}": value for part, value in variances(result).items()}
    n = 40
    found["script_dual"] = random.normal(size=(n, 3, 2, N_MODELS + 2))
    order = found["script_dual"].transpose(0, 2, 1, 3).reshape(-1, N_MODELS + 2)
    # A k above 1 switches cross-validation on; samples that would not allow it are not drawn by this seed.
    whole = lambda *args, **options: (rdms(data), np.arange(N_RDMS), np.arange(N_CONDITIONS))
    original, evaluate.bootstrap_sample = evaluate.bootstrap_sample, whole
    dual = lambda: eval_dual_bootstrap(fixed, rdms(data), N=n, n_cv=2, k_rdm=2, k_pattern=1)
    found |= {f"script_dual_{part}": value for part, value in scripted(order, dual).items()}
    found["script_both"] = random.normal(size=(n, 1, 2, N_MODELS + 2))
    both = lambda: evaluate.bootstrap_crossval(fixed, rdms(data), N=n, n_cv=2, k_rdm=2, k_pattern=1)
    found |= {f"script_both_{part}": value
              for part, value in scripted(found["script_both"].reshape(-1, N_MODELS + 2), both).items()}
    evaluate.bootstrap_sample = original
    sizes = np.arange(2, 60)
    found["default_k"] = np.array([[default_k_rdm(n), default_k_pattern(n)] for n in sizes])
    TARGET.parent.mkdir(parents=True, exist_ok=True)
    np.savez_compressed(TARGET, **{name: np.ascontiguousarray(array, dtype=float) for name, array in found.items()})
    print(f"{TARGET.name}: {TARGET.stat().st_size} bytes, {len(found)} arrays")


if __name__ == "__main__":
    warnings.simplefilter("ignore")
    with contextlib.redirect_stderr(io.StringIO()):
        main()
