"""Draws of latent paths given Gaussian pseudo-observations and known switches: dynamax, and numpy in information form."""

import numpy as np

SIZES = [(30, 500, 9), (63, 720, 9), (100, 2000, 12)]
WIDTH = 3
N_STATES = 10


def arrays(random):
    found = {"sizes": np.array(SIZES)}
    for n_units, n_bins, d in SIZES:
        roots = random.normal(size=(N_STATES, d, d)) * 0.03
        one = {
            "labels": np.arange(n_units) % (d // WIDTH),
            "loadings": random.normal(size=(n_units, WIDTH)),
            "values": random.normal(size=(n_units, n_bins)),
            "weights": random.gamma(3.0, size=(n_units, n_bins)),
            "states": np.repeat(random.integers(N_STATES, size=n_bins // 20 + 1), 20)[:n_bins],
            "a": np.eye(d) * 0.95 + random.normal(size=(N_STATES, d, d)) * 0.03,
            "b": random.normal(size=(N_STATES, d)) * 0.05,
            "q": roots @ roots.transpose(0, 2, 1) + 0.01 * np.eye(d),
        }
        found |= {f"{name}_{n_units}_{n_bins}_{d}": values for name, values in one.items()}
    return found


def one_of(found, size):
    suffix = "_".join(map(str, size))
    names = ("labels", "loadings", "values", "weights", "states", "a", "b", "q")
    return {name: found[f"{name}_{suffix}"] for name in names}


def emission(one, d):
    """Row of every neuron over all latents."""
    rows = np.zeros((len(one["labels"]), d))
    for row, label, loading in zip(rows, one["labels"], one["loadings"]):
        row[WIDTH * label : WIDTH * (label + 1)] = [1.0, *loading[1:]]
    return rows


def numpy_sampler(one, d, random):
    """Information form: J_t and h_t, two inversions per bin forward, one factor backward."""
    rows = emission(one, d)
    outer = np.einsum("ni,nj->nij", rows, rows).reshape(len(rows), -1)
    a, b, q = (one[name][one["states"]] for name in ("a", "b", "q"))
    n_bins = len(a)

    def draw():
        precisions = (one["weights"].T @ outer).reshape(n_bins, d, d)
        linear = (one["weights"] * one["values"]).T @ rows
        mean, covariance = np.zeros(d), np.eye(d)
        means, covariances = np.empty((n_bins, d)), np.empty((n_bins, d, d))
        for t in range(n_bins):
            inverse = np.linalg.inv(covariance)
            covariance = np.linalg.inv(inverse + precisions[t])
            mean = covariance @ (inverse @ mean + linear[t])
            means[t], covariances[t] = mean, covariance
            mean, covariance = a[t] @ mean + b[t], a[t] @ covariance @ a[t].T + q[t]
        path = np.empty((n_bins, d))
        normals = random.normal(size=(n_bins, d))
        path[-1] = means[-1] + np.linalg.cholesky(covariances[-1]) @ normals[-1]
        for t in range(n_bins - 2, -1, -1):
            carried = a[t] @ covariances[t]
            gain = np.linalg.solve(carried @ a[t].T + q[t], carried).T
            conditional = covariances[t] - gain @ carried
            mean = means[t] + gain @ (path[t + 1] - a[t] @ means[t] - b[t])
            path[t] = mean + np.linalg.cholesky(0.5 * (conditional + conditional.T)) @ normals[t]
        return path

    return draw


def dynamax_parameters(one, d):
    """Dynamics and noise of every bin. In dynamax those of bin t lead to it; here the state of bin t leads from it."""
    import jax.numpy as jnp
    from dynamax.linear_gaussian_ssm.inference import (
        ParamsLGSSM,
        ParamsLGSSMDynamics,
        ParamsLGSSMEmissions,
        ParamsLGSSMInitial,
    )

    rows = emission(one, d)
    leading_to = np.concatenate([one["states"][:1], one["states"][:-1]])
    a, b, q = (jnp.array(one[name][leading_to]) for name in ("a", "b", "q"))
    n_bins = len(a)
    return ParamsLGSSM(
        initial=ParamsLGSSMInitial(mean=jnp.zeros(d), cov=jnp.eye(d)),
        dynamics=ParamsLGSSMDynamics(weights=a, bias=b, input_weights=jnp.zeros((n_bins, d, 0)), cov=q),
        emissions=ParamsLGSSMEmissions(
            weights=jnp.array(rows),
            bias=jnp.zeros(len(rows)),
            input_weights=jnp.zeros((len(rows), 0)),
            cov=jnp.array(1 / one["weights"].T),
        ),
    )


def peer_tasks(found):
    import jax
    import jax.random as jr
    from dynamax.linear_gaussian_ssm.inference import lgssm_posterior_sample

    for size in SIZES:
        one, d = one_of(found, size), size[2]
        task = f"filter and sample {size[0]}x{size[1]}, D {d}"
        parameters, emissions = dynamax_parameters(one, d), jax.numpy.array(one["values"].T)
        jitted = jax.jit(lgssm_posterior_sample)
        call = lambda: jitted(jr.PRNGKey(0), parameters, emissions).block_until_ready()
        call()  # compiles
        yield task, "dynamax 1.0.3, jit", call
        yield task, "numpy, information form", numpy_sampler(one, d, np.random.default_rng(1))
