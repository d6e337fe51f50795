"""The mode of a neuron's loadings and the evidence around it: numpy's Newton and statsmodels."""

import numpy as np
import statsmodels.api as sm

N_BINS, P = 500, 2


def arrays(random):
    path = np.cumsum(random.normal(size=(N_BINS, P + 1)), axis=0) * 0.05
    path -= path.mean(axis=0)
    eta = 0.3 + path[:, 0] + path[:, 1:] @ np.array([0.6, -0.4])
    r = 10.0
    return {"path": path, "counts": random.poisson(random.gamma(r, np.exp(eta) / r)), "r": np.array([r])}


def newton(y, design, offset, r):
    """Maximum of the log posterior under N(0, I), and the log evidence of Laplace's approximation."""
    at = np.zeros(design.shape[1])
    for _ in range(25):
        mean = np.exp(offset + design @ at)
        gradient = design.T @ (r * (y - mean) / (r + mean)) - at
        hessian = (design * (r * mean * (r + y) / (r + mean) ** 2)[:, None]).T @ design + np.eye(len(at))
        step = np.linalg.solve(hessian, gradient)
        at = at + step
        if np.abs(step).max() < 1e-8:
            break
    eta = offset + design @ at
    value = y @ (eta - np.log(r)) - (y + r) @ np.logaddexp(0, eta - np.log(r)) - 0.5 * at @ at
    return at, value - 0.5 * np.linalg.slogdet(hessian)[1]


def peer_tasks(found):
    y, path, r = found["counts"].astype(float), found["path"], found["r"][0]
    design = np.column_stack([np.ones(N_BINS), path[:, 1:]])
    offset = path[:, 0].copy()
    yield "Laplace 500, p 2", "numpy Newton", lambda: newton(y, design, offset, r)
    family = sm.families.NegativeBinomial(alpha=1 / r)
    fit = lambda: sm.GLM(y, design, family=family, offset=offset).fit()
    yield "Laplace 500, p 2", "statsmodels GLM (without a prior)", fit
    at = np.array([0.3, 0.6, -0.4])

    def likelihood():
        psi = offset + design @ at - np.log(r)
        return y @ psi - (y + r) @ np.logaddexp(0, psi)

    yield "likelihood 500, p 2", "numpy", likelihood
