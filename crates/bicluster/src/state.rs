//! One point of the posterior.

use ndarray::{Array1, Array2};
use serde::{Deserialize, Serialize};

/// Everything that a chain carries from sweep to sweep, for N neurons, T bins, K occupied clusters of p + 1 rows each,
/// D = K (p + 1), and L states.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct State {
    /// z: cluster of every neuron, `[N]`, in 0..K, every cluster occupied.
    pub labels: Vec<usize>,
    /// (d, c): baseline and loadings of every neuron, `[N, p + 1]`.
    pub loadings: Array2<f64>,
    /// r: dispersion of every neuron, `[N]`.
    pub dispersions: Vec<f64>,
    /// X: latents, `[T, D]`; cluster j has columns j (p + 1) .. (j + 1)(p + 1), its population baseline mu first.
    pub paths: Array2<f64>,
    /// s: state of every bin, `[T]`; s_t drives the step t -> t + 1. The last bin of a segment drives none: it repeats
    /// the one before.
    pub states: Vec<usize>,
    /// (A, b, Q) of every state, `[L]`.
    pub dynamics: Vec<Dynamics>,
    /// Weights and transitions of the states.
    pub transitions: Transitions,
}

/// X_{t+1} = A X_t + b + e, e ~ N(0, Q).
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Dynamics {
    /// A, `[D, D]`.
    pub transition: Array2<f64>,
    /// b, `[D]`.
    pub offset: Array1<f64>,
    /// Q, `[D, D]`, symmetric positive definite.
    pub noise: Array2<f64>,
}

/// The sticky hierarchical Dirichlet process, weak limit.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Transitions {
    /// ln beta, `[L]`.
    pub log_weights: Vec<f64>,
    /// ln pi, `[L, L]`, row by row.
    pub log_rows: Array2<f64>,
}

impl State {
    /// Number of occupied clusters, K.
    pub fn n_clusters(&self) -> usize {
        self.labels.iter().max().map_or(0, |&last| last + 1)
    }
}
