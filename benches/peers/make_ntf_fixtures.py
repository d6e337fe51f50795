"""Makes crates/ntf/tests/fixtures/ntf_peers.json: small tensors, start factors, and the errors that peers reach from them.

The tests of neuroloom-ntf read it. Run with the Python of setup.sh, from anywhere:

    "$(benches/peers/setup.sh)" benches/peers/make_ntf_fixtures.py

The file is a list of cases. Tensors and factors are flat, the last index fastest. Errors are relative, after every sweep:

    hals            tensortools 0.4 ncp_hals, SWEEPS sweeps without a stopping rule
    hals_stop       the same with its own rule (tol 1e-5, at most 500 iterations)
    bcd             tensortools 0.4 ncp_bcd, SWEEPS sweeps without a stopping rule
    mu              tensorly 0.10 non_negative_parafac, SWEEPS sweeps
    tensorly_hals   tensorly 0.10 non_negative_parafac_hals, SWEEPS sweeps
"""

import json
from pathlib import Path

import numpy as np
from tensorly.cp_tensor import CPTensor
from tensorly.decomposition import non_negative_parafac, non_negative_parafac_hals
from tensortools.optimize import ncp_bcd, ncp_hals
from tensortools.tensors import KTensor

TARGET = Path(__file__).resolve().parents[2] / "crates/ntf/tests/fixtures/ntf_peers.json"
SWEEPS = 40
NEVER = -1.0  # no improvement is below it


def full(factors):
    return KTensor(factors).full()


def exact(random, shape, rank):
    return full([random.uniform(size=(size, rank)) for size in shape])


def noisy(random, shape, rank):
    """A planted model with half its root mean square as noise, clipped at 0."""
    model = exact(random, shape, rank)
    return np.maximum(model + 0.5 * np.sqrt(np.mean(model**2)) * random.normal(size=shape), 0.0)


def near_collinear(random, shape, rank):
    """Columns that are mostly their common mean."""
    factors = [random.uniform(size=(size, rank)) ** 3 for size in shape]
    return full([0.4 * factor + 0.6 * factor.mean(axis=1, keepdims=True) for factor in factors])


def sparse_columns(random, shape, rank):
    """Loadings of which most are 0, as those of overlapping communities."""
    factors = [random.binomial(1, 0.3, (size, rank)) * random.exponential(size=(size, rank)) for size in shape]
    return full([factor + 0.01 for factor in factors])


def symmetric(random, n, n_frames):
    """Affinities of synthetic neurons: neuron x neuron x time."""
    group = random.integers(0, 2, size=n)
    time = np.arange(n_frames)
    bumps = np.array([np.exp(-0.5 * ((time - centre) / 4.0) ** 2) for centre in (n_frames / 4, 3 * n_frames / 4)])
    root = np.sqrt(np.abs(np.gradient(bumps[group] * random.uniform(0.5, 1, (n, 1)), axis=1)))
    tensor = root[:, None, :] * root[None, :, :]
    tensor[np.arange(n), np.arange(n)] = 0.0
    return tensor


def start(random, shape, rank, tensor):
    """Uniform factors, scaled such that the model has the norm of the tensor."""
    factors = [random.uniform(size=(size, rank)) for size in shape]
    scale = (np.linalg.norm(tensor) / np.linalg.norm(full(factors))) ** (1 / len(shape))
    return [factor * scale for factor in factors]


def tensortools(fit, tensor, rank, factors, **options):
    result = fit(tensor, rank, init=KTensor([factor.copy() for factor in factors]), verbose=False, **options)
    return [float(error) for error in result.obj_hist]


def tensorly(fit, tensor, rank, factors):
    init = CPTensor((np.ones(rank), [factor.copy() for factor in factors]))
    # A tolerance of 0 would switch the errors off.
    _, errors = fit(tensor, rank, init=init, n_iter_max=SWEEPS, tol=1e-300, return_errors=True)
    return [float(error) for error in errors]


def case(name, random, tensor, rank):
    factors = start(random, tensor.shape, rank, tensor)
    fixed = {"tol": NEVER, "max_iter": SWEEPS - 1}  # one more than max_iter is made
    return {
        "name": name,
        "shape": list(tensor.shape),
        "rank": rank,
        "tensor": tensor.ravel().tolist(),
        "start": [factor.ravel().tolist() for factor in factors],
        "hals": tensortools(ncp_hals, tensor, rank, factors, **fixed),
        "hals_stop": tensortools(ncp_hals, tensor, rank, factors, tol=1e-5, max_iter=500),
        "bcd": tensortools(ncp_bcd, tensor, rank, factors, **fixed),
        "mu": tensorly(non_negative_parafac, tensor, rank, factors),
        "tensorly_hals": tensorly(non_negative_parafac_hals, tensor, rank, factors),
    }


def cases(random):
    yield case("noisy 7x6x9", random, noisy(random, (7, 6, 9), 3), 3)
    yield case("near-collinear 8x7x10", random, near_collinear(random, (8, 7, 10), 4), 4)
    yield case("sparse columns 10x8x12", random, sparse_columns(random, (10, 8, 12), 3), 5)
    yield case("affinities 8x8x20", random, symmetric(random, 8, 20), 3)
    yield case("four modes 5x4x6x3", random, noisy(random, (5, 4, 6, 3), 2), 2)
    yield case("one component 6x5x7", random, noisy(random, (6, 5, 7), 2), 1)


def main():
    found = list(cases(np.random.default_rng(5)))
    TARGET.parent.mkdir(parents=True, exist_ok=True)
    TARGET.write_text(json.dumps(found, separators=(",", ":")) + "\n")
    for each in found:
        errors = {name: (each[name][-1], len(each[name])) for name in ("hals", "hals_stop", "bcd", "mu", "tensorly_hals")}
        print(each["name"], {name: f"{error:.6f} ({n})" for name, (error, n) in errors.items()})
    print(f"{TARGET}: {TARGET.stat().st_size / 1000:.0f} kB")


if __name__ == "__main__":
    main()
