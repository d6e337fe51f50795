//! What is kept of a sweep.

use ndarray::{Array2, ArrayView2};
use serde::{Deserialize, Serialize};

use crate::State;
use crate::start::in_order_of_first_members;

/// A draw from the posterior, with clusters in the order of their first members and states in the order of their first
/// bins: both from 0, none of them empty.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Draw {
    /// Sweep of the chain, burn-in included.
    pub sweep: u64,
    /// Its scalars.
    pub scalars: Scalars,
    /// Cluster of every neuron.
    pub labels: Vec<usize>,
    /// State of every bin.
    pub states: Vec<usize>,
    /// d of every neuron.
    pub baselines: Vec<f64>,
    /// r of every neuron.
    pub dispersions: Vec<f64>,
    /// The rest, where it is kept.
    pub latents: Option<Latents>,
}

/// Numbers that a draw is judged by.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Scalars {
    /// Log density of counts and unknowns together.
    pub log_joint: f64,
    /// Log likelihood of the counts that the chain sees.
    pub log_lik_train: f64,
    /// Log likelihood of those held out.
    pub log_lik_test: Option<f64>,
}

/// Loadings, latents and dynamics of a draw.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Latents {
    /// c, neuron by neuron.
    pub loadings: Vec<f64>,
    /// X, bin by bin.
    pub paths: Vec<f64>,
    /// A of every state, row by row.
    pub transition: Vec<f64>,
    /// b of every state.
    pub offset: Vec<f64>,
    /// Q of every state, row by row.
    pub noise: Vec<f64>,
    /// Probabilities between the states, row by row.
    pub state_transitions: Vec<f64>,
}

impl Draw {
    /// What is kept of `state`, which has `width` rows of latents per cluster.
    pub fn new(sweep: u64, state: &State, width: usize, scalars: Scalars, with_latents: bool) -> Self {
        Self {
            sweep,
            scalars,
            labels: in_order_of_first_members(&state.labels),
            states: in_order_of_first_members(&state.states),
            baselines: state.loadings.column(0).to_vec(),
            dispersions: state.dispersions.clone(),
            latents: with_latents.then(|| Latents::new(state, width)),
        }
    }

    /// Number of occupied clusters.
    pub fn n_clusters(&self) -> usize {
        self.labels.iter().max().map_or(0, |&last| last + 1)
    }

    /// Number of states that occur.
    pub fn n_states(&self) -> usize {
        self.states.iter().max().map_or(0, |&last| last + 1)
    }

    /// Share of the bins in the most frequent state.
    pub fn max_state_share(&self) -> f64 {
        let mut bins = vec![0_usize; self.n_states()];
        for &state in &self.states {
            bins[state] += 1;
        }
        bins.into_iter().max().unwrap_or(0) as f64 / self.states.len().max(1) as f64
    }
}

impl Latents {
    fn new(state: &State, width: usize) -> Self {
        let rows = first_occurrences(&state.labels);
        let rows: Vec<usize> =
            rows.into_iter().flat_map(|cluster| cluster * width..(cluster + 1) * width).collect();
        let states = first_occurrences(&state.states);
        let square = |of: &Array2<f64>| {
            let of = of.clone();
            let rows = &rows;
            rows.iter()
                .flat_map(|&i| rows.iter().map(|&j| of[[i, j]]).collect::<Vec<_>>())
                .collect::<Vec<_>>()
        };
        let dynamics = || states.iter().map(|&k| &state.dynamics[k]);
        Self {
            loadings: tail(state.loadings.view()),
            paths: state
                .paths
                .rows()
                .into_iter()
                .flat_map(|bin| rows.iter().map(move |&at| bin[at]))
                .collect(),
            transition: dynamics().flat_map(|of| square(&of.transition)).collect(),
            offset: dynamics().flat_map(|of| rows.iter().map(|&at| of.offset[at])).collect(),
            noise: dynamics().flat_map(|of| square(&of.noise)).collect(),
            state_transitions: states
                .iter()
                .flat_map(|&from| states.iter().map(move |&to| state.transitions.log_rows[[from, to]].exp()))
                .collect(),
        }
    }
}

/// All columns but the first, row by row.
fn tail(of: ArrayView2<'_, f64>) -> Vec<f64> {
    of.rows().into_iter().flat_map(|row| row.into_iter().skip(1).copied()).collect()
}

/// The numbers that occur, in the order of their first places.
fn first_occurrences(numbers: &[usize]) -> Vec<usize> {
    let mut seen = Vec::new();
    for &number in numbers {
        if !seen.contains(&number) {
            seen.push(number);
        }
    }
    seen
}

#[cfg(test)]
mod tests {
    use ndarray::{Array1, array};

    use super::*;
    use crate::{Dynamics, Transitions};

    #[test]
    fn clusters_and_states_are_numbered_as_they_occur_and_latents_follow() {
        let of = |scale: f64| Dynamics {
            transition: array![[1.0, 2.0], [3.0, 4.0]] * scale,
            offset: Array1::from(vec![5.0, 6.0]) * scale,
            noise: array![[7.0, 8.0], [8.0, 9.0]] * scale,
        };
        let state = State {
            labels: vec![1, 0, 1],
            loadings: array![[0.1], [0.2], [0.3]],
            dispersions: vec![1.0, 2.0, 3.0],
            paths: array![[10.0, 20.0], [11.0, 21.0], [12.0, 22.0]],
            states: vec![2, 0, 0],
            dynamics: vec![of(1.0), of(10.0), of(100.0)],
            transitions: Transitions {
                log_weights: vec![0.0; 3],
                log_rows: Array2::from_shape_fn((3, 3), |(i, j)| (i as f64 + 10.0 * j as f64).ln()),
            },
        };
        let scalars = Scalars { log_joint: 0.0, log_lik_train: 0.0, log_lik_test: None };
        let draw = Draw::new(7, &state, 1, scalars, true);
        assert_eq!((draw.labels, draw.states.clone()), (vec![0, 1, 0], vec![0, 1, 1]));
        let latents = draw.latents.unwrap();
        assert_eq!(latents.paths, [20.0, 10.0, 21.0, 11.0, 22.0, 12.0]);
        assert_eq!(latents.transition, [400.0, 300.0, 200.0, 100.0, 4.0, 3.0, 2.0, 1.0]);
        assert_eq!(latents.offset, [600.0, 500.0, 6.0, 5.0]);
        let rounded: Vec<f64> = latents.state_transitions.iter().map(|value| value.round()).collect();
        assert_eq!(rounded, [22.0, 2.0, 20.0, 0.0]);
    }
}
