//! States given everything else: forward filtering, backward sampling.

use std::ops::Range;

use ndarray::{Array2, ArrayView2};
use rand::{Rng, RngExt};

use crate::Transitions;
use crate::log_sum_exp::log_sum_exp;

/// Below this a sum of filtered weights may have lost states to underflow, and the bin is done again in logarithms.
const UNDERFLOW: f64 = 1e-200;

/// Draws s given the likelihoods of the steps that it drives, the first state of a segment uniform.
///
/// `log_lik` is `[T, L]`: row t holds, per state, the log density of the step t -> t + 1. Rows of last bins of segments
/// are not read: such a bin repeats the state before it. A row without a finite value says nothing about the state.
/// The result is `[T]`, in 0..L.
pub fn sample_states<R: Rng + ?Sized>(
    log_lik: ArrayView2<'_, f64>,
    transitions: &Transitions,
    segments: &[Range<usize>],
    rng: &mut R,
) -> Vec<usize> {
    let (n_bins, n_states) = log_lik.dim();
    let chain = Chain { log_lik, log_rows: transitions.log_rows.view(), rows: transitions.log_rows.exp() };
    let mut states = vec![0; n_bins];
    let mut filtered = vec![0.0; n_bins * n_states];
    for segment in segments {
        let Some(last_step) = segment.end.checked_sub(2).filter(|&last| last >= segment.start) else {
            continue;
        };
        for t in segment.start..=last_step {
            let (before, here) = filtered.split_at_mut(t * n_states);
            let before = (t > segment.start).then(|| &before[(t - 1) * n_states..]);
            chain.filter(before, t, &mut here[..n_states]);
        }
        let at = |t: usize| &filtered[t * n_states..][..n_states];
        states[last_step] = categorical(at(last_step).iter().copied(), rng);
        states[last_step + 1] = states[last_step];
        for t in (segment.start..last_step).rev() {
            states[t] = chain.step_back(at(t), states[t + 1], rng);
        }
    }
    states
}

struct Chain<'a> {
    log_lik: ArrayView2<'a, f64>,
    log_rows: ArrayView2<'a, f64>,
    rows: Array2<f64>,
}

impl Chain<'_> {
    /// P(s_t | steps up to t) from that of the bin before, none at the start of a segment.
    fn filter(&self, before: Option<&[f64]>, t: usize, weights: &mut [f64]) {
        match before {
            None => weights.fill(1.0 / weights.len() as f64),
            Some(before) => self.predict(before, weights),
        }
        let row = self.log_lik.row(t);
        let largest = row.iter().copied().fold(f64::NEG_INFINITY, f64::max);
        if !largest.is_finite() {
            return;
        }
        let mut sum = 0.0;
        for (weight, value) in weights.iter_mut().zip(row) {
            *weight *= (value - largest).exp();
            sum += *weight;
        }
        match before {
            Some(before) if sum < UNDERFLOW => self.filter_in_logs(before, t, weights),
            _ => weights.iter_mut().for_each(|weight| *weight /= sum),
        }
    }

    fn predict(&self, before: &[f64], predicted: &mut [f64]) {
        predicted.fill(0.0);
        for (&from, row) in before.iter().zip(self.rows.rows()) {
            // most states have lost all their mass to a likelihood far from theirs
            if from > 0.0 {
                predicted.iter_mut().zip(row).for_each(|(to, &probability)| *to += from * probability);
            }
        }
    }

    fn filter_in_logs(&self, before: &[f64], t: usize, weights: &mut [f64]) {
        let log_before: Vec<f64> = before.iter().map(|&weight| weight.ln()).collect();
        for (to, weight) in weights.iter_mut().enumerate() {
            let paths: Vec<f64> =
                log_before.iter().zip(self.log_rows.column(to)).map(|(a, b)| a + b).collect();
            *weight = log_sum_exp(&paths) + self.log_lik[[t, to]];
        }
        exp_normalise(weights);
    }

    fn step_back<R: Rng + ?Sized>(&self, filtered: &[f64], next: usize, rng: &mut R) -> usize {
        let weights = filtered.iter().zip(self.rows.column(next)).map(|(a, b)| a * b);
        if weights.clone().sum::<f64>() >= UNDERFLOW {
            return categorical(weights, rng);
        }
        let mut logs: Vec<f64> =
            filtered.iter().zip(self.log_rows.column(next)).map(|(weight, row)| weight.ln() + row).collect();
        exp_normalise(&mut logs);
        categorical(logs.into_iter(), rng)
    }
}

/// Logarithms to their exponentials, scaled to a sum of 1.
fn exp_normalise(logs: &mut [f64]) {
    let total = log_sum_exp(logs);
    logs.iter_mut().for_each(|value| *value = (*value - total).exp());
}

/// An index with probability in proportion to its weight; the last of positive weight where rounding leaves a rest.
fn categorical<R: Rng + ?Sized>(weights: impl Iterator<Item = f64> + Clone, rng: &mut R) -> usize {
    let total: f64 = weights.clone().sum();
    let mut left = rng.random::<f64>() * total;
    let mut last = 0;
    for (index, weight) in weights.enumerate() {
        if weight > 0.0 {
            last = index;
            left -= weight;
            if left < 0.0 {
                break;
            }
        }
    }
    last
}
