"""A whole sweep beside the sum of its largest steps in Python: draws of Pólya-Gamma variables for latents and for
loadings (polyagamma), a filter and sampler in gain form (numpy), one Newton fit per neuron and cluster (statsmodels),
loadings by a dense diagonal matrix (numpy). Dispersions, states, transitions and moves are not counted to the peers."""

import numpy as np

SIZES = [(30, 500, 10), (63, 720, 20)]
N_CLUSTERS, WIDTH = 3, 3
D = N_CLUSTERS * WIDTH
DISPERSION = 10.0


def arrays(random):
    found = {"sizes": np.array(SIZES)}
    for n_units, n_bins, _ in SIZES:
        name = f"{n_units}x{n_bins}"
        paths = latents(n_bins, random)
        labels = np.arange(n_units) % N_CLUSTERS
        loadings = random.normal(0, 0.5, (n_units, WIDTH))
        eta = np.array([rates(paths, label, row) for label, row in zip(labels, loadings)])
        mean = np.exp(eta)
        counts = random.poisson(random.gamma(DISPERSION, mean / DISPERSION)).astype(np.int64)
        found |= {f"counts_{name}": counts, f"labels_{name}": labels, f"paths_{name}": paths}
        found |= {f"loadings_{name}": loadings, f"eta_{name}": eta}
    return found


def latents(n_bins, random):
    """Slow rotations of every cluster for fifty bins, then fifty bins of noise, and so on."""
    angle = np.pi / 20
    turn = np.eye(WIDTH)
    turn[:2, :2] = [[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]]
    rotating, resting = np.kron(np.eye(N_CLUSTERS), turn), 0.01 * np.eye(D)
    paths = np.zeros((n_bins, D))
    paths[0] = random.normal(size=D)
    for t in range(1, n_bins):
        dynamics = rotating if (t // 50) % 2 == 0 else resting
        paths[t] = dynamics @ paths[t - 1] + random.normal(0, 0.1, D)
    return paths - paths.mean(0)


def rates(paths, label, loading):
    own = paths[:, WIDTH * label : WIDTH * (label + 1)]
    return loading[0] + own[:, 0] + own[:, 1:] @ loading[1:]


class Steps:
    """The steps of one size."""

    def __init__(self, found, name):
        self.counts, self.labels = found[f"counts_{name}"], found[f"labels_{name}"]
        self.paths, self.loadings, self.eta = (found[f"{of}_{name}"] for of in ("paths", "loadings", "eta"))
        self.random = np.random.default_rng(1)
        self.weights = np.maximum(self.augment(), 1e-6)

    def augment(self):
        from polyagamma import random_polyagamma

        shapes = self.counts + DISPERSION
        return random_polyagamma(shapes, self.eta - np.log(DISPERSION), random_state=self.random)

    def filter_and_sample(self):
        """Gain form: one matrix of the size of the neurons is inverted per bin."""
        rows = np.zeros((len(self.labels), D))
        for row, label, loading in zip(rows, self.labels, self.loadings):
            row[WIDTH * label : WIDTH * (label + 1)] = [1.0, *loading[1:]]
        r, d = DISPERSION, self.loadings[:, :1]
        values = np.log(r) - d + (self.counts - r) / (2 * self.weights)
        n_bins = self.counts.shape[1]
        a, q = 0.99 * np.eye(D), 0.01 * np.eye(D)
        mean, covariance = np.zeros(D), np.eye(D)
        means, covariances = np.empty((n_bins, D)), np.empty((n_bins, D, D))
        for t in range(n_bins):
            innovation = rows @ covariance @ rows.T + np.diag(1 / self.weights[:, t])
            gain = np.linalg.solve(innovation, rows @ covariance).T
            mean = mean + gain @ (values[:, t] - rows @ mean)
            covariance = covariance - gain @ rows @ covariance
            means[t], covariances[t] = mean, covariance
            mean, covariance = a @ mean, a @ covariance @ a.T + q
        path = np.empty((n_bins, D))
        path[-1] = self.random.multivariate_normal(means[-1], covariances[-1])
        for t in range(n_bins - 2, -1, -1):
            gain = np.linalg.solve(a @ covariances[t] @ a.T + q, a @ covariances[t]).T
            conditional = covariances[t] - gain @ a @ covariances[t]
            mean = means[t] + gain @ (path[t + 1] - a @ means[t])
            path[t] = self.random.multivariate_normal(mean, 0.5 * (conditional + conditional.T))
        return path

    def draw_loadings(self):
        for unit, label in enumerate(self.labels):
            own = self.paths[:, WIDTH * label : WIDTH * (label + 1)]
            design = np.column_stack([np.ones(len(own)), own[:, 1:]])
            weights = np.diag(self.weights[unit])
            covariance = np.linalg.inv(design.T @ weights @ design + np.eye(WIDTH))
            offset = own[:, 0] - np.log(DISPERSION)
            pull = (self.counts[unit] - DISPERSION) / 2 - self.weights[unit] * offset
            self.random.multivariate_normal(covariance @ (design.T @ pull), covariance)

    def fit_every_cluster(self):
        import statsmodels.api as sm

        family = sm.families.NegativeBinomial(alpha=1 / DISPERSION)
        for counts in self.counts:
            for label in range(N_CLUSTERS):
                own = self.paths[:, WIDTH * label : WIDTH * (label + 1)]
                design = np.column_stack([np.ones(len(own)), own[:, 1:]])
                sm.GLM(counts, design, family=family, offset=own[:, 0]).fit(maxiter=25)

    def all(self):
        self.augment()
        self.filter_and_sample()
        self.augment()
        self.draw_loadings()
        self.fit_every_cluster()


def peer_tasks(found):
    for n_units, n_bins, n_states in SIZES:
        steps, task = Steps(found, f"{n_units}x{n_bins}"), f"sweep {n_units}x{n_bins}, {n_states} states"
        yield task, "polyagamma, once", steps.augment
        yield task, "numpy, filter in gain form", steps.filter_and_sample
        yield task, "numpy, dense loadings", steps.draw_loadings
        yield task, "statsmodels, a fit per neuron and cluster", steps.fit_every_cluster
        yield task, "sum of steps in Python", steps.all
