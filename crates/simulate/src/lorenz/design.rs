//! Trials: which condition, which part of the data, which spikes.

use ndarray::ArrayView2;
use neuroloom_core::Seed;
use rand::seq::SliceRandom;

use super::LorenzParams;
use crate::Arrivals;

/// What a trial is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Split {
    /// To fit.
    Train,
    /// To validate.
    Valid,
}

impl Split {
    /// Its name in tables.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Train => "train",
            Self::Valid => "valid",
        }
    }
}

/// One trial.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Trial {
    /// Its condition.
    pub condition: usize,
    /// Which of the repeats of the condition it is.
    pub repeat: usize,
    /// What it is for.
    pub split: Split,
    /// Its place among all trials.
    pub place: usize,
    /// Its place among those of its split.
    pub number: usize,
}

/// All repeats of all conditions in random order, then sorted by split; every `valid_every`-th is for validation.
pub fn trials(params: &LorenzParams, seed: Seed) -> Vec<Trial> {
    let of_condition = |condition| (0..params.n_repeats).map(move |repeat| (condition, repeat));
    let mut order: Vec<(usize, usize)> = (0..params.n_conditions).flat_map(of_condition).collect();
    order.shuffle(&mut seed.rng());
    let mut numbers = [0; 2];
    let mut trials: Vec<Trial> = Vec::with_capacity(order.len());
    for (place, (condition, repeat)) in order.into_iter().enumerate() {
        let valid = place % params.valid_every == params.valid_every - 1;
        let split = if valid { Split::Valid } else { Split::Train };
        let number = &mut numbers[usize::from(valid)];
        trials.push(Trial { condition, repeat, split, place, number: *number });
        *number += 1;
    }
    trials.sort_by_key(|trial| (trial.split, trial.number));
    trials
}

/// Whether each unit is held out.
pub fn held_out(params: &LorenzParams, seed: Seed) -> Vec<bool> {
    let mut order: Vec<usize> = (0..params.n_units).collect();
    order.shuffle(&mut seed.rng());
    let mut held_out = vec![false; params.n_units];
    order.into_iter().take(params.n_held_out()).for_each(|unit| held_out[unit] = true);
    held_out
}

/// Spikes in every bin `[n_units * n_bins]` of a trial, given the rates `[n_units, n_bins]` (Hz) of its condition. Every
/// unit of every repeat has a stream of its own below `seed`: asking for more of them changes none.
pub fn spike_counts(trial: &Trial, rates_hz: ArrayView2<'_, f64>, bin_s: f64, seed: Seed) -> Vec<f32> {
    let seed = seed.child_index(trial.condition as u64).child_index(trial.repeat as u64);
    let mut counts = Vec::with_capacity(rates_hz.len());
    for (unit, row) in rates_hz.outer_iter().enumerate() {
        let mut stream = seed.child_index(unit as u64).rng();
        let mut arrivals = Arrivals::new(&mut stream);
        counts.extend(row.iter().map(|rate_hz| arrivals.count(rate_hz * bin_s, &mut stream) as f32));
    }
    counts
}
