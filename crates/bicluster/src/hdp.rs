//! Weights and transitions of the states: sticky hierarchical Dirichlet process, weak limit (Fox et al. 2011).

mod concentrations;

use std::ops::Range;

use ndarray::{Array2, ArrayView1};
use rand::Rng;
use rand_distr::{Binomial, Distribution};

use crate::crt::n_tables;
use crate::log_dirichlet::log_dirichlet;
use crate::{HdpPrior, Transitions};

pub use concentrations::ConcentrationPrior;

/// Draws (beta, pi) given the states: tables given the current beta, then beta given the tables, then rows of pi given
/// beta. `current` has L states; the result too.
pub fn sample_transitions<R: Rng + ?Sized>(
    prior: &HdpPrior,
    states: &[usize],
    segments: &[Range<usize>],
    max_states: usize,
    current: &Transitions,
    rng: &mut R,
) -> Transitions {
    let counts = count_transitions(states, segments, max_states);
    let tables = Tables::draw(prior, &counts, &current.log_weights, rng);
    draw_given_tables(prior, &counts, &tables, rng)
}

/// As [`sample_transitions`], and draws the concentrations given the tables in between.
pub fn sample_transitions_and_concentrations<R: Rng + ?Sized>(
    hyper: &ConcentrationPrior,
    prior: &HdpPrior,
    states: &[usize],
    segments: &[Range<usize>],
    max_states: usize,
    current: &Transitions,
    rng: &mut R,
) -> (Transitions, HdpPrior) {
    let counts = count_transitions(states, segments, max_states);
    let tables = Tables::draw(prior, &counts, &current.log_weights, rng);
    let prior = hyper.draw(prior, &counts, &tables, rng);
    (draw_given_tables(&prior, &counts, &tables, rng), prior)
}

/// Draws (beta, pi) from the prior, `[L]` and `[L, L]`.
pub fn transitions_from_prior<R: Rng + ?Sized>(
    prior: &HdpPrior,
    max_states: usize,
    rng: &mut R,
) -> Transitions {
    let none = Tables { opened: vec![0; max_states], shared: vec![0; max_states], sticky: 0 };
    draw_given_tables(prior, &Array2::zeros((max_states, max_states)), &none, rng)
}

/// n_jk, `[L, L]`: steps of state j that a step of state k follows in the same segment.
fn count_transitions(states: &[usize], segments: &[Range<usize>], max_states: usize) -> Array2<u32> {
    let mut counts = Array2::zeros((max_states, max_states));
    for segment in segments {
        let steps = states.get(segment.start..segment.end.saturating_sub(1)).unwrap_or_default();
        for pair in steps.windows(2) {
            counts[[pair[0], pair[1]]] += 1;
        }
    }
    counts
}

/// Tables of the restaurants of the rows.
struct Tables {
    /// m_j., tables of every row, `[L]`.
    opened: Vec<u32>,
    /// Σ_j of tables whose dish k was drawn from beta, `[L]`.
    shared: Vec<u32>,
    /// Tables whose dish was the row's own.
    sticky: u32,
}

impl Tables {
    fn draw<R: Rng + ?Sized>(
        prior: &HdpPrior,
        counts: &Array2<u32>,
        log_weights: &[f64],
        rng: &mut R,
    ) -> Self {
        let n_states = counts.nrows();
        let mut tables = Self { opened: vec![0; n_states], shared: vec![0; n_states], sticky: 0 };
        for ((from, to), &count) in counts.indexed_iter() {
            // a weight below the smallest f64 still opens the one table that a first customer must open
            let from_weights = (prior.alpha * log_weights[to].exp()).max(f64::MIN_POSITIVE);
            let own = if from == to { prior.kappa } else { 0.0 };
            let opened = n_tables(count, from_weights + own, rng);
            let shared = binomial(opened, from_weights / (from_weights + own), rng);
            tables.opened[from] += opened;
            tables.shared[to] += shared;
            tables.sticky += opened - shared;
        }
        tables
    }
}

fn binomial<R: Rng + ?Sized>(n: u32, probability: f64, rng: &mut R) -> u32 {
    if probability >= 1.0 {
        return n;
    }
    Binomial::new(u64::from(n), probability).map_or(0, |binomial| binomial.sample(rng) as u32)
}

fn draw_given_tables<R: Rng + ?Sized>(
    prior: &HdpPrior,
    counts: &Array2<u32>,
    tables: &Tables,
    rng: &mut R,
) -> Transitions {
    let n_states = counts.nrows();
    let even = prior.gamma / n_states as f64;
    let posterior: Vec<f64> = tables.shared.iter().map(|&tables| even + f64::from(tables)).collect();
    let log_weights = log_dirichlet(&posterior, rng);
    let mut log_rows = Array2::zeros(counts.dim());
    for (from, mut row) in log_rows.rows_mut().into_iter().enumerate() {
        let concentrations: Vec<f64> = (0..n_states)
            .map(|to| {
                let own = if from == to { prior.kappa } else { 0.0 };
                let mean = (prior.alpha * log_weights[to].exp() + own).max(f64::MIN_POSITIVE);
                mean + f64::from(counts[[from, to]])
            })
            .collect();
        row.assign(&ArrayView1::from(&log_dirichlet(&concentrations, rng)));
    }
    Transitions { log_weights, log_rows }
}
